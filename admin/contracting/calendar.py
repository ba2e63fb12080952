"""Rates of interest and closing days, and which running terms would differ with them (7.2, 7.4, invariant 13)."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.access import access
from blueprints.handling import handling, status_of
from domain.econtracting.interest import NO_RATE, half_year_of
from domain.errors import NotFound
from domain.permissions import Permission
from forms.calendar_data import DayForm, RateForm, RecalculateForm, RemoveDayForm
from services import clock
from services.econtracting import calendar_editing, terms


class CalendarPages(PageView):
    """The data that terms and interest are reckoned with."""

    required_permission = Permission.AUTHORITY_DESK

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Rates, the closing days of a year, and the terms that would differ."""
        years = calendar_editing.years(self.actor) or [clock.today().year]
        asked = request.args.get("jaar", "")
        year = int(asked) if asked.isdecimal() and int(asked) in years else clock.today().year
        rates = calendar_editing.rate_list(self.actor)
        half_year = half_year_of(clock.today())
        known = any(row.half_year == half_year for row in rates)
        return self.render(
            "admin/contracting/calendar/index.html",
            rates=rates,
            missing="" if known else gettext(NO_RATE).format(half_year=half_year),
            days=calendar_editing.day_list(self.actor, year),
            years=years,
            year=year,
            differences=terms.differences(self.actor),
            keeps=calendar_editing.keeps(self.actor),
            may_recalculate=self.actor.may(Permission.AUTHORITY_CONTRACTS),
        )

    @expose("/interestvoet", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_KINDS)
    def rate(self) -> ResponseReturnValue:
        """Add a rate, or change the one of ``halfjaar``."""
        form = RateForm()
        if form.validate_on_submit():
            with handling(form) as done:
                calendar_editing.save_rate(
                    self.actor,
                    form.half_year.data or "",
                    form.percent.data or "",
                    form.source.data or "",
                    derived=bool(form.derived.data),
                    before=form.before.data or "",
                )
            if done:
                flash(gettext("De interestvoet is bewaard. Geen enkele termijn is daardoor veranderd."), "success")
                return redirect(self.get_url(".index"))
        elif request.method == "GET" and (half := request.args.get("halfjaar")):
            row = next((one for one in calendar_editing.rate_list(self.actor) if one.half_year == half), None)
            if row is None:
                raise NotFound
            form.half_year.data, form.percent.data = row.half_year, str(row.percent).replace(".", ",")
            form.source.data, form.derived.data, form.before.data = row.source, row.derived, str(row.percent)
        return self.render("admin/contracting/calendar/rate.html", form=form), status_of(form)

    @expose("/dag", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_KINDS)
    def day(self) -> ResponseReturnValue:
        """Add a closing day."""
        form = DayForm()
        if form.validate_on_submit():
            with handling(form) as done:
                calendar_editing.add_day(
                    self.actor,
                    form.day.data,
                    form.name.data or "",
                    form.source.data or "",
                    statutory=bool(form.statutory.data),
                )
            if done:
                flash(gettext("De dag staat in de lijst. Lopende termijnen blijven zoals ze berekend zijn."), "success")
                return redirect(self.get_url(".index", jaar=form.day.data.year))
        return self.render("admin/contracting/calendar/day.html", form=form), status_of(form)

    @expose("/dag/<key>/verwijderen", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_KINDS)
    def remove_day(self, key: str) -> ResponseReturnValue:
        """Ask, then take a day from the list."""
        try:
            day = date.fromisoformat(key)
        except ValueError:
            raise NotFound from None
        found = next((one for one in calendar_editing.day_list(self.actor, day.year) if one.day == day), None)
        if found is None:
            raise NotFound
        form = RemoveDayForm()
        if form.validate_on_submit():
            with handling(form) as done:
                calendar_editing.remove_day(self.actor, day)
            if done:
                flash(gettext("De dag staat niet meer in de lijst."), "success")
                return redirect(self.get_url(".index", jaar=day.year))
        return self.render("admin/contracting/calendar/remove_day.html", form=form, row=found), status_of(form)

    @expose("/termijn/<reference>/herberekenen", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_CONTRACTS)
    def recalculate(self, reference: str) -> ResponseReturnValue:
        """Reckon one term anew, with a reason that both parties read."""
        found = next((one for one in terms.differences(self.actor) if one.reference == reference), None)
        if found is None:
            raise NotFound
        form = RecalculateForm()
        if form.validate_on_submit():
            with handling(form) as done:
                terms.recalculate(self.actor, reference, form.reason.data or "")
            if done:
                flash(gettext("De termijn is opnieuw berekend. Beide partijen zien waarom."), "success")
                return redirect(self.get_url(".index"))
        return self.render("admin/contracting/calendar/recalculate.html", form=form, row=found), status_of(form)
