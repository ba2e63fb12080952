"""Parameter sets, rounds and calculations. A communicated calculation never changes; a new one takes its place."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, ParameterSetStatus, RoundState
from domain.errors import N_
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Euro, Instant, Referenced, Scaled, Versioned, choice_of
from models.organisation import Facility


class ParameterSet(Referenced, Versioned, Base):
    """One version of the parameters of a reference period (part 8): canonical JSON and its SHA-256 digest (hex).

    ``number`` is the version people see; ``version`` (of the row) refuses two editors at once. ``changed_by`` and
    ``released_by`` are two different persons; their account ids stand beside the names.
    """

    __tablename__ = "parameter_set"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {
            "made_by": Category.TRACE,
            "changed_by": Category.TRACE,
            "changed_by_id": Category.TRACE,
            "released_by": Category.TRACE,
            "released_by_id": Category.TRACE,
        },
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("period_code", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    number: Mapped[int]
    status: Mapped[ParameterSetStatus] = mapped_column(
        choice_of(ParameterSetStatus, "parameter_set_status"), default=ParameterSetStatus.DRAFT
    )
    note: Mapped[str | None] = mapped_column(Text)
    legal_basis: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(160))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(160))
    changed_by_id: Mapped[int | None]
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    released_by: Mapped[str | None] = mapped_column(String(160))
    released_by_id: Mapped[int | None]
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class CalculationRound(Referenced, Versioned, Base):
    """A round: the same kind of calculation for all or some facilities of a reference period.

    ``facilities`` is a JSON list of HCO numbers. ``summary`` is the JSON of the dry run: counts, swings,
    what is missing. ``started_by_id`` and ``released_by_id`` are two different accounts.
    """

    __tablename__ = "calculation_round"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {
            "started_by": Category.TRACE,
            "started_by_id": Category.TRACE,
            "released_by": Category.TRACE,
            "released_by_id": Category.TRACE,
            "ended_by": Category.TRACE,
        },
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL
    __table_args__ = (Index("ix_calculation_round_period", "period_code", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    kind: Mapped[CalculationKind] = mapped_column(choice_of(CalculationKind, "round_kind"))
    state: Mapped[RoundState] = mapped_column(choice_of(RoundState, "round_state"), default=RoundState.QUEUED)
    parameter_set_id: Mapped[int] = mapped_column(ForeignKey("parameter_set.id"))
    facilities: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by: Mapped[str] = mapped_column(String(160))
    started_by_id: Mapped[int | None]
    calculated_at: Mapped[datetime | None] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    released_by: Mapped[str | None] = mapped_column(String(160))
    released_by_id: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(160))
    summary: Mapped[str | None] = mapped_column(Text)

    parameter_set: Mapped[ParameterSet] = relationship(lazy="raise")


class Calculation(Referenced, Base):
    """One calculation of one facility for one reference period (3.12); amounts in euro.

    ``number`` counts the versions of a kind for that facility and period, from 1. ``previous_id`` is the communicated
    calculation it takes the place of. ``problem`` is the message that stopped it (then there are no amounts), with its
    parameters in ``problem_params`` (JSON). ``remarks`` is a JSON list of [rule, quarter]: what somebody who checks the
    round must know. ``digest`` is the SHA-256 of the derivation.
    """

    __tablename__ = "calculation"
    __processing__ = NoPersonalData(N_("De bedragen van een voorziening, zonder personen."))
    __guarded__ = ALL
    __table_args__ = (
        UniqueConstraint("round_id", "facility_id"),
        Index("ix_calculation_facility_period", "facility_id", "period_code", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("calculation_round.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    kind: Mapped[CalculationKind] = mapped_column(choice_of(CalculationKind, "calculation_kind"))
    number: Mapped[int] = mapped_column(default=1)
    status: Mapped[CalculationStatus] = mapped_column(
        choice_of(CalculationStatus, "calculation_status"), default=CalculationStatus.DRAFT
    )
    parameter_set_id: Mapped[int] = mapped_column(ForeignKey("parameter_set.id"))
    calculated_at: Mapped[datetime] = mapped_column(Instant)
    communicated_at: Mapped[datetime | None] = mapped_column(Instant)
    total: Mapped[Decimal | None] = mapped_column(Euro)
    premium_total: Mapped[Decimal | None] = mapped_column(Euro)
    replacement_total: Mapped[Decimal | None] = mapped_column(Euro)
    right_fte: Mapped[Decimal | None] = mapped_column(Scaled(3))
    replacement_fte: Mapped[Decimal | None] = mapped_column(Scaled(3))
    problem: Mapped[str | None] = mapped_column(String(300))
    problem_params: Mapped[str | None] = mapped_column(Text)
    warnings: Mapped[int] = mapped_column(default=0)
    remarks: Mapped[str | None] = mapped_column(Text)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("calculation.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(64))

    facility: Mapped[Facility] = relationship(lazy="raise")
    round: Mapped[CalculationRound] = relationship(lazy="raise")
    parameter_set: Mapped[ParameterSet] = relationship(lazy="raise")


class CalculationDerivation(Base):
    """The whole derivation of a calculation: canonical JSON, zlib-compressed; its digest stands on the calculation.

    ``content`` is emptied when its time is over; ``erased_in_id`` is the proof of that.
    """

    __tablename__ = "calculation_derivation"
    __processing__ = Processing(
        N_("Aantonen wat ingediend werd en waarop een bedrag steunt."),
        (Subjects.STAFF,),
        {"content": Category.COPY},
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL

    calculation_id: Mapped[int] = mapped_column(ForeignKey("calculation.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    erased_in_id: Mapped[int | None] = mapped_column(ForeignKey("erasure_proof.id"), index=True)
