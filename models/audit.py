"""The audit trail: a hash chain of entries, the erasable personal values beside it, and its head."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Basis, Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant


class AuditEntry(Base):
    """One entry. ``digest`` is SHA-256 over the previous digest and this entry's canonical JSON (services.audit)."""

    __tablename__ = "audit_entry"
    __processing__ = Processing(
        N_("Verantwoorden wie wat deed of bekeek."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"actor_id": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
        Basis.LEGAL_DUTY,
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_key", "sequence"),
        Index("ix_audit_entry_actor", "actor_id", "sequence"),
        Index("ix_audit_entry_event", "event", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]
    actor_side: Mapped[str] = mapped_column(String(20))
    organisation_key: Mapped[str] = mapped_column(String(20))
    event: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_key: Mapped[str] = mapped_column(String(64))
    data: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditPersonalValue(Base):
    """A personal value of an entry. The chain holds only its salted digest, so it can be erased without breaking it."""

    __tablename__ = "audit_personal_value"
    __processing__ = Processing(
        N_("De waarden bij een gebeurtenis kennen, los van de keten."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"value": Category.COPY},
        RetentionClass.AUDIT,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
        Basis.LEGAL_DUTY,
    )
    __guarded__ = ALL
    __table_args__ = (
        Index(
            "ix_audit_personal_value_number",
            "value",
            sqlite_where=text("name = 'number'"),
            postgresql_where=text("name = 'number'"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sequence: Mapped[int] = mapped_column(ForeignKey("audit_entry.sequence"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    salt: Mapped[str] = mapped_column(String(32))
    value: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)


class OrganisationView(Base):
    """That somebody of the department or a helpdesk looked at something of an organisation: what it may read itself.

    One row for the same person, subject and quarter of an hour (``slot``), with a ``count``; a look with a reason is a
    row of its own (``slot`` is then minus the entry). Each stands in the chain at ``first_sequence``, which names the
    organisation too. ``role`` is why it was allowed; ``actor_id`` is never shown to the organisation.
    """

    __tablename__ = "organisation_view"
    __processing__ = Processing(
        N_("Een organisatie laten lezen wie haar gegevens bekeek."),
        (Subjects.OFFICIALS,),
        {"actor_id": Category.TRACE, "role": Category.TRACE},
        RetentionClass.VIEWS,
        (Recipients.OWN,),
        Basis.LEGAL_DUTY,
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("organisation_key", "slot", "event", "subject_type", "subject_key", "actor_id"),
        Index("ix_organisation_view_newest", "organisation_key", "first_sequence"),
        Index("ix_organisation_view_event", "organisation_key", "event", "first_sequence"),
        Index("ix_organisation_view_at", "first_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_key: Mapped[str] = mapped_column(String(20))
    slot: Mapped[int]
    event: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_key: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    first_sequence: Mapped[int] = mapped_column(ForeignKey("audit_entry.sequence"))
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    count: Mapped[int]


class AuditHead(Base):
    """The one row that orders the chain: last sequence and digest. Taken by UPDATE at commit, so writers queue."""

    __tablename__ = "audit_head"
    __processing__ = NoPersonalData(N_("De plaats waar de keten van het logboek staat."))
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
