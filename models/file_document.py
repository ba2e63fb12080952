"""Kinds of documents as versions of data, the documents of a contract with their versions, and files."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.econtracting.attachments import AttachmentState
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Direction, Party, VersionState
from domain.errors import N_
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Euro, Instant, Referenced, Versioned, choice_of


class DocumentTheme(Base):
    """A theme: the grouping of kinds that groups are made for (C-034, A-02)."""

    __tablename__ = "document_theme"
    __processing__ = NoPersonalData(N_("Thema's van dossierstukken."))
    __guarded__ = ALL

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)


class DocumentKind(Versioned, Base):
    """One version of a kind of document (domain/econtracting/kinds.py); ``definition`` is its canonical JSON.

    The highest released number of a code is in use; a document keeps the version it was made with. A draft changes
    until it is released.
    """

    __tablename__ = "document_kind"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {"made_by": Category.TRACE, "changed_by": Category.TRACE, "released_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.AUTHORITY,),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("code", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    definition: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(160), default="")
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(160), default="")
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    released_by: Mapped[str] = mapped_column(String(160), default="")


class FileDocument(Referenced, Versioned, Base):
    """A document (dossierstuk) of a contract; ``number`` counts per contract and kind. ``parent_id``: what it answers.

    ``claim_state`` is set for claims only (6.2). ``claimed`` and ``accepted`` in euro excl. VAT; ``order_number`` is
    that of an invoice request.
    """

    __tablename__ = "file_document"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"title": Category.FREE_TEXT},
        RetentionClass.CONTRACTS,
        (
            Recipients.OWN,
            Recipients.AUTHORITY,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("contract_id", "kind_code", "number"),
        Index("ix_file_document_contract", "contract_id", "id"),
        Index("ix_file_document_claim", "claim_state", "contract_id"),
        Index("ix_file_document_order", "order_number"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("public_contract.id"))
    kind_code: Mapped[str] = mapped_column(String(40))
    theme: Mapped[str] = mapped_column(String(40))
    direction: Mapped[Direction] = mapped_column(choice_of(Direction, "document_direction"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("file_document.id"), index=True)
    claim_state: Mapped[ClaimState | None] = mapped_column(choice_of(ClaimState, "claim_state"))
    claimed: Mapped[Decimal | None] = mapped_column(Euro)
    accepted: Mapped[Decimal | None] = mapped_column(Euro)
    order_number: Mapped[str | None] = mapped_column(String(60))


class DocumentVersion(Referenced, Versioned, Base):
    """One version of a document. Draft rows change; after sending or release nothing but state and moments does.

    ``content`` is the canonical JSON of the field values and lines, ``content_digest`` its SHA-256, set at sending.
    ``*_by_id`` are of persons: those of a contractor's person are shown inside the company only (C-046).
    ``sent_at`` counts for what the contractor sends, ``consultable_at`` for what the authority sends (C-050, C-051);
    both are equal for what the contractor sends. ``latest`` marks the newest version of the document.
    """

    __tablename__ = "document_version"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {
            "title": Category.FREE_TEXT,
            "content": Category.FREE_TEXT,
            "made_by_id": Category.TRACE,
            "changed_by_id": Category.TRACE,
            "sent_by_id": Category.TRACE,
            "released_by_id": Category.TRACE,
        },
        RetentionClass.CONTRACTS,
        (
            Recipients.OWN,
            Recipients.AUTHORITY,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        Index(
            "uq_document_version_latest",
            "document_id",
            unique=True,
            sqlite_where=text("latest"),
            postgresql_where=text("latest"),
        ),
        Index("ix_document_version_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("file_document.id"))
    number: Mapped[int]
    latest: Mapped[bool] = mapped_column(default=True)
    state: Mapped[VersionState] = mapped_column(choice_of(VersionState, "version_state"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("document_kind.id"))
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text, default="{}")
    content_digest: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ready_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    consultable_at: Mapped[datetime | None] = mapped_column(Instant)
    first_consulted_at: Mapped[datetime | None] = mapped_column(Instant)
    send_key: Mapped[str | None] = mapped_column(String(64), unique=True)


class SendCheck(Base):
    """What somebody checked before sending: a one-time key, its fingerprint and content, to send just that."""

    __tablename__ = "send_check"
    __processing__ = Processing(
        N_("Verzenden wat iemand nakeek, en niets anders."),
        (Subjects.CONTRACTOR_PEOPLE,),
        {"account_id": Category.TRACE, "content": Category.FREE_TEXT},
        RetentionClass.DRAFTS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Instant, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)


class Attachment(Referenced, Base):
    """A file that was uploaded to a version of a document or to a message. ``name`` is what both parties see.

    ``digest`` is SHA-256 of the bytes in the store; only a CLEAN one is ever given out. ``slot`` is the attachment the
    kind asks for. ``findings`` is JSON: what the file or its name would tell about a person (A-21). ``stripped_from``
    is the digest it had before what it told was taken out.
    """

    __tablename__ = "attachment"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {
            "name": Category.FREE_TEXT,
            "digest": Category.COPY,
            "findings": Category.COPY,
            "received_by_id": Category.TRACE,
        },
        RetentionClass.CONTRACTS,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
            Recipients.AUTHORITY,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_attachment_version", "version_id", "position"),
        Index("ix_attachment_message", "message_id", "position"),
        Index("ix_attachment_state", "state", "id"),
        Index("ix_attachment_digest", "digest"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    position: Mapped[int] = mapped_column(default=0)
    slot: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[AttachmentState] = mapped_column(choice_of(AttachmentState, "attachment_state"))
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    scanned_at: Mapped[datetime | None] = mapped_column(Instant)
    refusal: Mapped[str] = mapped_column(String(200), default="")
    findings: Mapped[str] = mapped_column(Text, default="[]")
    stripped_from: Mapped[str | None] = mapped_column(String(64))


class DocumentEvent(Base):
    """What happened to a document, oldest first: its timeline. ``detail`` is JSON and holds no person.

    ``account_id`` is shown inside the own organisation only.
    """

    __tablename__ = "document_event"
    __processing__ = Processing(
        N_("De uitvoering van een overheidsopdracht uitwisselen en bewijzen."),
        (
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"account_id": Category.TRACE},
        RetentionClass.CONTRACTS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL
    __table_args__ = (Index("ix_document_event_document", "document_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("file_document.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    act: Mapped[str] = mapped_column(String(40))
    party: Mapped[Party] = mapped_column(choice_of(Party, "document_party"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    detail: Mapped[str] = mapped_column(Text, default="{}")
