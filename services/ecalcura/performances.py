"""The grid of a quarter: reading its lines, saving what was typed row by row, taking over last quarter's values.

A row is saved when it is valid and nobody else changed it since it was shown; the other rows of the same post are
saved all the same, and what could not be saved comes back as it was typed, with the reason. So nothing typed is lost,
with one row (autosave) as with two thousand (the form without JavaScript).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import JSON, Integer, String, bindparam, cast, func, literal_column, select, true, update

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.ecalcura.declaration import read_only_reason
from domain.ecalcura.performances import Kind, PerformanceEntry, parse_days, parse_hours
from domain.ecalcura.review import CONTRADICTION, Content, content_of
from domain.errors import N_, Conflict, DomainError, Finding, InvalidValue, NotAllowedNow, Severity
from models.base import Instant, db
from models.declaration import Dossier, Performance
from models.gate import writing
from models.reference import ContractType, Qualification
from models.upserts import upsert
from services import audit, clock
from services.ecalcura import dossiers
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import QuarterLine, StoredLine, lines, stored_lines

Stored = QuarterLine | StoredLine

GONE = N_("Deze contractlijn valt niet meer in dit kwartaal. Wat u invulde, is niet bewaard.")
CHANGED = N_("{who} heeft deze lijn intussen gewijzigd. Kies welke waarden u wilt bewaren.")
SOMEBODY = N_("Iemand anders")


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything the grid of one quarter shows. ``read_only`` says why nothing can be changed, or is None."""

    found: Found
    lines: Sequence[QuarterLine]
    contract_types: Mapping[str, str]
    qualifications: Mapping[str, str]
    read_only: DomainError | None

    @property
    def dossier(self) -> Dossier:
        """The dossier."""
        return self.found.dossier

    @property
    def content(self) -> Content:
        """Nothing needed, nothing declared, missing or complete."""
        return content_of([line.for_review for line in self.lines], nothing_to_declare=self.dossier.nothing_to_declare)

    @property
    def expected(self) -> int:
        """How many lines need performances."""
        return sum(line.needed for line in self.lines)

    @property
    def filled(self) -> int:
        """How many of those are complete."""
        return sum(line.needed and not line.missing for line in self.lines)

    @property
    def copyable(self) -> int:
        """How many empty lines can take over the values of last quarter."""
        return sum(line.can_copy for line in self.lines)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row as it came from the page: the texts as typed, and the version that was shown.

    ``touched`` is False when the texts are those that were shown: such a row is left alone, whatever others did.
    """

    reference: str
    version: int
    paid_days: str = ""
    unpaid_days: str = ""
    paid_hours: str = ""
    touched: bool = True


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not saved: as typed, why, and on a conflict what is stored now and by whom."""

    typed: TypedRow
    name: str
    findings: tuple[Finding, ...]
    line: StoredLine | None = None
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A row as it is stored now."""

    reference: str
    version: int
    entry: PerformanceEntry
    changed: bool


@dataclass(slots=True)
class SaveOutcome:
    """What became of every touched row, in the order they were given."""

    at: datetime
    saved: dict[str, SavedRow] = field(default_factory=dict)
    rejected: dict[str, RejectedRow] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """How many rows got another value."""
        return sum(row.changed for row in self.saved.values())

    @property
    def conflicts(self) -> list[RejectedRow]:
        """The rows that somebody else changed."""
        return [row for row in self.rejected.values() if row.conflict]


def grid(actor: Actor, number: str) -> Grid:
    """The grid of a dossier; NotFound for a foreign one."""
    return grid_of(dossiers.find(actor, number))


def grid_of(found: Found) -> Grid:
    """The grid of a dossier that was found already."""
    return Grid(
        found,
        lines(found.dossier, found.parameters),
        names_of(ContractType),
        names_of(Qualification),
        read_only_reason(found.facts, found.who, found.situation),
    )


def names_of(kind: type[ContractType] | type[Qualification]) -> dict[str, str]:
    """Code → Dutch name of a code list, in its order."""
    rows = db.session.execute(select(kind.code, kind.name).order_by(kind.position, kind.code))
    return {row.code: row.name for row in rows}


def names_of_codes() -> dict[str, str]:
    """The names of both code lists together; their codes never coincide."""
    return names_of(ContractType) | names_of(Qualification)


def line_of(actor: Actor, number: str, reference: str) -> QuarterLine | None:
    """One line as it is stored now, or None when the contract does not fall in the quarter."""
    found = dossiers.find(actor, number)
    return next(iter(lines(found.dossier, found.parameters, references=[reference])), None)


def save(actor: Actor, number: str, rows: Iterable[TypedRow]) -> SaveOutcome:
    """Save the touched rows (T-02, E-117), each on its own merits (see the top of this file).

    A case manager may do it during an audit (E-063). NotAllowedNow when the status or the calendar says no, and when an
    amount is typed although "Niets aan te geven" was confirmed.
    """
    found = _editable(actor, number)
    touched = [row for row in rows if row.touched]
    outcome = SaveOutcome(clock.now())
    current = stored_lines(found.dossier, {row.reference for row in touched}, found.parameters) if touched else {}
    changes: list[tuple[Stored, PerformanceEntry]] = []
    for row in touched:
        _judge(row, current.get(row.reference), outcome, changes)
    if found.dossier.nothing_to_declare and any(entry.has_amount for _, entry in changes):
        raise NotAllowedNow(CONTRADICTION, code="E-129")
    _write(actor, found.dossier, changes, outcome.at)
    return outcome


def copy_previous(actor: Actor, number: str, references: Collection[str] | None = None) -> SaveOutcome:
    """Take over last quarter's values on empty lines that need them; never over something typed.

    ``references`` limits it to some contracts; None is every empty line.
    """
    found = _editable(actor, number)
    if found.dossier.nothing_to_declare:
        raise NotAllowedNow(CONTRADICTION, code="E-129")
    outcome = SaveOutcome(clock.now())
    changes: list[tuple[Stored, PerformanceEntry]] = [
        (line, line.previous) for line in lines(found.dossier, found.parameters, references=references) if line.can_copy
    ]
    for line, entry in changes:
        outcome.saved[line.reference] = SavedRow(line.reference, line.version + 1, entry, changed=True)
    _write(actor, found.dossier, changes, outcome.at)
    return outcome


def _editable(actor: Actor, number: str) -> Found:
    found = dossiers.find(actor, number, dossiers.WRITE, lock=True)
    refused = read_only_reason(found.facts, found.who, found.situation)
    if refused is not None:
        raise refused
    return found


def _judge(
    row: TypedRow,
    line: StoredLine | None,
    outcome: SaveOutcome,
    changes: list[tuple[Stored, PerformanceEntry]],
) -> None:
    """Decide about one row: rejected, already so, or to be written."""
    if line is None:
        finding = Finding("E-111", Severity.BLOCKS, GONE, subject=row.reference)
        outcome.rejected[row.reference] = RejectedRow(row, "", (finding,))
        return
    entry, wrong = _parse(row, line)
    if wrong:
        outcome.rejected[row.reference] = RejectedRow(row, line.name, wrong, line)
    elif entry == line.entry:
        outcome.saved[row.reference] = SavedRow(row.reference, line.version, entry, changed=False)
    elif row.version != line.version:
        finding = Finding(
            "CONFLICT", Severity.BLOCKS, CHANGED, subject=row.reference, params={"who": line.changed_by or SOMEBODY}
        )
        outcome.rejected[row.reference] = RejectedRow(row, line.name, (finding,), line, conflict=True)
    else:
        outcome.saved[row.reference] = SavedRow(row.reference, line.version + 1, entry, changed=True)
        changes.append((line, entry))


def _parse(row: TypedRow, line: StoredLine) -> tuple[PerformanceEntry, tuple[Finding, ...]]:
    """Read the fields of the line's kind; every one that cannot be read is told (V-47)."""
    wanted: dict[str, Any] = (
        {"paid_days": parse_days, "unpaid_days": parse_days} if line.kind is Kind.DAYS else {"paid_hours": parse_hours}
    )
    values: dict[str, Any] = {}
    wrong = []
    for name, parse in wanted.items():
        try:
            values[name] = parse(getattr(row, name), field=name)
        except InvalidValue as problem:
            wrong.append(
                Finding(problem.code or "V-47", Severity.BLOCKS, problem.message, name, row.reference, problem.params)
            )
    return PerformanceEntry(**values), tuple(wrong)


