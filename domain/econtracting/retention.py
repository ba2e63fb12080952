"""How long the contents of a contract are kept: some years after final acceptance, by setting (A-43)."""

from __future__ import annotations

from datetime import date

from domain.errors import N_

NOT_DUE = N_(
    "De bewaartermijn van deze opdracht is niet voorbij. Ze begint bij de definitieve oplevering, na het afsluiten."
)
NOT_CONFIRMED = N_("Typ het nummer van de opdracht ({number}) over om te bevestigen.")


def due_on(accepted_on: date, years: int) -> date:
    """The first day on which contents may be removed: the day after the last day of the term."""
    year, month, day = accepted_on.year + years, accepted_on.month, accepted_on.day
    if (month, day) == (2, 29) and not _is_leap(year):
        month, day = 3, 1
    last = date(year, month, day)
    return date.fromordinal(last.toordinal() + 1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
