"""How dates and numbers read inside a Dutch message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from domain.calendars import BRUSSELS, Quarter

_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
)

_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def long_date(day: date) -> str:
    """``16 november 2026``."""
    return f"{day.day} {month_and_year(day)}"


def month_and_year(day: date) -> str:
    """``november 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def moment(instant: datetime) -> str:
    """``16 november 2026 om 10:42`` in Brussels time."""
    local = instant.astimezone(BRUSSELS)
    return f"{long_date(local.date())} om {local:%H:%M}"


def quarter_name(quarter: Quarter) -> str:
    """``1ste kwartaal 2024``."""
    return f"{quarter.number}{'ste' if quarter.number == 1 else 'de'} kwartaal {quarter.year}"


def number(value: Decimal | int) -> str:
    """Decimal comma, no needless zeros: ``7,6`` and ``38``."""
    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def euro(amount: Decimal) -> str:
    """``€ 2.930,92``; below nul ``− € 3.264,58``, as a difference is written."""
    sign = "\N{MINUS SIGN} " if amount < 0 else ""
    return f"{sign}€ " + f"{abs(amount):,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def listed(items: Iterable[str]) -> str:
    """``a``, ``a en b``, ``a, b en c``."""
    texts = list(items)
    return " en ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def weekday_date(day: date) -> str:
    """``maandag 16 november 2026``."""
    return f"{_WEEKDAYS[day.weekday()]} {long_date(day)}"
