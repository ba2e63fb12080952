"""What a calculation changed against the one it takes the place of, line by line, with the causes (E-151)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.actor import Actor
from domain.ecalcura.changed_lines import ChangedLine, changed_lines
from domain.ecalcura.differences import Cause, compare
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation
from models.organisation import Facility
from services import access
from services.ecalcura import calculations
from services.ecalcura.derivations import PersonName


@dataclass(frozen=True, slots=True)
class Changes:
    """A calculation beside the one before: both rows, the lines that differ, the causes in euro, and the names.

    ``before`` is None for a first calculation; there is nothing to compare then.
    """

    calculation: Calculation
    facility: Facility
    before: Calculation | None
    lines: Sequence[ChangedLine] = ()
    causes: Sequence[Cause] = ()
    names: Mapping[str, PersonName] | None = None


def of(actor: Actor, reference: str) -> Changes:
    """The changes of a calculation; NotFound for an unknown one."""
    access.require(actor, Permission.CALCULATIONS_READ)
    row = calculations.by_reference(reference)
    facility = db.session.get_one(Facility, row.facility_id)
    before = None if row.previous_id is None else db.session.get(Calculation, row.previous_id)
    if before is None or before.total is None or row.total is None or row.kind in calculations.ADVANCE_KINDS:
        return Changes(row, facility, before)
    old, new = calculations.derivation(before), calculations.derivation(row)
    return Changes(
        row,
        facility,
        before,
        changed_lines(old.compensation, new.compensation),
        compare((old.case, old.compensation), (new.case, new.compensation)),
        {**old.names, **new.names},
    )
