"""Who of a contractor may do what in which contract (domain/econtracting/rights.py); never read by the authority."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Versioned


class WorkRelation(Referenced, Base):
    """A person at work for an organisation (werkrelatie), as last seen at sign-in; ``roles`` joined by spaces.

    ``blocked_at`` is the emergency block by the organisation itself: it takes everything, at the next request.
    """

    __tablename__ = "work_relation"
    __processing__ = Processing(
        N_("Toegang geven aan wie de juiste rol heeft, en dat kunnen nakijken."),
        (
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {
            "account_id": Category.ACCESS,
            "roles": Category.ACCESS,
            "represents": Category.ACCESS,
            "last_seen_at": Category.ACCESS,
            "blocked_at": Category.ACCESS,
            "block_reason": Category.FREE_TEXT,
        },
        RetentionClass.CONTRACTS,
        (Recipients.OWN, Recipients.DEPARTMENT),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("account_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    roles: Mapped[str] = mapped_column(String(200), default="")
    represents: Mapped[bool] = mapped_column(default=False)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    blocked_at: Mapped[datetime | None] = mapped_column(Instant)
    block_reason: Mapped[str] = mapped_column(String(300), default="")


class RightsGroup(Referenced, Versioned, Base):
    """A group of an enterprise for one theme, with one level 1 to 3 (C-034, C-035).

    ``for_new_contracts``: linked by itself to each new contract of the enterprise (A-05).
    """

    __tablename__ = "rights_group"
    __processing__ = NoPersonalData(N_("De groepen van een onderneming."))
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    theme: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    for_new_contracts: Mapped[bool] = mapped_column(default=False)


class GroupMember(Base):
    """A fixed member (C-041), from an instant up to another; ended rows stay."""

    __tablename__ = "group_member"
    __processing__ = Processing(
        N_("Toegang geven aan wie de juiste rol heeft, en dat kunnen nakijken."),
        (Subjects.CONTRACTOR_PEOPLE,),
        {"relation_id": Category.ACCESS},
        RetentionClass.CONTRACTS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_group_member_relation", "relation_id", "group_id"),
        Index("ix_group_member_group", "group_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("rights_group.id"))
    relation_id: Mapped[int] = mapped_column(ForeignKey("work_relation.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)


class GroupContract(Base):
    """That a group works on a contract (C-044); ended rows stay, a new link is a new row (A-17)."""

    __tablename__ = "group_contract"
    __processing__ = NoPersonalData(N_("Welke groep aan welke opdracht werkt."))
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_group_contract_contract", "contract_id", "group_id"),
        Index("ix_group_contract_group", "group_id", "contract_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("rights_group.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)


class GroupExtraMember(Base):
    """Somebody added to a group for one contract only (C-042, C-043), bound to the link."""

    __tablename__ = "group_extra_member"
    __processing__ = Processing(
        N_("Toegang geven aan wie de juiste rol heeft, en dat kunnen nakijken."),
        (Subjects.CONTRACTOR_PEOPLE,),
        {"relation_id": Category.ACCESS},
        RetentionClass.CONTRACTS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_group_extra_member_relation", "relation_id", "link_id"),
        Index("ix_group_extra_member_link", "link_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("group_contract.id"))
    relation_id: Mapped[int] = mapped_column(ForeignKey("work_relation.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
