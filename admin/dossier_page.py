"""One dossier: what it is, what happened, what can be done; a page per step, with its reason and confirmation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.lists import Address, list_words
from admin.mail_words import mail_label, mail_state
from blueprints.access import access
from blueprints.handling import handling, posted_version, status_of
from domain.calendars import Quarter
from domain.ecalcura.campaign import PHASE_LABELS
from domain.ecalcura.declaration import EVENT_LABELS, STATUS_LABELS, Event
from domain.ecalcura.review import CONTENT_LABELS
from domain.ecalcura.risk import LEVEL_LABELS
from domain.errors import NotFound
from domain.organisation import SECTOR_LABELS
from domain.permissions import Permission
from forms.back_office import DecisionForm, ReopeningForm
from services import clock, transaction
from services.ecalcura import case_page, case_queries, declarations, reopening_requests
from services.ecalcura.case_criteria import Criteria
from services.ecalcura.reopening_requests import Outcome


class DossierPages(PageView):
    """The pages of one dossier."""

    required_permission = Permission.DOSSIER_REVIEW
    in_menu = False

    @expose("/<number>")
    def page(self, number: str) -> ResponseReturnValue:
        """State, calendar, what is outstanding, timeline and steps."""
        actor = self.actor
        page = case_page.case_page(actor, number)
        shown = self.render(
            "admin/dossiers/page.html",
            page=page,
            neighbours=self._neighbours(),
            phase_label=PHASE_LABELS[page.phase],
            content_label=CONTENT_LABELS[page.content],
            sector_label=SECTOR_LABELS[page.facility.sector],
            status_labels=STATUS_LABELS,
            level_labels=LEVEL_LABELS,
            mail_label=mail_label,
            mail_state=mail_state,
            tab="page",
            list_words=list_words(),
            may_decide=actor.may(Permission.DOSSIER_DECIDE),
        )
        with transaction.unit_of_work():
            case_page.viewed(actor, number)
        return shown

    @expose("/<number>/stap/<event>", methods=("GET", "POST"))
    @access(Permission.DOSSIER_DECIDE)
    def step(self, number: str, event: str) -> ResponseReturnValue:
        """Explain a step, ask the reason, take it."""
        actor = self.actor
        found = case_page.find(actor, number)
        wanted = _event(event)
        if wanted is Event.REOPEN_ONCE:  # one act for every quarter that is asked
            return redirect(self.get_url(".reopening", number=number))
        form = DecisionForm(version=found.dossier.version)
        here = self.get_url(".page", number=number, **list_words())
        if form.validate_on_submit():
            with handling(form) as done:
                declarations.fire(actor, number, wanted, form.reason.data, version=posted_version(form.version.data))
            if done:
                flash(gettext("Gelukt: %(action)s", action=gettext(EVENT_LABELS[wanted])), "success")
                return redirect(here)
        elif wanted not in {decision.event for decision in case_page.decisions(found)}:
            flash(gettext("Deze actie kan nu niet meer. Kijk op de pagina wat wel kan."), "warning")
            return redirect(here)
        context = {"form": form, "found": found, "decision": case_page.decision(wanted), "here": here}
        return self.render("admin/dossiers/step.html", **context), status_of(form)

    @expose("/<number>/heropening", methods=("GET", "POST"))
    @access(Permission.DOSSIER_DECIDE)
    def reopening(self, number: str) -> ResponseReturnValue:
        """Register a request to reopen that came by e-mail and decide about it: all chosen quarters in one act."""
        actor = self.actor
        found = case_page.find(actor, number)
        hco, period = found.facility.hco_number, found.dossier.period_code
        state = reopening_requests.period_state(actor, hco, period)
        proposed = {"received_on": clock.today(), "quarters": [str(found.dossier.quarter)], "decision": Outcome.GRANTED}
        form = ReopeningForm(data=proposed)
        form.quarters.choices = [
            (str(item.quarter), f"{item.quarter} ({self._state_words(item)})") for item in state.quarters
        ]
        if form.validate_on_submit():
            with handling(form) as done:
                quarters = [Quarter.parse(text) for text in form.quarters.data]
                asked = reopening_requests.register(actor, hco, period, quarters, form.moment)
                self._decide(asked.id, form)
            if done:
                flash(decided(form.decision.data), "success")
                return redirect(self.get_url(".page", number=number))
        context = {
            "form": form,
            "found": found,
            "state": state,
            "phase_label": PHASE_LABELS[state.situation.phase],
            "last_day": state.last_day,
        }
        return self.render("admin/dossiers/reopening.html", **context), status_of(form)

    def _decide(self, request_id: int, form: Any) -> None:
        if form.decision.data == Outcome.GRANTED:
            reopening_requests.grant(self.actor, request_id, form.reason.data or "")
        elif form.decision.data == Outcome.REFUSED:
            reopening_requests.refuse(self.actor, request_id, form.reason.data or "")

    def _state_words(self, item: reopening_requests.QuarterState) -> str:
        return gettext("nooit geopend") if item.status is None else gettext(STATUS_LABELS[item.status])

    def _neighbours(self) -> dict[str, str | None]:
        """Back to the list the page was opened from, and to the dossiers around it there."""
        words = list_words()
        address = Address(self.get_url("dossiers.index_view"), {k: v for k, v in words.items() if k != "plaats"})
        links: dict[str, str | None] = {"list": address.plus(), "previous": None, "next": None}
        cursor = words.get("plaats")
        if cursor:
            around = case_queries.neighbours_of(self.actor, Criteria.read(words), cursor)
            for name, neighbour in zip(("previous", "next"), around, strict=True):
                if neighbour is not None:
                    query = urlencode(address.words | {"plaats": neighbour.cursor})
                    links[name] = f"{self.get_url('.page', number=neighbour.number)}?{query}"
        return links


def _event(value: str) -> Event:
    if value not in set(Event) or value in {Event.OPEN_NEW, Event.SAVE, Event.SUBMIT}:
        raise NotFound
    return Event(value)


def decided(outcome: str) -> str:
    """What is told after a request was handled."""
    if outcome == Outcome.GRANTED:
        return gettext("De kwartalen zijn heropend. De contactpersonen krijgen een melding.")
    if outcome == Outcome.REFUSED:
        return gettext("De aanvraag is geweigerd.")
    return gettext("De aanvraag is geregistreerd. Ze staat op de startpagina van Beheer.")
