"""The versions of the terms of use: which one holds on a day, and what changed in it (CP-01, A-47).

The text of each version stays as it was, so that what somebody agreed with can be read later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.errors import N_, NotFound


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """One version; ``changes`` says in a sentence what differs from the one before."""

    number: str
    holds_from: date
    changes: str


#: Newest last. A new text is a new version with its own file in templates/legal/terms/; no text is changed.
VERSIONS: tuple[TermsVersion, ...] = (
    TermsVersion("1.0", date(2024, 10, 1), N_("Eerste versie, voor het thema eCalcura.")),
    TermsVersion(
        "2.0",
        date(2026, 9, 1),
        N_("Het thema e-Contracting kwam erbij, en wat we bijhouden staat nu op een aparte pagina over privacy."),
    ),
)


def in_force(today: date) -> TermsVersion:
    """The version that holds on a day; before the first one, the first."""
    return next((one for one in reversed(VERSIONS) if one.holds_from <= today), VERSIONS[0])


def version(number: str) -> TermsVersion:
    """A version by its number. Raises NotFound."""
    found = next((one for one in VERSIONS if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def until(today: date) -> tuple[TermsVersion, ...]:
    """What was published until a day, the newest first."""
    return tuple(one for one in reversed(VERSIONS) if one.holds_from <= today) or VERSIONS[:1]
