"""Staff: the list with masked numbers, one person, and the whole number once, for a reason that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import ReadOnlyView
from admin.lists import Address, position, typed
from blueprints.access import access
from blueprints.handling import handling, status_of, translated
from domain.errors import InvalidValue
from domain.permissions import Permission
from forms.back_office import RevealForm
from models.personnel import StaffMember
from models.reference import ContractType, Qualification
from services import transaction
from services.ecalcura import case_staff, performances
from services.listing import Page, Position


class StaffView(ReadOnlyView):
    """Staff of all facilities."""

    required_permission = Permission.STAFF_REVIEW
    column_list = ("name", "masked_number", "facility")
    list_template = "admin/staff/list.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(StaffMember, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """Staff, last added first; by words of the name and by facility."""
        search, facility = typed("zoek"), typed("voorziening")
        words = {"zoek": search, "voorziening": facility}
        address = Address(self.get_url(".index_view"), {name: value for name, value in words.items() if value})
        labels = {"zoek": gettext("Naam"), "voorziening": gettext("Voorziening")}
        page = case_staff.staff_list(self.actor, search, facility, position())
        if search or facility:
            with transaction.unit_of_work():
                case_staff.searched(self.actor, f"{search} {facility}", page.rows)
        return self._context(page, address) | {
            "search": search,
            "facility": facility,
            "chips": [(f"{labels[name]}: {value}", address.without(name)) for name, value in words.items() if value],
        }

    def _context(self, page: Page[Any], address: Address) -> dict[str, Any]:
        return {
            "page": page,
            "address": address,
            "search": "",
            "search_label": gettext("Naam"),
            "facility": "",
            "chips": [],
            "number_error": None,
        }

    @expose("/nummer", methods=("POST",))
    def by_number(self) -> ResponseReturnValue:
        """Find people by their national number; posted, so that it never stands in an address or a log."""
        address = Address(self.get_url(".index_view"), {})
        try:
            rows = case_staff.with_number(self.actor, request.form.get("nummer", "")[:40])
            transaction.commit()
        except InvalidValue as wrong:
            page = case_staff.staff_list(self.actor, "", "", Position())
            context = self._context(page, address) | {"number_error": translated(wrong)}
            return self.render(self.list_template, **context), 422
        page = Page(tuple(rows), ("",) * len(rows), 1, more=False)
        return self.render(self.list_template, **self._context(page, address) | {"chips": [], "by_number": True})

    @expose("/<reference>")
    def record(self, reference: str) -> ResponseReturnValue:
        """One staff member with contracts and choices."""
        return self._record(reference, RevealForm(), None)

    @expose("/<reference>/nummer", methods=("POST",))
    @access(Permission.NATIONAL_NUMBER_REVEAL)
    def reveal(self, reference: str) -> ResponseReturnValue:
        """The whole national number in this one answer, once the reason is in the audit log."""
        form, number = RevealForm(), None
        if form.validate_on_submit():
            with handling(form):
                number = case_staff.reveal(self.actor, reference, form.reason.data)
        return self._record(reference, form, number)

    def _record(self, reference: str, form: RevealForm, number: str | None) -> ResponseReturnValue:
        with transaction.unit_of_work():
            page = case_staff.staff_page(self.actor, reference)
        return self.render(
            "admin/staff/page.html",
            page=page,
            form=form,
            number=number,
            may_reveal=self.actor.may(Permission.NATIONAL_NUMBER_REVEAL),
            contract_types=performances.names_of(ContractType),
            qualifications=performances.names_of(Qualification),
        ), status_of(form)
