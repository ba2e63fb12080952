"""The chain of proof of each contract (domain/econtracting/evidence.py): records, seals, time-stamps, annexes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.econtracting.evidence import EvidenceType
from domain.errors import N_
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, choice_of


class EvidenceHead(Base):
    """The last record of a contract; the row is what writers queue for."""

    __tablename__ = "evidence_head"
    __processing__ = NoPersonalData(N_("De plaats waar de keten van een opdracht staat."))
    __guarded__ = ALL

    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id"), primary_key=True)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class TimeStamp(Base):
    """A token (RFC 3161, DER) over the Merkle root of the digests of many records, in the order of their ids."""

    __tablename__ = "time_stamp"
    __processing__ = NoPersonalData(N_("Tijdstempels over de keten van bewijs."))
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    root: Mapped[str] = mapped_column(String(64))
    leaves: Mapped[int]
    token: Mapped[bytes] = mapped_column(LargeBinary)
    authority: Mapped[str] = mapped_column(String(200))
    stamped_at: Mapped[datetime] = mapped_column(Instant)


class EvidenceRecord(Base):
    """One record: ``text`` is the canonical JSON, ``seal`` the signature of the platform over the digest (base64).

    ``code`` is the short code people read from a receipt.
    """

    __tablename__ = "evidence_record"
    __processing__ = NoPersonalData(N_("De keten van bewijs van een opdracht: enkel een verbintenis, geen personen."))
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("contract_id", "sequence"),
        Index("ix_evidence_record_version", "version_id"),
        Index("ix_evidence_record_unstamped", "time_stamp_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id"))
    sequence: Mapped[int]
    type: Mapped[EvidenceType] = mapped_column(choice_of(EvidenceType, "evidence_type"))
    at: Mapped[datetime] = mapped_column(Instant)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    seal: Mapped[str] = mapped_column(String(200))
    key_id: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(16), unique=True)
    time_stamp_id: Mapped[int | None] = mapped_column(ForeignKey("time_stamp.id"))
    leaf: Mapped[int | None]


class ConfidentialAnnex(Base):
    """Who of an organisation it was, with the salt of the commitment: for that organisation only (C-046)."""

    __tablename__ = "confidential_annex"
    __processing__ = Processing(
        N_("Binnen het eigen bedrijf weten wie iets verzond."),
        (Subjects.CONTRACTOR_PEOPLE,),
        {"person": Category.IDENTITY, "salt": Category.IDENTITY},
        RetentionClass.CONTRACTS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL

    record_id: Mapped[int] = mapped_column(ForeignKey("evidence_record.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    salt: Mapped[str | None] = mapped_column(String(64))
    person: Mapped[str | None] = mapped_column(String(300))
    erased_at: Mapped[datetime | None] = mapped_column(Instant)


class EvidenceCheck(Base):
    """What the last check of the proof of a contract found; ``broken`` is the first place that does not hold."""

    __tablename__ = "evidence_check"
    __processing__ = NoPersonalData(N_("Wat de laatste controle van een bewijs vond."))
    __guarded__ = ALL

    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id"), primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    records: Mapped[int]
    files: Mapped[int]
    broken: Mapped[str | None] = mapped_column(String(400))
