"""The state of a claim (6.2): every event goes through the one table, and leaves its trace."""

from __future__ import annotations

from datetime import datetime

from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.econtracting.claims import ClaimEvent, ClaimState, after
from domain.econtracting.document_states import Party
from models.base import db
from models.file_document import FileDocument
from models.gate import writing
from services import audit
from services.econtracting.documents import versions

#: Answers are about a claim, or about an answer to a claim: this deep at most.
_DEPTH = 4

#: The fields by which a claim, its review and an invoice request are known: the shipped kinds have them (3.1).
CLAIM, REVIEW, REQUEST = "SCHULDVORDERING", "NAZICHT", "FACTUURAANVRAAG"
AMOUNT, RESULT, ACCEPTED, REASONS, ORDER_NUMBER = "amount", "result", "accepted", "reasons", "order_number"


def apply(document: FileDocument, event: ClaimEvent, at: datetime, actor: Actor | None = None) -> ClaimState:
    """What happens to a claim; NotAllowedNow when its state does not allow it. The contract is locked by the caller."""
    before = document.claim_state or ClaimState.DRAFT
    target = after(before, event)
    with writing("claims.apply"):
        document.claim_state = target
    data = {"event": event.value, "from": before.value, "to": target.value}
    audit.record(actor or SCHEDULER, AuditEvent.CLAIM_STATE, "document", document.reference, data=data)
    versions.record_event(document, None, target.value, Party.SYSTEM, None, {"event": event.value}, at=at)
    return target


def claim_of(document: FileDocument) -> FileDocument | None:
    """The claim a document is about: itself, or what it answers, directly or through another answer."""
    found: FileDocument | None = document
    for _ in range(_DEPTH):
        if found is None or found.claim_state is not None:
            return found
        found = db.session.get(FileDocument, found.parent_id) if found.parent_id is not None else None
    return None
