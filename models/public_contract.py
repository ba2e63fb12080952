"""Public contracts (opdrachten) and how their two parties use the product (domain/econtracting/contracts.py)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.econtracting.contracts import ContractState, ContractType, Ground
from domain.econtracting.terms import Regime
from domain.errors import N_
from domain.folding import search_text
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Versioned, choice_of


class PublicContract(Referenced, Versioned, Base):
    """A contract, made by the authority only (C-005). ``published_on``: notice, or invitation to tender (A-55).

    ``processing_days`` is 30, or up to 60 with ``derogation_reason``; ``regime_reason`` is set when the regime is not
    the one of the date. ``visible_since`` is when the contractor could first see it, ``announced_at`` when the mail
    about it was made. ``internal_*`` is the contractor's own (C-030b, A-05); the authority never reads it.
    """

    __tablename__ = "public_contract"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (
            Subjects.OFFICIALS,
            Subjects.CONTACTS,
        ),
        {
            "contact_name": Category.CONTACT,
            "contact_email": Category.CONTACT,
            "contact_phone": Category.CONTACT,
            "made_by_id": Category.TRACE,
            "internal_reference": Category.FREE_TEXT,
            "internal_description": Category.FREE_TEXT,
        },
        RetentionClass.CONTRACTS,
        (
            Recipients.OWN,
            Recipients.AUTHORITY,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("authority_id", "number"),
        Index("ix_public_contract_contractor", "contractor_id", "state", "id"),
        Index("ix_public_contract_contractor_newest", "contractor_id", "id"),
        Index("ix_public_contract_authority", "authority_id", "state", "id"),
        Index(
            "ix_public_contract_unannounced",
            "visible_since",
            sqlite_where=text("announced_at IS NULL"),
            postgresql_where=text("announced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(300))
    authority_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit: Mapped[str] = mapped_column(String(120), default="")
    contractor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    type: Mapped[ContractType] = mapped_column(choice_of(ContractType, "public_contract_type"))
    ground: Mapped[Ground] = mapped_column(choice_of(Ground, "public_contract_ground"))
    ground_reference: Mapped[str] = mapped_column(String(120))
    published_on: Mapped[date]
    regime: Mapped[Regime] = mapped_column(choice_of(Regime, "public_contract_regime"))
    regime_reason: Mapped[str] = mapped_column(String(500), default="")
    processing_days: Mapped[int] = mapped_column(default=30)
    derogation_reason: Mapped[str] = mapped_column(String(500), default="")
    order_number: Mapped[str] = mapped_column(String(60), default="")
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[ContractState] = mapped_column(
        choice_of(ContractState, "public_contract_state"), default=ContractState.ACTIVE
    )
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    visible_since: Mapped[datetime | None] = mapped_column(Instant)
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_on: Mapped[date | None]
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)
    internal_reference: Mapped[str] = mapped_column(String(60), default="")
    internal_description: Mapped[str] = mapped_column(String(300), default="")
    search_text: Mapped[str] = mapped_column(String(400), default="")


class ContractKind(Base):
    """That a kind of document is exchanged in a contract (CP-02)."""

    __tablename__ = "contract_kind"
    __processing__ = NoPersonalData(N_("Welke soorten stukken in een opdracht uitgewisseld worden."))
    __guarded__ = ALL

    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id", ondelete="CASCADE"), primary_key=True)
    kind_code: Mapped[str] = mapped_column(String(40), primary_key=True)


class PartySettings(Versioned, Base):
    """How an organisation uses the product.

    Of a contractor: ``manager_reads`` (A-13). Of an authority: ``two_people`` (who releases did not write the draft),
    ``shows_official`` (A-23) and the ``mailbox`` that hears of what came in (A-38).
    """

    __tablename__ = "party_settings"
    __processing__ = Processing(
        N_("Instellingen van een organisatie, met haar mailbox."),
        (Subjects.OFFICIALS,),
        {"mailbox": Category.CONTACT},
        RetentionClass.ORGANISATION,
        (Recipients.OWN,),
    )
    __guarded__ = ALL

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    manager_reads: Mapped[bool] = mapped_column(default=True)
    two_people: Mapped[bool] = mapped_column(default=True)
    shows_official: Mapped[bool] = mapped_column(default=False)
    mailbox: Mapped[str] = mapped_column(String(254), default="")


class ContractImport(Referenced, Base):
    """A CSV of contracts that was read and shown; it becomes contracts when it is confirmed. ``content`` is JSON."""

    __tablename__ = "contract_import"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (
            Subjects.OFFICIALS,
            Subjects.CONTACTS,
        ),
        {"content": Category.COPY, "read_by_id": Category.TRACE},
        RetentionClass.CONTRACTS,
        (Recipients.AUTHORITY,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime] = mapped_column(Instant)
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime | None] = mapped_column(Instant)


@event.listens_for(PublicContract, "before_insert")
@event.listens_for(PublicContract, "before_update")
def _fold_contract(_mapper: object, _connection: object, contract: PublicContract) -> None:
    """What both sides find a contract by; the contractor's own words are searched apart."""
    contract.search_text = search_text(contract.number, contract.description, contract.order_number, contract.unit)