def _scaled(value: Decimal | None, scale: int) -> int | None:
    """As the column keeps it (models.base.Scaled)."""
    return None if value is None else int(value * scale)


@cache
def _upsert(dialect: str) -> Any:
    """All rows as one JSON value: two thousand rows cost as much as one, and the statement is made once."""
    table = Performance.__table__
    if dialect == "sqlite":
        each = func.json_each(bindparam("rows", type_=String)).table_valued("value")
        kept: list[Any] = [func.json_extract(each.c.value, f"$[{place}]") for place in range(5)]
    else:
        each = func.json_array_elements(cast(bindparam("rows", type_=String), JSON)).table_valued("value")
        kept = [cast(each.c.value.op("->>")(literal_column(str(place))), Integer) for place in range(5)]
    contract, paid, unpaid, hours, version = kept
    given = [bindparam("dossier", type_=Integer), contract, paid, unpaid, hours, version]
    given += [cast(bindparam("at", type_=Instant()), Instant()), cast(bindparam("by", type_=String), String)]
    if dialect == "sqlite":  # a cast to a date would turn the text of a moment into its year
        given[6] = bindparam("at", type_=Instant())
    names = [
        "dossier_id",
        "contract_id",
        "paid_days",
        "unpaid_days",
        "paid_hours",
        "version",
        "changed_at",
        "changed_by",
    ]
    insert = upsert(table).from_select(names, select(*given).select_from(each).where(true()))
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["dossier_id", "contract_id"],
        set_={name: new[name] for name in names[2:]},
        where=table.c.version == new.version - 1,
    ).returning(table.c.contract_id)


