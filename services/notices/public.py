"""The public pages: what is going on, what comes, and what was, as evidence (7.5, C-068 to C-071)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select

from domain.calendars import local_date, start_of_day
from domain.econtracting.outage_effects import Effect, effects
from domain.econtracting.outage_notices import OutageState
from domain.errors import NotFound
from models.base import db
from models.contract_follow_up import Outage
from services import clock
from services.econtracting.outages import OutageView, view_of
from services.econtracting.terms import outage_threshold
from services.listing import Order, Page, Position, page_of

ORDER = Order((Outage.starts_at, Outage.id), descending=True)
AT_ONCE = 50
_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which notices: planned or not (None: both), and the year in which they began (None: any)."""

    planned: bool | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """``going_on`` and ``coming`` as they stand now, a page of those that are over, and the years there are."""

    going_on: tuple[OutageView, ...]
    coming: tuple[OutageView, ...]
    history: Page[OutageView]
    years: tuple[int, ...]


def board(criteria: Criteria, position: Position) -> Board:
    """The list for anybody. Three statements."""
    now = clock.now()
    alive_now = or_(Outage.ends_at.is_(None), Outage.ends_at > now)
    standing = _chosen(criteria).where(Outage.withdrawn_at.is_(None), alive_now)
    alive = [view_of(row, now) for row in db.session.scalars(standing.order_by(Outage.starts_at).limit(AT_ONCE))]
    over = _chosen(criteria).where(or_(Outage.withdrawn_at.is_not(None), Outage.ends_at <= now))
    page = page_of(over, ORDER, position, name=f"outages:{criteria}")
    return Board(
        going_on=tuple(view for view in alive if view.state is OutageState.GOING_ON),
        coming=tuple(view for view in alive if view.state is OutageState.PLANNED),
        history=Page(tuple(view_of(row[0], now) for row in page.rows), page.cursors, page.number, page.more),
        years=_years(),
    )


def _chosen(criteria: Criteria) -> Select[Outage]:
    """Notices that no correction took the place of."""
    found = select(Outage).where(Outage.replaced_by_id.is_(None))
    if criteria.planned is not None:
        found = found.where(Outage.planned.is_(criteria.planned))
    if criteria.year is not None:
        first, last = date(criteria.year, 1, 1), date(criteria.year + 1, 1, 1)
        found = found.where(Outage.starts_at >= start_of_day(first), Outage.starts_at < start_of_day(last))
    return found


def _years() -> tuple[int, ...]:
    found = db.session.execute(select(func.min(Outage.starts_at), func.max(Outage.starts_at))).one()
    first: datetime | None = found[0]
    last: datetime | None = found[1]
    if first is None or last is None:
        return ()
    return tuple(range(local_date(last).year, local_date(first).year - 1, -1))


@dataclass(frozen=True, slots=True)
class Shown:
    """One notice with what it does, what it took the place of (the newest first), and what took its place."""

    view: OutageView
    effects: tuple[Effect, ...]
    earlier: tuple[OutageView, ...]
    later: OutageView | None


def one(reference: str) -> Shown:
    """A notice by its permalink, whatever became of it; NotFound for what was never published."""
    now = clock.now()
    row = db.session.scalar(select(Outage).where(Outage.reference == reference))
    if row is None:
        raise NotFound
    later = db.session.get(Outage, row.replaced_by_id) if row.replaced_by_id is not None else None
    view = view_of(row, now)
    told = effects(
        view.notice, least=outage_threshold(), withdrawn=view.withdrawn_at is not None, replaced=view.replaced
    )
    return Shown(view, told, tuple(_earlier(row, now)), None if later is None else view_of(later, now))


def _earlier(row: Outage, now: datetime) -> list[OutageView]:
    found: list[OutageView] = []
    key: int | None = row.id
    while key is not None and len(found) < _CHAIN:
        before = db.session.scalar(select(Outage).where(Outage.replaced_by_id == key).order_by(Outage.id.desc()))
        if before is not None:
            found.append(view_of(before, now))
        key = None if before is None else before.id
    return found


def newest(limit: int = 30) -> Sequence[OutageView]:
    """The notices published last, for the feed; what was replaced is told by what took its place."""
    now = clock.now()
    query = select(Outage).where(Outage.replaced_by_id.is_(None)).order_by(Outage.published_at.desc(), Outage.id.desc())
    return [view_of(row, now) for row in db.session.scalars(query.limit(limit))]
