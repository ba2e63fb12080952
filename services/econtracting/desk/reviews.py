"""Reviewing a claim (T7, 6.2): taking it up, and the draft of the review with the request for the invoice."""

from __future__ import annotations

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import document_states
from domain.econtracting.claims import ClaimEvent
from domain.econtracting.document_states import Act, Party
from domain.permissions import Permission
from models.file_document import DocumentVersion
from models.gate import writing
from services import audit, clock
from services.access import require
from services.econtracting import claims
from services.econtracting.desk import lookup
from services.econtracting.documents import versions


def start(actor: Actor, document_reference: str) -> DocumentVersion:
    """Take up what the contractor sent: both sides see that it is being handled. No term starts or stops.

    Forbidden without the right, NotFound for a foreign one, NotAllowedNow when it was taken up or answered before.
    """
    require(actor, Permission.AUTHORITY_DRAFT)
    found = lookup.locked_document(actor, document_reference)
    document, version = found.document, found.version
    lookup.require_active(found.contract)
    before = version.state
    state = document_states.after(Act.TAKE_UP, document.direction, before)
    assert state is not None
    now = clock.now()
    with writing("document.take_up"):
        version.state = state
    if document.claim_state is not None:
        claims.apply(document, ClaimEvent.START_REVIEW, now)
    versions.record_event(document, version, Act.TAKE_UP, Party.HANDLER, actor, {})
    data = {"act": Act.TAKE_UP.value, "from": before.value, "to": state.value}
    audit.record(actor, AuditEvent.DOCUMENT_STATE, "document", document.reference, data=data)
    return version
