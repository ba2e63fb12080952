"""Which kind of background job is which work. Everybody who has long work adds a line.

A kind is the word given to ``services.background_jobs.enqueue``; the work is a function of the job's parameters that
gives a generator of ``Progress``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.background_jobs import Work
from services.ecalcura import campaign, letters, rounds
from services.ecalcura.reports import orders
from services.econtracting.archive import ordering
from services.news import telling

Kind = Callable[[Mapping[str, Any]], Work]

KINDS: dict[str, Kind] = {
    campaign.KIND: campaign.work,
    "letters": letters.work,
    "round": rounds.work,
    orders.KIND: orders.work,
    ordering.KIND: ordering.work,
    telling.KIND: telling.work,
}
