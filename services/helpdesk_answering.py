"""The helpdesk side of questions: the list of its theme, one question with the refusal behind its code, the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import load_only

from domain import helpdesk as rules
from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Findings, NotFound
from domain.helpdesk import TicketAct, TicketState, TicketTheme
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.helpdesk import HelpTicket
from models.identity import AccessRefusal
from services import access, audit, clock
from services.helpdesk_tickets import tell
from services.identity import refusals
from services.identity.refusals import Refusal
from services.listing import CAP, Capped, Order, Page, Position, page_of

_OLDEST, _NEWEST = Order((HelpTicket.id,)), Order((HelpTicket.id,), descending=True)
#: What a list shows: neither the text of the question nor how to reach who asked.
_LISTED = load_only(
    HelpTicket.code,
    HelpTicket.theme,
    HelpTicket.state,
    HelpTicket.subject,
    HelpTicket.opened_at,
    HelpTicket.changed_at,
    HelpTicket.organisation_key,
    HelpTicket.account_id,
    HelpTicket.refusal_code,
    HelpTicket.taken_by,
    HelpTicket.answer,
)


class Pile(StrEnum):
    """What of the list is shown."""

    OPEN = "OPEN"
    NEW = "NIEUW"
    TAKEN = "IN_BEHANDELING"
    DONE = "AFGEHANDELD"
    ALL = "ALLE"


_STATES: dict[Pile, tuple[TicketState, ...]] = {
    Pile.OPEN: (TicketState.NEW, TicketState.TAKEN),
    Pile.NEW: (TicketState.NEW,),
    Pile.TAKEN: (TicketState.TAKEN,),
    Pile.DONE: (TicketState.DONE,),
    Pile.ALL: tuple(TicketState),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which questions: a pile, and what was searched: a code of a question or of a refusal, or an organisation."""

    pile: Pile = Pile.OPEN
    search: str = ""


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A line of the list; who asked is not named."""

    code: str
    theme: TicketTheme
    state: TicketState
    subject: str
    opened_at: datetime
    organisation_key: str | None
    signed_in: bool
    refusal_code: str | None
    taken_by: str
    answered: bool


def listed(actor: Actor, criteria: Criteria, position: Position) -> Page[TicketRow]:
    """The questions of the own theme and those for both; what is open oldest first, what is done newest first."""
    statement = _visible(actor).options(_LISTED).where(*_conditions(criteria))
    order = _NEWEST if criteria.pile in (Pile.DONE, Pile.ALL) or criteria.search else _OLDEST
    themes = "+".join(sorted(rules.themes_answered(actor)))
    name = f"tickets.{themes}.{criteria.pile}.{criteria.search}"
    page: Page[Any] = page_of(statement, order, position, name=name)
    rows = tuple(_row(found.HelpTicket) for found in page.rows)
    return Page(rows, page.cursors, page.number, page.more)


def _row(row: HelpTicket) -> TicketRow:
    return TicketRow(
        code=row.code,
        theme=row.theme,
        state=row.state,
        subject=row.subject,
        opened_at=row.opened_at,
        organisation_key=row.organisation_key,
        signed_in=row.account_id is not None,
        refusal_code=row.refusal_code,
        taken_by=row.taken_by,
        answered=bool(row.answer),
    )


def _visible(actor: Actor) -> Select[Any]:
    access.require(actor, Permission.TICKETS_MANAGE)
    return select(HelpTicket).where(HelpTicket.theme.in_(sorted(rules.themes_answered(actor))))


def _conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if criteria.search:
        code, refusal = rules.read_code(criteria.search), rules.read_refusal_code(criteria.search)
        either = HelpTicket.organisation_key == criteria.search.upper()
        if code is not None:
            either |= HelpTicket.code == code
        if refusal is not None:
            either |= HelpTicket.refusal_code == refusal
        return [either]
    if criteria.pile is not Pile.ALL:
        found.append(HelpTicket.state.in_(_STATES[criteria.pile]))
    return found


def new_count(actor: Actor) -> Capped:
    """How many questions nobody took yet, for the start of the back office. One statement."""
    ids = _visible(actor).with_only_columns(HelpTicket.id).where(HelpTicket.state == TicketState.NEW).limit(CAP + 1)
    return Capped(db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0)


@dataclass(frozen=True, slots=True)
class SeenTicket:
    """One question as the helpdesk sees it, with what the person read behind the code of "geen toegang"."""

    row: HelpTicket
    refusal: Refusal | None
    refused_at: datetime | None
    acts: frozenset[TicketAct]

    @property
    def signed_in(self) -> bool:
        """Whether who asked can read the answer here."""
        return self.row.account_id is not None


def seen(actor: Actor, code: str) -> SeenTicket:
    """One question. NotFound for one of another theme."""
    row = _one(actor, code)
    refused = db.session.get(AccessRefusal, row.refusal_code) if row.refusal_code else None
    return SeenTicket(
        row=row,
        refusal=refusals.of_stored(refused) if refused is not None else None,
        refused_at=refused.at if refused is not None else None,
        acts=rules.acts_from(row.state),
    )


def _one(actor: Actor, code: str) -> HelpTicket:
    known = rules.read_code(code)
    found = _visible(actor).where(HelpTicket.code == known)
    row: HelpTicket | None = db.session.scalar(found) if known is not None else None
    if row is None:
        raise NotFound
    return row


def take(actor: Actor, code: str, version: int) -> None:
    """Take a question, also over from a colleague, or take up again one that was done."""
    row = _one(actor, code)
    act = TicketAct.REOPEN if row.state is TicketState.DONE else TicketAct.TAKE
    _step(actor, row, act, version)


def answer(actor: Actor, code: str, text: str, version: int, *, close: bool) -> None:
    """Answer; ``close`` when nothing more has to be done. Who asked reads it, and gets a mail without it (E-154).

    Raises Findings when the answer is missing or holds a national number, Conflict when a colleague was faster.
    """
    row = _one(actor, code)
    if row.version != version:
        raise Conflict(
            rules.MOVED_ON,
            theirs={N_("Antwoord"): row.answer, N_("In behandeling bij"): row.taken_by},
            yours={N_("Antwoord"): text, N_("In behandeling bij"): actor.name},
        )
    found = rules.check_answer(text)
    if found:
        raise Findings(found)
    _step(actor, row, TicketAct.CLOSE if close else TicketAct.ANSWER, version, text.strip())
    if row.account_id is not None:
        tell(row, "ticket_answered", f"answered:{row.version}")


def _step(actor: Actor, row: HelpTicket, act: TicketAct, version: int, text: str | None = None) -> None:
    before = row.state
    after = rules.step(before, act, version=row.version, shown_version=version)
    with writing(f"tickets.{act.lower()}"):
        row.state = after
        row.taken_by = actor.name
        row.changed_at = clock.now()
        if text is not None:
            row.answer = text
    audit.record(actor, AuditEvent.TICKET_STATE, "ticket", row.code, data={"from": before, "to": after})
