"""The documents of an authority: found by their reference inside its own contracts only; foreign ones do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from domain.actor import Actor, Side
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import Direction, VersionState
from domain.errors import N_, Conflict, NotAllowedNow, NotFound
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.public_contract import PartySettings, PublicContract
from services.econtracting import access
from services.locks import lock_contract

CHANGED = N_("Een collega heeft dit stuk intussen gewijzigd. Bekijk het eerst opnieuw.")
NOT_ACTIVE = N_("Deze opdracht is afgesloten: er worden geen stukken meer uitgewisseld.")


@dataclass(frozen=True, slots=True)
class Found:
    """A document of an own contract, with one of its versions."""

    contract: PublicContract
    document: FileDocument
    version: DocumentVersion


def authority_id(actor: Actor) -> int:
    """The organisation of somebody of an authority; NotFound for everybody else."""
    if actor.side is not Side.AUTHORITY:
        raise NotFound
    return access.own_organisation(actor).id


def _rows(actor: Actor) -> Select[Any]:
    return (
        select(PublicContract, FileDocument, DocumentVersion)
        .join(FileDocument, FileDocument.contract_id == PublicContract.id)
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
        .where(
            PublicContract.authority_id == authority_id(actor), PublicContract.erased_at.is_(None), visible_versions()
        )
        .order_by(DocumentVersion.number.desc())
        .limit(1)
    )


def visible_versions() -> ColumnElement[bool]:
    """What an authority can see: everything of its own, and of the contractor only what was sent."""
    own = FileDocument.direction == Direction.TO_CONTRACTOR
    return or_(own, DocumentVersion.state != VersionState.DRAFT)


def _one(statement: Select[Any]) -> Found:
    row = db.session.execute(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return Found(row[0], row[1], row[2])


def document(actor: Actor, reference: str) -> Found:
    """A document with the newest version the authority can see; NotFound for a foreign one."""
    return _one(_rows(actor).where(FileDocument.reference == reference))


def version(actor: Actor, reference: str) -> Found:
    """A version by its own reference; NotFound for a foreign one."""
    return _one(_rows(actor).where(DocumentVersion.reference == reference))


def locked_document(actor: Actor, reference: str) -> Found:
    """``document``, with the lock of its contract taken first and everything read anew."""
    lock_contract(document(actor, reference).contract.id)
    return document(actor, reference)


def locked_version(actor: Actor, reference: str, seen: int | None = None) -> Found:
    """``version``, locked and read anew. ``seen`` is the counter the person looked at; Conflict when it moved on."""
    lock_contract(version(actor, reference).contract.id)
    found = version(actor, reference)
    if seen is not None and seen != found.version.version:
        raise Conflict(CHANGED, code="T2")
    return found


def require_active(contract: PublicContract) -> None:
    """NotAllowedNow when nothing is exchanged in the contract any more."""
    if contract.state is not ContractState.ACTIVE:
        raise NotAllowedNow(NOT_ACTIVE, code="T1")


def settings_of(organisation_id: int) -> PartySettings:
    """How an authority works; two people unless it said otherwise."""
    found = db.session.get(PartySettings, organisation_id)
    return found or PartySettings(organisation_id=organisation_id, two_people=True, shows_official=False)
