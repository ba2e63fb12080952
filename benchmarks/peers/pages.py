"""What the bare and the Core peer share: templates, words, days, and the choices of the filters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

TEMPLATES = Path(__file__).parent / "templates"
SECRET = "benchmark" * 5
STATUSES = {"OPEN": "Open", "CLOSED": "Afgesloten", "AUDIT": "Audit", "BLOCKED": "Geblokkeerd"}
QUARTERS = [f"{year}K{number}" for year in range(2026, 2020, -1) for number in (4, 3, 2, 1)][:22]
PERIODS = [f"{year}-{year + 1}" for year in range(2026, 2020, -1)]
SECTORS = ["PVT", "REVALIDATIE", "IBW", "MBE", "CVK3"]
_MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]

environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False)


@lru_cache(maxsize=8192)
def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def day(value: Any) -> str:
    """``16 november 2026`` of a date, an instant, or the text of one."""
    return "" if value is None else _day(str(value)[:10])


CHOICES: dict[str, Any] = {
    "quarters": QUARTERS,
    "periods": PERIODS,
    "sectors": SECTORS,
    "statuses": STATUSES,
    "day": day,
}
