"""National, enterprise, bank, social security and HCO numbers: read, checked and shown (docs/rules/ecalcura.md).

Every ``parse_…`` takes what a person typed and gives the normalised form or raises InvalidValue with the number of the
rule as ``code``. Nothing here looks a number up: V-04 and V-05 need a register or a list.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from stdnum import iban as stdnum_iban
from stdnum.be import vat
from stdnum.exceptions import ValidationError

from domain.errors import N_, Finding, InvalidValue, Severity

# Separators people type or paste; the second character is a no-break space, which spreadsheets leave behind.
_SEPARATORS = str.maketrans("", "", ". -\u00a0")
_SPACES = str.maketrans("", "", " \u00a0")
_ELEVEN_DIGITS = re.compile(r"[0-9]{11}")
_NINE_DIGITS = re.compile(r"[0-9]{9}")
_BELGIAN_IBAN = re.compile(r"BE[0-9]{14}")
_HCO = re.compile(r"[0-9]{1,20}")


class Sex(StrEnum):
    """What the serial of a national number tells."""

    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True, slots=True)
class NationalNumber:
    """A valid national number (rijksregisternummer) or BIS number.

    ``birth_date`` is None when the number does not hold a full date (V-06); ``birth_year`` and ``birth_month`` then
    give what is known. ``sex`` is None for a BIS number issued while it was unknown (month + 20).
    The digits stay out of ``repr`` so that no log shows them by accident.
    """

    digits: str = field(repr=False)
    birth_year: int | None = field(repr=False)
    birth_month: int | None = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: Sex | None
    is_bis: bool

    @property
    def formatted(self) -> str:
        """As on an identity card: ``65.11.20-997.39``."""
        return format_national_number(self.digits)

    @property
    def masked(self) -> str:
        """For a screen that may not show it: ``••.••.••-•••.39``."""
        return mask_national_number(self.digits)


def _century(digits: str) -> int | None:
    """1900 or 2000: the century whose rule gives the check digits. The two rules never give the same ones."""
    base, given = int(digits[:9]), int(digits[9:])
    for century, prefix in ((1900, 0), (2000, 2_000_000_000)):
        if 97 - (prefix + base) % 97 == given:
            return century
    return None


def parse_national_number(value: str, *, today: date | None = None, issued_only: bool = True) -> NationalNumber:
    """Read a national or BIS number; separators ``.``, ``-`` and space may be present.

    Checked in this order, each raising InvalidValue: V-01 eleven digits, V-02 check digits of either century, V-03 a
    possible date and serial. Month 00 (20, 40) means that the date is not known; day 00 that the day is not.
    ``issued_only=False`` accepts the serials 000 and 999, which are never issued: for people who sign in, never for
    staff. With ``today`` a birth in the future is refused too (V-03).
    """
    digits = value.strip().translate(_SEPARATORS)
    if not _ELEVEN_DIGITS.fullmatch(digits):
        raise InvalidValue(
            N_("Het rijksregisternummer moet uit 11 cijfers bestaan."), code="V-01", field="national_number"
        )
    century = _century(digits)
    if century is None:
        raise InvalidValue(
            N_("Dit rijksregisternummer is niet geldig: het controlegetal klopt niet."),
            code="V-02",
            field="national_number",
        )
    impossible = InvalidValue(
        N_("Dit rijksregisternummer is niet geldig: de geboortedatum of het volgnummer klopt niet."),
        code="V-03",
        field="national_number",
    )
    offset, month = divmod(int(digits[2:4]), 20)
    day, serial = int(digits[4:6]), int(digits[6:9])
    if offset > 2 or month > 12 or day > 31 or (issued_only and serial in (0, 999)):
        raise impossible
    year: int | None = century + int(digits[:2])
    birth_date: date | None = None
    if month == 0:
        # Year 00 with month 00 and day 01 stands for a birth date of which nothing is known.
        if digits[:2] == "00" and day == 1:
            year = None
    else:
        assert year is not None
        if day > monthrange(year, month)[1]:
            raise impossible
        birth_date = date(year, month, day) if day else None
    if today is not None and year is not None and (year, month, day) > (today.year, today.month, today.day):
        raise impossible
    sex = None if offset == 1 else (Sex.MALE if serial % 2 else Sex.FEMALE)
    return NationalNumber(digits, year, month or None, birth_date, sex, offset > 0)


def format_national_number(digits: str) -> str:
    """Eleven digits as ``65.11.20-997.39``; anything else unchanged."""
    if not _ELEVEN_DIGITS.fullmatch(digits):
        return digits
    year, month, day, serial, checked = national_number_groups(digits)
    return f"{year}.{month}.{day}-{serial}.{checked}"


def national_number_groups(digits: str) -> tuple[str, ...]:
    """The groups in which people write the eleven digits of a national number: year, month, day, serial, check."""
    return digits[:2], digits[2:4], digits[4:6], digits[6:9], digits[9:]


def names_national_number(text: str, digits: str) -> bool:
    """Whether a text names a national number: in one piece, or its groups with dots, dashes, slashes or spaces."""
    between = r"[\s.\-\u2010-\u2015/]{0,3}"
    return bool(re.search(rf"(?<!\d){between.join(national_number_groups(digits))}(?!\d)", text))


def mask_national_number(value: str) -> str:
    """Only the check digits stay, which are shared by a hundredth of the people: ``••.••.••-•••.39``."""
    digits = value.strip().translate(_SEPARATORS)
    return f"••.••.••-•••.{digits[9:] if _ELEVEN_DIGITS.fullmatch(digits) else '••'}"


def parse_enterprise_number(value: str) -> str:
    """The ten digits of an enterprise number (KBO); nine digits get a leading zero. Raises InvalidValue (V-78)."""
    try:
        return str(vat.validate(value))
    except ValidationError:
        raise InvalidValue(
            N_("Dit ondernemingsnummer is niet geldig."), code="V-78", field="enterprise_number"
        ) from None


def format_enterprise_number(digits: str) -> str:
    """Ten digits as ``0200.000.142``."""
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def parse_iban(value: str) -> str:
    """A Belgian account number without spaces, starting with the capitals BE (E-054).

    Raises InvalidValue V-70 for the form, V-71 when the international or the national check digits differ. Whether
    the bank exists is not checked: such a list ages.
    """
    number = value.strip().translate(_SPACES)
    if not _BELGIAN_IBAN.fullmatch(number):
        raise InvalidValue(N_("Vul een Belgisch IBAN-nummer in (BE + 14 cijfers)."), code="V-70", field="iban")
    try:
        stdnum_iban.validate(number, check_country=False)
        correct = 2 <= int(number[2:4]) <= 98
    except ValidationError:
        correct = False
    if not correct or int(number[14:]) != (int(number[4:14]) % 97 or 97):
        raise InvalidValue(N_("Dit IBAN-nummer is niet geldig."), code="V-71", field="iban")
    return number


def format_iban(number: str) -> str:
    """In groups of four: ``BE68 5390 0754 7034``."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


