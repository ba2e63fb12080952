"""What follows from documents: tasks, terms with their suspensions, outages, received invoices, calendar feeds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.econtracting.actions import ActionParty, ActionState, ActionType
from domain.econtracting.invoice_matching import InvoiceOutcome
from domain.econtracting.terms import Regime, TermKind, TermState
from domain.errors import N_
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Euro, Instant, Referenced, Versioned, choice_of


class ContractAction(Referenced, Base):
    """An open task of one party (6.3). A reopened one keeps its row, with the reason (C-057)."""

    __tablename__ = "contract_action"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"reason": Category.FREE_TEXT},
        RetentionClass.CONTRACTS,
        (Recipients.AUTHORITY,),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_contract_action_contract", "contract_id", "state"),
        Index("ix_contract_action_document", "document_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("file_document.id"))
    party: Mapped[ActionParty] = mapped_column(choice_of(ActionParty, "action_party"))
    type: Mapped[ActionType] = mapped_column(choice_of(ActionType, "action_type"))
    state: Mapped[ActionState] = mapped_column(choice_of(ActionState, "action_state"), default=ActionState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    reopened_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(2000), default="")


class ContractTerm(Referenced, Base):
    """A term with how it was reckoned, as it was reckoned: ``trace`` is JSON [[message, params, plain], …].

    It is never reckoned again by itself when a calendar changes (invariant 13); a recalculation is an event that
    makes a new row and sets ``replaced_by_id``. Both ends count entirely; from ``expires_at`` on it is too late.
    ``document_id`` is the claim whose file it belongs to, ``version_id`` what started it. ``met_at`` is when its clock
    stopped, for whatever reason; ``outage_id`` the outage that prolonged it.
    """

    __tablename__ = "contract_term"
    __processing__ = NoPersonalData(N_("Termijnen van een opdracht."))
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_contract_term_contract", "contract_id", "state"),
        Index("ix_contract_term_document", "document_id"),
        Index("ix_contract_term_due", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("file_document.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    party: Mapped[ActionParty] = mapped_column(choice_of(ActionParty, "term_party"))
    kind: Mapped[TermKind] = mapped_column(choice_of(TermKind, "term_kind"))
    regime: Mapped[Regime] = mapped_column(choice_of(Regime, "term_regime"))
    state: Mapped[TermState] = mapped_column(choice_of(TermState, "term_state"), default=TermState.RUNNING)
    start_at: Mapped[datetime] = mapped_column(Instant)
    start_date: Mapped[date]
    days: Mapped[int]
    roll: Mapped[bool]
    nominal_end: Mapped[date]
    effective_end: Mapped[date]
    expires_at: Mapped[datetime] = mapped_column(Instant)
    trace: Mapped[str] = mapped_column(Text)
    met_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outage.id"))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("contract_term.id"))


class TermSuspension(Base):
    """A stretch in which a term does not run, with why; ``ends_on`` is its last day, None while it goes on."""

    __tablename__ = "term_suspension"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (Subjects.OFFICIALS,),
        {"reason": Category.FREE_TEXT},
        RetentionClass.CONTRACTS,
        (Recipients.AUTHORITY,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("contract_term.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(Instant)


class Outage(Referenced, Versioned, Base):
    """A published outage (7.5, C-068 to C-071): evidence. ``functions`` joined by spaces; no end yet is None.

    What was published stays: a correction is a new row, to which ``replaced_by_id`` of the old one points; ``reason``
    says why a row was replaced or withdrawn.
    """

    __tablename__ = "outage"
    __processing__ = NoPersonalData(N_("Onbeschikbaarheden."))
    __guarded__ = ALL
    __table_args__ = (Index("ix_outage_span", "starts_at", "ends_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    planned: Mapped[bool]
    functions: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    remedy: Mapped[str] = mapped_column(Text, default="")
    third_party: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime] = mapped_column(Instant)
    visible_until: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("outage.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")


class ReceivedInvoice(Referenced, Base):
    """An invoice that came in: a UBL file, or registered by hand (``digest`` is None then).

    ``amount`` excl. VAT and ``payable`` incl. VAT in euro, negative for a credit note. ``received_at`` counts for
    terms.
    """

    __tablename__ = "received_invoice"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (Subjects.OFFICIALS,),
        {"registered_by_id": Category.TRACE, "rejection": Category.FREE_TEXT},
        RetentionClass.CONTRACTS,
        (Recipients.AUTHORITY,),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_received_invoice_number", "seller_key", "number"),
        Index("ix_received_invoice_request", "request_id"),
        Index("ix_received_invoice_authority", "authority_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    outcome: Mapped[InvoiceOutcome] = mapped_column(choice_of(InvoiceOutcome, "invoice_outcome"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("file_document.id"))
    seller_key: Mapped[str] = mapped_column(String(20))
    seller_name: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[str] = mapped_column(String(100))
    issued_on: Mapped[date]
    order_number: Mapped[str] = mapped_column(String(100), default="")
    contract_number: Mapped[str] = mapped_column(String(100), default="")
    credit_note: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[Decimal] = mapped_column(Euro)
    payable: Mapped[Decimal] = mapped_column(Euro)
    received_at: Mapped[datetime] = mapped_column(Instant)
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    digest: Mapped[str | None] = mapped_column(ForeignKey("stored_file.digest"))
    rejected_at: Mapped[datetime | None] = mapped_column(Instant)
    rejection: Mapped[str] = mapped_column(String(500), default="")
    paid_on: Mapped[date | None]


class CalendarFeed(Base):
    """The calendar address of a person in an organisation; ``token_digest`` is SHA-256 of what is in the address."""

    __tablename__ = "calendar_feed"
    __processing__ = Processing(
        N_("Termijnen van opdrachten tonen in de eigen agenda."),
        (
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"account_id": Category.ACCESS, "token_digest": Category.ACCESS},
        RetentionClass.FEEDS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    fetched_at: Mapped[datetime | None] = mapped_column(Instant)


class InterestRate(Base):
    """The interest on late payment of a half-year, e.g. ``2025H2``; ``derived``: by formula, without a notice (7.4)."""

    __tablename__ = "interest_rate"
    __processing__ = NoPersonalData(N_("Interestvoeten."))
    __guarded__ = ALL

    half_year: Mapped[str] = mapped_column(String(6), primary_key=True)
    percent: Mapped[str] = mapped_column(String(8))
    derived: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(300))


class ClosingDay(Base):
    """A day that is no working day. ``statutory`` ones move the last day of a term, the others do not (A-31)."""

    __tablename__ = "closing_day"
    __processing__ = NoPersonalData(N_("Feest- en sluitingsdagen."))
    __guarded__ = ALL

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    statutory: Mapped[bool]
    source: Mapped[str] = mapped_column(String(300))
