"""Notices of outages, published by somebody who keeps them."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.econtracting.document_states import Function
from domain.econtracting.outage_notices import Notice
from models.contract_follow_up import Outage
from services import clock
from services.econtracting import outages
from services.transaction import unit_of_work
from tests.factories import contracting


def notice(
    title: str = "Verzenden lukt niet",
    *,
    planned: bool = False,
    functions: frozenset[Function] = frozenset({Function.SEND}),
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    remedy: str = "",
) -> Notice:
    """An unexpected one that began an hour ago and goes on, unless said otherwise."""
    begins = starts_at or clock.now() - timedelta(hours=1)
    return Notice(planned, functions, begins, ends_at, title, "", remedy)


def published(what: Notice | None = None) -> Outage:
    """Publish in a transaction of its own."""
    keeper = contracting.official().actor
    with unit_of_work():
        return outages.publish(keeper, what or notice())
