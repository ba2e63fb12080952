"""Outages: published notices that are evidence (7.5, C-068 to C-071, A-36)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from domain.econtracting.document_states import Function, Outage
from models.base import db
from models.contract_follow_up import Outage as OutageRow


def in_force(functions: Iterable[Function] | None = None) -> tuple[Outage, ...]:
    """The published outages of these functions (all by default), over or not, as the rules read them (T6, A-36)."""
    wanted = frozenset(functions if functions is not None else Function)
    rows = db.session.scalars(select(OutageRow).order_by(OutageRow.starts_at))
    return tuple(found for found in map(outage_of, rows) if found.functions & wanted)


def outage_of(row: OutageRow) -> Outage:
    """A row as the rules read it."""
    return Outage(frozenset(map(Function, row.functions.split())), row.starts_at, row.ends_at, row.planned)
