"""Who signed in, their sessions, and what the sign-in protocol has to remember."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Basis, Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant


class Account(Base):
    """A person as one identity provider knows them. ``account_key`` is a configured attribute, never NameID."""

    __tablename__ = "account"
    __processing__ = Processing(
        N_("Toegang geven aan wie de juiste rol heeft, en dat kunnen nakijken."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {
            "account_key": Category.IDENTITY,
            "given_name": Category.IDENTITY,
            "family_name": Category.IDENTITY,
            "national_number_digest": Category.NATIONAL_NUMBER,
            "first_seen_at": Category.ACCESS,
            "last_seen_at": Category.ACCESS,
            "language": Category.IDENTITY,
        },
        RetentionClass.ACCOUNTS,
        (Recipients.OWN, Recipients.DEPARTMENT),
        Basis.LEGAL_DUTY,
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("idp", "account_key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    idp: Mapped[str] = mapped_column(String(20))
    account_key: Mapped[str] = mapped_column(String(120))
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    national_number_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    language: Mapped[str | None] = mapped_column(String(5))


class WebSession(Base):
    """A server-side session. ``id`` is the SHA-256 of the random cookie value, so a leaked table signs nobody in.

    ``data`` is the JSON of the Flask session. ``account_id``, organisation and roles are what came in at sign-in.
    Not guarded: written by the session interface in its own short transaction.
    """

    __tablename__ = "web_session"
    __processing__ = Processing(
        N_("Toegang geven aan wie de juiste rol heeft, en dat kunnen nakijken."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {
            "account_id": Category.ACCESS,
            "name_id": Category.IDENTITY,
            "session_index": Category.ACCESS,
            "data": Category.ACCESS,
            "seen_at": Category.ACCESS,
        },
        RetentionClass.SESSIONS,
        (Recipients.NOBODY,),
    )
    __table_args__ = (Index("ix_web_session_name", "idp", "name_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_key: Mapped[str | None] = mapped_column(String(20), index=True)
    idp: Mapped[str | None] = mapped_column(String(20))
    name_id: Mapped[str | None] = mapped_column(String(256))
    session_index: Mapped[str | None] = mapped_column(String(256))
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)


class AuthnRequest(Base):
    """A sign-in (or sign-out) request that was sent: answered once, by the browser that asked, before it expires."""

    __tablename__ = "authn_request"
    __processing__ = NoPersonalData(N_("Aanmeldingen die onderweg zijn, met de browser als controlegetal."))
    __guarded__ = ALL

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    idp: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10), default="LOGIN")
    browser_digest: Mapped[str] = mapped_column(String(64))
    next_path: Mapped[str] = mapped_column(String(500), default="/")
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class AcceptedAssertion(Base):
    """An assertion id that was accepted: never again until it has expired."""

    __tablename__ = "accepted_assertion"
    __processing__ = NoPersonalData(N_("Verklaringen van aanmelden die al gebruikt zijn."))
    __guarded__ = ALL

    idp: Mapped[str] = mapped_column(String(20), primary_key=True)
    assertion_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class AccessBlock(Base):
    """A local block of a person (account id) or an organisation (its key); acts at the next request."""

    __tablename__ = "access_block"
    __processing__ = Processing(
        N_("Misbruik van een account of organisatie stoppen."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"key": Category.ACCESS, "reason": Category.FREE_TEXT, "blocked_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        CheckConstraint("kind IN ('PERSON', 'ORGANISATION')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    blocked_at: Mapped[datetime] = mapped_column(Instant)
    blocked_by: Mapped[str] = mapped_column(String(160))


class AccessRefusal(Base):
    """A refusal that was explained to somebody, under a short code that the helpdesk can look up.

    ``facts`` is JSON: organisation, roles, means, what was missing. No name, no national number.
    """

    __tablename__ = "access_refusal"
    __processing__ = Processing(
        N_("Uitleggen waarom iemand geen toegang had."),
        (
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"facts": Category.ACCESS},
        RetentionClass.REFUSALS,
        (Recipients.HELPDESK,),
    )
    __guarded__ = ALL

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    reason: Mapped[str] = mapped_column(String(60))
    permission: Mapped[str | None] = mapped_column(String(60))
    organisation_key: Mapped[str | None] = mapped_column(String(20))
    facts: Mapped[str] = mapped_column(Text)
