"""The people of the demonstration: national numbers with right check digits and the name the synthetic register gives.

The serials lie between 900 and 993, which in practice belong to nobody; a number comes once.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random

from integrations.person_register import RegisteredPerson, embedded_register

_FIRST_SERIAL, _LAST_SERIAL = 900, 993


class People:
    """Hands out people, each number once."""

    def __init__(self) -> None:
        self._register = embedded_register()
        self._used: defaultdict[str, set[int]] = defaultdict(set)

    def born(self, day: date, draw: Random, *, woman: bool = True, bis: bool = False) -> RegisteredPerson:
        """Somebody born on a day. ``bis``: with a BIS number (month + 40)."""
        month = day.month + (40 if bis else 0)
        base = f"{day:%y}{month:02d}{day:%d}"
        parity = 0 if woman else 1
        serials = [number for number in range(_FIRST_SERIAL, _LAST_SERIAL + 1) if number % 2 == parity]
        serial = draw.choice([number for number in serials if number not in self._used[base]])
        self._used[base].add(serial)
        return self._ask(national_number(base, serial, day.year))

    def _ask(self, number: str) -> RegisteredPerson:
        _, person = self._register.find(number)
        if person is None:
            raise ValueError("the synthetic register knows every right number but its special serials")
        return person


def national_number(base: str, serial: int, year: int) -> str:
    """Eleven digits: six of the date, the serial and the check digits of the century of birth."""
    digits = f"{base}{serial:03d}"
    return f"{digits}{97 - int(('2' if year >= 2000 else '') + digits) % 97:02d}"
