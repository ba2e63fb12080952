"""The proof of a contract as people read it: what happened, when, and whether it is sealed and time-stamped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.document_states import Direction
from domain.econtracting.evidence import EVIDENCE_LABELS, EvidenceType, read_code, shown_code
from domain.econtracting.notifications import EVENT_LABELS
from domain.errors import N_, InvalidValue, NotFound
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceRecord, TimeStamp
from models.file_document import DocumentVersion, FileDocument
from models.public_contract import PublicContract
from services import audit
from services.econtracting import access, kinds
from services.econtracting.access import Standing
from services.econtracting.proof import sweep
from services.econtracting.proof.reading import ContractReport
from services.econtracting.proof.verification import verify_contract

PAGE = 50
_EVENTS = {event.value: label for event, label in EVENT_LABELS.items()}
NO_REASON = N_("Schrijf waarom u wilt weten wie het was.")
LONG_REASON = N_("Hou de reden korter dan {max} tekens.")
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One record. ``subject`` is empty for a document of a theme the reader does not read.

    ``note`` is what a mail was about. ``receipt``: the version whose receipt can be fetched. ``discloses``: the reader
    may ask who of the own company it was. ``document``: the reference of the document it is about, when readable.
    """

    position: int
    label: str
    at: datetime
    kind: str
    number: str
    version: int | None
    subject: str
    note: str
    files: int
    message: bool
    code: str
    digest: str
    stamped_at: datetime | None
    receipt: str | None
    document: str | None
    discloses: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of records, newest first, with how the whole stands. ``broken``: what the last check found."""

    rows: Sequence[ProofRow]
    total: int
    page: int
    pages: int
    waiting: int
    checked_at: datetime | None
    broken: str | None
    may_export: bool


def overview(actor: Actor, reference: str, page: int = 1) -> Overview:
    """The records of a contract. NotFound for who does not see it."""
    contract = access.contract_for(actor, reference)
    standing = access.standing(actor, contract)
    of_contract = EvidenceRecord.contract_id == contract.id
    total, stamped = db.session.execute(
        select(func.count(), func.count(EvidenceRecord.time_stamp_id)).where(of_contract)
    ).one()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    found = db.session.execute(
        select(
            EvidenceRecord,
            TimeStamp.stamped_at,
            ConfidentialAnnex.person.is_not(None).label("kept"),
            DocumentVersion.reference.label("version_reference"),
            FileDocument.reference.label("document_reference"),
            FileDocument.theme,
            FileDocument.direction,
        )
        .outerjoin(TimeStamp, TimeStamp.id == EvidenceRecord.time_stamp_id)
        .outerjoin(ConfidentialAnnex, ConfidentialAnnex.record_id == EvidenceRecord.id)
        .outerjoin(DocumentVersion, DocumentVersion.id == EvidenceRecord.version_id)
        .outerjoin(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(of_contract)
        .order_by(EvidenceRecord.sequence.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    themes = _themes(contract.id)
    names = {one.kind.code: one.kind.name for one in kinds.all_in_use()}
    last = sweep.last_of(contract.id)
    return Overview(
        rows=[_row(one, standing, themes, names) for one in found],
        total=total,
        page=page,
        pages=pages,
        waiting=total - stamped,
        checked_at=last.checked_at if last else None,
        broken=last.broken if last else None,
        may_export=all(standing.reads(theme) for theme in set(themes.values())) and standing.sees,
    )


def _themes(contract_id: int) -> dict[tuple[str, str], str]:
    """The theme of each document, by its kind and number as a record names them."""
    rows = db.session.execute(
        select(FileDocument.kind_code, FileDocument.number, FileDocument.theme).where(
            FileDocument.contract_id == contract_id
        )
    )
    return {(row.kind_code, str(row.number)): row.theme for row in rows}


def _row(found: Any, standing: Standing, themes: Mapping[tuple[str, str], str], names: Mapping[str, str]) -> ProofRow:
    record: EvidenceRecord = found[0]
    said = json.loads(record.text)
    theme = themes.get((str(said["kind"]), str(said["document"])))
    readable = theme is None or standing.reads(theme)
    counts = EvidenceType.SUBMITTED if found.direction is Direction.TO_AUTHORITY else EvidenceType.CONSULTABLE
    return ProofRow(
        position=record.sequence,
        label=EVIDENCE_LABELS[record.type],
        at=record.at,
        kind=names.get(str(said["kind"]), said["kind"] or "") if readable else "",
        number=said["document"] or "" if readable else "",
        version=said["version"] if readable else None,
        subject=(said["title"] or "") if readable else "",
        note=_EVENTS.get(str((said["detail"] or {}).get("event")), ""),
        files=len(said["files"]) if readable else 0,
        message="message" in (said["detail"] or {}),
        code=shown_code(record.code),
        digest=record.digest,
        stamped_at=found.stamped_at,
        receipt=found.version_reference if readable and record.type is counts else None,
        document=found.document_reference if readable else None,
        discloses=bool(found.kept) and standing.manages,
    )


def verify_now(actor: Actor, reference: str) -> ContractReport:
    """Read everything of a contract again for who sees it; nothing is changed."""
    return verify_contract(access.contract_for(actor, reference).id)


@dataclass(frozen=True, slots=True)
class Question:
    """The record of which somebody may ask who it was."""

    contract: str
    position: int
    label: str
    at: datetime
    code: str


def question(actor: Actor, code: str) -> Question:
    """The record with a short code; NotFound for who may not ask who of the own company it was."""
    record, contract = _disclosable(actor, code)
    return Question(
        contract.reference, record.sequence, EVIDENCE_LABELS[record.type], record.at, shown_code(record.code)
    )


def disclose(actor: Actor, code: str, reason: str) -> str:
    """Who of the own company it was, with how the person signed in. Only a beheerder may know, with a reason, traced.

    Raises NotFound, InvalidValue (``reason``).
    """
    record, contract = _disclosable(actor, code)
    text = reason.strip()
    if not text:
        raise InvalidValue(NO_REASON, field="reason")
    if len(text) > MAX_REASON:
        raise InvalidValue(LONG_REASON, field="reason", max=MAX_REASON)
    annex = db.session.get_one(ConfidentialAnnex, record.id)
    data = {"record": f"{contract.number} {record.sequence}"}
    audit.record(actor, AuditEvent.PERSON_DISCLOSED, "evidence_record", record.id, data=data, personal={"reason": text})
    return annex.person or ""


def _disclosable(actor: Actor, code: str) -> tuple[EvidenceRecord, PublicContract]:
    if actor.side is not Side.CONTRACTOR:
        raise NotFound
    found = db.session.execute(
        select(EvidenceRecord, PublicContract)
        .join(PublicContract, PublicContract.id == EvidenceRecord.contract_id)
        .join(ConfidentialAnnex, ConfidentialAnnex.record_id == EvidenceRecord.id)
        .where(EvidenceRecord.code == (read_code(code) or ""), ConfidentialAnnex.person.is_not(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    contract = access.contract_for(actor, found[1].reference)
    if not access.standing(actor, contract).manages:
        raise NotFound
    return found[0], contract
