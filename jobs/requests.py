"""The worker's part of requests to reopen: tell in their threads which ones nobody decided in time (E-126, E-127)."""

from __future__ import annotations

from services import transaction
from services.ecalcura import reopening_threads


def look() -> int:
    """Tell every lapse that is not told yet, each in a transaction of its own; gives how many."""
    with transaction.unit_of_work():
        waiting = reopening_threads.lapsed()
    told = 0
    for request_id in waiting:
        with transaction.unit_of_work():
            told += reopening_threads.tell_lapsed(request_id)
    return told
