"""Messages of both themes: threads between an organisation and the other party, never changed after sending.

With them the desks that threads lie on, and the canned texts of the department.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Versioned, choice_of


class MessageSide(StrEnum):
    """Who wrote: at the counter (facility, contractor), in the office (department, authority), or the system."""

    COUNTER = "LOKET"
    OFFICE = "BEHEER"
    SYSTEM = "SYSTEEM"


class Conversation(Referenced, Base):
    """A thread. Of eCalcura: ``facility_id`` and perhaps ``quarter``; of e-Contracting: ``contract_id`` and perhaps
    ``document_id``, whose theme it inherits (A-02). ``awaiting`` is the side whose answer is waited for;
    ``desk_id`` the desk of the department it lies on, None is everybody's. ``messages`` is how many both can read;
    ``search_text`` the words of those, folded, each once, the newest first and no more than there is room for.
    """

    __tablename__ = "conversation"
    __processing__ = Processing(
        N_("Vragen stellen en beantwoorden."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"subject": Category.FREE_TEXT, "search_text": Category.FREE_TEXT},
        RetentionClass.MESSAGES,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
            Recipients.AUTHORITY,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_conversation_facility", "facility_id", "last_at"),
        Index("ix_conversation_contract", "contract_id", "last_at"),
        Index("ix_conversation_office", "theme", "awaiting", "last_at"),
        Index("ix_conversation_newest", "theme", "last_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    theme: Mapped[str] = mapped_column(String(40))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"))
    quarter: Mapped[str | None] = mapped_column(String(6))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("public_contract.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("file_document.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    awaiting: Mapped[MessageSide | None] = mapped_column(choice_of(MessageSide, "conversation_awaiting"))
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
    search_text: Mapped[str] = mapped_column(Text, default="")


#: Sent and not there for the other side yet: a handful at any time.
_WAITING = "sent_at IS NOT NULL AND consultable_at IS NULL"


class Message(Referenced, Versioned, Base):
    """A message, or a draft while ``sent_at`` is None. ``consultable_at`` is when the other side can read it.

    ``author_id`` is shown inside the own organisation only; the other side reads ``author_label`` (C-046, A-23).
    One of the SYSTEM has an ``event`` (domain.messaging) and ``parameters`` (JSON) in place of a body: it is told in
    the language of who reads it. Its ``author_id`` is who made it happen, shown to nobody: for that person it is read.
    ``place`` is its number in the thread, from 1 on, given when it becomes consultable: the order in which both sides
    can read, and up to where somebody has read.
    """

    __tablename__ = "message"
    __processing__ = Processing(
        N_("Vragen stellen en beantwoorden."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"author_id": Category.TRACE, "author_label": Category.TRACE, "body": Category.FREE_TEXT},
        RetentionClass.MESSAGES,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
            Recipients.AUTHORITY,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_message_conversation", "conversation_id", "id"),
        Index("ix_message_place", "conversation_id", "place"),
        Index("ix_message_waiting", "id", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    side: Mapped[MessageSide] = mapped_column(choice_of(MessageSide, "message_side"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    author_label: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    event: Mapped[str | None] = mapped_column(String(40))
    parameters: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    awaits_reply: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    consultable_at: Mapped[datetime | None] = mapped_column(Instant)
    first_read_at: Mapped[datetime | None] = mapped_column(Instant)
    place: Mapped[int | None] = mapped_column(Integer)


class Desk(Referenced, Versioned, Base):
    """A desk of the department that threads of eCalcura lie on: some case managers, perhaps with a mailbox.

    ``sectors`` joined by spaces: new threads of their facilities come here. ``active`` off: nothing new does.
    """

    __tablename__ = "desk"
    __processing__ = Processing(
        N_("Weten op welk bureau een vraag ligt."),
        (Subjects.OFFICIALS,),
        {"mailbox": Category.CONTACT},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    mailbox: Mapped[str] = mapped_column(String(254), default="")
    sectors: Mapped[str] = mapped_column(String(80), default="")
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class DeskMember(Base):
    """A case manager who sits at a desk."""

    __tablename__ = "desk_member"
    __processing__ = Processing(
        N_("Weten wie aan een bureau zit."),
        (Subjects.OFFICIALS,),
        {"account_id": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL

    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)


class CannedText(Referenced, Versioned, Base):
    """A text that the department sends often; ``body`` has placeholders (domain.canned_texts), filled when chosen."""

    __tablename__ = "canned_text"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {"changed_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    theme: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(160))


class MessageRead(Base):
    """Up to which message somebody has read a thread; ``place`` is that of the message."""

    __tablename__ = "message_read"
    __processing__ = Processing(
        N_("Vragen stellen en beantwoorden."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"account_id": Category.TRACE, "read_at": Category.TRACE},
        RetentionClass.MESSAGES,
        (Recipients.NOBODY,),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("conversation_id", "account_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    place: Mapped[int] = mapped_column(default=0, server_default="0")
    read_at: Mapped[datetime] = mapped_column(Instant)


class NotificationAddress(Referenced, Versioned, Base):
    """A desired address of a company for its mail (C-054, C-061): for all contracts, one contract, perhaps one theme.

    Used from ``confirmed_at`` on; ``token_digest`` is SHA-256 of what stands in the mail that asks to confirm.
    ``events`` joined by spaces; ``bounced_at`` is set when a mail could not be delivered for good.
    """

    __tablename__ = "notification_address"
    __processing__ = Processing(
        N_("Verwittigen dat er iets klaarstaat."),
        (Subjects.CONTRACTOR_PEOPLE,),
        {"email": Category.CONTACT, "language": Category.CONTACT, "bounce": Category.CONTACT},
        RetentionClass.SUBSCRIPTIONS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_notification_address_owner", "organisation_id", "contract_id"),
        Index("ix_notification_address_email", "email"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("public_contract.id"))
    theme: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="nl")
    events: Mapped[str] = mapped_column(String(300))
    added_at: Mapped[datetime] = mapped_column(Instant)
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    bounce: Mapped[str] = mapped_column(String(300), default="")
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
