"""Rights of persons (E-153): requests to correct, and the proof of what was erased when its time was over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.privacy import CorrectionState
from domain.processing import Basis, Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Versioned, choice_of


class CorrectionRequest(Referenced, Versioned, Base):
    """A staff member's request to correct what is kept, made through the facility (E-153).

    ``conversation_id`` is set once the department is involved. ``national_number`` is personal and erased with the
    staff member; ``field`` names what is wrong (perhaps in a ``quarter``), ``wanted`` what it should be.
    """

    __tablename__ = "correction_request"
    __processing__ = Processing(
        N_("Het recht op verbetering uitvoeren."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
        ),
        {
            "national_number": Category.NATIONAL_NUMBER,
            "wanted": Category.FREE_TEXT,
            "registered_by": Category.TRACE,
            "answer": Category.FREE_TEXT,
            "decided_by": Category.TRACE,
        },
        RetentionClass.CORRECTIONS,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
        Basis.LEGAL_DUTY,
    )
    __guarded__ = ALL
    __table_args__ = (Index("ix_correction_request_facility", "facility_id", "state"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    national_number: Mapped[str] = mapped_column(String(11), index=True)
    field: Mapped[str] = mapped_column(String(120))
    quarter: Mapped[str | None] = mapped_column(String(6))
    wanted: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Instant)
    registered_by: Mapped[str] = mapped_column(String(160))
    state: Mapped[CorrectionState] = mapped_column(
        choice_of(CorrectionState, "correction_state"), default=CorrectionState.ASKED
    )
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(String(160), default="")
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)


class ErasureNotice(Referenced, Base):
    """That rows of a class reach the end of their time: announced at ``noticed_at``, erased after ``erase_from``.

    ``facility_id`` is whose they are, if anybody's; ``held_at`` is set while a dispute keeps them.
    """

    __tablename__ = "erasure_notice"
    __processing__ = Processing(
        N_("Wissen aankondigen, en kunnen tegenhouden."),
        (Subjects.OFFICIALS,),
        {"held_by": Category.TRACE, "held_reason": Category.FREE_TEXT},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
        Basis.LEGAL_DUTY,
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("retention_class", "subject_key"),
        Index("ix_erasure_notice_open", "erased_at", "erase_from"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    retention_class: Mapped[str] = mapped_column(String(40))
    subject_key: Mapped[str] = mapped_column(String(64))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"), index=True)
    noticed_at: Mapped[datetime] = mapped_column(Instant)
    erase_from: Mapped[datetime] = mapped_column(Instant)
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    held_by: Mapped[str] = mapped_column(String(160), default="")
    held_reason: Mapped[str] = mapped_column(String(500), default="")
    erased_at: Mapped[datetime | None] = mapped_column(Instant)


class ErasureProof(Referenced, Base):
    """What was erased: ``rows`` per table (JSON: count, digest of the keys, whether emptied), where the chain stood.

    ``keys_digest`` is SHA-256 of ``rows`` and stands in the audit chain too (``privacy.erased``).
    """

    __tablename__ = "erasure_proof"
    __processing__ = NoPersonalData(N_("Bewijs van wat gewist werd: enkel aantallen en controlegetallen."))
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    retention_class: Mapped[str] = mapped_column(String(40), index=True)
    subject_key: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime] = mapped_column(Instant)
    rows: Mapped[str] = mapped_column(Text)
    keys_digest: Mapped[str] = mapped_column(String(64))
    audit_sequence: Mapped[int]
    audit_digest: Mapped[str] = mapped_column(String(64))
