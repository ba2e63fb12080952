"""Publishing (T6): a released document becomes consultable at the instant all conditions hold, not before.

Called right after the release, and again by the worker while something is still waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from domain.actor import SCHEDULER
from domain.audit_events import AuditEvent
from domain.econtracting import publication
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.claims import TRANSITIONS, ClaimEvent
from domain.econtracting.document_states import Act, Party, VersionState
from domain.econtracting.publication import PublicationFacts, Waiting
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import audit, clock
from services.econtracting import attachments, claims, follow_up, outages
from services.econtracting.documents import versions
from services.locks import lock_contract

_MS = timedelta(milliseconds=1)
_BAD = (AttachmentState.INFECTED, AttachmentState.REFUSED)


def publish(contract: PublicContract, document: FileDocument, version: DocumentVersion) -> bool:
    """Make a released version consultable when all conditions hold now; gives whether it did. The lock is held."""
    if version.state is not VersionState.RELEASED:
        return False
    instant = publication.instant_of(facts_of(contract, document, version), outages.in_force())
    if instant is None:
        return False
    instant = _in_milliseconds(instant)
    if instant >= clock.now() + _MS:
        return False
    with writing("document.publish"):
        version.consultable_at = instant
        versions.move(document, version, Act.PUBLISH, Party.SYSTEM, None, at=instant)
    data = {"kind": document.kind_code, "version": version.number, "at": instant.isoformat(timespec="milliseconds")}
    audit.record(SCHEDULER, AuditEvent.DOCUMENT_PUBLISHED, "document", document.reference, data=data)
    follow_up.after_consultable(version, instant)
    return True


def _in_milliseconds(instant: datetime) -> datetime:
    """Up to the next millisecond, which is what proof tells: never before the conditions hold."""
    over = instant.microsecond % 1000
    return instant + timedelta(microseconds=1000 - over) if over else instant


def publish_one(version_id: int) -> bool:
    """``publish`` with the lock of the contract, on rows read anew: for the worker."""
    row = db.session.execute(_rows().where(DocumentVersion.id == version_id)).one_or_none()
    if row is None:
        return False
    contract = lock_contract(row[0].id)
    fresh = db.session.execute(
        _rows().where(DocumentVersion.id == version_id).execution_options(populate_existing=True)
    ).one()
    return publish(contract, fresh[1], fresh[2])


def waiting_ids() -> list[int]:
    """Every released version that is not consultable yet, in the order of release."""
    statement = (
        select(DocumentVersion.id)
        .where(DocumentVersion.state == VersionState.RELEASED)
        .order_by(DocumentVersion.released_at, DocumentVersion.id)
    )
    return list(db.session.scalars(statement))


def publish_due() -> int:
    """Publish what can be published, in the running transaction; gives how many."""
    return sum(publish_one(version_id) for version_id in waiting_ids())


def waiting_of(
    released: Sequence[tuple[PublicContract, FileDocument, DocumentVersion]],
) -> dict[int, list[Waiting]]:
    """Why released versions are not consultable yet, by the id of the version."""
    if not released:
        return {}
    known, now = outages.in_force(), clock.now()
    return {one[2].id: publication.waiting_for(facts_of(*one), known, now) for one in released}


def facts_of(contract: PublicContract, document: FileDocument, version: DocumentVersion) -> PublicationFacts:
    """What decides about T6, as it stands."""
    assert version.released_at is not None
    stored_at, scanned_at = attachments.last_stored_and_scanned(version.id)
    files = attachments.of_version(version.id)
    if not files:
        stored_at = scanned_at = version.released_at
    review_at, missing = _review_of(document)
    earlier = [moment for moment in (review_at, _earlier_instant(version)) if moment is not None]
    return PublicationFacts(
        version.released_at,
        stored_at,
        scanned_at,
        contract.visible_since,
        max(earlier, default=None),
        missing and version.consultable_at is None,
        any(one.state in _BAD for one in files),
    )


def _earlier_instant(version: DocumentVersion) -> datetime | None:
    """When an earlier version of the same document became consultable: instants of a document only go forward."""
    return db.session.scalar(
        select(func.max(DocumentVersion.consultable_at)).where(
            DocumentVersion.document_id == version.document_id, DocumentVersion.number < version.number
        )
    )


def _review_of(document: FileDocument) -> tuple[datetime | None, bool]:
    """For a request for an invoice: when the review it builds on became consultable, and whether that is missing."""
    claim = claims.claim_of(document) if document.kind_code == claims.REQUEST else None
    if claim is None or claim.claim_state is None:
        return None, False
    reviewed = db.session.scalar(
        select(func.max(DocumentVersion.consultable_at))
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.parent_id == claim.id, FileDocument.kind_code == claims.REVIEW)
    )
    return reviewed, ClaimEvent.ASK_INVOICE not in TRANSITIONS[claim.claim_state]


def _rows() -> Any:
    found: Any = (
        select(PublicContract, FileDocument, DocumentVersion)
        .join(FileDocument, FileDocument.contract_id == PublicContract.id)
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
    )
    return found
