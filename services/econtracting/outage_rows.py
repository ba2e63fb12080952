"""Rows of outages as the rules read them."""

from __future__ import annotations

from domain.econtracting.document_states import Function, Outage
from models.contract_follow_up import Outage as OutageRow


def outage_of(row: OutageRow) -> Outage:
    """A row as the rules read it."""
    return Outage(frozenset(map(Function, row.functions.split())), row.starts_at, row.ends_at, row.planned)


def functions_of(row: OutageRow) -> frozenset[Function]:
    """What was out of order."""
    return frozenset(map(Function, row.functions.split()))
