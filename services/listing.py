"""Long lists without counting and without deep OFFSET: keyset pages, page numbers that work, and counts up to a cap.

A page is found from a cursor (the key of a row, carried by the links "previous" and "next") or from its number. Far
pages by number start at a milestone: the key of every 500th row, read once from the index and kept for a minute.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar
from urllib.parse import quote, unquote

from sqlalchemy import Integer, Select, bindparam, false, func, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from models.base import Instant, db

PAGE_SIZE = 20
#: Counting stops here; above it the list says "meer dan 1.000".
CAP = 1000
#: The last page that can be reached by number; further on one filters.
LAST_PAGE = 50_000

_STEP = 500
_KEPT_SECONDS = 60.0
_KEPT_LISTS = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Capped:
    """A count that stops at CAP: ``more`` says that there are more than ``number``."""

    number: int

    @property
    def more(self) -> bool:
        """Whether the real number is higher than the cap."""
        return self.number > CAP


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a list: a page by its number, or what follows or precedes the row of a cursor."""

    number: int = 1
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list. ``cursors`` holds the key of each row; ``more`` says whether a next page exists."""

    rows: tuple[Row, ...]
    cursors: tuple[str, ...]
    number: int
    more: bool

    @property
    def first_cursor(self) -> str | None:
        """For the link to the previous page."""
        return self.cursors[0] if self.cursors else None

    @property
    def last_cursor(self) -> str | None:
        """For the link to the next page."""
        return self.cursors[-1] if self.cursors else None


@dataclass(frozen=True)
class Order:
    """A total order of a list: all columns ascending, or all descending. The last column is unique; none is NULL."""

    columns: tuple[Any, ...]
    descending: bool = False

    def clauses(self, backwards: bool = False) -> list[ColumnElement[Any]]:
        """For ORDER BY; ``backwards`` turns it round, to read the rows before a cursor."""
        return [column.desc() if self.descending != backwards else column.asc() for column in self.columns]

    def beyond(self, backwards: bool = False) -> ColumnElement[bool]:
        """The rows behind a key (before it when ``backwards``): a row comparison that an index can answer.

        The key is bound when the statement is executed: ``bound`` gives the parameters.
        """
        values = [bindparam(f"behind_{place}", type_=column.type) for place, column in enumerate(self.columns)]
        left: Any = self.columns[0] if len(values) == 1 else tuple_(*self.columns)
        right: Any = values[0] if len(values) == 1 else tuple_(*values)
        return left < right if self.descending != backwards else left > right  # type: ignore[no-any-return]

    @staticmethod
    def bound(key: Sequence[Any]) -> dict[str, Any]:
        """The parameters of ``beyond`` for a key."""
        return {f"behind_{place}": value for place, value in enumerate(key)}

    def cursor(self, key: Sequence[Any]) -> str:
        """A key as text for an address."""
        return "~".join(_written(value) for value in key)

    def key(self, cursor: str | None) -> list[Any] | None:
        """The key of a cursor; None when it is not one of this order."""
        parts = cursor.split("~") if cursor else []
        if len(parts) != len(self.columns):
            return None
        try:
            return [_read(part, _kind(column)) for part, column in zip(parts, self.columns, strict=True)]
        except (ValueError, OverflowError):
            return None


def _kind(column: Any) -> type:
    """What the values of a column are in Python."""
    return datetime if isinstance(column.type, Instant) else column.type.python_type


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return str((value - _EPOCH) // timedelta(microseconds=1))
    return quote(str(value), safe="")


def _read(part: str, kind: type) -> Any:
    if kind is datetime:
        return _EPOCH + timedelta(microseconds=int(part))
    if kind is int:
        number = int(part)
        if not -(2**31) <= number < 2**31:
            raise ValueError(part)
        return number
    text = unquote(part)
    if "\0" in text:
        raise ValueError(part)
    return text


class Reading(StrEnum):
    """From where a page is read: the start of the list, behind a key, towards the start from a key, or not at all."""

    START = "START"
    BEHIND = "BEHIND"
    BEFORE = "BEFORE"
    NOTHING = "NOTHING"


def place_of(
    ids: Select[Any], order: Order, position: Position, *, name: str, params: Mapping[str, Any], size: int = PAGE_SIZE
) -> tuple[Reading, dict[str, Any]]:
    """How to read a page and the parameters for it, those of ``ids`` included.

    ``ids`` selects with all filters and no order; ``name`` identifies list and filters, for the milestones.
    """
    key = order.key(position.after)
    if key is not None:
        return Reading.BEHIND, {**params, **order.bound(key), "skipped": 0}
    key = order.key(position.before)
    if key is not None:
        return Reading.BEFORE, {**params, **order.bound(key), "skipped": 0}
    skip = (max(1, min(position.number, LAST_PAGE)) - 1) * size
    if skip < _STEP:
        return Reading.START, {**params, "skipped": skip}
    reached, key = _milestone(ids, order, skip, name, params)
    if key is None or skip - reached > 2 * _STEP:
        return Reading.NOTHING, {**params, "skipped": 0}
    return Reading.BEHIND, {**params, **order.bound(key), "skipped": skip - reached}


def paged(ids: Select[Any], order: Order, reading: Reading, size: int = PAGE_SIZE) -> Select[Any]:
    """The rows of one page and one more; those before a key come backwards. Executed with what ``place_of`` gave."""
    if reading is Reading.BEHIND:
        ids = ids.where(order.beyond())
    elif reading is Reading.BEFORE:
        ids = ids.where(order.beyond(backwards=True))
    elif reading is Reading.NOTHING:
        ids = ids.where(false())
    clauses = order.clauses(backwards=reading is Reading.BEFORE)
    return ids.order_by(*clauses).limit(size + 1).offset(bindparam("skipped", type_=Integer))


def arranged(
    found: Sequence[tuple[Row, Sequence[Any]]],
    order: Order,
    position: Position,
    reading: Reading,
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """A page from what ``paged`` gave: pairs of a row and its key, in the order in which they were read."""
    backwards = reading is Reading.BEFORE
    extra = len(found) > size
    shown = list(found[:size])
    if backwards:
        shown.reverse()
    number = 1 if backwards and not extra else max(1, min(position.number, LAST_PAGE))
    return Page(
        rows=tuple(row for row, _ in shown),
        cursors=tuple(order.cursor(key) for _, key in shown),
        number=number,
        more=True if backwards else extra,
    )


def page_of(statement: Select[Any], order: Order, position: Position, *, name: str, size: int = PAGE_SIZE) -> Page[Any]:
    """A page of the rows of a statement that has its filters and no order; ``name`` as for ``place_of``."""
    keyed = statement.add_columns(*(column.label(f"key_{place}") for place, column in enumerate(order.columns)))
    reading, params = place_of(keyed, order, position, name=name, params={}, size=size)
    rows = db.session.execute(paged(keyed, order, reading, size), params).all()
    keys = [[getattr(row, f"key_{place}") for place in range(len(order.columns))] for row in rows]
    return arranged(list(zip(rows, keys, strict=True)), order, position, reading, size)


class _Milestones:
    """The keys of every 500th row of a list, as far as it was read, and until when they are good."""

    def __init__(self) -> None:
        self.keys: list[list[Any]] = []
        self.until = time.monotonic() + _KEPT_SECONDS
        self.ended = False


_milestones: OrderedDict[str, _Milestones] = OrderedDict()


def _milestone(
    ids: Select[Any], order: Order, skip: int, name: str, params: Mapping[str, Any]
) -> tuple[int, list[Any] | None]:
    """The last milestone at or before a row number: how many rows it stands behind, and its key.

    Read from the index in one statement from the last known milestone on. Rows that changed place in the last minute
    may shift a far page by that many rows, no more.
    """
    known = _milestones.get(name)
    if known is None or known.until < time.monotonic():
        known = _milestones[name] = _Milestones()
        while len(_milestones) > _KEPT_LISTS:
            _milestones.popitem(last=False)
    wanted = skip // _STEP
    if len(known.keys) < wanted and not known.ended:
        missing = (wanted - len(known.keys)) * _STEP
        rest = ids.where(order.beyond()) if known.keys else ids
        bound = {**params, **order.bound(known.keys[-1])} if known.keys else params
        numbered = (
            rest.with_only_columns(
                func.row_number().over(order_by=order.clauses()).label("place"),
                *(column.label(f"key_{place}") for place, column in enumerate(order.columns)),
            )
            .order_by(*order.clauses())
            .limit(missing)
            .subquery()
        )
        keys = [numbered.c[f"key_{place}"] for place in range(len(order.columns))]
        every = select(*keys).where(numbered.c.place % _STEP == 0).order_by(numbered.c.place)
        found = db.session.execute(every, bound).all()
        known.keys.extend(list(row) for row in found)
        known.ended = len(found) * _STEP < missing
    reached = min(wanted, len(known.keys))
    return reached * _STEP, known.keys[reached - 1] if reached else None


def capped_count(ids: Select[Any]) -> Any:
    """A scalar subquery that counts rows of ``ids`` up to one above the cap, for use as a column."""
    return select(func.count()).select_from(ids.limit(CAP + 1).subquery()).scalar_subquery()


def neighbours(ids: Select[Any], order: Order) -> tuple[Select[Any], Select[Any]]:
    """The row before and the row after a key in a list; executed with ``order.bound(key)``."""
    return (
        ids.where(order.beyond(backwards=True)).order_by(*order.clauses(backwards=True)).limit(1),
        ids.where(order.beyond()).order_by(*order.clauses()).limit(1),
    )


def pattern(word: str) -> str:
    """A word as a LIKE pattern with ``/`` as escape: the word anywhere, its own wildcards as they are."""
    return "%" + word.replace("/", "//").replace("%", "/%").replace("_", "/_") + "%"


def like(column: Any, word: str) -> ColumnElement[bool]:
    """A column contains a word, whatever wildcards the word holds. The column and the word are folded already."""
    return column.contains(word, autoescape=True)  # type: ignore[no-any-return]


__all__ = [
    "CAP",
    "LAST_PAGE",
    "PAGE_SIZE",
    "Capped",
    "Order",
    "Page",
    "Position",
    "Reading",
    "arranged",
    "capped_count",
    "like",
    "neighbours",
    "page_of",
    "paged",
    "pattern",
    "place_of",
]
