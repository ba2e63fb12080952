"""The documents of an authority: found by their reference inside its own contracts only; foreign ones do not exist."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from domain.actor import Actor, Side
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import Direction, VersionState
from domain.errors import N_, Conflict, NotAllowedNow, NotFound
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.public_contract import PartySettings, PublicContract
from services.econtracting import access
from services.econtracting.documents import versions
from services.econtracting.documents.versions import Opened

CHANGED = N_("Een collega heeft dit stuk intussen gewijzigd. Bekijk het eerst opnieuw.")
NOT_ACTIVE = N_("Deze opdracht is afgesloten: er worden geen stukken meer uitgewisseld.")


def authority_id(actor: Actor) -> int:
    """The organisation of somebody of an authority; NotFound for everybody else."""
    if actor.side is not Side.AUTHORITY:
        raise NotFound
    return access.own_organisation(actor).id


def visible_versions() -> ColumnElement[bool]:
    """What an authority can see: everything of its own, and of the contractor only what was sent."""
    own = FileDocument.direction == Direction.TO_CONTRACTOR
    return or_(own, DocumentVersion.state != VersionState.DRAFT)


def document(actor: Actor, reference: str, *, lock: bool = False) -> Opened:
    """A document with the newest version the authority can see; NotFound for a foreign one.

    ``lock`` takes the contract first and reads everything anew: for whoever changes something.
    """
    mine = authority_id(actor)
    found = db.session.scalar(
        select(DocumentVersion.reference)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .where(FileDocument.reference == reference, PublicContract.authority_id == mine, visible_versions())
        .order_by(DocumentVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return versions.open_version(actor, found, lock=lock)


def version(actor: Actor, reference: str, *, seen: int | None = None, lock: bool = False) -> Opened:
    """A version by its own reference; NotFound for a foreign one.

    ``seen`` is the counter of what the person looked at; Conflict when it moved on.
    """
    if actor.side is not Side.AUTHORITY:
        raise NotFound
    found = versions.open_version(actor, reference, lock=lock)
    if seen is not None and seen != found.version.version:
        raise Conflict(CHANGED, code="CONFLICT")
    return found


def require_active(contract: PublicContract) -> None:
    """NotAllowedNow when nothing is exchanged in the contract any more."""
    if contract.state is not ContractState.ACTIVE:
        raise NotAllowedNow(NOT_ACTIVE, code="T1")


def two_people(organisation_id: int) -> bool:
    """Whether who releases may not be who wrote last; so, unless the authority said otherwise."""
    found = db.session.get(PartySettings, organisation_id)
    return found is None or found.two_people
