"""From criteria to conditions on one table.

What is typed in the search box goes to a unique index first (dossier number, quarter, HCO number, enterprise number),
then to the words of the facilities. Facilities are resolved to their keys before any dossier is read, so no condition
ever spans two tables.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Integer, Select, String, and_, bindparam, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from domain.ecalcura.risk import DEFAULT_RISK, RiskLevel
from domain.errors import InvalidValue
from domain.folding import words_of
from domain.identifiers import parse_enterprise_number
from models.base import db
from models.declaration import Dossier
from models.organisation import Facility, Sector
from services import listing
from services.ecalcura.case_criteria import Criteria

#: Up to so many facilities their dossiers are read; above it the list is walked and the facility checked row by row.
FEW_FACILITIES = 25

#: The tables themselves: a list reads tuples, and building statements of mapped attributes costs twice as much.
DOSSIER = Dossier.__table__.c
FACILITY = Facility.__table__.c

_NUMBER = re.compile(r"\d{1,20}-20\d{2}K[1-4]")
_QUARTER = re.compile(r"20\d{2}K[1-4]")
_DIGITS = re.compile(r"\d{4,20}")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which conditions there are, without their values: what a statement is made of, and kept under.

    ``facilities``: ``all``; ``one`` or ``few``, whose dossiers are read from their index; ``walk``: too many, so the
    list is walked and the facility of each dossier looked up by ``words`` words and the ``sector``.
    """

    number: bool = False
    quarters: int = 0
    period: bool = False
    status: bool = False
    risk: bool = False
    facilities: str = "all"
    words: int = 0
    sector: bool = False

    def ids(self, status: DossierStatus | None = None) -> Select[Any]:
        """The keys of the dossiers, without an order: in the status that was asked, or in a given one."""
        statement = self._without_status()
        if status is not None:
            return statement.where(DOSSIER.status == status)
        return (
            statement.where(DOSSIER.status == bindparam("status", type_=DOSSIER.status.type))
            if self.status
            else statement
        )

    def _without_status(self) -> Select[Any]:
        statement = select(DOSSIER.id)
        if self.number:
            statement = statement.where(DOSSIER.number == bindparam("number", type_=String))
        for place in range(self.quarters):
            statement = statement.where(
                DOSSIER.year == bindparam(f"year_{place}", type_=Integer),
                DOSSIER.quarter_number == bindparam(f"quarter_{place}", type_=Integer),
            )
        if self.period:
            statement = statement.where(DOSSIER.period_code == bindparam("period", type_=String))
        if self.risk:
            statement = statement.where(DOSSIER.risk >= bindparam("risk", type_=Integer))
        if self.facilities == "one":
            return statement.where(DOSSIER.facility_id == bindparam("facility", type_=Integer))
        if self.facilities == "few":
            return statement.where(DOSSIER.facility_id.in_(bindparam("facilities", type_=Integer, expanding=True)))
        if self.facilities == "walk":
            # "+ 0" keeps the database from reading all dossiers of all those facilities and sorting them
            return statement.where(
                (DOSSIER.facility_id + 0).in_(select(FACILITY.id).where(*self._facility_conditions()))
            )
        return statement

    def of_any_status(self) -> Select[Any]:
        """The keys and the status of the dossiers, whatever status was asked."""
        return self._without_status().add_columns(DOSSIER.status)

    def _facility_conditions(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [
            FACILITY.search_text.like(bindparam(f"word_{place}", type_=String), escape="/")
            for place in range(self.words)
        ]
        if self.sector:
            conditions.append(FACILITY.sector == bindparam("sector", type_=FACILITY.sector.type))
        return conditions


@dataclass(frozen=True, slots=True)
class Selection:
    """Criteria made ready: the shape of the statement and its parameters. ``none``: no dossier can be found."""

    shape: Shape
    params: Mapping[str, Any]
    none: bool = False


def selection(criteria: Criteria) -> Selection:
    """The dossiers of some criteria; one or two statements when a facility or sector is asked, else none."""
    params: dict[str, Any] = {}
    text = criteria.search.upper()
    quarters = [criteria.quarter] if criteria.quarter else []
    if _NUMBER.fullmatch(text):
        params["number"], text = text, ""
    elif _QUARTER.fullmatch(text):
        quarters.append(Quarter.parse(text))
        text = ""
    for place, quarter in enumerate(quarters):
        params |= {f"year_{place}": quarter.year, f"quarter_{place}": quarter.number}
    if criteria.period:
        params["period"] = criteria.period
    if criteria.status:
        params["status"] = criteria.status
    if criteria.risk:
        params["risk"] = DEFAULT_RISK.high if criteria.risk is RiskLevel.HIGH else DEFAULT_RISK.medium
    shape = Shape(
        number="number" in params,
        quarters=len(quarters),
        period=criteria.period is not None,
        status=criteria.status is not None,
        risk=criteria.risk is not None,
    )
    texts = [words for words in (text, criteria.facility) if words]
    if not texts and criteria.sector is None:
        return Selection(shape, params)
    return _of_facilities(shape, params, texts, criteria.sector)


def _of_facilities(shape: Shape, params: dict[str, Any], texts: Sequence[str], sector: Sector | None) -> Selection:
    """Narrow to the facilities that are meant: their keys when they are few, else by their words."""
    words = list(dict.fromkeys(word for text in texts for word in words_of(text)))
    same_sector = [] if sector is None else [FACILITY.sector == sector]
    exactly = [exact_facility(text) for text in texts]
    in_words = [and_(true(), *(listing.like(FACILITY.search_text, word) for word in words_of(text))) for text in texts]
    found: tuple[int, ...] = ()
    if any(condition is not None for condition in exactly):
        mixed = [words if exact is None else exact for exact, words in zip(exactly, in_words, strict=True)]
        found = _keys(select(FACILITY.id).where(*mixed, *same_sector))
    if not found:
        found = _keys(select(FACILITY.id).where(*in_words, *same_sector))
    if len(found) == 1:
        return Selection(replace(shape, facilities="one"), params | {"facility": found[0]})
    if len(found) <= FEW_FACILITIES:
        return Selection(replace(shape, facilities="few"), params | {"facilities": found}, none=not found)
    params |= {f"word_{place}": listing.pattern(word) for place, word in enumerate(words)}
    if sector is not None:
        params["sector"] = sector
    return Selection(replace(shape, facilities="walk", words=len(words), sector=sector is not None), params)


def exact_facility(text: str) -> ColumnElement[bool] | None:
    """A text that is a number of a facility, as a condition on the index of that number."""
    digits = text.replace(".", "").replace(" ", "")
    if not _DIGITS.fullmatch(digits):
        return None
    with contextlib.suppress(InvalidValue):
        return or_(FACILITY.hco_number == digits, FACILITY.enterprise_number == parse_enterprise_number(digits))
    return FACILITY.hco_number == digits


def _keys(statement: Select[Any]) -> tuple[int, ...]:
    return tuple(db.session.scalars(statement.limit(FEW_FACILITIES + 1)))
