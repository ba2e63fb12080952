"""Why an amount is what it is, for the case manager and the helpdesk: the view of the facility; each look is traced."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from blueprints.ecalcura.amount_tree import asked_tree
from domain.ecalcura.calculation_states import CALCULATION_LABELS, KIND_LABELS
from domain.permissions import Permission
from services import transaction
from services.ecalcura import explanations


class ExplanationPages(PageView):
    """One calculation explained. The helpdesk sees no names, and nothing that was not communicated."""

    required_permission = Permission.AMOUNTS_LOOK_UP
    in_menu = False

    @expose("/voorziening/<hco_number>")
    def facility(self, hco_number: str) -> ResponseReturnValue:
        """What was communicated to a facility, to choose from."""
        with transaction.unit_of_work():
            facility, rows = explanations.communicated_of(self.actor, hco_number)
        return self.render("admin/explanations/facility.html", facility=facility, rows=rows, kind_labels=KIND_LABELS)

    @expose("/<reference>")
    def page(self, reference: str) -> ResponseReturnValue:
        """One calculation, as the facility sees it."""
        with transaction.unit_of_work():
            found = explanations.of_calculation(self.actor, reference)
        return self.render(
            "admin/explanations/page.html",
            page=found,
            tree=asked_tree(found.tree, found.names.people, request.args),
            kind_labels=KIND_LABELS,
            status_labels=CALCULATION_LABELS,
            may_review=self.actor.may(Permission.FACILITIES_READ),
        )
