"""Only a beheerder, only for the own enterprise, and only what is of that enterprise: the rest does not exist."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import Select, select

from domain.actor import Actor
from domain.errors import N_, Forbidden, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_rights import RightsGroup, WorkRelation
from models.public_contract import PublicContract
from services import access as portal
from services import clock
from services.econtracting import access
from services.econtracting.access import Entry
from services.econtracting.access_rows import of_enterprise

Row = TypeVar("Row")


def managing(actor: Actor) -> Entry:
    """How the actor stands to the own enterprise; Forbidden for who is no beheerder of it now (C-030).

    NotFound when the enterprise is not known here.
    """
    portal.require(actor, Permission.RIGHTS_MANAGE)
    entry = access.entry_of(actor)
    if entry is None:
        raise NotFound
    if not entry.person.enters or not entry.person.manages:
        raise Forbidden(Permission.RIGHTS_MANAGE)
    return entry


def own_group(entry: Entry, reference: str, *, lock: bool = False) -> RightsGroup:
    """A group of the enterprise, read anew; ``lock`` makes others who change it wait. NotFound for any other."""
    statement = select(RightsGroup).where(
        RightsGroup.reference == reference, RightsGroup.organisation_id == entry.organisation_id
    )
    return _one(statement, lock)


def own_relation(entry: Entry, reference: str, *, lock: bool = False) -> WorkRelation:
    """Somebody at work for the enterprise, read anew; NotFound for any other."""
    statement = select(WorkRelation).where(
        WorkRelation.reference == reference, WorkRelation.organisation_id == entry.organisation_id
    )
    return _one(statement, lock)


def own_relations(entry: Entry, references: Collection[str]) -> list[WorkRelation]:
    """Several of them, in the order of their key; NotFound when one is not of the enterprise."""
    wanted = set(references)
    found = list(
        db.session.scalars(
            select(WorkRelation)
            .where(WorkRelation.reference.in_(wanted), WorkRelation.organisation_id == entry.organisation_id)
            .order_by(WorkRelation.id)
        )
    )
    if len(found) != len(wanted):
        raise NotFound
    return found


def own_contract(entry: Entry, reference: str, *, lock: bool = False) -> PublicContract:
    """A contract of the enterprise, read anew; NotFound for any other, an erased one and one not visible yet."""
    statement = select(PublicContract).where(
        PublicContract.reference == reference, of_enterprise(entry.organisation_id, clock.now())
    )
    return _one(statement, lock)


def in_use(group: RightsGroup) -> RightsGroup:
    """The group itself, when it counts; NotAllowedNow when it is out of use."""
    if not group.active:
        raise NotAllowedNow(
            N_("De groep '{name}' is buiten gebruik. Neem ze eerst opnieuw in gebruik."),
            code="INACTIVE",
            name=group.name,
        )
    return group


def _one(statement: Select[Row], lock: bool) -> Row:
    if lock:
        statement = statement.with_for_update(key_share=True)
    row = db.session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row
