"""The first time the other party opens a version: an event that is shown and proven, and starts nothing (6.1, C-051).

A page that is fetched changes nothing that counts; like other looks of people it leaves a trace, in a short transaction
of its own, and only the first time. Taking note is done by opening (6.3).
"""

from __future__ import annotations

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.actions import WAITING, ActionType
from domain.econtracting.document_states import Direction, Party, VersionState
from domain.econtracting.evidence import EvidenceType
from models.base import db
from models.contract_follow_up import ContractAction
from models.file_document import FileDocument
from models.gate import writing
from services import audit
from services.econtracting import actions
from services.econtracting.documents import queries, versions
from services.econtracting.documents.versions import OWN_DIRECTION
from services.econtracting.proof import chain
from services.locks import lock_contract

_READER = {Direction.TO_AUTHORITY: Party.HANDLER, Direction.TO_CONTRACTOR: Party.CONTRACTOR}


def is_first(actor: Actor, reference: str) -> bool:
    """Whether opening a document is something to record: nobody of the reader's side did so before. Two statements.

    False for what does not exist or is not the actor's: that is for the page to say.
    """
    row = db.session.scalar(select(FileDocument).where(FileDocument.reference == reference))
    if row is None or actor.side not in OWN_DIRECTION or OWN_DIRECTION[actor.side] is row.direction:
        return False
    version = versions.counting(row)
    if version is None:
        return False
    return version.first_consulted_at is None or _to_note(row)


def consult(actor: Actor, reference: str) -> None:
    """Record that somebody of the other party opened a document, once per version; taking note is done with it.

    NotFound when the actor does not read the document. Who it was is kept for the own organisation only.
    """
    contract, row = queries.locate(actor, reference)
    lock_contract(contract.id)
    version = versions.counting(row)
    if version is None or OWN_DIRECTION.get(actor.side) is row.direction:
        return
    db.session.refresh(version)
    at = max(versions.moment_now(), version.consultable_at or versions.moment_now())
    if actor.side is Side.CONTRACTOR:
        actions.done(contract, ActionType.TAKE_NOTE, row, at=at)
    if version.first_consulted_at is not None or version.state is VersionState.REPLACED:
        return
    with writing("consulting.consult"):
        version.first_consulted_at = at
    versions.record_event(row, version, queries.CONSULTED, _READER[row.direction], actor, at=at)
    chain.append(contract, EvidenceType.FIRST_CONSULTED, at, document=row, version=version, actor=actor)
    data = {"version": version.number, "first": True}
    audit.record(actor, AuditEvent.DOCUMENT_CONSULTED, "document", row.reference, data=data)


def _to_note(row: FileDocument) -> bool:
    return bool(
        db.session.scalar(
            select(ContractAction.id).where(
                ContractAction.document_id == row.id,
                ContractAction.type == ActionType.TAKE_NOTE,
                ContractAction.state.in_(WAITING),
            )
        )
    )
