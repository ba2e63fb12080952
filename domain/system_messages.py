"""What the system tells in a thread: events with parameters, told in the language of who reads them.

No person and no amount is ever a parameter (E-154): quarters, days, moments, names of desks and of organisations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.calendars import Quarter
from domain.dutch import listed, long_date, moment, quarter_name
from domain.errors import N_


class SystemEvent(StrEnum):
    """What happened beside the messages. The value is kept; its text is in ``SYSTEM_TEXTS``."""

    REOPENING_ASKED = "REOPENING_ASKED"
    REOPENING_GRANTED = "REOPENING_GRANTED"
    REOPENING_REFUSED = "REOPENING_REFUSED"
    REOPENING_WITHDRAWN = "REOPENING_WITHDRAWN"
    REOPENING_LAPSED = "REOPENING_LAPSED"
    REOPENING_REGISTERED = "REOPENING_REGISTERED"
    CORRECTION_ASKED = "CORRECTION_ASKED"
    CORRECTION_TAKEN_UP = "CORRECTION_TAKEN_UP"
    CORRECTION_DONE = "CORRECTION_DONE"
    CORRECTION_REFUSED = "CORRECTION_REFUSED"
    CORRECTION_WITHDRAWN = "CORRECTION_WITHDRAWN"


#: The Dutch text of each event; a placeholder is a parameter.
SYSTEM_TEXTS: dict[SystemEvent, str] = {
    SystemEvent.REOPENING_ASKED: N_("De aanvraag tot heropening van {quarters} is ontvangen."),
    SystemEvent.REOPENING_GRANTED: N_("De heropening van {quarters} is toegestaan."),
    SystemEvent.REOPENING_REFUSED: N_("De heropening van {quarters} is geweigerd. De reden staat bij de aanvraag."),
    SystemEvent.REOPENING_WITHDRAWN: N_("De aanvraag tot heropening van {quarters} is ingetrokken."),
    SystemEvent.REOPENING_LAPSED: N_("De aanvraag tot heropening van {quarters} is vervallen."),
    SystemEvent.REOPENING_REGISTERED: N_(
        "Het Departement registreerde een aanvraag tot heropening van {quarters}, ontvangen op {received}."
    ),
    SystemEvent.CORRECTION_ASKED: N_("Het verbeteringsverzoek is ontvangen."),
    SystemEvent.CORRECTION_TAKEN_UP: N_("Het verbeteringsverzoek is in behandeling genomen."),
    SystemEvent.CORRECTION_DONE: N_("Het verbeteringsverzoek is uitgevoerd."),
    SystemEvent.CORRECTION_REFUSED: N_("Het verbeteringsverzoek is geweigerd. De reden staat bij het verzoek."),
    SystemEvent.CORRECTION_WITHDRAWN: N_("Het verbeteringsverzoek is ingetrokken."),
}

#: What a parameter may be: told in the language of the reader, a text as it is.
Parameter = str | int | date | datetime | Quarter | Sequence[Quarter]


def written(parameters: Mapping[str, Parameter]) -> str:
    """Parameters as they are kept."""
    return json.dumps({name: _plain(value) for name, value in parameters.items()}, ensure_ascii=False, sort_keys=True)


def _plain(value: Parameter) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Quarter):
        return {"quarters": [str(value)]}
    return value if isinstance(value, str | int) else {"quarters": [str(one) for one in value]}


def read(text: str) -> dict[str, Any]:
    """Parameters from what was kept: texts, numbers, ``date``, ``datetime`` and tuples of quarters."""
    return {name: _read(value) for name, value in json.loads(text or "{}").items()}


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    if "day" in value:
        return date.fromisoformat(value["day"])
    return tuple(Quarter.parse(one) for one in value["quarters"])


def checked(event: SystemEvent, parameters: Mapping[str, Parameter]) -> str:
    """The parameters as kept; KeyError when the text of the event needs one that is not there (a bug)."""
    SYSTEM_TEXTS[event].format(**parameters)
    return written(parameters)


def told_in_dutch(event: str, parameters: str) -> str:
    """The text for a file or a letter; pages tell it in the language of the reader (blueprints.messages.telling)."""
    values = {name: _in_dutch(value) for name, value in read(parameters).items()}
    return SYSTEM_TEXTS[SystemEvent(event)].format(**values)


def _in_dutch(value: Any) -> Any:
    if isinstance(value, tuple):
        return listed(quarter_name(one) for one in value)
    if isinstance(value, datetime):
        return moment(value)
    return long_date(value) if isinstance(value, date) else value
