"""Looking up for somebody on the phone: one text, numbers first and exactly, then words. Read only, numbers masked.

Every look-up leaves a trace with the kind of text, the number of hits and a keyed digest; never the text itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.campaign import Due, Situation, next_due
from domain.ecalcura.declaration import DossierStatus
from domain.errors import InvalidValue, NotFound
from domain.folding import fold, words_of
from domain.identifiers import mask_national_number, parse_national_number
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier, DossierEvent
from models.identity import AccessRefusal
from models.organisation import Facility
from models.personnel import StaffMember
from services import access, audit, listing
from services.connections import connections
from services.ecalcura import case_page, events
from services.ecalcura.case_selection import exact_facility
from services.identity import refusals
from services.identity.refusals import Refusal

MOST = 20

_DOSSIER = re.compile(r"\d{1,20}-20\d{2}K[1-4]")
_QUARTER = re.compile(r"20\d{2}K[1-4]")
_CODE = re.compile(r"[A-HJ-NP-Z2-9]{3}[- ]?[A-HJ-NP-Z2-9]{3}")


class Kind(StrEnum):
    """What a text was taken for."""

    NATIONAL_NUMBER = "national_number"
    DOSSIER = "dossier"
    QUARTER = "quarter"
    REFUSAL = "refusal"
    FACILITY_NUMBER = "facility_number"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class FacilityHit:
    """A facility that was found."""

    hco_number: str
    name: str
    sector: str
    city: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class DossierHit:
    """A dossier that was found."""

    number: str
    facility_name: str
    quarter: str
    status: DossierStatus
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A staff member who was found, with the masked number and the facility."""

    name: str
    masked_number: str
    facility_name: str
    hco_number: str


@dataclass(slots=True)
class Found:
    """What a look-up found, in groups; ``more`` says that a group was cut off."""

    kind: Kind
    facilities: Sequence[FacilityHit] = ()
    dossiers: Sequence[DossierHit] = ()
    people: Sequence[PersonHit] = ()
    refusal: Refusal | None = None
    refused_at: datetime | None = None
    more: bool = field(default=False)

    @property
    def hits(self) -> int:
        """How many things were found."""
        return len(self.facilities) + len(self.dossiers) + len(self.people) + (self.refusal is not None)

    @property
    def hco_numbers(self) -> set[str]:
        """Whose data were found: they may read that it was looked up."""
        found = {hit.hco_number for hit in self.facilities} | {hit.hco_number for hit in self.people}
        return found | {hit.number.partition("-")[0] for hit in self.dossiers}


def look_up(actor: Actor, text: str) -> Found:
    """Find facilities, dossiers, people or a refusal code; the caller commits the trace."""
    access.require(actor, Permission.LOOK_UP)
    text = " ".join(text.replace("\0", " ").split())[:100]
    found = _find(actor, text)
    audit.record(
        actor,
        AuditEvent.LOOKED_UP,
        "helpdesk",
        found.kind.value,
        data={"kind": found.kind.value, "hits": found.hits, "query_digest": text_digest(text)},
        concerns=found.hco_numbers,
    )
    return found


def text_digest(text: str) -> str:
    """A keyed digest of what was typed: the same text gives the same digest, and nobody can guess back."""
    key = connections().settings.secret_key.encode()
    return hmac.new(key, b"helpdesk:" + fold(text).encode(), hashlib.sha256).hexdigest()


def _find(actor: Actor, text: str) -> Found:
    upper = text.upper()
    if _DOSSIER.fullmatch(upper):
        return Found(Kind.DOSSIER, dossiers=_dossiers(Dossier.number == upper))
    if _QUARTER.fullmatch(upper):
        quarter = Quarter.parse(upper)
        rows = _dossiers(Dossier.year == quarter.year, Dossier.quarter_number == quarter.number)
        return Found(Kind.QUARTER, dossiers=rows[:MOST], more=len(rows) > MOST)
    number = _national_number(text)
    people = [] if number is None else _people(StaffMember.national_number == number)
    exact = exact_facility(text)
    facilities = [] if exact is None or people else _facilities(exact)
    if facilities:
        return Found(Kind.FACILITY_NUMBER, facilities=facilities, dossiers=_latest(facilities))
    if number is not None:
        return Found(Kind.NATIONAL_NUMBER, people=people[:MOST], more=len(people) > MOST)
    if _CODE.fullmatch(upper):
        try:
            row: AccessRefusal = refusals.look_up(actor, upper)
        except NotFound:
            pass
        else:
            return Found(Kind.REFUSAL, refusal=refusals.of_stored(row), refused_at=row.at)
    return _by_words(text)


