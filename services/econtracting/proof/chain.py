"""The chain of proof of a contract: a record for each event that counts, sealed, on top of the record before it.

Who of the contractor acted is not in the record: only a salted digest is; salt and person stand in the confidential
annex of the company (C-046, A-42).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from domain.actor import Actor, Side
from domain.econtracting.evidence import (
    GENESIS,
    EvidenceType,
    FileFacts,
    Manifest,
    commitment,
    digest_of,
    new_code,
    record,
)
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceHead, EvidenceRecord
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.identity import Account
from models.organisation import Organisation
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting import access

_TAKE_HEAD = (
    update(EvidenceHead)
    .where(EvidenceHead.contract_id == bindparam("of"))
    .values(sequence=EvidenceHead.sequence + 1)
    .returning(EvidenceHead.sequence, EvidenceHead.digest)
    .execution_options(synchronize_session=False)
)
_PUT_HEAD = (
    update(EvidenceHead)
    .where(EvidenceHead.contract_id == bindparam("of"))
    .values(digest=bindparam("last"))
    .execution_options(synchronize_session=False)
)
_LONGEST_PERSON = 300


def append(
    contract: PublicContract,
    type: EvidenceType,  # noqa: A002 - what it is called in the record
    at: datetime,
    *,
    document: FileDocument | None = None,
    version: DocumentVersion | None = None,
    files: Sequence[FileFacts] = (),
    detail: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> EvidenceRecord:
    """Add a record of an event at an instant (with offset) to the chain of a contract, in the running transaction.

    The caller holds ``lock_contract``; writers of one contract also queue for its head. The digest of the content of
    ``version`` comes into ``detail`` by itself; of a refused sending neither content nor title does, since a draft is
    of its makers alone and still changes. ``detail`` and ``files`` never name a person of the contractor.
    ``actor``: who acted; only of somebody of the contractor it is kept, apart from the record.
    """
    if version is not None and document is None:
        document = db.session.get_one(FileDocument, version.document_id)
    keys = _keys_of(contract)
    settled = None if type is EvidenceType.SUBMISSION_REFUSED else version
    with writing("proof.append"):
        sequence, previous = _take_head(contract.id)
        annex = _annex(contract, actor)
        text = record(
            Manifest(
                type=type,
                sequence=sequence,
                contract=contract.number,
                contractor=keys[contract.contractor_id],
                authority=keys[contract.authority_id],
                at=at.astimezone(UTC),
                document=None if document is None else str(document.number),
                kind=None if document is None else document.kind_code,
                version=None if version is None else version.number,
                title=None if settled is None else settled.title,
                files=tuple(files),
                commitment=None if annex is None else commitment(str(annex.salt), str(annex.person)),
                detail=_detail(settled, detail),
            ),
            previous,
        )
        digest = digest_of(text)
        seals = connections().seals
        made = EvidenceRecord(
            contract_id=contract.id,
            sequence=sequence,
            type=type,
            at=at,
            version_id=None if settled is None else settled.id,
            text=text,
            digest=digest,
            seal=seals.seal(digest),
            key_id=seals.key_id,
            code=new_code(secrets.randbits(50)),
        )
        db.session.add(made)
        db.session.flush()
        if annex is not None:
            annex.record_id = made.id
            db.session.add(annex)
        db.session.execute(_PUT_HEAD, {"of": contract.id, "last": digest})
    return made


def records(actor: Actor, contract: PublicContract) -> list[EvidenceRecord]:
    """The records of a contract, oldest first, as both parties read them. NotFound when the contract is not theirs."""
    access.contract_for(actor, contract.reference)
    return list(
        db.session.scalars(
            select(EvidenceRecord).where(EvidenceRecord.contract_id == contract.id).order_by(EvidenceRecord.sequence)
        )
    )


def content_digest(content: str) -> str:
    """The digest by which a record knows the content of a version (its canonical JSON), in hex."""
    return hashlib.sha256(content.encode()).hexdigest()


def _take_head(contract_id: int) -> tuple[int, str]:
    """The next sequence and the digest it builds on; the UPDATE makes writers of the contract queue."""
    session = db.session()
    head = session.execute(_TAKE_HEAD, {"of": contract_id}).one_or_none()
    if head is not None:
        return head.sequence, head.digest
    session.add(EvidenceHead(contract_id=contract_id, sequence=1, digest=GENESIS))
    session.flush()
    return 1, GENESIS


def _keys_of(contract: PublicContract) -> dict[int, str]:
    wanted = (contract.contractor_id, contract.authority_id)
    rows = db.session.execute(select(Organisation.id, Organisation.key).where(Organisation.id.in_(wanted)))
    return {row.id: row.key for row in rows}


def _detail(version: DocumentVersion | None, given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    detail = dict(given or {})
    if version is not None:
        detail.setdefault("content", version.content_digest or content_digest(version.content))
    return detail or None


def _annex(contract: PublicContract, actor: Actor | None) -> ConfidentialAnnex | None:
    """Who of the contractor it was; None for anybody else."""
    if actor is None or actor.side is not Side.CONTRACTOR or actor.account_id is None:
        return None
    account = db.session.get_one(Account, actor.account_id)
    person = f"{account.given_name} {account.family_name} ({account.idp}:{account.account_key})"
    return ConfidentialAnnex(
        organisation_id=contract.contractor_id, salt=secrets.token_hex(32), person=person[-_LONGEST_PERSON:]
    )