@dataclass(frozen=True, slots=True)
class SocialSecurityNumber:
    """A social security number (RSZ or PPO). ``warning`` (V-76) is set when the check digits differ."""

    digits: str
    warning: Finding | None


def parse_social_security_number(value: str) -> SocialSecurityNumber:
    """Nine digits, else InvalidValue V-75. Differing check digits only warn (V-76): PPO numbers follow other rules."""
    digits = value.strip().translate(_SEPARATORS)
    if not _NINE_DIGITS.fullmatch(digits):
        raise InvalidValue(N_("Het RSZ-nummer bestaat uit 9 cijfers."), code="V-75", field="social_security_number")
    warning = None
    if 96 - int(digits[:7]) * 100 % 97 != int(digits[7:]):
        warning = Finding(
            "V-76",
            Severity.WARNING,
            N_("Het controlegetal van het RSZ-nummer klopt niet. Kijk het nummer na."),
            field="social_security_number",
        )
    return SocialSecurityNumber(digits, warning)


def format_social_security_number(digits: str) -> str:
    """Nine digits as ``1234567-49``."""
    return f"{digits[:7]}-{digits[7:]}"


def parse_hco_number(value: str) -> str:
    """An HCO number: one to twenty digits, leading zeros kept, no check digits (A-01). Raises InvalidValue."""
    number = value.strip()
    if not _HCO.fullmatch(number):
        raise InvalidValue(N_("Het HCO-nummer bestaat uit 1 tot 20 cijfers."), code="A-01", field="hco_number")
    return number


@dataclass(frozen=True, slots=True)
class IdentifierCheck:
    """The answer to "is this number right?": ``normalised`` is None when it is not; ``message`` may warn when it is."""

    valid: bool
    normalised: str | None
    message: str | None


def _check_social_security_number(value: str) -> tuple[str, str | None]:
    number = parse_social_security_number(value)
    return number.digits, str(number.warning) if number.warning else None


_CHECKS: dict[str, Callable[[str], tuple[str, str | None]]] = {
    "insz": lambda value: (parse_national_number(value).digits, None),
    "kbo": lambda value: (parse_enterprise_number(value), None),
    "iban": lambda value: (parse_iban(value), None),
    "rsz": _check_social_security_number,
}
IDENTIFIER_KINDS = tuple(_CHECKS)


def check(kind: str, value: str) -> IdentifierCheck:
    """Check one number of kind ``insz``, ``kbo``, ``iban`` or ``rsz``, by the rules for staff and facilities.

    A social security number with differing check digits is valid and carries the warning V-76 as its message.
    Raises InvalidValue only for an unknown kind.
    """
    try:
        checker = _CHECKS[kind]
    except KeyError:
        raise InvalidValue(
            N_("Kies een soort nummer: {kinds}."), field="kind", kinds=", ".join(IDENTIFIER_KINDS)
        ) from None
    try:
        normalised, message = checker(value)
    except InvalidValue as wrong:
        return IdentifierCheck(False, None, str(wrong))
    return IdentifierCheck(True, normalised, message)
