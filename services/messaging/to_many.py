"""One message to several facilities: who gets it, what each will read, sending it one by one (the edge commits each).

Each facility gets a thread of its own, on the desk of its sector, with its own values in the placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from domain import canned_texts as rules
from domain import messaging
from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.errors import N_, DomainError, Finding, Findings, InvalidValue, NotFound
from domain.permissions import Permission
from models.base import db
from models.message import Conversation, Desk
from models.organisation import Facility, Sector
from services import access
from services.form_keys import is_form_key
from services.messaging import canned_texts, writing
from services.messaging.desks import desk_for
from services.messaging.facility_place import FacilityPlace

#: Most facilities of one message.
MOST = 200

CHOOSE = N_("Kies minstens één voorziening.")
TOO_MANY = N_("Kies hoogstens {max} voorzieningen tegelijk; dit zijn er {number}.")
NO_SUCH = N_("Er is geen voorziening met dit HCO-nummer. Kijk het nummer na.")
LEFT = N_("{names} is voor deze voorziening niet bekend.")
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: subject and body may hold placeholders. ``quarter`` None is about no quarter."""

    subject: str
    body: str
    quarter: Quarter | None = None
    awaits_reply: bool = False


@dataclass(frozen=True, slots=True)
class Addressee:
    """What one facility would get. ``refused`` says why it gets nothing; then the texts are empty."""

    hco_number: str
    name: str
    desk: str | None
    subject: str
    body: str
    refused: DomainError | None = None

    @property
    def possible(self) -> bool:
        """Whether it can be sent."""
        return self.refused is None


@dataclass
class _Keyed(FacilityPlace):
    """The place of a thread whose reference is fixed beforehand: the same form sent twice is one thread."""

    reference: str = ""

    def conversation(self, subject: str, at: datetime) -> Conversation:
        made = super().conversation(subject, at)
        made.reference = self.reference
        return made


def numbers_of(typed: str) -> list[str]:
    """HCO numbers as somebody types or pastes them, each once. InvalidValue for none, or for more than MOST."""
    found = list(dict.fromkeys(one for one in _BETWEEN.split(typed.replace("\0", " ").strip()) if one))
    if not found:
        raise InvalidValue(CHOOSE, field="facilities")
    if len(found) > MOST:
        raise InvalidValue(TOO_MANY, field="facilities", max=MOST, number=len(found))
    return found


def numbers_in(actor: Actor, sector: Sector) -> list[str]:
    """The HCO numbers of a sector, by name: to begin a selection with; one more than MOST at most."""
    access.require(actor, Permission.MESSAGES_ANSWER)
    statement = select(Facility.hco_number).where(Facility.sector == sector)
    return list(db.session.scalars(statement.order_by(Facility.name, Facility.id).limit(MOST + 1)))


def check(letter: Letter) -> None:
    """Raise Findings at ``subject`` or ``body``: lengths, and placeholders that do not exist."""
    content = rules.CannedContent("x", letter.subject, letter.body)
    found = messaging.check_subject(letter.subject) + messaging.check_body(letter.body, complete=True)
    known = {finding.field for finding in found}
    found += [one for one in rules.check(content) if one.field not in known]
    if found:
        raise Findings(found)


def preview(actor: Actor, numbers: Sequence[str], letter: Letter) -> list[Addressee]:
    """What each facility would read, in the order of the numbers."""
    access.require(actor, Permission.MESSAGES_ANSWER)
    check(letter)
    rows = db.session.scalars(select(Facility).where(Facility.hco_number.in_(numbers)))
    known = {row.hco_number: row for row in rows}
    return [_addressee(number, known.get(number), letter) for number in numbers]


def send_one(actor: Actor, hco_number: str, letter: Letter, key: str) -> tuple[Conversation, bool]:
    """Send it to one facility; ``key`` is that of the form. Gives the thread, and whether it was sent just now.

    Raises NotFound for an unknown number, Findings when a placeholder stays open.
    """
    access.require(actor, Permission.MESSAGES_ANSWER)
    if actor.side is not Side.DEPARTMENT or not is_form_key(key):
        raise NotFound
    facility = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if facility is None:
        raise NotFound
    place = _Keyed(facility, letter.quarter, desk_for(facility), reference=_reference(key, hco_number))
    place.lock()
    sent = db.session.scalar(select(Conversation).where(Conversation.reference == place.reference))
    if sent is not None:
        return sent, False
    text = _addressee(hco_number, facility, letter)
    if text.refused is not None:
        raise text.refused
    return writing.open_thread(place, text.subject, text.body, actor, awaits_reply=letter.awaits_reply), True


def _addressee(number: str, facility: Facility | None, letter: Letter) -> Addressee:
    if facility is None:
        return Addressee(number[:20], "", None, "", "", InvalidValue(NO_SUCH))
    desk: Desk | None = desk_for(facility)
    values = canned_texts.values_for(facility, letter.quarter, desk, letter.subject, letter.body)
    subject, body = rules.fill(letter.subject, values), rules.fill(letter.body, values)
    missing = tuple(dict.fromkeys(subject.missing + body.missing))
    refused = InvalidValue(LEFT, names=", ".join(missing)) if missing else None
    too_long: list[Finding] = messaging.check_subject(subject.text) + messaging.check_body(body.text, complete=True)
    if refused is None and too_long:
        refused = InvalidValue(too_long[0].message, **dict(too_long[0].params))
    return Addressee(number, facility.name, desk.name if desk else None, subject.text, body.text, refused)


def _reference(key: str, hco_number: str) -> str:
    return sha256(f"{key}\n{hco_number}".encode()).hexdigest()[:16]
