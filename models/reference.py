"""Plain reference lists, edited by the department in the back office, and the reference periods with their calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import NoPersonalData
from models.base import ALL, Base


class Qualification(Base):
    """A qualification (kwalificatie, part 9.1)."""

    __tablename__ = "qualification"
    __processing__ = NoPersonalData(N_("Codelijst van kwalificaties."))
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    is_nurse: Mapped[bool] = mapped_column(default=False)
    automatic_right: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date] = mapped_column(default=date(2000, 1, 1))
    valid_to: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)


class ContractType(Base):
    """A contract type (contracttype, part 9.2 and 9.3)."""

    __tablename__ = "contract_type"
    __processing__ = NoPersonalData(N_("Codelijst van contracttypes."))
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    right_possible: Mapped[bool] = mapped_column(default=False)
    replacer_excluded_from: Mapped[date | None]
    valid_from: Mapped[date] = mapped_column(default=date(2000, 1, 1))
    valid_to: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)


class Funding(Base):
    """A funding (financiering) that a bank account can serve (E-052)."""

    __tablename__ = "funding"
    __processing__ = NoPersonalData(N_("Codelijst van financieringen."))

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class RaasCode(Base):
    """Which code of the RaaS export stands for which code here; ``kind`` is QUALIFICATION or CONTRACT_TYPE."""

    __tablename__ = "raas_code"
    __processing__ = NoPersonalData(N_("Vertaling van codes uit RaaS."))
    __table_args__ = (
        UniqueConstraint("kind", "raas_code"),
        CheckConstraint("kind IN ('QUALIFICATION', 'CONTRACT_TYPE')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    raas_code: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))


class ReferencePeriod(Base):
    """A reference period with the calendar in force (part 5.1, A-02): that of its last released parameter set.

    The indicative dates of the definitive calculation and the payment date are those of part 5.1 while they are None.
    ``working_time`` holds the parameters of the performance screen of that set (JSON), which every dossier needs.
    """

    __tablename__ = "reference_period"
    __processing__ = NoPersonalData(N_("De kalender van een referentieperiode."))
    __guarded__ = ALL

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    statutory_deadline: Mapped[date]
    letter_on: Mapped[date]
    postponed_until: Mapped[date]
    blocking_on: Mapped[date]
    window_offset_days: Mapped[int] = mapped_column(default=1)
    window_days: Mapped[int] = mapped_column(default=30)
    reopenings_allowed: Mapped[int] = mapped_column(default=1)
    definitive_from: Mapped[date | None]
    definitive_until: Mapped[date | None]
    payment_on: Mapped[date | None]
    fallback_basis: Mapped[str] = mapped_column(String(20), default="LAST_CONFIRMED")
    working_time: Mapped[str | None] = mapped_column(Text)


class FacilityPeriod(Base):
    """Where one facility stands in one reference period: P(hco), D(hco) and the once-only reopening (T-06, A-10)."""

    __tablename__ = "facility_period"
    __processing__ = NoPersonalData(N_("Waar een voorziening staat in een referentieperiode."))
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("facility_id", "period_code"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    provisional_on: Mapped[date | None]
    definitive_on: Mapped[date | None]
    reopenings_used: Mapped[int] = mapped_column(default=0)
