"""Payments: what there is to pay, what waits for a memo date, who still owes, and the memo date by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.lists import Address, position, typed
from blueprints.handling import handling, status_of
from domain.ecalcura.payment_states import ORDER_LABELS, PAYMENT_LABELS
from domain.errors import N_
from domain.permissions import Permission
from forms.payments import MemoDateForm
from services.ecalcura import memo_dates, payment_lists
from services.ecalcura.payment_lists import Waiting

#: What the tabs of the list of lines are called.
WAITING_LABELS: dict[Waiting, str] = {
    Waiting.PAYABLE: N_("Te betalen"),
    Waiting.ORDERED: N_("Op een opdracht"),
    Waiting.UNDATED: N_("Wacht op memodatum"),
    Waiting.DATED: N_("Betaald"),
    Waiting.ALL: N_("Alle regels"),
}


class PaymentPages(PageView):
    """The start page of payments and the lists behind its figures."""

    required_permission = Permission.PAYMENTS_MANAGE

    @expose("/")
    def start(self) -> ResponseReturnValue:
        """What there is to do, in the order in which it is done."""
        found = payment_lists.overview(self.actor)
        return self.render("admin/payments/start.html", found=found, payment_labels=PAYMENT_LABELS)

    @expose("/regels")
    def lines(self) -> ResponseReturnValue:
        """The lines of every facility, by where they stand."""
        asked, search = request.args.get("toon", ""), typed("zoek")
        waiting = Waiting(asked) if asked in set(Waiting) else Waiting.ALL
        words = {"toon": "" if waiting is Waiting.ALL else waiting.value, "zoek": search}
        address = Address(self.get_url(".lines"), {name: value for name, value in words.items() if value})
        tabs = [
            {
                "label": gettext(WAITING_LABELS[one]),
                "href": address.plus(toon="" if one is Waiting.ALL else one.value),
                "active": one is waiting,
                "count": None,
            }
            for one in Waiting
        ]
        context = self._list(address, search)
        page = payment_lists.line_page(self.actor, waiting, search, position())
        return self.render("admin/payments/lines.html", page=page, tabs=tabs, waiting=waiting, **context)

    @expose("/saldi")
    def balances(self) -> ResponseReturnValue:
        """The facilities that still owe something (RC above 0)."""
        search = typed("zoek")
        address = Address(self.get_url(".balances"), {"zoek": search} if search else {})
        page = payment_lists.owing_page(self.actor, search, position())
        return self.render("admin/payments/balances.html", page=page, **self._list(address, search))

    @expose("/regels/<reference>", methods=("GET", "POST"))
    def line(self, reference: str) -> ResponseReturnValue:
        """One line, with its memo date to enter or correct."""
        line, order = memo_dates.find(self.actor, reference)
        form = MemoDateForm(data={"value_date": line.value_date})
        if form.validate_on_submit():
            with handling(form) as done:
                day = memo_dates.enter(self.actor, reference, form.value_date.data).value_date
            if done:
                flash(gettext("De memodatum is bewaard.") if day else gettext("De memodatum is weggehaald."), "success")
                return redirect(self.get_url(".line", reference=reference))
            line, order = memo_dates.find(self.actor, reference)
        return self.render(
            "admin/payments/line.html",
            form=form,
            line=line,
            order=order,
            facility=payment_lists.facility_of(self.actor, line),
            may_date=memo_dates.may_be_dated(line, order),
            payment_labels=PAYMENT_LABELS,
            order_labels=ORDER_LABELS,
        ), status_of(form)

    def _list(self, address: Address, search: str) -> Mapping[str, Any]:
        """What every list here needs."""
        return {
            "address": address,
            "search": search,
            "search_label": gettext("Naam, gemeente of HCO-nummer"),
            "chips": [(gettext("Zoekterm: %(text)s", text=search), address.without("zoek"))] if search else [],
            "payment_labels": PAYMENT_LABELS,
        }
