"""The canned texts of the department: kept, changed, and filled for the thread they are put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from domain import canned_texts as rules
from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.canned_texts import CannedContent, Filled
from domain.dutch import long_date, quarter_name
from domain.ecalcura import reopening
from domain.errors import N_, Conflict, Findings, NotFound
from domain.organisation import SECTOR_LABELS, THEME_ECALCURA
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.message import CannedText, Desk
from models.organisation import Facility
from services import access, audit, clock
from services.connections import connections
from services.ecalcura import dossiers
from services.messaging.facility_place import FacilityPlace
from services.messaging.place import Place

CHANGED = N_("Een collega heeft deze standaardtekst intussen gewijzigd. Uw wijziging is niet bewaard.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A canned text as it reads in one thread: its title, subject and body, and what could not be filled."""

    reference: str
    title: str
    subject: str
    body: str
    missing: tuple[str, ...]


def listed(actor: Actor) -> Sequence[CannedText]:
    """Every canned text, those that are not in use last."""
    access.require(actor, Permission.DESKS_MANAGE)
    statement = select(CannedText).where(CannedText.theme == THEME_ECALCURA)
    return db.session.scalars(statement.order_by(CannedText.active.desc(), CannedText.title)).all()


def in_use(actor: Actor) -> Sequence[CannedText]:
    """Those that can be chosen in a message, by title."""
    access.require(actor, Permission.MESSAGES_ANSWER)
    statement = select(CannedText).where(CannedText.theme == THEME_ECALCURA, CannedText.active)
    return db.session.scalars(statement.order_by(CannedText.title)).all()


def get(actor: Actor, reference: str) -> CannedText:
    """One text; raises NotFound."""
    access.require(actor, Permission.DESKS_MANAGE)
    return _found(reference)


def create(actor: Actor, content: CannedContent, *, active: bool = True) -> CannedText:
    """A new text; raises Findings at ``title``, ``subject`` or ``body``."""
    access.require(actor, Permission.DESKS_MANAGE)
    _refuse(content)
    with writing("canned_texts.create"):
        row = CannedText(theme=THEME_ECALCURA)
        _put(actor, row, content, active)
        db.session.add(row)
        db.session.flush()
    _trace(actor, row, "created")
    return row


def change(actor: Actor, reference: str, content: CannedContent, version: int, *, active: bool = True) -> CannedText:
    """Change a text; messages that were made with it stay as they are.

    Raises Findings, or Conflict with both texts when a colleague was first. Saving what stands there changes nothing.
    """
    access.require(actor, Permission.DESKS_MANAGE)
    row = _found(reference, lock=True)
    _refuse(content)
    held = (row.title, row.subject, row.body, row.active)
    if held == (content.title.strip(), content.subject.strip(), content.body.strip(), active):
        return row
    if row.version != version:
        raise Conflict(
            CHANGED,
            theirs={N_("Titel"): row.title, N_("Onderwerp"): row.subject, N_("Tekst"): row.body},
            yours={N_("Titel"): content.title, N_("Onderwerp"): content.subject, N_("Tekst"): content.body},
        )
    with writing("canned_texts.change"):
        _put(actor, row, content, active)
    _trace(actor, row, "changed")
    return row


def preview(content: CannedContent) -> tuple[str, str]:
    """Subject and body as they would read for an example facility; raises Findings."""
    _refuse(content)
    values = rules.examples()
    return rules.fill(content.subject, values).text, rules.fill(content.body, values).text


def values_for(facility: Facility, quarter: Quarter | None, desk: Desk | None, *texts: str) -> dict[str, str | None]:
    """What fills the placeholders of texts in a thread of a facility, perhaps about a quarter, that lies on a desk.

    ``laatste_dag`` is the last day on which that quarter can be submitted in the term that runs; None when none runs.
    """
    last = None
    if quarter is not None and any("{laatste_dag}" in text for text in texts):
        situation = dossiers.situation_of(facility, quarter.reference_period)
        kind = reopening.kind_now(situation)
        last = reopening.last_day_of(situation, kind) if kind is not None else None
    return {
        "voorziening": facility.name,
        "hco_nummer": facility.hco_number,
        "sector": SECTOR_LABELS[facility.sector],
        "kwartaal": quarter_name(quarter) if quarter is not None else None,
        "referentieperiode": quarter.reference_period if quarter is not None else None,
        "laatste_dag": long_date(last) if last is not None else None,
        "bureau": desk.name if desk is not None else None,
        "mailbox": (desk.mailbox if desk is not None else "") or connections().settings.department_mailbox,
    }


def propose(actor: Actor, reference: str, facility: Facility, quarter: Quarter | None, desk: Desk | None) -> Proposal:
    """A text filled for one thread; NotFound for one that is not in use."""
    access.require(actor, Permission.MESSAGES_ANSWER)
    row = _found(reference)
    if not row.active:
        raise NotFound
    return _filled(row, values_for(facility, quarter, desk, row.subject, row.body))


def proposals(actor: Actor, facility: Facility, quarter: Quarter | None, desk: Desk | None) -> list[Proposal]:
    """Every text in use, filled for one thread."""
    texts = in_use(actor)
    read = [text for row in texts for text in (row.subject, row.body)]
    values = values_for(facility, quarter, desk, *read) if texts else {}
    return [_filled(row, values) for row in texts]


def propose_in(actor: Actor, reference: str, place: Place) -> Proposal:
    """A text filled for the place of a thread; NotFound elsewhere than in one of a facility."""
    if not isinstance(place, FacilityPlace):
        raise NotFound
    return propose(actor, reference, place.facility, place.quarter, place.desk)


def appended(typed: str, text: str) -> str:
    """A text behind what was typed, on a line of its own."""
    return f"{typed.rstrip()}\n\n{text}" if typed.strip() else text


def refuse_unfilled(text: str) -> None:
    """Raise Findings at ``body`` when a message to be sent still has a placeholder in it."""
    found = rules.check_filled(text)
    if found:
        raise Findings(found)


def _filled(row: CannedText, values: dict[str, str | None]) -> Proposal:
    subject: Filled = rules.fill(row.subject, values)
    body = rules.fill(row.body, values)
    missing = tuple(dict.fromkeys(subject.missing + body.missing))
    return Proposal(row.reference, row.title, subject.text, body.text, missing)


def _found(reference: str, *, lock: bool = False) -> CannedText:
    statement = select(CannedText).where(CannedText.reference == reference, CannedText.theme == THEME_ECALCURA)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(statement)
    if row is None:
        raise NotFound
    return row


def _refuse(content: CannedContent) -> None:
    found = rules.check(content)
    if found:
        raise Findings(found)


def _put(actor: Actor, row: CannedText, content: CannedContent, active: bool) -> None:
    row.title, row.subject, row.body = content.title.strip(), content.subject.strip(), content.body.strip()
    row.active, row.changed_at, row.changed_by = active, clock.now(), actor.name[:160]


def _trace(actor: Actor, row: CannedText, act: str) -> None:
    digest = sha256("\n".join((row.title, row.subject, row.body)).encode()).hexdigest()
    data = {"act": act, "theme": row.theme, "digest": digest}
    audit.record(actor, AuditEvent.CANNED_TEXT_CHANGED, "canned_text", row.reference, data=data)
