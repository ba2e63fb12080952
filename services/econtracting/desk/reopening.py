"""Reopening (T9): who may release gives a document back to the contractor, with a reason, for a new version."""

from __future__ import annotations

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import claims as claim_rules
from domain.econtracting import document_states
from domain.econtracting.actions import ActionType
from domain.econtracting.claims import ClaimEvent
from domain.econtracting.document_states import Act, Party, VersionState
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.notifications import NotificationEvent
from domain.errors import N_, DomainError, InvalidValue, NotAllowedNow
from domain.permissions import Permission
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from services import audit
from services.access import require
from services.econtracting import actions, claims, notifications, terms
from services.econtracting.desk import lookup
from services.econtracting.documents import versions
from services.econtracting.documents.versions import Opened
from services.econtracting.proof import chain

REASON_NEEDED = N_("Geef de reden: de opdrachtnemer krijgt ze te lezen en maakt daarmee een nieuwe versie.")
REASON_LONG = N_("Hou de reden korter dan {max} tekens.")
ANSWER_UNDERWAY = N_("Er is al een antwoord op dit stuk vrijgegeven. Wacht tot het raadpleegbaar is.")
#: The longest reason, in characters.
MAX_REASON = 2000


def reopen(actor: Actor, document_reference: str, reason: str) -> DocumentVersion:
    """Reopen what the contractor sent; the sent version stays as it is and can always be read.

    What ran for it ends; the term starts anew when the contractor sends the new version. Forbidden without the right to
    release, NotFound for a foreign one, InvalidValue without a reason, NotAllowedNow when the document or the state of
    the claim does not allow it: a paid claim never does.
    """
    require(actor, Permission.AUTHORITY_RELEASE)
    found = lookup.document(actor, document_reference, lock=True)
    contract, document, version = found.contract, found.document, found.version
    _check(found)
    text = reason.strip()
    if not text:
        raise InvalidValue(REASON_NEEDED, field="reason")
    if len(text) > MAX_REASON:
        raise InvalidValue(REASON_LONG, field="reason", max=MAX_REASON)
    before = version.state
    at = versions.moment_now(document)
    versions.move(document, version, Act.REOPEN, Party.RELEASER, actor, at=at, detail={"reason": text})
    if document.claim_state is not None:
        claims.apply(document, ClaimEvent.REOPEN, at, actor)
        with writing("document.reopen"):
            document.accepted = None
        terms.end(document, at)
    data = {"act": Act.REOPEN.value, "from": before.value, "to": version.state.value}
    audit.record(actor, AuditEvent.DOCUMENT_STATE, "document", document.reference, data=data, personal={"reason": text})
    actions.lapse(contract, document, at=at)
    actions.reopen(contract, ActionType.SUPPLEMENT, document, reason=text, at=at)
    chain.append(contract, EvidenceType.REOPENED, at, document=document, version=version, detail={"reason": text})
    notifications.announce(
        NotificationEvent.ACTION_REOPENED,
        contract,
        document=document,
        event_key=f"reopened {version.reference}",
        at=at,
    )
    return version


def refusal(actor: Actor, found: Opened) -> DomainError | None:
    """Why a document cannot be reopened by this person now; None when it can."""
    try:
        require(actor, Permission.AUTHORITY_RELEASE)
        _check(found)
    except DomainError as refused:
        return refused
    return None


def _check(found: Opened) -> None:
    document, version = found.document, found.version
    lookup.require_active(found.contract)
    document_states.after(Act.REOPEN, document.direction, version.state)
    if document.claim_state is not None:
        claim_rules.after(document.claim_state, ClaimEvent.REOPEN)
    underway = (
        select(DocumentVersion.id)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.parent_id == document.id, DocumentVersion.state == VersionState.RELEASED)
        .limit(1)
    )
    if db.session.scalar(underway) is not None:
        raise NotAllowedNow(ANSWER_UNDERWAY, code="T9")
