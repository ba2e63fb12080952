"""The newsletter, its subscribers, and the releases it tells about (C-063, C-073, C-074)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.news import Topic
from domain.processing import Basis, Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Versioned, choice_of


class Subscription(Referenced, Base):
    """That an address gets a topic: from ``confirmed_at`` until ``ended_at``. The newest row of both counts.

    ``token_digest`` is SHA-256 of what stands in the mail that asks to confirm, ``leave_digest`` of what stands in
    every later one to stop with one click (RFC 8058). ``added_by`` is the operator for who subscribed by mail, and
    ``source`` how that was asked. ``client_digest`` says, for a day, from where it was asked. Rows that are confirmed
    with one link have one ``asked_at``; the first of them has the token.
    """

    __tablename__ = "subscription"
    __processing__ = Processing(
        N_("De nieuwsbrief en berichten over onbeschikbaarheid sturen."),
        (
            Subjects.VISITORS,
            Subjects.CONTACTS,
            Subjects.OFFICIALS,
        ),
        {
            "email": Category.CONTACT,
            "language": Category.CONTACT,
            "client_digest": Category.ACCESS,
            "added_by": Category.TRACE,
            "source": Category.FREE_TEXT,
        },
        RetentionClass.SUBSCRIPTIONS,
        (Recipients.DEPARTMENT, Recipients.KEEPER),
        Basis.CONSENT,
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_subscription_email", "email", "topic"),
        Index("ix_subscription_topic", "topic", "id"),
        Index("ix_subscription_asked", "asked_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    topic: Mapped[Topic] = mapped_column(choice_of(Topic, "subscription_topic"))
    language: Mapped[str] = mapped_column(String(2), default="nl")
    asked_at: Mapped[datetime] = mapped_column(Instant)
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    leave_digest: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    end_reason: Mapped[str] = mapped_column(String(20), default="")
    added_by: Mapped[str] = mapped_column(String(160), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    client_digest: Mapped[str] = mapped_column(String(64), default="")


class Release(Referenced, Versioned, Base):
    """A version that went, or will go, live (C-073). ``changes`` is Markdown.

    ``in_manual``: the manual tells it (C-063). Seen by everybody from ``published_at`` on.
    """

    __tablename__ = "product_release"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {"changed_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT, Recipients.KEEPER),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    released_on: Mapped[date] = mapped_column(Date)
    title: Mapped[str] = mapped_column(String(200))
    changes: Mapped[str] = mapped_column(Text)
    in_manual: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(160))


class NewsIssue(Referenced, Versioned, Base):
    """An issue of the newsletter: a draft until ``published_at``, never changed after. ``body`` is Markdown."""

    __tablename__ = "news_issue"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {"changed_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT, Recipients.KEEPER),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int | None] = mapped_column(Integer, unique=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("product_release.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(160))
