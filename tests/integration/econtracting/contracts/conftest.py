"""What the tests of contracts start from: the shipped kinds, a day in November 2026, and both sides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from services import transaction
from services.econtracting import kinds


@pytest.fixture
def ground(app: Flask, at: Callable[[str], datetime]) -> datetime:
    """The kinds are there, and it is Monday 16 November 2026 at ten."""
    moment = at("2026-11-16T10:00:00+01:00")
    with transaction.unit_of_work():
        kinds.ensure()
    return moment
