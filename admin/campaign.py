"""The campaign: where a reference period stands, what the calendar does today, and its runs."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin import campaign_words as words
from admin.base import PageView
from admin.lists import Address, position, typed
from blueprints.handling import handling, translated
from domain.calendars import start_of_day
from domain.ecalcura.campaign import PHASE_LABELS
from domain.ecalcura.campaign_acts import ACT_LABELS, ActKind
from domain.ecalcura.declaration import STATUS_LABELS, DossierStatus
from domain.permissions import Permission
from forms.fields import read_date
from services import clock
from services.ecalcura import campaign, campaign_overview
from services.ecalcura.campaign_plan import PlannedAct
from services.listing import Page

_ROWS = 50


class CampaignPages(PageView):
    """The calendar at work."""

    required_permission = Permission.CAMPAIGN_RUN

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Where the campaign stands today; ``periode`` in the address chooses the reference period."""
        codes = campaign_overview.periods(self.actor)
        asked = typed("periode")
        code = asked if asked in codes else campaign_overview.current_period(codes)
        now = clock.now()
        found = campaign_overview.overview(self.actor, code) if code else None
        runs = campaign_overview.runs(self.actor, position())
        job = campaign_overview.alive(self.actor)
        return self.render(
            "admin/campaign/index.html",
            tabs=[
                {"label": one, "href": self.get_url(".index", periode=one), "active": one == code} for one in codes[:6]
            ],
            found=found,
            strip=words.strip(found.calendar, clock.today()) if found else [],
            dates=words.dates(found) if found else [],
            statuses=[(status, gettext(STATUS_LABELS[status])) for status in DossierStatus],
            plot=words.plot(found) if found else None,
            plan=campaign.due(now),
            coming=campaign_overview.next_day(self.actor, now),
            figures=words.to_do,
            job=job,
            running=campaign.run_reference(job) if job else None,
            phase_labels=PHASE_LABELS,
            held=campaign.is_held(),
            runs=[campaign_overview.run_row(self.actor, row.CampaignRun) for row in runs.rows],
            page=runs,
            address=Address(self.get_url(".index"), {"periode": code} if code else {}),
            count_text=words.outcome_text,
            today=clock.today(),
        )

    @expose("/vooruitblik")
    def preview(self) -> ResponseReturnValue:
        """What would be done: now, or on a day to come as things stand now. Nothing is done here."""
        now, day = clock.now(), _day(typed("dag"))
        ahead = day is not None and day > clock.today()
        plan = campaign.due(start_of_day(day) if ahead and day else now)
        wanted = typed("soort")
        kind = ActKind(wanted) if wanted in set(ActKind) else None
        rows = [one for one in plan.acts if kind in (None, one.act.kind)]
        number = position().number
        asked = {"dag": day.isoformat() if ahead and day else "", "soort": kind.value if kind else ""}
        return self.render(
            "admin/campaign/preview.html",
            plan=plan,
            day=day if ahead else None,
            typed_day=typed("dag"),
            wrong_day=bool(typed("dag")) and day is None,
            figures=words.to_do(plan),
            tabs=words.kinds(plan, kind, Address(self.get_url(".preview"), {k: v for k, v in asked.items() if v})),
            rows=rows[(number - 1) * _ROWS : number * _ROWS],
            page=_page(rows, number),
            address=Address(self.get_url(".preview"), {k: v for k, v in asked.items() if v}),
            labels={one: gettext(ACT_LABELS[one]) for one in ActKind},
            job=campaign_overview.alive(self.actor),
        )

    @expose("/starten", methods=("POST",))
    def start(self) -> ResponseReturnValue:
        """Do what is due now, as background work."""
        running = campaign_overview.alive(self.actor)
        if running is not None:
            flash(gettext("De kalender wordt al uitgevoerd."), "warning")
            return redirect(self.get_url(".index"))
        with handling() as done:
            job = campaign.start(self.actor)
            reference = campaign.run_reference(job) if job is not None else None
        if done and reference is None:
            flash(gettext("Er is vandaag niets te doen."), "info")
        if reference is None:
            return redirect(self.get_url(".index"))
        return redirect(self.get_url(".run", reference=reference))

    @expose("/uitvoeringen/<reference>")
    def run(self, reference: str) -> ResponseReturnValue:
        """One run: its progress while it goes on, and what it did."""
        row = campaign_overview.run_of(self.actor, reference)
        page = campaign_overview.acts_of_run(self.actor, row.run, position())
        return self.render(
            "admin/campaign/run.html",
            row=row,
            page=page,
            address=Address(self.get_url(".run", reference=reference), {}),
            labels={kind.value: gettext(ACT_LABELS[kind]) for kind in ActKind},
            figures=words.done(row.outcome),
            problems=words.problems(row.outcome),
            quarters_of=campaign_overview.quarters_of_act,
        )

    @expose("/uitvoeringen/<reference>/stoppen", methods=("POST",))
    def stop(self, reference: str) -> ResponseReturnValue:
        """Ask a run to stop after the facility it is at."""
        with handling() as done:
            campaign.stop(self.actor, reference)
        if done:
            flash(gettext("De uitvoering stopt na de voorziening waar ze nu mee bezig is."), "success")
        return redirect(self.get_url(".run", reference=reference))

    @expose("/uitvoeringen/<reference>/verderzetten", methods=("POST",))
    def resume(self, reference: str) -> ResponseReturnValue:
        """Let a run that was stopped or failed go on where it was."""
        with handling() as done:
            campaign.resume(self.actor, reference)
        if done.error is not None:
            flash(translated(done.error), "error")
        elif done:
            flash(gettext("De uitvoering gaat verder."), "success")
        return redirect(self.get_url(".run", reference=reference))


def _day(text: str) -> date | None:
    """A day as people type it (16/10/2027), or as an address holds it; None when it is neither."""
    with suppress(ValueError):
        return read_date(text)
    return None


def _page(rows: list[PlannedAct], number: int) -> Page[PlannedAct]:
    shown = tuple(rows[(number - 1) * _ROWS : number * _ROWS])
    return Page(shown, ("",) * len(shown), number, more=len(rows) > number * _ROWS)
