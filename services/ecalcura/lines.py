"""The contract lines of one quarter with their performances: a fixed number of statements for any number of lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from domain.calendars import Quarter
from domain.ecalcura.performances import (
    EMPTY,
    Kind,
    Line,
    PerformanceEntry,
    PerformanceParameters,
    check_line,
    kind_of_hours,
    line_of,
    quarter_norm,
)
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.review import ReviewLine, is_missing
from domain.errors import Finding
from domain.folding import fold
from models.base import db
from models.declaration import Dossier, Performance
from models.personnel import Contract, EndOfCareerChoice, StaffMember

#: Up to so many lines are fetched by name; for more the whole quarter is read.
_FEW = 200


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """One contract in one quarter: who, the contract, what was entered and what the rules say about it.

    ``version`` is 0 while nothing was ever saved. ``entry`` and ``previous`` (of the quarter before) hold only the
    fields of the line's kind (L-08).
    """

    contract_id: int
    staff_id: int
    contract: ContractFacts
    line: Line
    last_name: str
    first_name: str
    entry: PerformanceEntry
    version: int
    changed_by: str | None
    previous: PerformanceEntry
    choices: tuple[ChoiceFacts, ...]
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """``Peeters An``, as lists are sorted."""
        return f"{self.last_name} {self.first_name}"

    @property
    def reference(self) -> str:
        """The public reference of the contract."""
        return self.line.reference

    @property
    def kind(self) -> Kind:
        """Declared in days or in hours."""
        return self.line.kind

    @property
    def needed(self) -> bool:
        """Whether performances are expected (E-024)."""
        return self.line.reason is not None

    @property
    def missing(self) -> bool:
        """Whether performances are expected and not all there (E-114)."""
        return is_missing(self.line.reason, self.entry, self.findings)

    @property
    def for_review(self) -> ReviewLine:
        """The line as ``domain.ecalcura.review`` takes it."""
        return ReviewLine(self.line.reference, self.line.reason, self.entry, self.findings)

    @property
    def can_copy(self) -> bool:
        """Whether the values of last quarter may be taken over: nothing entered here, something there."""
        return self.needed and self.entry.is_empty and not self.previous.is_empty


@dataclass(frozen=True, slots=True)
class StoredLine:
    """What saving needs to know of a line: all that is stored of it, nothing that is judged."""

    contract_id: int
    reference: str
    kind: Kind
    last_name: str
    first_name: str
    entry: PerformanceEntry
    version: int
    changed_by: str | None

    @property
    def name(self) -> str:
        """``Peeters An``, as lists are sorted."""
        return f"{self.last_name} {self.first_name}"


def of_kind(kind: Kind, paid_days: Any, unpaid_days: Any, paid_hours: Any) -> PerformanceEntry:
    """An entry with only the fields of a kind; the others are never used (L-08)."""
    if kind is Kind.DAYS:
        return PerformanceEntry(paid_days=paid_days, unpaid_days=unpaid_days)
    return PerformanceEntry(paid_hours=paid_hours)


def lines(
    dossier: Dossier,
    parameters: PerformanceParameters,
    *,
    references: Collection[str] | None = None,
) -> list[QuarterLine]:
    """The lines of the quarter of a dossier (E-111), by name; ``references`` limits them to some contracts.

    Two statements: contracts with both entries, and the choices of the quarter. ``parameters`` are those of ``Found``.
    """
    few = references if references is not None and len(references) <= _FEW else None
    quarter = dossier.quarter
    norm = quarter_norm(quarter, parameters.hours_per_day)
    rows = _contract_rows(dossier, quarter, few)
    staff = None if few is None else {row.staff_member_id for row in rows}
    chosen = choices_in(dossier.facility_id, quarter, staff)
    found = []
    for row in rows:
        contract = ContractFacts(
            row.reference,
            row.starts_on,
            row.ends_on,
            row.contract_type_code,
            row.qualification_code,
            row.hours,
            row.replacement_hours,
            row.el_right,
        )
        own = chosen.get(row.staff_member_id, ())
        line = line_of(contract, own, norm, parameters)
        if line is None or (references is not None and row.reference not in references):
            continue
        entry = of_kind(line.kind, row.paid_days, row.unpaid_days, row.paid_hours)
        previous = of_kind(line.kind, row.previous_paid_days, row.previous_unpaid_days, row.previous_paid_hours)
        found.append(
            QuarterLine(
                row.id,
                row.staff_member_id,
                contract,
                line,
                row.last_name,
                row.first_name,
                entry,
                row.version or 0,
                row.changed_by,
                EMPTY if previous.is_empty else previous,
                own,
                tuple(check_line(line, entry, parameters)),
            )
        )
    found.sort(key=_by_name)
    return found


def stored_lines(
    dossier: Dossier, references: Collection[str], parameters: PerformanceParameters
) -> dict[str, StoredLine]:
    """Some lines of the quarter as they are stored, by reference; one that does not fall in it is left out."""
    few = len(references) <= _FEW
    values = _values(dossier) | ({"references": list(references)} if few else {})
    found = {}
    for key, reference, hours, last, first, paid, unpaid, worked, version, by in db.session.execute(
        _stored(few), values
    ):
        if reference in references:
            kind = kind_of_hours(hours, parameters)
            entry = of_kind(kind, paid, unpaid, worked)
            found[reference] = StoredLine(key, reference, kind, last, first, entry, version or 0, by)
    return found


def _values(dossier: Dossier) -> dict[str, Any]:
    """What the statements below ask of a dossier. They are made once: making one costs more than its answer."""
    quarter = dossier.quarter
    return {
        "dossier": dossier.id,
        "facility": dossier.facility_id,
        "first_day": quarter.start,
        "last_day": quarter.end,
    }


def _in_quarter(few: bool) -> tuple[ColumnElement[bool], ...]:
    """The contracts of the facility that touch the quarter (E-111), or some of them."""
    named = (Contract.reference.in_(bindparam("references", expanding=True)),) if few else ()
    return (
        Contract.facility_id == bindparam("facility"),
        Contract.starts_on <= bindparam("last_day"),
        or_(Contract.ends_on.is_(None), Contract.ends_on >= bindparam("first_day")),
        *named,
    )


@cache
def _stored(few: bool) -> Any:
    return (
        select(
            Contract.id,
            Contract.reference,
            Contract.hours,
            StaffMember.last_name,
            StaffMember.first_name,
            Performance.paid_days,
            Performance.unpaid_days,
            Performance.paid_hours,
            Performance.version,
            Performance.changed_by,
        )
        .join(StaffMember, StaffMember.id == Contract.staff_member_id)
        .outerjoin(
            Performance, and_(Performance.contract_id == Contract.id, Performance.dossier_id == bindparam("dossier"))
        )
        .where(*_in_quarter(few))
    )


def _by_name(line: QuarterLine) -> tuple[str, str, date, int]:
    return fold(line.last_name), fold(line.first_name), line.contract.starts_on, line.contract_id


def _contract_rows(dossier: Dossier, quarter: Quarter, references: Collection[str] | None) -> Sequence[Any]:
    """Contracts that touch the quarter, each with the entry of this quarter and of the one before."""
    before = quarter.previous()
    values = _values(dossier) | {"year_before": before.year, "quarter_before": before.number}
    if references is not None:
        values["references"] = list(references)
    return db.session.execute(_contracts(references is not None), values).all()


@cache
def _contracts(few: bool) -> Any:
    earlier, earlier_dossier = aliased(Performance), aliased(Dossier)
    before = (
        select(earlier_dossier.id)
        .where(
            earlier_dossier.facility_id == bindparam("facility"),
            earlier_dossier.year == bindparam("year_before"),
            earlier_dossier.quarter_number == bindparam("quarter_before"),
        )
        .scalar_subquery()
    )
    return (
        select(
            Contract.id,
            Contract.reference,
            Contract.staff_member_id,
            Contract.starts_on,
            Contract.ends_on,
            Contract.contract_type_code,
            Contract.qualification_code,
            Contract.hours,
            Contract.replacement_hours,
            Contract.el_right,
            StaffMember.last_name,
            StaffMember.first_name,
            Performance.paid_days,
            Performance.unpaid_days,
            Performance.paid_hours,
            Performance.version,
            Performance.changed_by,
            earlier.paid_days.label("previous_paid_days"),
            earlier.unpaid_days.label("previous_unpaid_days"),
            earlier.paid_hours.label("previous_paid_hours"),
        )
        .join(StaffMember, StaffMember.id == Contract.staff_member_id)
        .outerjoin(
            Performance, and_(Performance.contract_id == Contract.id, Performance.dossier_id == bindparam("dossier"))
        )
        .outerjoin(earlier, and_(earlier.contract_id == Contract.id, earlier.dossier_id == before))
        .where(*_in_quarter(few))
    )


def choices_in(
    facility_id: int, quarter: Quarter, staff: Collection[int] | None = None
) -> dict[int, tuple[ChoiceFacts, ...]]:
    """The end-of-career choices that touch the quarter, by staff member; ``staff`` limits them to some."""
    values: dict[str, Any] = {"facility": facility_id, "first_day": quarter.start, "last_day": quarter.end}
    if staff is not None:
        values["staff"] = list(staff)
    found: dict[int, tuple[ChoiceFacts, ...]] = {}
    for row in db.session.execute(_choices(staff is not None), values):
        staff_id, *facts = tuple[Any, ...](row)
        found[staff_id] = (*found.get(staff_id, ()), ChoiceFacts(*facts))
    return found


#: The choices of a facility that touch a period, the oldest first: ``facility``, ``first_day`` and ``last_day``.
CHOICES_BETWEEN: Any = (
    select(
        EndOfCareerChoice.staff_member_id,
        EndOfCareerChoice.reference,
        EndOfCareerChoice.decided_on,
        EndOfCareerChoice.begins_on,
        EndOfCareerChoice.ends_on,
        EndOfCareerChoice.age_category,
        EndOfCareerChoice.premium_hours,
        EndOfCareerChoice.exemption_hours,
        EndOfCareerChoice.premium_exception,
    )
    .where(
        EndOfCareerChoice.facility_id == bindparam("facility"),
        EndOfCareerChoice.begins_on <= bindparam("last_day"),
        or_(EndOfCareerChoice.ends_on.is_(None), EndOfCareerChoice.ends_on >= bindparam("first_day")),
    )
    .order_by(EndOfCareerChoice.begins_on, EndOfCareerChoice.id)
)


@cache
def _choices(few: bool) -> Any:
    statement = CHOICES_BETWEEN
    if few:
        statement = statement.where(EndOfCareerChoice.staff_member_id.in_(bindparam("staff", expanding=True)))
    return statement
