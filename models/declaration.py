"""The quarter declarations (aangiftedossiers): state, performances, reviews, submissions, timeline."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from domain.errors import N_
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Euro, Instant, Referenced, Scaled, Versioned, choice_of
from models.organisation import Facility


class Dossier(Versioned, Base):
    """One quarter of one facility (E-110). ``status`` moves only by the table in domain.ecalcura.declaration.

    ``reopened`` is the flag of T-06; ``previous_status`` is what T-12 restores; ``basis`` says whether the snapshot
    that counts was submitted (``INGEDIEND``) or taken ex officio (``AMBTSHALVE``); ``nothing_to_declare`` is an
    explicit answer.
    ``risk`` (0 to 100), ``stake`` (euro) and ``risk_reasons`` (JSON) say what a case manager should look at first; they
    are written when the quarter is submitted or closed (domain.ecalcura.risk), as are ``declared_fte`` and
    ``paid_rate``, what the quarter declares as a whole (domain.ecalcura.unusual).
    ``number`` is what people type and read: ``71000012-2024K1``.
    """

    __tablename__ = "dossier"
    __processing__ = Processing(
        N_("De aangifte van een kwartaal opvolgen en verantwoorden."),
        (Subjects.CLERKS,),
        {"submitted_by": Category.TRACE},
        RetentionClass.STAFF,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("facility_id", "year", "quarter_number"),
        CheckConstraint("quarter_number BETWEEN 1 AND 4", name="quarter_number"),
        CheckConstraint("(status = 'AUDIT') = (previous_status IS NOT NULL)", name="audit_remembers"),
        CheckConstraint("basis IS NULL OR basis IN ('INGEDIEND', 'AMBTSHALVE')", name="basis"),
        Index("ix_dossier_changed", "changed_at", "id"),
        Index("ix_dossier_status_changed", "status", "changed_at", "id"),
        Index("ix_dossier_quarter_changed", "year", "quarter_number", "changed_at", "id"),
        Index("ix_dossier_quarter_status_changed", "year", "quarter_number", "status", "changed_at", "id"),
        Index("ix_dossier_facility_changed", "facility_id", "changed_at", "id"),
        Index("ix_dossier_period_changed", "period_code", "changed_at", "id"),
        Index("ix_dossier_period_status", "period_code", "status", "changed_at", "id"),
        Index("ix_dossier_risk", "risk", "stake", "id"),
        Index("ix_dossier_status_risk", "status", "risk", "stake", "id"),
        Index("ix_dossier_quarter_risk", "year", "quarter_number", "risk", "stake", "id"),
        Index("ix_dossier_period_risk", "period_code", "risk", "stake", "id"),
        Index("ix_dossier_stake", "stake", "id"),
        Index("ix_dossier_period_stake", "period_code", "stake", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    year: Mapped[int]
    quarter_number: Mapped[int]
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    status: Mapped[DossierStatus] = mapped_column(choice_of(DossierStatus, "status"), default=DossierStatus.OPEN)
    previous_status: Mapped[DossierStatus | None] = mapped_column(choice_of(DossierStatus, "previous_status"))
    reopened: Mapped[bool] = mapped_column(default=False)
    nothing_to_declare: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_by: Mapped[str | None] = mapped_column(String(120))
    basis: Mapped[str | None] = mapped_column(String(12))
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("dossier_snapshot.id", use_alter=True))
    risk: Mapped[int] = mapped_column(default=0)
    stake: Mapped[Decimal] = mapped_column(Euro, default=Decimal(0))
    risk_reasons: Mapped[str | None] = mapped_column(Text)
    declared_fte: Mapped[Decimal | None] = mapped_column(Scaled(3))
    paid_rate: Mapped[Decimal | None] = mapped_column(Scaled(3))

    facility: Mapped[Facility] = relationship(lazy="raise")

    @property
    def quarter(self) -> Quarter:
        """The quarter it is about."""
        return Quarter(self.year, self.quarter_number)


class Performance(Base):
    """Performance of one contract in one dossier (3.10). Days in tenths, hours in hundredths; None: not filled in."""

    __tablename__ = "performance"
    __processing__ = Processing(
        N_("Het recht en de vergoeding van de voorziening berekenen."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
        ),
        {
            "contract_id": Category.EMPLOYMENT,
            "paid_days": Category.ABSENCE,
            "unpaid_days": Category.ABSENCE,
            "paid_hours": Category.ABSENCE,
            "changed_by": Category.TRACE,
        },
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        CheckConstraint("paid_days IS NULL OR paid_days >= 0", name="paid_days"),
        CheckConstraint("unpaid_days IS NULL OR unpaid_days >= 0", name="unpaid_days"),
        CheckConstraint("paid_hours IS NULL OR paid_hours >= 0", name="paid_hours"),
        Index("ix_performance_contract", "contract_id"),
    )

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    paid_days: Mapped[Decimal | None] = mapped_column(Scaled(1))
    unpaid_days: Mapped[Decimal | None] = mapped_column(Scaled(1))
    paid_hours: Mapped[Decimal | None] = mapped_column(Scaled(2))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(120))


class DossierSnapshot(Base):
    """An immutable copy of everything a dossier said at one moment: canonical JSON and its SHA-256 digest (hex).

    ``content`` is emptied when its time is over; ``erased_in_id`` is the proof of that, the digest stays.
    """

    __tablename__ = "dossier_snapshot"
    __processing__ = Processing(
        N_("Aantonen wat ingediend werd en waarop een bedrag steunt."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
        ),
        {"content": Category.COPY, "taken_by": Category.TRACE},
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("dossier_id", "sequence"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    sequence: Mapped[int]
    event: Mapped[str] = mapped_column(String(32))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    taken_by: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    erased_in_id: Mapped[int | None] = mapped_column(ForeignKey("erasure_proof.id"), index=True)


class SubmissionReview(Base):
    """What somebody reviewed before submitting: a one-time key, its fingerprint and content, to submit just that."""

    __tablename__ = "submission_review"
    __processing__ = Processing(
        N_("Indienen wat iemand nakeek, en niets anders."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
        ),
        {"account_id": Category.TRACE, "content": Category.COPY},
        RetentionClass.STAFF,
        (Recipients.OWN,),
    )
    __guarded__ = ALL

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    account_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    fingerprint: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))


class Submission(Referenced, Base):
    """One acknowledged submission with its receipt. ``receipt_digest`` names the stored PDF."""

    __tablename__ = "submission"
    __processing__ = Processing(
        N_("Aantonen wat ingediend werd en waarop een bedrag steunt."),
        (Subjects.CLERKS,),
        {"submitted_by": Category.TRACE},
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("dossier_snapshot.id"), unique=True)
    review_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[str] = mapped_column(String(120))
    receipt_digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"))


class DossierEvent(Base):
    """One step on the timeline of a dossier: what people read. The audit chain holds the proof of the same step."""

    __tablename__ = "dossier_event"
    __processing__ = Processing(
        N_("De aangifte van een kwartaal opvolgen en verantwoorden."),
        (
            Subjects.CLERKS,
            Subjects.OFFICIALS,
            Subjects.STAFF,
        ),
        {"actor_name": Category.TRACE, "reason": Category.FREE_TEXT, "detail": Category.COPY},
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (Index("ix_dossier_event_dossier", "dossier_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    event: Mapped[str] = mapped_column(String(32))
    from_status: Mapped[str | None] = mapped_column(String(32))
    to_status: Mapped[str | None] = mapped_column(String(32))
    actor_side: Mapped[str] = mapped_column(String(20))
    actor_name: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("dossier_snapshot.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("reopening_request.id"))


class ReopeningRequest(Referenced, Base):
    """A request of a facility to reopen quarters (3.14): how and when it came in, which ones, what was decided.

    ``kind`` is VOOR_16_OKT (T-04) or NA_VOORLOPIGE (T-06); ``explanation`` is what the facility wants to change.
    ``conversation_id`` is the thread it was asked in, where the decision is told too.
    """

    __tablename__ = "reopening_request"
    __processing__ = Processing(
        N_("De aangifte van een kwartaal opvolgen en verantwoorden."),
        (
            Subjects.CLERKS,
            Subjects.STAFF,
        ),
        {"explanation": Category.FREE_TEXT, "requested_by": Category.TRACE, "reason": Category.FREE_TEXT},
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        CheckConstraint("channel IN ('MESSAGE', 'EMAIL')", name="channel"),
        Index(
            "ix_reopening_request_waiting",
            "received_at",
            "id",
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    channel: Mapped[str] = mapped_column(String(10))
    received_at: Mapped[datetime] = mapped_column(Instant)
    quarters: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str | None] = mapped_column(String(16))
    explanation: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[str | None] = mapped_column(String(160))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)


class Justification(Base):
    """Why a value is right although it is far from what is usual: typed by the facility, read by the case manager.

    ``subject`` is the reference of the contract, or empty for the quarter as a whole; ``code`` names the check;
    ``value`` and ``expected`` are what the check compared, as texts that people read.
    """

    __tablename__ = "justification"
    __processing__ = Processing(
        N_("Een ongewone waarde kunnen beoordelen."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
        ),
        {
            "subject": Category.EMPLOYMENT,
            "value": Category.ABSENCE,
            "text": Category.FREE_TEXT,
            "given_by": Category.TRACE,
        },
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("dossier_id", "subject", "code"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    subject: Mapped[str] = mapped_column(String(16), default="")
    code: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(60))
    expected: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(1000))
    given_at: Mapped[datetime] = mapped_column(Instant)
    given_by: Mapped[str] = mapped_column(String(160))
