"""Reopening (T9): who may release gives a document back to the contractor, with a reason, for a new version."""

from __future__ import annotations

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import claims as claim_rules
from domain.econtracting import document_states
from domain.econtracting.actions import ActionType
from domain.econtracting.claims import ClaimEvent
from domain.econtracting.document_states import Act, Party
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.notifications import NotificationEvent
from domain.errors import N_, InvalidValue
from domain.permissions import Permission
from models.file_document import DocumentVersion
from models.gate import writing
from services import audit, clock
from services.access import require
from services.econtracting import actions, claims
from services.econtracting.desk import lookup
from services.econtracting.documents import versions
from services.econtracting.notifications import announce
from services.econtracting.proof import chain

REASON_NEEDED = N_("Geef de reden: de opdrachtnemer krijgt ze te lezen en maakt daarmee een nieuwe versie.")
REASON_LONG = N_("Hou de reden korter dan {max} tekens.")
MAX_REASON = 2000


def reopen(actor: Actor, document_reference: str, reason: str) -> DocumentVersion:
    """Reopen what the contractor sent; the sent version stays as it is and can always be read.

    Forbidden without the right to release, NotFound for a foreign one, InvalidValue without a reason, NotAllowedNow
    when the document or the state of the claim does not allow it: a paid claim never does.
    """
    require(actor, Permission.AUTHORITY_RELEASE)
    found = lookup.locked_document(actor, document_reference)
    contract, document, version = found.contract, found.document, found.version
    lookup.require_active(contract)
    before = version.state
    state = document_states.after(Act.REOPEN, document.direction, before)
    assert state is not None
    if document.claim_state is not None:
        claim_rules.after(document.claim_state, ClaimEvent.REOPEN)
    text = reason.strip()
    if not text:
        raise InvalidValue(REASON_NEEDED, field="reason")
    if len(text) > MAX_REASON:
        raise InvalidValue(REASON_LONG, field="reason", max=MAX_REASON)
    now = clock.now()
    with writing("document.reopen"):
        version.state = state
    if document.claim_state is not None:
        claims.apply(document, ClaimEvent.REOPEN, now)
    versions.record_event(document, version, Act.REOPEN, Party.RELEASER, actor, {"reason": text})
    data = {"act": Act.REOPEN.value, "from": before.value, "to": state.value}
    audit.record(actor, AuditEvent.DOCUMENT_STATE, "document", document.reference, data=data, personal={"reason": text})
    actions.done(contract, ActionType.REVIEW, document)
    actions.reopen(contract, ActionType.SUPPLEMENT, document, reason=text)
    chain.append(contract, EvidenceType.REOPENED, now, document=document, version=version)
    announce(
        NotificationEvent.ACTION_REOPENED,
        contract,
        document=document,
        theme=document.theme,
        event_key=f"reopened-{version.reference}-{version.version}",
        at=now,
    )
    return version
