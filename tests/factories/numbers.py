"""Numbers with right check digits that belong to nobody: serials that are not issued, enterprise numbers 0999….

Every call gives the next one; nothing depends on which.
"""

from __future__ import annotations

from datetime import date
from itertools import count

_serials = count(1)


def national_number(birth_date: date = date(1966, 5, 17), serial: int | None = None) -> str:
    """Eleven digits for a birth date. Serials 1..997 are issued ones by form; only a register knows better.

    Those below 201 and above 979 are for tests that write a number down: the next one is never one of them.
    """
    serial = 201 + next(_serials) % 779 if serial is None else serial
    base = f"{birth_date:%y%m%d}{serial:03d}"
    prefix = "2" if birth_date.year >= 2000 else ""
    return f"{base}{97 - int(prefix + base) % 97:02d}"


def hco_number() -> str:
    """A fresh HCO number outside those of the demo data."""
    return str(72_000_000 + next(_serials))


def enterprise_number(serial: int | None = None) -> str:
    """Ten digits, starting with 0999."""
    base = f"0999{(next(_serials) if serial is None else serial) % 10_000:04d}"
    return f"{base}{97 - int(base) % 97:02d}"


def iban(serial: int | None = None) -> str:
    """A Belgian account number with right check digits."""
    account = f"999{(next(_serials) if serial is None else serial) % 10_000_000:07d}"
    account += f"{int(account) % 97 or 97:02d}"
    return f"BE{98 - int(f'{account}111400') % 97:02d}{account}"


def social_security_number(serial: int | None = None) -> str:
    """Nine digits."""
    base = f"{(next(_serials) if serial is None else serial) % 10_000_000:07d}"
    return f"{base}{96 - int(base) * 100 % 97:02d}"
