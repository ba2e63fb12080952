"""Correcting the instant at which a document became consultable (A-37): an act of its own, with proof of its own.

An outage notice that is written afterwards changes nothing by itself. The first proof stays; the correction is added
beside it, and the terms that started at the instant are reckoned anew as an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.dutch import moment as in_words
from domain.econtracting import publication
from domain.econtracting.document_states import Direction, Party
from domain.econtracting.evidence import EvidenceType
from domain.errors import N_, InvalidValue, NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.file_document import DocumentVersion
from models.gate import writing
from services import audit, clock
from services.access import require
from services.econtracting import outages, terms
from services.econtracting.desk import lookup, publishing
from services.econtracting.documents import versions
from services.econtracting.documents.queries import CORRECTED
from services.econtracting.documents.versions import Opened
from services.econtracting.proof import chain

#: The longest reason, in characters.
MAX_REASON = 2000
REASON_NEEDED = N_("Geef de reden van de correctie: beide partijen krijgen ze te lezen.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a page shows before a correction: the instant that holds, the first one, and what the notices give now."""

    current: datetime | None
    first: datetime | None
    by_notices: datetime | None


def proposal(found: Opened) -> Proposal:
    """What could be corrected; ``by_notices`` is None when the notices give what holds already."""
    version = found.version
    if version.consultable_at is None or version.released_at is None:
        return Proposal(version.consultable_at, None, None)
    facts = publishing.facts_of(found.contract, found.document, version)
    given = publication.instant_of(facts, outages.in_force())
    if given is None or given <= version.consultable_at or given > clock.now():
        given = None
    return Proposal(version.consultable_at, first_instant(version), given)


def first_instant(version: DocumentVersion) -> datetime | None:
    """The instant that the first proof tells."""
    return db.session.scalar(
        select(func.min(EvidenceRecord.at)).where(
            EvidenceRecord.version_id == version.id, EvidenceRecord.type == EvidenceType.CONSULTABLE
        )
    )


def correct(actor: Actor, version_reference: str, new_instant: datetime, reason: str) -> DocumentVersion:
    """Give a document of the authority another instant of becoming consultable, with a reason that both parties read.

    Forbidden without the right to release, NotFound for a foreign one, InvalidValue for an instant in the future or
    before the first one, NotAllowedNow when it is not consultable yet.
    """
    require(actor, Permission.AUTHORITY_RELEASE)
    found = lookup.version(actor, version_reference, lock=True)
    contract, document, version = found.contract, found.document, found.version
    if document.direction is not Direction.TO_CONTRACTOR:
        raise NotFound
    text = reason.strip()
    if not text or len(text) > MAX_REASON:
        raise InvalidValue(REASON_NEEDED, field="reason")
    first, before = first_instant(version), version.consultable_at
    shown = in_words(first) if first is not None else ""
    publication.check_correction(before, first, new_instant, clock.now(), shown)
    assert before is not None
    with writing("document.correct"):
        version.consultable_at = new_instant
    told = {
        "before": before.isoformat(timespec="milliseconds"),
        "after": new_instant.isoformat(timespec="milliseconds"),
    }
    now = versions.moment_now()
    detail = told | {"reason": text, "shown": in_words(new_instant)}
    versions.record_event(document, version, CORRECTED, Party.RELEASER, actor, detail, at=now)
    chain.append(
        contract, EvidenceType.CORRECTED, now, document=document, version=version, detail=told | {"reason": text}
    )
    data = {"version": version.number} | told
    audit.record(
        actor, AuditEvent.INSTANT_CORRECTED, "document", document.reference, data=data, personal={"reason": text}
    )
    terms.corrected(actor, document, version, new_instant, text)
    return version
