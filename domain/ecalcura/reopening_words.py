"""The two templates of a message that asks to reopen (10.5): they fill themselves with facility, period and quarters.

What is asked before the blocking is a reopening (E-126); after the provisional calculation it is a correction (E-127).
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.calendars import Quarter
from domain.dutch import quarter_name
from domain.ecalcura.reopening import RequestKind
from domain.errors import N_

#: How a template is called where it is chosen.
TEMPLATE_LABELS: dict[RequestKind, str] = {
    RequestKind.BEFORE_BLOCKING: N_("Heropening van ingediende kwartalen"),
    RequestKind.AFTER_PROVISIONAL: N_("Verbetering na de voorlopige berekening"),
}

_SUBJECTS: dict[RequestKind | None, str] = {
    RequestKind.BEFORE_BLOCKING: "Aanvraag tot heropening {period}",
    RequestKind.AFTER_PROVISIONAL: "Aanvraag tot verbetering na de voorlopige berekening {period}",
    None: "Aanvraag tot heropening {period}",
}
_BODIES: dict[RequestKind, str] = {
    RequestKind.BEFORE_BLOCKING: "Wij vragen om deze kwartalen van referentieperiode {period} te heropenen:",
    RequestKind.AFTER_PROVISIONAL: (
        "Wij vragen om na de voorlopige berekening deze kwartalen van referentieperiode {period} te heropenen, "
        "om ze te verbeteren en opnieuw in te dienen:"
    ),
}


def subject(kind: RequestKind | None, period: str) -> str:
    """The subject of the thread of a request; ``kind`` None is one that came in outside every term."""
    return _SUBJECTS[kind].format(period=period)


def body(
    kind: RequestKind, facility: str, hco_number: str, period: str, quarters: Sequence[Quarter], explanation: str
) -> str:
    """The message itself: who asks, which quarters, and what is to change; what was typed comes last, as it is."""
    lines = [
        _BODIES[kind].format(period=period),
        *(f"- {quarter_name(quarter)}" for quarter in quarters),
        "",
        f"Voorziening: {facility} (HCO-nummer {hco_number})",
    ]
    return "\n".join(lines) + f"\n\nWat we willen wijzigen:\n{explanation}"
