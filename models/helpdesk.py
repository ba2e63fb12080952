"""Questions to the technical helpdesk, and which version of the terms somebody agreed with (CP-01, E-155)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.helpdesk import TicketState, TicketTheme
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Versioned, choice_of


class HelpTicket(Referenced, Versioned, Base):
    """A question to the technical helpdesk, under a short ``code`` to read out.

    ``page`` is the address it came from, without parameters; ``refusal_code`` that of "geen toegang". ``account_id`` is
    None for who was not signed in. ``answer`` is what the helpdesk did, told to who asked. ``client`` is a keyed digest
    of the network address and the day, to limit how many one client opens; it links nothing across days.
    """

    __tablename__ = "help_ticket"
    __processing__ = Processing(
        N_("Een technische vraag oplossen."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
            Subjects.VISITORS,
        ),
        {
            "account_id": Category.TRACE,
            "name": Category.IDENTITY,
            "email": Category.CONTACT,
            "phone": Category.CONTACT,
            "subject": Category.FREE_TEXT,
            "body": Category.FREE_TEXT,
            "browser": Category.ACCESS,
            "client": Category.ACCESS,
            "taken_by": Category.TRACE,
            "answer": Category.FREE_TEXT,
        },
        RetentionClass.TICKETS,
        (Recipients.HELPDESK,),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_help_ticket_state", "theme", "state", "id"),
        Index("ix_help_ticket_client", "client", "opened_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_key: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(160), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    page: Mapped[str] = mapped_column(String(500), default="")
    refusal_code: Mapped[str | None] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    browser: Mapped[str] = mapped_column(String(300), default="")
    theme: Mapped[TicketTheme] = mapped_column(choice_of(TicketTheme, "ticket_theme"), default=TicketTheme.ANY)
    client: Mapped[str] = mapped_column(String(64), default="")
    language: Mapped[str | None] = mapped_column(String(5))
    state: Mapped[TicketState] = mapped_column(choice_of(TicketState, "ticket_state"), default=TicketState.NEW)
    taken_by: Mapped[str] = mapped_column(String(160), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(Instant)


class TermsAcceptance(Base):
    """That a person agreed with a version of the terms of use, at first entry (CP-01, A-47)."""

    __tablename__ = "terms_acceptance"
    __processing__ = Processing(
        N_("Aantonen welke versie van de voorwaarden iemand kreeg."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"account_id": Category.TRACE, "accepted_at": Category.TRACE},
        RetentionClass.ACCOUNTS,
        (Recipients.NOBODY,),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("account_id", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    version: Mapped[str] = mapped_column(String(20))
    accepted_at: Mapped[datetime] = mapped_column(Instant)
