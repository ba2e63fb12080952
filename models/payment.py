"""Payments: the lines of the history with the current account, payment orders, and what the bank reported."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.ecalcura.payment_states import OrderState, PaymentKind
from domain.errors import N_
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Euro, Instant, Referenced, Versioned, choice_of
from models.organisation import Facility


class PaymentLine(Referenced, Base):
    """One line of the history of a facility (10.1); amounts in euro.

    ``sequence`` is its place in the current account of the facility, from 1: ``balance_before`` is ``balance_after`` of
    the line before (7.7). ``entitlement`` is the total the facility is entitled to and ``advances`` what was already
    calculated for the period (final statement); ``base_amount`` and ``percentage`` explain an advance. ``iban`` and
    ``holder`` are frozen when the line is put on an order. ``value_date`` is the memo date, ``communicated_on`` the
    date the communication was sent (N-10): never the one for the other.
    """

    __tablename__ = "payment_line"
    __processing__ = Processing(
        N_("Bijhouden wat aan een voorziening betaald werd."),
        (
            Subjects.CLERKS,
            Subjects.OFFICIALS,
        ),
        {"iban": Category.FINANCIAL, "holder": Category.FINANCIAL, "made_by": Category.TRACE},
        RetentionClass.ACTS,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("facility_id", "sequence"),
        UniqueConstraint("calculation_id"),
        CheckConstraint("paid >= 0 AND balance_before >= 0 AND balance_after >= 0", name="current_account"),
        Index("ix_payment_line_period", "period_code", "facility_id", "sequence"),
        Index("ix_payment_line_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    kind: Mapped[PaymentKind] = mapped_column(choice_of(PaymentKind, "payment_kind"))
    calculation_id: Mapped[int] = mapped_column(ForeignKey("calculation.id"))
    sequence: Mapped[int]
    entitlement: Mapped[Decimal | None] = mapped_column(Euro)
    advances: Mapped[Decimal | None] = mapped_column(Euro)
    base_amount: Mapped[Decimal | None] = mapped_column(Euro)
    percentage: Mapped[Decimal | None] = mapped_column(Euro)
    calculated: Mapped[Decimal] = mapped_column(Euro)
    calculated_on: Mapped[date]
    communicated_on: Mapped[date | None]
    payable_on: Mapped[date | None]
    paid: Mapped[Decimal] = mapped_column(Euro)
    balance_before: Mapped[Decimal] = mapped_column(Euro)
    balance_after: Mapped[Decimal] = mapped_column(Euro)
    bank_account_id: Mapped[int | None] = mapped_column(ForeignKey("bank_account.id"))
    iban: Mapped[str | None] = mapped_column(String(34))
    holder: Mapped[str | None] = mapped_column(String(160))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("payment_order.id"))
    value_date: Mapped[date | None]
    value_source: Mapped[str | None] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(160))

    facility: Mapped[Facility] = relationship(lazy="raise")


class PaymentOrder(Referenced, Versioned, Base):
    """A file of transfers for the bank (ISO 20022 pain.001): made by one person, released by another."""

    __tablename__ = "payment_order"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {
            "made_by": Category.TRACE,
            "made_by_id": Category.TRACE,
            "released_by": Category.TRACE,
            "released_by_id": Category.TRACE,
        },
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[OrderState] = mapped_column(choice_of(OrderState, "order_state"), default=OrderState.DRAFT)
    execute_on: Mapped[date]
    lines: Mapped[int] = mapped_column(default=0)
    total: Mapped[Decimal] = mapped_column(Euro)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(160))
    made_by_id: Mapped[int | None]
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    released_by: Mapped[str | None] = mapped_column(String(160))
    released_by_id: Mapped[int | None]
    file_digest: Mapped[str | None] = mapped_column(ForeignKey("stored_file.digest"))


class BankStatement(Referenced, Base):
    """A file of the bank that was read in (camt.053 or CSV); the same file is read once."""

    __tablename__ = "bank_statement"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {"imported_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"), unique=True)
    file_name: Mapped[str] = mapped_column(String(160))
    format: Mapped[str] = mapped_column(String(12))
    imported_at: Mapped[datetime] = mapped_column(Instant)
    imported_by: Mapped[str] = mapped_column(String(160))
    entries: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)


class BankStatementEntry(Base):
    """One transfer the bank reported, and the payment line it belongs to, or why it was not matched."""

    __tablename__ = "bank_statement_entry"
    __processing__ = Processing(
        N_("Betalingen terugvinden op het afschrift van de bank."),
        (Subjects.CLERKS,),
        {"iban": Category.FINANCIAL, "detail": Category.FREE_TEXT},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("statement_id", "position"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"))
    position: Mapped[int]
    end_to_end: Mapped[str | None] = mapped_column(String(60))
    amount: Mapped[Decimal] = mapped_column(Euro)
    value_date: Mapped[date | None]
    iban: Mapped[str | None] = mapped_column(String(34))
    outcome: Mapped[str] = mapped_column(String(20))
    payment_line_id: Mapped[int | None] = mapped_column(ForeignKey("payment_line.id"))
    detail: Mapped[str | None] = mapped_column(Text)
