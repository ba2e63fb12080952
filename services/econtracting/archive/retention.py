"""After the retention term (A-43): what is due, and removing contents and files while the proof stays verifiable.

What stays: the contract, who exchanged which documents when, and the chain with a last record that says what was
removed. What goes: contents, messages, files, the copies of mails, and who of the company it was.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.contracts import ContractState
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.retention import NOT_CONFIRMED, NOT_DUE, due_on
from domain.errors import Forbidden, InvalidValue, NotAllowedNow
from domain.permissions import Permission
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceRecord
from models.file_document import Attachment, DocumentEvent, DocumentVersion, FileDocument
from models.gate import writing
from models.message import Conversation, Message
from models.outbox import OutboxMessage
from models.public_contract import PublicContract
from services import audit, clock, documents
from services.connections import connections
from services.econtracting import access
from services.econtracting.notifications.announcing import SUBJECT_TYPE
from services.econtracting.proof import chain
from services.locks import lock_contract


@dataclass(frozen=True, slots=True)
class Due:
    """A closed contract and the day from which its contents may be removed."""

    reference: str
    number: str
    description: str
    accepted_on: date
    due_on: date
    now: bool


def years() -> int:
    """The retention term of this installation in years (ELOKET_RETENTION_YEARS, 10 unless set)."""
    text = connections().settings.extra.get("ELOKET_RETENTION_YEARS") or "10"
    return int(text)


def due(actor: Actor) -> Sequence[Due]:
    """The closed contracts of the authority, the first to be due first. Forbidden without the permission."""
    organisation_id = _require(actor)
    rows = db.session.execute(
        select(PublicContract.reference, PublicContract.number, PublicContract.description, PublicContract.accepted_on)
        .where(
            PublicContract.authority_id == organisation_id,
            PublicContract.accepted_on.is_not(None),
            PublicContract.state != ContractState.ACTIVE,
            PublicContract.erased_at.is_(None),
        )
        .order_by(PublicContract.accepted_on, PublicContract.id)
        .limit(500)
    )
    today, term = clock.today(), years()
    days = [(row, due_on(row.accepted_on, term)) for row in rows]
    return [Due(row.reference, row.number, row.description, row.accepted_on, day, day <= today) for row, day in days]


def due_count(actor: Actor) -> int:
    """How many contracts are due now: for the notice."""
    return sum(one.now for one in due(actor)) if actor.may(Permission.AUTHORITY_CONTRACTS) else 0


def erase(actor: Actor, reference: str, typed_number: str) -> None:
    """Remove contents, messages and files of a contract that is due; its proof stays, with a last record of this.

    ``typed_number`` confirms it. Raises InvalidValue for another number, NotAllowedNow before the day.
    """
    _require(actor)
    contract = access.contract_for(actor, reference)
    contract = lock_contract(contract.id)
    day = due_on(contract.accepted_on, years()) if contract.accepted_on else None
    if contract.state is ContractState.ACTIVE or day is None or day > clock.today():
        raise NotAllowedNow(NOT_DUE, code="A-43")
    if typed_number.strip() != contract.number:
        raise InvalidValue(NOT_CONFIRMED, field="number", number=contract.number)
    now = clock.now()
    with writing("archive.erase"):
        files = _erase_files(contract.id)
        _erase_texts(contract.id)
        records = _erase_annexes(contract.id)
        detail = {"files": files, "accepted_on": str(contract.accepted_on), "due_on": str(day)}
        chain.append(contract, EvidenceType.REMOVED, now, detail=detail)
        contract.erased_at = contract.archived_at = now
        contract.state = ContractState.ARCHIVED
        contract.internal_reference = contract.internal_description = ""
    data = {"records": records + 1, "files": files}
    audit.record(actor, AuditEvent.PUBLIC_CONTRACT_ERASED, "public_contract", contract.reference, data=data)


def _require(actor: Actor) -> int:
    """The key of the authority of somebody who may decide this."""
    if actor.side is not Side.AUTHORITY or not actor.may(Permission.AUTHORITY_CONTRACTS):
        raise Forbidden(Permission.AUTHORITY_CONTRACTS)
    return access.own_organisation(actor).id


def _erase_files(contract_id: int) -> int:
    """The rows of the files; the files themselves go after the commit, unless another row still names them."""
    versions, messages = _versions(contract_id), _messages(contract_id)
    of_contract = Attachment.version_id.in_(versions) | Attachment.message_id.in_(messages)
    digests = db.session.execute(select(Attachment.digest, Attachment.stripped_from).where(of_contract)).all()
    for digest, before in digests:
        documents.leave(digest)
        if before is not None:
            documents.leave(before)
    db.session.execute(delete(Attachment).where(of_contract).execution_options(synchronize_session=False))
    return len(digests)


def _erase_texts(contract_id: int) -> None:
    """Contents, messages, reasons and the copies of mails. Numbers, moments and states stay."""
    untracked = {"synchronize_session": False}
    of_document = FileDocument.contract_id == contract_id
    document_ids = select(FileDocument.id).where(of_document)
    statements = (
        update(DocumentVersion)
        .where(DocumentVersion.document_id.in_(document_ids))
        .values(content="{}", title="", content_digest=None),
        update(FileDocument).where(of_document).values(title=""),
        update(DocumentEvent).where(DocumentEvent.document_id.in_(document_ids)).values(detail="{}"),
        update(Message).where(Message.id.in_(_messages(contract_id))).values(body="", author_label=""),
        update(Conversation).where(Conversation.contract_id == contract_id).values(subject="", search_text=""),
        update(OutboxMessage)
        .where(OutboxMessage.subject_type == SUBJECT_TYPE, OutboxMessage.subject_key == str(contract_id))
        .values(recipient="", parameters=json.dumps({})),
    )
    for statement in statements:
        db.session.execute(statement.execution_options(**untracked))


def _erase_annexes(contract_id: int) -> int:
    """Who it was, and the salts that hide it; gives how many records there are."""
    records = select(EvidenceRecord.id).where(EvidenceRecord.contract_id == contract_id)
    db.session.execute(
        update(ConfidentialAnnex)
        .where(ConfidentialAnnex.record_id.in_(records))
        .values(salt=None, person=None, erased_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(select(func.count()).select_from(records.subquery())) or 0


def _versions(contract_id: int) -> Select[Any]:
    return (
        select(DocumentVersion.id)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.contract_id == contract_id)
    )


def _messages(contract_id: int) -> Select[Any]:
    return (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.contract_id == contract_id)
    )