def _national_number(text: str) -> str | None:
    try:
        return parse_national_number(text, issued_only=False).digits
    except InvalidValue:
        return None


def _by_words(text: str) -> Found:
    words = words_of(text)
    if not words:
        return Found(Kind.WORDS)
    facilities = _facilities(*(listing.like(Facility.search_text, word) for word in words))
    people = _people(*(listing.like(StaffMember.search_name, word) for word in words))
    return Found(
        Kind.WORDS,
        facilities=facilities[:MOST],
        dossiers=_latest(facilities) if len(facilities) == 1 else (),
        people=people[:MOST],
        more=len(facilities) > MOST or len(people) > MOST,
    )


def _facilities(*conditions: Any) -> list[FacilityHit]:
    rows = db.session.scalars(select(Facility).where(*conditions).order_by(Facility.name, Facility.id).limit(MOST + 1))
    return [FacilityHit(row.hco_number, row.name, row.sector.value, row.city, row.phone, row.email) for row in rows]


def _latest(facilities: Sequence[FacilityHit]) -> list[DossierHit]:
    """The newest dossiers of a facility that was found."""
    numbers = [hit.hco_number for hit in facilities]
    return _dossiers(Facility.hco_number.in_(numbers))[:8]


def _dossiers(*conditions: Any) -> list[DossierHit]:
    rows: Any = db.session.execute(
        select(Dossier.number, Facility.name, Dossier.year, Dossier.quarter_number, Dossier.status, Dossier.changed_at)
        .join(Facility, Facility.id == Dossier.facility_id)
        .where(*conditions)
        .order_by(Dossier.changed_at.desc(), Dossier.id.desc())
        .limit(MOST + 1)
    )
    return [
        DossierHit(row.number, row.name, f"{row.year}K{row.quarter_number}", row.status, row.changed_at) for row in rows
    ]


def _people(*conditions: Any) -> list[PersonHit]:
    rows: Any = db.session.execute(
        select(
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.national_number,
            Facility.name,
            Facility.hco_number,
        )
        .join(Facility, Facility.id == StaffMember.facility_id)
        .where(*conditions)
        .order_by(StaffMember.id.desc())
        .limit(MOST + 1)
    )
    return [
        PersonHit(
            f"{row.last_name} {row.first_name}", mask_national_number(row.national_number), row.name, row.hco_number
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SeenStep:
    """One step of a dossier as the helpdesk sees it: what and when, no reasons and no names of people."""

    label: str
    at: datetime
    status: DossierStatus | None


@dataclass(frozen=True)
class SeenDossier:
    """A dossier as the helpdesk sees it: where it stands and what is due; no staff, no amounts, no documents."""

    number: str
    quarter: str
    period: str
    status: DossierStatus
    changed_at: datetime
    submitted_at: datetime | None
    facility: Facility
    situation: Situation
    due: Due | None
    steps: Sequence[SeenStep]


def dossier(actor: Actor, number: str) -> SeenDossier:
    """Where a dossier stands; leaves a trace, the caller commits. NotFound when it does not exist."""
    access.require(actor, Permission.LOOK_UP)
    row, facility, situation = case_page.load(number)
    happened = db.session.scalars(
        select(DossierEvent).where(DossierEvent.dossier_id == row.id).order_by(DossierEvent.id.desc()).limit(100)
    )
    steps = [
        SeenStep(events.label(step.event), step.at, DossierStatus(step.to_status) if step.to_status else None)
        for step in happened
    ]
    case_page.viewed(actor, number)
    return SeenDossier(
        number=row.number,
        quarter=str(row.quarter),
        period=row.period_code,
        status=row.status,
        changed_at=row.changed_at,
        submitted_at=row.submitted_at,
        facility=facility,
        situation=situation,
        due=next_due(
            situation,
            all_submitted=row.status is DossierStatus.CLOSED,
            reopened_quarters=row.reopened and row.status is DossierStatus.OPEN,
        ),
        steps=steps,
    )
