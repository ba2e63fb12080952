"""Mail that is to leave: rows of the same commit as the change that causes them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import ALL, Base, Instant, choice_of


class DeliveryState(StrEnum):
    """Where a message stands."""

    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"


class OutboxMessage(Base):
    """One mail to one recipient. ``template`` and ``parameters`` (JSON, no personal data) make its text when it leaves.

    ``dedupe_key`` makes one event one mail; ``message_id`` is fixed when the row is made, so that a repeat can be
    recognised. ``subject_type``/``subject_key`` say what it is about, for the timeline.
    """

    __tablename__ = "outbox_message"
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_outbox_message_due", "state", "next_attempt_at", "id"),
        Index("ix_outbox_message_subject", "subject_type", "subject_key"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    message_id: Mapped[str] = mapped_column(String(200))
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
