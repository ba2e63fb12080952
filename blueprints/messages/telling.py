"""What the system says in a thread, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from blueprints.ecalcura.quarter_names import quarter_ranges
from blueprints.pages import long_date, moment
from domain.messaging import SYSTEM_TEXTS, SystemEvent


def say_event(event: str, parameters: Mapping[str, Any]) -> str:
    """The text of an event of domain.system_messages, with its quarters, days and moments in words."""
    return gettext(SYSTEM_TEXTS[SystemEvent(event)]).format(**{name: _said(one) for name, one in parameters.items()})


def _said(value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(quarter_ranges(value))
    if isinstance(value, datetime):
        return moment(value)
    return long_date(value) if isinstance(value, date) else value
