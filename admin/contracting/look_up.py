"""Contracts for the helpdesk: one box, what was found at the level of organisations; every look-up is traced (A-22)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from blueprints.handling import handling, status_of
from domain.econtracting.contracts import CONTRACT_TYPE_LABELS
from domain.identifiers import format_enterprise_number
from domain.permissions import Permission
from forms.contracting_contracts import ContractLookUpForm
from services.econtracting.contracts import looking_up


class ContractLookUpPages(PageView):
    """Looking a contract up for somebody on the phone."""

    required_permission = Permission.CONTRACTS_LOOK_UP

    @expose("/", methods=("GET", "POST"))
    def search(self) -> ResponseReturnValue:
        """The box; posted, so that no number stands in an address or a log."""
        form, found = ContractLookUpForm(), None
        if form.validate_on_submit():
            with handling(form):
                found = looking_up.look_up(self.actor, form.search.data or "")
        page = self.render(
            "admin/contracting/look_up.html",
            form=form,
            found=found,
            types=CONTRACT_TYPE_LABELS,
            enterprise_number=format_enterprise_number,
        )
        return page, status_of(form)
