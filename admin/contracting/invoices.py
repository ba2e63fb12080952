"""Received invoices: read an XML file and see how it fits, register by hand, pay, reject (A-48, 6.2)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, status_of, translated
from domain.econtracting.invoice_matching import OUTCOME_LABELS, InvoiceOutcome
from domain.permissions import Permission
from forms.invoices import (
    EmptyForm,
    InvoiceByHandForm,
    InvoiceConfirmForm,
    InvoiceUploadForm,
    PaymentForm,
    RejectionForm,
)
from services import clock, documents
from services.econtracting import invoices
from services.econtracting.invoices import receiving


class InvoicePages(PageView):
    """The invoices of the own authority; what is possible is for the services to say."""

    required_permission = Permission.AUTHORITY_INVOICES

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The list, with filters in the address."""
        wanted = request.args.get("uitkomst", "")
        outcome = InvoiceOutcome(wanted) if wanted in set(InvoiceOutcome) else None
        unpaid, search = request.args.get("open") == "ja", request.args.get("zoek", "")
        number = request.args.get("pagina", "1")
        page = invoices.overview(
            self.actor,
            outcome=outcome,
            unpaid=unpaid,
            search=search,
            page=int(number) if number.isdecimal() and len(number) < 7 else 1,
        )
        kept = {
            "uitkomst": outcome.value if outcome else None,
            "open": "ja" if unpaid else None,
            "zoek": search or None,
        }
        return self.render(
            "admin/contracting/invoices/list.html",
            page=page,
            outcome=outcome,
            unpaid=unpaid,
            search=search,
            labels=OUTCOME_LABELS,
            address=lambda number: self.get_url(".index", pagina=number, **kept),
        )

    @expose("/opladen", methods=("GET", "POST"))
    def upload(self) -> ResponseReturnValue:
        """Choose the XML file; then what was read and how it fits."""
        form = InvoiceUploadForm()
        if form.validate_on_submit():
            with handling(form) as done:
                content = receiving.content_of(form.file.data.stream)
                found = invoices.preview(self.actor, content)
                digest = documents.store(content, "application/xml").digest
            if done:
                mark = receiving.mark(self.actor, digest)
                confirm = InvoiceConfirmForm(
                    formdata=None, data={"digest": digest, "mark": mark, "outcome": found.matched.outcome.value}
                )
                return self._preview(confirm, found)
        return self.render("admin/contracting/invoices/upload.html", form=form), status_of(form)

    @expose("/ontvangen", methods=("POST",))
    def confirm(self) -> ResponseReturnValue:
        """Keep the file that was shown."""
        form = InvoiceConfirmForm()
        right = form.validate_on_submit()
        if form.digest.errors or form.csrf_token.errors:
            flash(gettext("Kies het bestand opnieuw."), "warning")
            return redirect(self.get_url(".upload"))
        content = receiving.brought(self.actor, form.digest.data, form.mark.data or "")
        if right:
            shown = form.outcome.data
            with handling(form) as done:
                row = invoices.receive(
                    self.actor,
                    content,
                    form.moment(clock.now()),
                    InvoiceOutcome(shown) if shown in set(InvoiceOutcome) else None,
                )
            if done:
                return self._kept(row.reference, row.outcome)
        with handling() as again:
            found = invoices.preview(self.actor, content)
        if not again:
            assert again.error is not None
            flash(translated(again.error), "error")
            return redirect(self.get_url(".upload"))
        form.outcome.data = found.matched.outcome.value
        return self._preview(form, found)

    @expose("/vordering/<reference>", methods=("GET", "POST"))
    def register(self, reference: str) -> ResponseReturnValue:
        """Register the invoice of a claim by hand."""
        asked = receiving.waiting_request(self.actor, reference)
        form = InvoiceByHandForm()
        if form.validate_on_submit():
            with handling(form) as done:
                row = invoices.register(
                    self.actor,
                    reference,
                    number=form.number.data or "",
                    issued_on=form.issued_on.data,
                    amount=form.amount.data,
                    payable=form.payable.data,
                    received_at=form.moment(clock.now()),
                )
            if done:
                return self._kept(row.reference, row.outcome)
        return self.render("admin/contracting/invoices/register.html", form=form, asked=asked), status_of(form)

    @expose("/<reference>")
    def show(self, reference: str) -> ResponseReturnValue:
        """One invoice with what can be done."""
        return self._show(reference, PaymentForm(formdata=None), RejectionForm(formdata=None))

    @expose("/<reference>/betalen", methods=("POST",))
    def pay(self, reference: str) -> ResponseReturnValue:
        """Register the day of the payment."""
        form = PaymentForm()
        if form.validate_on_submit():
            with handling(form) as done:
                invoices.pay(self.actor, reference, form.paid_on.data)
            if done:
                flash(gettext("De betaling is geregistreerd."), "success")
                return redirect(self.get_url(".show", reference=reference))
        return self._show(reference, form, RejectionForm(formdata=None))

    @expose("/<reference>/weigeren", methods=("POST",))
    def reject(self, reference: str) -> ResponseReturnValue:
        """Refuse with a reason."""
        form = RejectionForm()
        if form.validate_on_submit():
            with handling(form) as done:
                invoices.reject(self.actor, reference, form.reason.data or "")
            if done:
                flash(gettext("De factuur is geweigerd. De opdrachtnemer krijgt de reden te lezen."), "success")
                return redirect(self.get_url(".show", reference=reference))
        return self._show(reference, PaymentForm(formdata=None), form)

    @expose("/<reference>/afsluiten", methods=("POST",))
    def close(self, reference: str) -> ResponseReturnValue:
        """Close the claim of a paid invoice."""
        form = EmptyForm()
        if form.validate_on_submit():
            with handling() as done:
                invoices.close(self.actor, reference)
            if done:
                flash(gettext("De schuldvordering is afgesloten."), "success")
            elif done.error is not None:
                flash(translated(done.error), "error")
        return redirect(self.get_url(".show", reference=reference))

    def _kept(self, reference: str, outcome: InvoiceOutcome) -> ResponseReturnValue:
        label = gettext(OUTCOME_LABELS[outcome])
        flash(gettext("De factuur is bewaard: %(outcome)s.", outcome=label.lower()), "success")
        return redirect(self.get_url(".show", reference=reference))

    def _show(self, reference: str, payment: PaymentForm, rejection: RejectionForm) -> ResponseReturnValue:
        status = max(status_of(payment), status_of(rejection))
        return self.render(
            "admin/contracting/invoices/show.html",
            view=invoices.view(self.actor, reference),
            payment=payment,
            rejection=rejection,
            **_links(),
        ), status

    def _preview(self, form: InvoiceConfirmForm, found: Any) -> ResponseReturnValue:
        return self.render(
            "admin/contracting/invoices/preview.html",
            form=form,
            found=found,
            facts=found.facts,
            outcome=found.matched.outcome,
            label=OUTCOME_LABELS[found.matched.outcome],
            why=gettext(found.matched.message).format(**found.matched.params),
            remarks=[_remark(one) for one in found.facts.remarks],
            **_links(),
        ), status_of(form)


def _remark(finding: Any) -> str:
    params = {name: gettext(value) if name in ("who", "what") else value for name, value in finding.params.items()}
    return gettext(finding.message).format(**params)


def _links() -> dict[str, Any]:
    """Where the pages of a document are."""
    return {"document_url": lambda reference: url_for("file_documents.show", reference=reference)}
