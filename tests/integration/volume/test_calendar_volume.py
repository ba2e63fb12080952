"""A loaded volume is what the calendar would have made of it: it leaves the worker nothing to do."""

from __future__ import annotations

from typing import Any

import pytest

from services import clock, volume
from services.ecalcura import campaign


@pytest.mark.one_database
def test_the_calendar_finds_nothing_to_do_in_a_loaded_volume(database: Any, at: Any) -> None:
    at("2026-11-21T10:00:00+01:00")
    volume.load(organisations=3, dossiers=61, seed=3, tell=lambda _text: None)
    assert campaign.due(clock.now()).acts == ()
