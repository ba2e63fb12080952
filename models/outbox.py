"""Mail that is to leave: rows of the same commit as the change that causes them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, choice_of


class DeliveryState(StrEnum):
    """Where a message stands."""

    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"


class OutboxMessage(Base):
    """One mail to one recipient. ``template`` and ``parameters`` (JSON, no personal data) make its text when it leaves.

    ``dedupe_key`` makes one event one mail; ``message_id`` is fixed when the row is made, so that a repeat can be
    recognised. ``subject_type``/``subject_key`` say what it is about, for the timeline. One with ``digest`` waits to be
    gathered with others into the mail ``gathered_in_id``. ``bounced_at`` and ``bounce`` are what came back later.
    """

    __tablename__ = "outbox_message"
    __processing__ = Processing(
        N_("Verwittigen dat er iets klaarstaat."),
        (
            Subjects.CONTACTS,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.VISITORS,
        ),
        {
            "recipient": Category.CONTACT,
            "parameters": Category.FREE_TEXT,
            "error": Category.CONTACT,
            "bounce": Category.CONTACT,
        },
        RetentionClass.MAIL,
        (Recipients.OWN, Recipients.DEPARTMENT),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_outbox_message_due", "state", "digest", "next_attempt_at", "id"),
        Index("ix_outbox_message_subject", "subject_type", "subject_key"),
        Index("ix_outbox_message_template", "template", "id"),
        Index("ix_outbox_message_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    message_id: Mapped[str] = mapped_column(String(200), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="nl")
    template: Mapped[str] = mapped_column(String(60))
    parameters: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_key: Mapped[str] = mapped_column(String(64))
    state: Mapped[DeliveryState] = mapped_column(
        choice_of(DeliveryState, "delivery_state"), default=DeliveryState.PENDING
    )
    made_at: Mapped[datetime] = mapped_column(Instant)
    next_attempt_at: Mapped[datetime] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(String(300))
    digest: Mapped[bool] = mapped_column(default=False, server_default=false())
    gathered_in_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"), index=True)
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    bounce: Mapped[str | None] = mapped_column(String(300))


class MailAddress(Base):
    """What an address prefers, and whether mail to it comes back. ``email`` is folded; no row is no preference.

    ``digest``: once a day in place of at once. ``bounced_at`` is set while mail to it comes back for good.
    """

    __tablename__ = "mail_address"
    __processing__ = Processing(
        N_("Weten hoe en in welke taal iemand e-mail wil."),
        (
            Subjects.CONTACTS,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.VISITORS,
        ),
        {"email": Category.CONTACT, "language": Category.CONTACT, "bounce": Category.CONTACT},
        RetentionClass.ORGANISATION,
        (Recipients.OWN, Recipients.DEPARTMENT, Recipients.KEEPER),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    language: Mapped[str | None] = mapped_column(String(2))
    digest: Mapped[bool] = mapped_column(default=False)
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    bounce: Mapped[str] = mapped_column(String(300), default="")
    changed_at: Mapped[datetime] = mapped_column(Instant)


class MailBounce(Base):
    """A mail that came back, read from the mailbox or told by the mail server; ``dedupe_key`` makes it count once.

    ``status`` is the enhanced code (5.1.1); ``channel`` MAILBOX or WEBHOOK. ``outbox_id`` is None when it is unknown.
    """

    __tablename__ = "mail_bounce"
    __processing__ = Processing(
        N_("Verwittigen dat er iets klaarstaat."),
        (
            Subjects.CONTACTS,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.VISITORS,
        ),
        {"recipient": Category.CONTACT},
        RetentionClass.MAIL,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(64), unique=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    status: Mapped[str] = mapped_column(String(20))
    permanent: Mapped[bool]
    channel: Mapped[str] = mapped_column(String(10))
    received_at: Mapped[datetime] = mapped_column(Instant)
