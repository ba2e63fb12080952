"""The code lists and reference periods an installation starts with, from the files in ``services/reference_data``.

``ensure`` adds what is missing and never changes what is there: from then on the lists belong to the department.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from domain.ecalcura.campaign import PeriodCalendar
from models.base import Base, db
from models.gate import writing
from models.reference import ContractType, Funding, Qualification, RaasCode, ReferencePeriod
from services.ecalcura import parameter_sets
from services.econtracting import calendar_data, kinds

#: From when the entries count: long before any running contract started (V-14).
_ALWAYS = date(1950, 1, 1)
_FOLDER = Path(__file__).with_name("reference_data")


def ensure(periods: Iterable[str] | None = None) -> dict[str, int]:
    """Add the missing rows of every list, and a first parameter set per period; gives how many were added to each.

    ``periods`` are the reference periods to have, by default those of the file.
    """
    with writing("reference_lists.ensure"):
        added = {
            "qualifications": _add(Qualification, map(_qualification, *_listed("qualification"))),
            "contract_types": _add(ContractType, map(_contract_type, *_listed("contract_type"))),
            "fundings": _add(Funding, map(_funding, *_listed("funding"))),
            "raas_codes": _add_raas_codes(),
            "reference_periods": _add(ReferencePeriod, map(period, periods or _read("reference_periods")["codes"])),
        }
        db.session.flush()
        added |= kinds.ensure()
        added |= calendar_data.ensure()
        return added | {"parameter_sets": parameter_sets.ensure(db.session.scalars(select(ReferencePeriod.code)))}


def period(code: str) -> ReferencePeriod:
    """A reference period with the calendar of 5.1, not yet added; InvalidValue for a malformed code."""
    calendar = PeriodCalendar.default(code)
    return ReferencePeriod(
        code=code,
        statutory_deadline=calendar.statutory_deadline,
        letter_on=calendar.letter_on,
        postponed_until=calendar.postponed_until,
        blocking_on=calendar.blocking_on,
        window_offset_days=calendar.window_offset_days,
        window_days=calendar.window_days,
        reopenings_allowed=calendar.reopenings_allowed,
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _listed(name: str) -> tuple[list[dict[str, Any]], range]:
    """The entries of a file and the place of each; tens leave room between them."""
    entries = _read(f"{name}s")[name]
    return entries, range(10, 10 * len(entries) + 10, 10)


def _add(kind: type[Base], rows: Iterable[Any]) -> int:
    known = set(db.session.scalars(select(kind.__table__.c.code)))
    missing = [row for row in rows if row.code not in known]
    db.session.add_all(missing)
    return len(missing)


def _qualification(entry: dict[str, Any], position: int) -> Qualification:
    return Qualification(
        code=entry["code"],
        name=entry["name"],
        is_nurse=entry.get("nurse", False),
        automatic_right=entry.get("automatic_right", False),
        valid_from=_ALWAYS,
        position=position,
    )


def _contract_type(entry: dict[str, Any], position: int) -> ContractType:
    return ContractType(
        code=entry["code"],
        name=entry["name"],
        right_possible=entry.get("right_possible", False),
        replacer_excluded_from=entry.get("replacer_excluded_from"),
        valid_from=_ALWAYS,
        position=position,
    )


def _funding(entry: dict[str, Any], position: int) -> Funding:
    return Funding(code=entry["code"], name=entry["name"], position=position)


def _add_raas_codes() -> int:
    """The codes of RaaS stand beside the entries they stand for."""
    known = {(kind, code) for kind, code in db.session.execute(select(RaasCode.kind, RaasCode.raas_code))}
    missing = [
        RaasCode(kind=kind, raas_code=entry["raas"], code=entry["code"])
        for kind, name in (("QUALIFICATION", "qualification"), ("CONTRACT_TYPE", "contract_type"))
        for entry in _listed(name)[0]
        if (kind, entry["raas"]) not in known
    ]
    db.session.add_all(missing)
    return len(missing)
