"""Organisations: facilities with their contact persons, bank accounts and certificates; and the other parties."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.ecalcura.certificates import CertificateAct, CertificateType
from domain.errors import N_
from domain.folding import search_text
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Versioned, choice_of


class Sector(StrEnum):
    """The sectors of E-001 and N-7."""

    IBW = "IBW"
    PVT = "PVT"
    REVALIDATIE = "REVALIDATIE"
    MBE = "MBE"
    CVK3 = "CVK3"


class Facility(Versioned, Base):
    """A facility (voorziening), keyed by its HCO number (E-021, A-01).

    ``search_text`` is name, city and numbers, folded to lower case without accents, for looking up.
    ``entry_from`` is the first quarter that may be entered, e.g. ``2023K3`` (E-019).
    """

    __tablename__ = "facility"
    __processing__ = NoPersonalData(N_("De voorziening zelf: een rechtspersoon."))
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hco_number: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160), index=True)
    search_text: Mapped[str] = mapped_column(String(400), default="")
    sector: Mapped[Sector] = mapped_column(choice_of(Sector, "sector"))
    enterprise_number: Mapped[str] = mapped_column(String(10), index=True)
    riziv_number: Mapped[str | None] = mapped_column(String(20))
    street: Mapped[str] = mapped_column(String(120), default="")
    house_number: Mapped[str] = mapped_column(String(12), default="")
    box: Mapped[str | None] = mapped_column(String(12))
    postal_code: Mapped[str] = mapped_column(String(8), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str | None] = mapped_column(String(300))
    social_security_number: Mapped[str | None] = mapped_column(String(9))
    entry_from: Mapped[str] = mapped_column(String(6), default="2021K3")
    main_facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"))

    contact_persons: Mapped[list[ContactPerson]] = relationship(back_populates="facility", lazy="raise")
    bank_accounts: Mapped[list[BankAccount]] = relationship(back_populates="facility", lazy="raise")
    certificates: Mapped[list[Certificate]] = relationship(back_populates="facility", lazy="raise")


class ContactPerson(Referenced, Versioned, Base):
    """A contact person of a facility for one or more themes (E-045..E-047); ``themes`` is a list of theme codes."""

    __tablename__ = "contact_person"
    __processing__ = Processing(
        N_("Verwittigen dat er iets klaarstaat."),
        (Subjects.CONTACTS,),
        {
            "last_name": Category.IDENTITY,
            "first_name": Category.IDENTITY,
            "email": Category.CONTACT,
            "phone": Category.CONTACT,
            "job_title": Category.IDENTITY,
        },
        RetentionClass.ORGANISATION,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    last_name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    job_title: Mapped[str | None] = mapped_column(String(80))

    facility: Mapped[Facility] = relationship(back_populates="contact_persons", lazy="raise")
    themes: Mapped[list[ContactTheme]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class ContactTheme(Base):
    """That a contact person is kept informed of a theme (code, e.g. ``ECALCURA``)."""

    __tablename__ = "contact_theme"
    __processing__ = NoPersonalData(N_("Welke thema's een contactpersoon volgt."))
    __guarded__ = ALL

    contact_person_id: Mapped[int] = mapped_column(
        ForeignKey("contact_person.id", ondelete="CASCADE"), primary_key=True
    )
    theme: Mapped[str] = mapped_column(String(20), primary_key=True)


class BankAccount(Referenced, Versioned, Base):
    """A bank account of a facility (E-050..E-055). History is kept: ``valid_to`` is set instead of changing.

    ``replaced_by_id`` is the row that goes on with it after a change; an ended row without one was removed.
    """

    __tablename__ = "bank_account"
    __processing__ = Processing(
        N_("Uitbetalen op de rekening die de voorziening opgeeft."),
        (Subjects.CLERKS,),
        {
            "iban": Category.FINANCIAL,
            "holder": Category.FINANCIAL,
            "street": Category.FINANCIAL,
            "house_number": Category.FINANCIAL,
            "box": Category.FINANCIAL,
            "postal_code": Category.FINANCIAL,
            "city": Category.FINANCIAL,
            "made_by": Category.TRACE,
            "ended_by": Category.TRACE,
        },
        RetentionClass.ORGANISATION,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        Index(
            "uq_bank_account_one_default",
            "facility_id",
            unique=True,
            sqlite_where=text("is_default AND valid_to IS NULL"),
            postgresql_where=text("is_default AND valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    iban: Mapped[str] = mapped_column(String(34))
    holder: Mapped[str] = mapped_column(String(160))
    street: Mapped[str] = mapped_column(String(120))
    house_number: Mapped[str] = mapped_column(String(12))
    box: Mapped[str | None] = mapped_column(String(12))
    postal_code: Mapped[str] = mapped_column(String(8))
    city: Mapped[str] = mapped_column(String(80))
    is_default: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[datetime] = mapped_column(Instant)
    valid_to: Mapped[datetime | None] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(160), default="")
    ended_by: Mapped[str | None] = mapped_column(String(160))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("bank_account.id"))

    facility: Mapped[Facility] = relationship(back_populates="bank_accounts", lazy="raise")
    fundings: Mapped[list[BankAccountFunding]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class BankAccountFunding(Base):
    """That a bank account serves a funding; each funding of a facility at most one account in use (E-052, V-73).

    ``active`` ends together with the account; the row stays, because the history shows what was paid where.
    """

    __tablename__ = "bank_account_funding"
    __processing__ = NoPersonalData(N_("Welke rekening voor welke financiering dient."))
    __guarded__ = ALL
    __table_args__ = (
        Index(
            "uq_bank_account_funding_active",
            "facility_id",
            "funding_code",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )

    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id", ondelete="CASCADE"), primary_key=True)
    funding_code: Mapped[str] = mapped_column(ForeignKey("funding.code"), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    active: Mapped[bool] = mapped_column(default=True)


class Certificate(Referenced, Versioned, Base):
    """A certificate of a facility (E-100..E-104). Withdrawn ones stay, as proof of the notification (E-103).

    ``notified_at`` and ``notified_by`` are of the first notification, which counts for A-24; every one of them is a
    ``CertificateNotification``.
    """

    __tablename__ = "certificate"
    __processing__ = Processing(
        N_("Aantonen wat ingediend werd en waarop een bedrag steunt."),
        (Subjects.CLERKS,),
        {"notified_by": Category.TRACE},
        RetentionClass.ORGANISATION,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    kind: Mapped[CertificateType] = mapped_column(choice_of(CertificateType, "certificate_kind"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    notified_at: Mapped[datetime] = mapped_column(Instant)
    notified_by: Mapped[str] = mapped_column(String(120))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)

    facility: Mapped[Facility] = relationship(back_populates="certificates", lazy="raise")


class CertificateNotification(Base):
    """One notification of a certificate to the department, never changed: the proof of E-103, with its moment.

    ``starts_before`` and ``ends_before`` are the period that was held until then.
    """

    __tablename__ = "certificate_notification"
    __processing__ = Processing(
        N_("Aantonen wat ingediend werd en waarop een bedrag steunt."),
        (Subjects.CLERKS,),
        {"notified_by": Category.TRACE},
        RetentionClass.ORGANISATION,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    act: Mapped[CertificateAct] = mapped_column(choice_of(CertificateAct, "certificate_act"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    starts_before: Mapped[date | None]
    ends_before: Mapped[date | None]
    notified_at: Mapped[datetime] = mapped_column(Instant)
    notified_by: Mapped[str] = mapped_column(String(120))


class Organisation(Base):
    """A party that is not a facility (contractor, authority, department, helpdesk), by its key of sign-in.

    ``enterprise_number`` is set for an authority, whose key is an OVO code: invoices name it by that number (A-48).
    """

    __tablename__ = "organisation"
    __processing__ = NoPersonalData(N_("Ondernemingen en overheden: rechtspersonen."))
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    side: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    enterprise_number: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)


@event.listens_for(Facility, "before_insert")
@event.listens_for(Facility, "before_update")
def _fold_facility(_mapper: object, _connection: object, facility: Facility) -> None:
    """What a facility is found by never lags behind what it is called."""
    facility.search_text = search_text(
        facility.name, facility.city, facility.hco_number, facility.enterprise_number, facility.riziv_number
    )
