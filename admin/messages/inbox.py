"""The messages of both offices: the list with its filters, laying threads on a desk, a thread (A-38, C-014, CP-03)."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.lists import Address, position
from admin.messages import criteria
from admin.messages.contracts import ContractThreads
from admin.messages.criteria import I_WROTE, MINE, Asked
from admin.messages.threads import ThreadPart
from blueprints.access import access
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import handling, translated
from domain.actor import Side
from domain.calendars import Quarter
from domain.errors import N_, DomainError
from domain.messaging import Only
from domain.organisation import SECTOR_LABELS
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from services.listing import Capped
from services.messaging import assigning, narrowing, reading
from services.messaging.lists import NOBODY

ONLY_LABELS: dict[Only, str] = {
    Only.OURS: N_("Wacht op ons antwoord"),
    Only.UNREAD: N_("Ongelezen"),
    Only.THEIRS: N_("Wacht op hen"),
    Only.DRAFTS: N_("Met een concept"),
}


class MessagePages(ThreadPart, ContractThreads, PageView):
    """What was written to the office, what waits for an answer, and the answers."""

    required_permission = Permission.MESSAGES_OFFICE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Threads, the newest first; filters stay in the address and go along into a thread."""
        actor, asked = self.actor, criteria.read(self.actor, request.args)
        address = Address(self.get_url(".index"), asked.words)
        total = reading.count(actor, asked.criteria)
        return self.render(
            "admin/messages/inbox.html",
            department=actor.side is Side.DEPARTMENT,
            page=reading.inbox(actor, asked.criteria, position()),
            asked=asked,
            offer=narrowing.offer(actor),
            address=address,
            search=asked.criteria.search,
            search_label=gettext("Zoek in voorziening, onderwerp of tekst")
            if actor.side is Side.DEPARTMENT
            else gettext("Zoeken in onderwerp, tekst of opdracht"),
            chips=criteria.chips(asked, address, ONLY_LABELS),
            result=_told(total),
            tabs=self._tabs(asked, address),
            counts=self._counts(asked, address),
            desk_options=_desk_options(asked),
            quarters=_quarters(asked),
            sectors=[(code, gettext(label)) for code, label in SECTOR_LABELS.items()],
            may_answer=actor.may(Permission.MESSAGES_ANSWER),
        )

    @expose("/verplaatsen", methods=("POST",))
    @access(Permission.MESSAGES_ANSWER)
    def move(self) -> ResponseReturnValue:
        """Lay the chosen threads on a desk, each in a commit of its own; gives what came of each."""
        chosen = list(dict.fromkeys(request.form.getlist("rowid")))[: assigning.MOST]
        back = Address(self.get_url(".index"), criteria.read(self.actor, request.args).words)
        rows = [self._move(reference) for reference in chosen] if ConfirmationForm().validate() else []
        return self.render("admin/messages/moved.html", rows=rows, back=back)

    def _move(self, reference: str) -> dict[str, Any]:
        row = {"label": reference, "href": self.get_url(".show", reference=reference), "ok": False}
        try:
            with handling() as done:
                row["label"] = assigning.move(self.actor, reference, request.form.get("desk", "")).subject
        except DomainError as error:
            return row | {"message": translated(error), "href": None}
        if done.error is not None:
            return row | {"message": translated(done.error)}
        return row | {"ok": True, "message": gettext("Verplaatst")}

    def _tabs(self, asked: Asked, address: Address) -> list[dict[str, Any]]:
        """Whose threads: only the department has desks."""
        if self.actor.side is not Side.DEPARTMENT:
            return []
        whose = I_WROTE if "wie" in asked.words else MINE if asked.desk == MINE else ""
        return [
            {"label": gettext("Alle gesprekken"), "href": address.plus(bureau="", wie=""), "active": whose == ""},
            {"label": gettext("Mijn bureau"), "href": address.plus(bureau=MINE, wie=""), "active": whose == MINE},
            {
                "label": gettext("Waarin ik schreef"),
                "href": address.plus(bureau="", wie=I_WROTE),
                "active": whose == I_WROTE,
            },
        ]

    def _counts(self, asked: Asked, address: Address) -> list[dict[str, Any]]:
        """What there is to do in what the other filters leave, each with its number."""
        found = []
        for only in (Only.OURS, Only.UNREAD, Only.THEIRS):
            number = reading.count(self.actor, criteria.narrowed(asked.criteria, only))
            chosen = asked.criteria.only is only
            href = address.without("toon") if chosen else address.plus(toon=only.value)
            shown = "1.000+" if number.more else str(number.number)
            found.append({"label": gettext(ONLY_LABELS[only]), "count": shown, "href": href, "active": chosen})
        return found


def _quarters(asked: Asked) -> list[tuple[str, str]]:
    wanted = asked.criteria.quarter
    known = criteria.every_quarter(Quarter.parse(wanted) if wanted and wanted != NOBODY else None)
    named = [(str(one), quarter_name(one)) for one in known]
    return [("", gettext("Alle")), (NOBODY, gettext("Algemeen")), *named]


def _desk_options(asked: Asked) -> list[tuple[str, str]]:
    every = [(one.reference, one.name) for one in asked.desks]
    return [("", gettext("Alle")), (MINE, gettext("Mijn bureau")), (NOBODY, gettext("Geen bureau")), *every]


def _told(found: Capped) -> str:
    if found.more:
        return gettext("Meer dan 1.000 gesprekken")
    return ngettext("%(num)s gesprek", "%(num)s gesprekken", found.number)
