"""The history of one facility as the case manager and the helpdesk see it; each look leaves a trace."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from domain.ecalcura.letter_kinds import LETTER_LABELS
from domain.ecalcura.payment_history import COLUMNS
from domain.permissions import Permission
from services import transaction
from services.ecalcura import history


class FacilityHistory(PageView):
    """Calculations, payments and letters of a facility. The helpdesk sees no account in full and opens no letter."""

    required_permission = Permission.AMOUNTS_LOOK_UP
    in_menu = False

    @expose("/<hco_number>")
    def page(self, hco_number: str) -> ResponseReturnValue:
        """Everything of one facility, as it sees it itself."""
        with transaction.unit_of_work():
            found = history.of_facility(self.actor, hco_number)
        return self.render(
            "admin/history/page.html",
            history=found,
            columns=COLUMNS,
            letter_labels=LETTER_LABELS,
            may_open=self.actor.may(Permission.LETTERS_MANAGE),
            may_review=self.actor.may(Permission.FACILITIES_READ),
        )