def _write(actor: Actor, dossier: Dossier, changes: Sequence[tuple[Stored, PerformanceEntry]], at: datetime) -> None:
    """One statement for all rows, whatever their number; the dossier is locked, and every version is checked again."""
    if not changes:
        return
    by = actor.name if actor.side is Side.FACILITY else actor.organisation_name
    rows = [
        (
            line.contract_id,
            _scaled(entry.paid_days, 10),
            _scaled(entry.unpaid_days, 10),
            _scaled(entry.paid_hours, 100),
            line.version + 1,
        )
        for line, entry in changes
    ]
    values = {"dossier": dossier.id, "rows": json.dumps(rows), "at": at, "by": by[:120]}
    with writing("performances.save"):
        written = len(db.session.execute(_upsert(db.engine.dialect.name), values).all())
        if written != len(rows):
            raise Conflict(CHANGED, code="CONFLICT", who=SOMEBODY)
        # The version of the dossier counts its states only: a saved row must not make another tab's page stale.
        db.session.execute(update(Dossier).where(Dossier.id == dossier.id).values(changed_at=at))
    written_down = "\n".join(
        f"{line.reference}:{entry.paid_days}:{entry.unpaid_days}:{entry.paid_hours}" for line, entry in changes
    )
    digest = hashlib.sha256(written_down.encode()).hexdigest()
    audit.record(
        actor, AuditEvent.PERFORMANCES_SAVED, "dossier", dossier.number, data={"rows": len(changes), "digest": digest}
    )
