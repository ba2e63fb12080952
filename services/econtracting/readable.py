"""What somebody reads, as a condition in SQL: ``Standing.reads`` for many contracts at once.

A contract that somebody sees may hold themes that the person has no group for: lists across contracts leave those out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select, true, tuple_, union_all
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import coalesce

from domain.actor import Actor, Side
from domain.permissions import Role
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup, WorkRelation
from models.organisation import Organisation
from models.public_contract import PartySettings, PublicContract
from services import clock
from services.econtracting import access


def only_readable(actor: Actor, theme: Any) -> ColumnElement[bool]:
    """The condition on PublicContract and the column of a theme for what the actor reads (A-13, A-15)."""
    visible = access.only_visible(actor)
    if actor.side is not Side.CONTRACTOR:
        return visible
    relation = access.relation_of(actor)
    if relation is None:
        return and_(visible, _manager_reads()) if Role.EC_BEHEERDER in actor.roles else visible
    of_theme = tuple_(PublicContract.id, theme).in_(_themes_of(relation.id))
    if Role.EC_BEHEERDER in actor.roles & access.roles_of(relation.roles, relation.represents):
        return and_(visible, or_(_manager_reads(), of_theme))
    return and_(visible, of_theme)


def readable_at_once(actor: Actor, theme: Any) -> ColumnElement[bool]:
    """``only_readable`` for a contractor without a question beforehand: for a count that stands on every page.

    A block ends the session itself (blueprints/access.py), so it is not looked at again here.
    """
    own = select(Organisation.id).where(Organisation.key == actor.organisation_key).scalar_subquery()
    relations = select(WorkRelation.id).where(
        WorkRelation.account_id == actor.account_id,
        WorkRelation.organisation_id == own,
        WorkRelation.blocked_at.is_(None),
    )
    manages = or_(WorkRelation.represents, WorkRelation.roles.contains(Role.EC_BEHEERDER.value))
    enters = relations.where(or_(manages, WorkRelation.roles.contains(Role.EC_GEBRUIKER.value)))
    of_theme = tuple_(PublicContract.id, theme).in_(_themes_of(enters.scalar_subquery()))
    reads: ColumnElement[bool] = of_theme
    if Role.EC_BEHEERDER in actor.roles:
        reads = or_(and_(relations.where(manages).exists(), _manager_reads()), of_theme)
    return and_(
        PublicContract.contractor_id == own,
        PublicContract.erased_at.is_(None),
        PublicContract.visible_since <= clock.now(),
        reads,
    )


def _manager_reads() -> ColumnElement[bool]:
    setting = (
        select(PartySettings.manager_reads)
        .where(PartySettings.organisation_id == PublicContract.contractor_id)
        .scalar_subquery()
    )
    return coalesce(setting, true())


def _themes_of(relation_id: Any) -> Any:
    """The pairs of a contract and a theme that a person reads through a group that holds now."""
    now = clock.now()

    def holds(row: Any) -> ColumnElement[bool]:
        return and_(row.starts_at <= now, or_(row.ends_at.is_(None), row.ends_at > now))

    linked = (
        select(GroupContract.contract_id, RightsGroup.theme)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .where(RightsGroup.active, holds(GroupContract))
    )
    fixed = linked.join(GroupMember, GroupMember.group_id == RightsGroup.id).where(
        GroupMember.relation_id == relation_id, holds(GroupMember)
    )
    extra = linked.join(GroupExtraMember, GroupExtraMember.link_id == GroupContract.id).where(
        GroupExtraMember.relation_id == relation_id, holds(GroupExtraMember)
    )
    return union_all(fixed, extra)
