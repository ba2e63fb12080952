"""Staff of a facility: who they are, their contracts and their end-of-career choices (part 3.6-3.8)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.errors import N_
from domain.folding import search_text
from domain.processing import Basis, Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, Scaled, Versioned, choice_of


class Source(StrEnum):
    """Where a row came from."""

    REGISTER = "RIJKSREGISTER"
    MANUAL = "MANUEEL"
    RAAS = "RAAS"


class StaffMember(Referenced, Versioned, Base):
    """A staff member (personeelslid); the national number is unique per facility (V-05).

    ``birth_date`` is None when the register does not know it fully; ``search_name`` is the folded name.
    """

    __tablename__ = "staff_member"
    __processing__ = Processing(
        N_("Het recht en de vergoeding van de voorziening berekenen."),
        (Subjects.STAFF,),
        {
            "national_number": Category.NATIONAL_NUMBER,
            "last_name": Category.IDENTITY,
            "first_name": Category.IDENTITY,
            "search_name": Category.IDENTITY,
            "birth_date": Category.IDENTITY,
            "sex": Category.IDENTITY,
            "looked_up_at": Category.TRACE,
        },
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
            Recipients.HELPDESK,
            Recipients.REGISTER,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("facility_id", "national_number"),
        Index("ix_staff_member_national_number", "national_number"),
        Index("ix_staff_member_facility_name", "facility_id", "last_name", "first_name"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    national_number: Mapped[str] = mapped_column(String(11))
    last_name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80))
    search_name: Mapped[str] = mapped_column(String(200), default="")
    birth_date: Mapped[date | None]
    sex: Mapped[str | None] = mapped_column(String(1))
    source: Mapped[Source] = mapped_column(choice_of(Source, "staff_source"))
    looked_up_at: Mapped[datetime | None] = mapped_column(Instant)

    contracts: Mapped[list[Contract]] = relationship(
        back_populates="staff_member", lazy="raise", order_by="Contract.starts_on"
    )
    choices: Mapped[list[EndOfCareerChoice]] = relationship(
        back_populates="staff_member", lazy="raise", order_by="EndOfCareerChoice.begins_on"
    )


class Contract(Referenced, Versioned, Base):
    """A contract line (3.7). Hours: average weekly hours in hundredths, replacement included (E-072, E-073)."""

    __tablename__ = "contract"
    __processing__ = Processing(
        N_("Het recht en de vergoeding van de voorziening berekenen."),
        (Subjects.STAFF,),
        {
            "staff_member_id": Category.EMPLOYMENT,
            "starts_on": Category.EMPLOYMENT,
            "ends_on": Category.EMPLOYMENT,
            "contract_type_code": Category.EMPLOYMENT,
            "qualification_code": Category.EMPLOYMENT,
            "hours": Category.EMPLOYMENT,
            "replacement_hours": Category.EMPLOYMENT,
            "el_right": Category.EMPLOYMENT,
        },
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
        CheckConstraint("hours > 0 AND hours <= 3800", name="hours"),
        CheckConstraint("replacement_hours >= 0 AND replacement_hours <= hours", name="replacement_hours"),
        Index("ix_contract_facility_period", "facility_id", "starts_on", "ends_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    contract_type_code: Mapped[str] = mapped_column(ForeignKey("contract_type.code"))
    qualification_code: Mapped[str] = mapped_column(ForeignKey("qualification.code"))
    hours: Mapped[Decimal] = mapped_column(Scaled(2))
    replacement_hours: Mapped[Decimal] = mapped_column(Scaled(2), default=Decimal(0))
    el_right: Mapped[bool] = mapped_column(default=False)
    source: Mapped[Source] = mapped_column(choice_of(Source, "contract_source"), default=Source.MANUAL)

    staff_member: Mapped[StaffMember] = relationship(back_populates="contracts", lazy="raise")


class EndOfCareerChoice(Referenced, Versioned, Base):
    """An end-of-career choice line (eindeloopbaankeuze, 3.8). Hours are weekly hours for a full-time job."""

    __tablename__ = "end_of_career_choice"
    __processing__ = Processing(
        N_("Het recht en de vergoeding van de voorziening berekenen."),
        (Subjects.STAFF,),
        {
            "staff_member_id": Category.EMPLOYMENT,
            "decided_on": Category.EMPLOYMENT,
            "begins_on": Category.EMPLOYMENT,
            "ends_on": Category.EMPLOYMENT,
            "age_category": Category.EMPLOYMENT,
            "premium_hours": Category.EMPLOYMENT,
            "exemption_hours": Category.EMPLOYMENT,
            "premium_exception": Category.EMPLOYMENT,
            "exception_note": Category.FREE_TEXT,
        },
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= begins_on", name="period"),
        CheckConstraint("premium_hours >= 0 AND exemption_hours >= 0", name="hours"),
        CheckConstraint("age_category IN ('45+', '50+', '55+')", name="age_category"),
        Index("ix_choice_facility_period", "facility_id", "begins_on", "ends_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    decided_on: Mapped[date]
    begins_on: Mapped[date]
    ends_on: Mapped[date | None]
    age_category: Mapped[str] = mapped_column(String(3))
    premium_hours: Mapped[int]
    exemption_hours: Mapped[int]
    premium_exception: Mapped[bool] = mapped_column(default=False)
    exception_note: Mapped[str | None] = mapped_column(String(200))

    staff_member: Mapped[StaffMember] = relationship(back_populates="choices", lazy="raise")


class RegisterLookup(Base):
    """One look-up in the person register: who, what for, what outcome. The number only as a keyed digest."""

    __tablename__ = "register_lookup"
    __processing__ = Processing(
        N_("Verantwoorden wie het rijksregister raadpleegt, en waarom."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
            Subjects.OFFICIALS,
        ),
        {"account_id": Category.TRACE, "number_digest": Category.NATIONAL_NUMBER},
        RetentionClass.LOOK_UPS,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
        Basis.LEGAL_DUTY,
    )
    __guarded__ = ALL
    __table_args__ = (
        Index("ix_register_lookup_account_at", "account_id", "at"),
        Index("ix_register_lookup_organisation_at", "organisation_key", "at"),
        Index("ix_register_lookup_number", "number_digest", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[int | None]
    organisation_key: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(60))
    number_digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))


@event.listens_for(StaffMember, "before_insert")
@event.listens_for(StaffMember, "before_update")
def _fold_staff_member(_mapper: object, _connection: object, person: StaffMember) -> None:
    """What a person is found by never lags behind the name."""
    person.search_name = search_text(person.last_name, person.first_name)[:200]
