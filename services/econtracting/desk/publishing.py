"""Publishing (T6): a released document becomes consultable at the instant all conditions hold, not before.

Called right after the release, and again by the worker while something is still waited for.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from domain.actor import SCHEDULER
from domain.audit_events import AuditEvent
from domain.econtracting import document_states, publication
from domain.econtracting.claims import TRANSITIONS, ClaimEvent
from domain.econtracting.document_states import Act, Party, VersionState
from domain.econtracting.publication import PublicationFacts, Waiting
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import audit, clock
from services.econtracting import attachments, follow_up, outages
from services.econtracting.documents import versions
from services.locks import lock_contract

#: The kinds of the file of a claim that the authority makes (6.2).
REVIEW, INVOICE_REQUEST = "NAZICHT", "FACTUURAANVRAAG"


def publish(contract: PublicContract, document: FileDocument, version: DocumentVersion) -> bool:
    """Make a released version consultable when all conditions hold now; gives whether it did. The lock is held."""
    if version.state is not VersionState.RELEASED:
        return False
    facts = facts_of(contract, document, version)
    instant = publication.instant_of(facts, outages.in_force())
    if instant is None or instant > clock.now():
        return False
    with writing("document.publish"):
        version.state = _after(Act.PUBLISH, document, version)
        version.consultable_at = instant
        for older in _older(document, version):
            older.state = _after(Act.REPLACE, document, older)
            versions.record_event(document, older, Act.REPLACE, Party.SYSTEM, SCHEDULER, {"by": version.number})
    versions.record_event(document, version, Act.PUBLISH, Party.SYSTEM, SCHEDULER, {"at": instant.isoformat()})
    data = {"kind": document.kind_code, "version": version.number, "at": instant.isoformat()}
    audit.record(SCHEDULER, AuditEvent.DOCUMENT_PUBLISHED, "document", document.reference, data=data)
    follow_up.after_consultable(version, instant)
    return True


def publish_one(version_id: int) -> bool:
    """``publish`` for the worker: with the lock of the contract, on rows read anew."""
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


def waits_for(contract: PublicContract, document: FileDocument, version: DocumentVersion) -> list[Waiting]:
    """Why a released version is not consultable yet."""
    return publication.waiting_for(facts_of(contract, document, version), outages.in_force())


def facts_of(contract: PublicContract, document: FileDocument, version: DocumentVersion) -> PublicationFacts:
    """What decides about T6, as it stands."""
    assert version.released_at is not None
    stored_at, scanned_at = attachments.last_stored_and_scanned(version.id)
    if not attachments.of_version(version.id):
        stored_at = scanned_at = version.released_at
    review_at, missing = _review_of(document)
    return PublicationFacts(
        version.released_at,
        stored_at,
        scanned_at,
        contract.visible_since,
        max((moment for moment in (review_at, _earlier_instant(version)) if moment is not None), default=None),
        missing,
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
    if document.kind_code != INVOICE_REQUEST or document.parent_id is None:
        return None, False
    claim = claim_of(document)
    if claim is None or claim.claim_state is None:
        return None, False
    reviewed = db.session.scalar(
        select(func.max(DocumentVersion.consultable_at))
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.parent_id == claim.id, FileDocument.kind_code == REVIEW)
    )
    return reviewed, ClaimEvent.ASK_INVOICE not in TRANSITIONS[claim.claim_state]


def claim_of(document: FileDocument) -> FileDocument | None:
    """The claim a review or a request is about, straight or through the review; None when there is none."""
    found: FileDocument | None = document
    while found is not None and found.claim_state is None:
        found = None if found.parent_id is None else db.session.get(FileDocument, found.parent_id)
    return found


def _rows():  # type: ignore[no-untyped-def]
    return (
        select(PublicContract, FileDocument, DocumentVersion)
        .join(FileDocument, FileDocument.contract_id == PublicContract.id)
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
    )


def _older(document: FileDocument, version: DocumentVersion) -> list[DocumentVersion]:
    shown = (VersionState.CONSULTABLE, VersionState.HANDLED)
    statement = select(DocumentVersion).where(
        DocumentVersion.document_id == document.id,
        DocumentVersion.number < version.number,
        DocumentVersion.state.in_(shown),
    )
    return list(db.session.scalars(statement))


def _after(act: Act, document: FileDocument, version: DocumentVersion) -> VersionState:
    state = document_states.after(act, document.direction, version.state)
    assert state is not None
    return state
