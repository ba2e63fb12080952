"""From criteria to conditions on one table.

What is typed in the search box goes to a unique index first (dossier number, quarter, HCO number, enterprise number),
then to the words of the facilities. Facilities are resolved to their keys before any dossier is read, so no condition
ever spans two tables.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
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

_NUMBER = re.compile(r"\d{1,20}-20\d{2}K[1-4]")
_QUARTER = re.compile(r"20\d{2}K[1-4]")
_DIGITS = re.compile(r"\d{4,20}")


@dataclass(frozen=True)
class Selection:
    """Criteria made ready: conditions on the dossier, and the facilities they come down to.

    ``facilities``: few enough to read the dossiers of each; ``walk``: too many, so the list is walked and the facility
    of each dossier checked; both None: every facility.
    """

    conditions: tuple[ColumnElement[bool], ...]
    status: DossierStatus | None
    facilities: tuple[int, ...] | None = None
    walk: Select[Any] | None = None

    @property
    def none(self) -> bool:
        """Whether no dossier can be found."""
        return self.facilities is not None and not self.facilities

    def ids(self, status: DossierStatus | None) -> Select[Any]:
        """The dossiers, without an order; in one status or in all."""
        statement = select(Dossier.id).where(*self.conditions)
        if status is not None:
            statement = statement.where(Dossier.status == status)
        if self.facilities is not None and len(self.facilities) == 1:
            return statement.where(Dossier.facility_id == self.facilities[0])
        if self.facilities is not None:
            return statement.where(Dossier.facility_id.in_(self.facilities))
        if self.walk is not None:
            return statement.where(Dossier.facility_id.in_(self.walk))
        return statement


def selection(criteria: Criteria) -> Selection:
    """The dossiers of some criteria; one or two statements when a facility or sector is asked, else none."""
    conditions: list[ColumnElement[bool]] = []
    text = criteria.search.upper()
    quarters = [criteria.quarter] if criteria.quarter else []
    if _NUMBER.fullmatch(text):
        conditions.append(Dossier.number == text)
        text = ""
    elif _QUARTER.fullmatch(text):
        quarters.append(Quarter.parse(text))
        text = ""
    for quarter in quarters:
        conditions += [Dossier.year == quarter.year, Dossier.quarter_number == quarter.number]
    if criteria.period:
        conditions.append(Dossier.period_code == criteria.period)
    facilities, walk = _resolve([words for words in (text, criteria.facility) if words], criteria.sector)
    return Selection(tuple(conditions), criteria.status, facilities, walk)


def _resolve(texts: Sequence[str], sector: Sector | None) -> tuple[tuple[int, ...] | None, Select[Any] | None]:
    """The facilities that are meant: their keys when they are few, else the statement that selects them."""
    if not texts and sector is None:
        return None, None
    same_sector = [] if sector is None else [Facility.sector == sector]
    exactly = [exact_facility(text) for text in texts]
    in_words = [and_(true(), *(listing.like(Facility.search_text, word) for word in words_of(text))) for text in texts]
    if any(condition is not None for condition in exactly):
        mixed = [words if exact is None else exact for exact, words in zip(exactly, in_words, strict=True)]
        found = _keys(select(Facility.id).where(*mixed, *same_sector))
        if found:
            return found, None
    statement = select(Facility.id).where(*in_words, *same_sector)
    found = _keys(statement)
    return (found, None) if len(found) <= FEW_FACILITIES else (None, statement)


def exact_facility(text: str) -> ColumnElement[bool] | None:
    """A text that is a number of a facility, as a condition on the index of that number."""
    digits = text.replace(".", "").replace(" ", "")
    if not _DIGITS.fullmatch(digits):
        return None
    with contextlib.suppress(InvalidValue):
        return or_(Facility.hco_number == digits, Facility.enterprise_number == parse_enterprise_number(digits))
    return Facility.hco_number == digits


def _keys(statement: Select[Any]) -> tuple[int, ...]:
    return tuple(db.session.scalars(statement.limit(FEW_FACILITIES + 1)))
