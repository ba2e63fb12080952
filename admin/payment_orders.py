"""Payment orders: choose the day and look, make, have somebody else release, download the file."""

from __future__ import annotations

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.lists import Address, position
from blueprints.handling import handling, put_on_form, status_of, translated
from domain.ecalcura.payment_states import ORDER_LABELS, PAYMENT_LABELS, OrderState
from domain.errors import InvalidValue
from domain.permissions import Permission
from forms.payments import ActForm, OrderDayForm
from services.ecalcura import payment_accounts, payment_lists, payment_orders
from services.ecalcura.payment_lists import Waiting

#: So many lines a page shows before it says how many more there are.
SHOWN = 100


class OrderPages(PageView):
    """Everything about one order, and the list of them."""

    required_permission = Permission.PAYMENTS_MANAGE
    in_menu = False

    @expose("/opdrachten")
    def index(self) -> ResponseReturnValue:
        """The orders, the newest first, by state."""
        asked = request.args.get("toestand", "")
        state = OrderState(asked) if asked in set(OrderState) else None
        address = Address(self.get_url(".index"), {"toestand": state.value} if state else {})
        tabs = [{"label": gettext("Alle"), "href": address.path, "active": state is None, "count": None}]
        for one in OrderState:
            href = address.plus(toestand=one.value)
            tabs.append({"label": gettext(ORDER_LABELS[one]), "href": href, "active": state is one, "count": None})
        return self.render(
            "admin/payments/orders.html",
            page=payment_lists.order_page(self.actor, state, position()),
            address=address,
            search=None,
            chips=[],
            tabs=tabs,
            order_labels=ORDER_LABELS,
        )

    @expose("/opdrachten/nieuw", methods=("GET", "POST"))
    def create(self) -> ResponseReturnValue:
        """Choose the day, see what would be paid and who is left out, then make the order."""
        if request.method == "POST":
            form = OrderDayForm()
            if form.validate_on_submit():
                with handling(form) as done:
                    order = payment_orders.make(self.actor, form.execute_on.data)
                    reference, count = order.reference, order.lines
                if done:
                    flash(
                        ngettext(
                            "De opdracht met %(num)s betaling staat klaar. Een collega moet ze nu vrijgeven.",
                            "De opdracht met %(num)s betalingen staat klaar. Een collega moet ze nu vrijgeven.",
                            count,
                        ),
                        "success",
                    )
                    return redirect(self.get_url(".record", reference=reference))
        elif "execute_on" in request.args:
            form = OrderDayForm(request.args, meta={"csrf": False})
            form.validate()
        else:
            day = payment_orders.proposed_day(self.actor)
            form = OrderDayForm(formdata=None, data={"execute_on": day})
        proposal = None
        if not form.errors and not form.form_errors:
            try:
                proposal = payment_orders.proposal(self.actor, form.execute_on.data)
            except InvalidValue as wrong:
                put_on_form(form, wrong)
        return self.render(
            "admin/payments/order_new.html", form=form, proposal=proposal, shown=SHOWN, payment_labels=PAYMENT_LABELS
        ), status_of(form)

    @expose("/opdrachten/<reference>")
    def record(self, reference: str) -> ResponseReturnValue:
        """One order with its lines."""
        order = payment_orders.find(self.actor, reference)
        return self.render(
            "admin/payments/order.html",
            order=order,
            page=payment_lists.line_page(self.actor, Waiting.ALL, "", position(), order.id),
            address=Address(self.get_url(".record", reference=reference), {}),
            undated=payment_lists.undated_of(self.actor, order),
            order_labels=ORDER_LABELS,
            payment_labels=PAYMENT_LABELS,
        )

    @expose("/opdrachten/<reference>/vrijgeven", methods=("GET", "POST"))
    def release(self, reference: str) -> ResponseReturnValue:
        """Four eyes: look and release, or read why this is for a colleague."""
        order = payment_orders.find(self.actor, reference)
        form = ActForm()
        if form.validate_on_submit():
            with handling(form) as done:
                payment_orders.release(self.actor, reference)
            if done:
                flash(gettext("De opdracht is vrijgegeven. Haal het bestand op en laad het op bij de bank."), "success")
                return redirect(self.get_url(".record", reference=reference))
            order = payment_orders.find(self.actor, reference)
        return self.render(
            "admin/payments/order_release.html",
            form=form,
            order=order,
            obstacle=payment_orders.release_obstacle(self.actor, order),
            payer=payment_accounts.payer_to_show(),
            groups=payment_lists.groups_of(self.actor, order),
            order_labels=ORDER_LABELS,
            payment_labels=PAYMENT_LABELS,
        ), status_of(form)

    @expose("/opdrachten/<reference>/annuleren", methods=("GET", "POST"))
    def cancel(self, reference: str) -> ResponseReturnValue:
        """Ask, then cancel: the lines are payable again."""
        order = payment_orders.find(self.actor, reference)
        if request.method == "POST":
            with handling() as done:
                payment_orders.cancel(self.actor, reference)
            if done:
                flash(gettext("De opdracht is geannuleerd. De betalingen staan weer bij ‘Te betalen’."), "success")
            else:
                assert done.error is not None
                flash(translated(done.error), "error")
            return redirect(self.get_url(".record", reference=reference))
        return self.render("admin/payments/order_cancel.html", order=order)

    @expose("/opdrachten/<reference>/bestand")
    def file(self, reference: str) -> ResponseReturnValue:
        """The file for the bank."""
        name, content = payment_orders.file_of(self.actor, reference)
        response = Response(content, mimetype="application/xml")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response
