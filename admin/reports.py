"""Reports for the case manager: of one facility on screen or as a file, of all of them as a file (10.2, E-145).

National numbers are masked, on the page and in every file; on the page the whole numbers are shown once for a reason.
"""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.lists import is_national_number, typed
from blueprints.access import access
from blueprints.ecalcura import report_pages
from blueprints.ecalcura.report_pages import Filter
from blueprints.ecalcura.reports import attachment
from blueprints.handling import handling, status_of, translated
from domain.permissions import Permission
from forms.back_office import RevealForm
from forms.reports import AllFacilitiesForm
from services import transaction
from services.ecalcura import case_facilities
from services.ecalcura.reports import catalogue, orders, reading
from services.ecalcura.reports.files import FileKind
from services.ecalcura.reports.orders import Ready
from services.ecalcura.reports.table import Report
from services.listing import Position


class ReportPages(PageView):
    """Choose a period, then a facility or all of them, then a report."""

    required_permission = Permission.REPORTS_REVIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The periods, and the files that were asked for."""
        if period := request.args.get("periode"):
            catalogue.quarters_in(period)
            return redirect(self.get_url(".period", period=period))
        return self._choose(None, None)

    @expose("/<period>")
    def period(self, period: str) -> ResponseReturnValue:
        """Which facility: found by number or words; or the file of all of them."""
        catalogue.quarters_in(period)
        if is_national_number(request.args.get("zoek", "")):
            flash(gettext("Zoek een rijksregisternummer bij Opzoeken: daar komt het niet in het adres."), "warning")
            return redirect(self.get_url(".period", period=period))
        return self._choose(period, None)

    def _choose(self, period: str | None, form: AllFacilitiesForm | None) -> ResponseReturnValue:
        search = typed("zoek")
        found = case_facilities.facility_list(self.actor, search, None, Position()) if period and search else None
        if form is None and period:
            form = self._all_form(period)
        return self.render(
            "admin/reports/index.html",
            period=period,
            period_name=report_pages.period_name(period) if period else None,
            options=report_pages.period_options(reading.periods(self.actor)),
            search=search,
            found=found,
            offered=catalogue.offered(period) if period else [],
            form=form,
            orders=orders.orders(self.actor),
        ), status_of(form) if form is not None and form.is_submitted() else 200

    def _all_form(self, period: str) -> AllFacilitiesForm:
        form = AllFacilitiesForm()
        form.rapport.choices = [(one.code, gettext(one.title)) for one in catalogue.offered(period)]
        return form

    @expose("/<period>/alle", methods=("POST",))
    def all_facilities(self, period: str) -> ResponseReturnValue:
        """The file of all facilities: always made in the background."""
        catalogue.quarters_in(period)
        form = self._all_form(period)
        if form.validate_on_submit():
            with handling(form) as done:
                made = orders.ask_for_all(self.actor, form.rapport.data, period, FileKind(form.formaat.data))
            if done:
                return redirect(self.get_url(".order", reference=made), 303)
        return self._choose(period, form)

    @expose("/<period>/<hco_number>/<code>")
    def show(self, period: str, hco_number: str, code: str) -> ResponseReturnValue:
        """One report of one facility, with masked numbers."""
        if report_pages.number_typed():
            flash(gettext("Filter op een deel van de naam: een rijksregisternummer komt niet in het adres."), "warning")
            return redirect(self.get_url(".show", period=period, hco_number=hco_number, code=code))
        report = reading.report(self.actor, code, period, hco_number)
        with transaction.unit_of_work():
            reading.viewed(self.actor, report)
        return self._report(report, RevealForm(formdata=None), revealed=False)

    @expose("/<period>/<hco_number>/<code>/nummers", methods=("POST",))
    @access(Permission.NATIONAL_NUMBER_REVEAL)
    def reveal(self, period: str, hco_number: str, code: str) -> ResponseReturnValue:
        """The same with whole national numbers in this one answer, once the reason is in the audit log."""
        form = RevealForm()
        if form.validate_on_submit():
            with handling(form) as done:
                report = reading.revealed(self.actor, code, period, hco_number, form.reason.data)
            if done:
                return self._report(report, form, revealed=True)
        return self._report(reading.report(self.actor, code, period, hco_number), form, revealed=False)

    def _report(self, report: Report, form: RevealForm, *, revealed: bool) -> ResponseReturnValue:
        period, code, hco_number = report.period, report.definition.code, report.content.hco_number
        place = {"period": period, "hco_number": hco_number}

        def href(which: str, **words: Any) -> str:
            return self.get_url(".show", **place, code=which, **words)

        context = report_pages.context(
            report,
            Filter.read(),
            lambda **words: href(code, **words),
            lambda reference: self.get_url("people.record", reference=reference),
        )
        return self.render(
            "admin/reports/report.html",
            **context,
            period=period,
            period_name=report_pages.period_name(period),
            items=report_pages.report_items(period, code, href),
            file_url=self.get_url(".file", **place, code=code),
            reveal_url=self.get_url(".reveal", **place, code=code),
            may_reveal=self.actor.may(Permission.NATIONAL_NUMBER_REVEAL),
            revealed=revealed,
            form=form,
        ), status_of(form)

    @expose("/<period>/<hco_number>/<code>/bestand", methods=("POST",))
    def file(self, period: str, hco_number: str, code: str) -> ResponseReturnValue:
        """The report of one facility as a file, with masked numbers."""
        back = {"period": period, "hco_number": hco_number, "code": code}
        kind = report_pages.file_kind(request.form.get("formaat"))
        if kind is None:
            reading.facility_of(self.actor, hco_number)
            catalogue.definition_of(code, period)
            flash(gettext("Kies een formaat: Excel, CSV of PDF."), "error")
            return redirect(self.get_url(".show", **back), 303)
        with handling() as done:
            made = orders.ask(self.actor, code, period, kind, hco_number)
        if done.error is not None:
            flash(translated(done.error), "error")
            return redirect(self.get_url(".show", **back), 303)
        if isinstance(made, Ready):
            return attachment(made)
        return redirect(self.get_url(".order", reference=made), 303)

    @expose("/bestanden/<reference>")
    def order(self, reference: str) -> ResponseReturnValue:
        """A file that is made in the background."""
        return self.render("admin/reports/file.html", order=orders.order(self.actor, reference))

    @expose("/bestanden/<reference>/ophalen")
    def fetch(self, reference: str) -> Response:
        """The file itself, for who asked for it only."""
        with transaction.unit_of_work():
            made = orders.download(self.actor, reference)
        return attachment(made)
