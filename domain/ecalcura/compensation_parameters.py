"""What the calculation of one reference period is made with (parts 7 and 8): amounts, methods, limits, rounding.

Every value belongs to a version of the parameter set; the defaults here are those an installation starts with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.ecalcura.certificates import CertificateStart, CertificateType
from domain.errors import N_


class LimitLevel(StrEnum):
    """On what the replacement is limited by the right (7.6 step 6, ``aftopping_niveau``)."""

    PERIOD = "REFERENTIEPERIODE"
    QUARTER = "KWARTAAL"
    NONE = "GEEN"


class MonthMethod(StrEnum):
    """How a month with part of its days under the right counts (7.4, ``maandmethode``)."""

    CALENDAR_DAYS = "KALENDERDAGEN"
    WHOLE_MONTHS = "VOLLEDIGE_MAAND"


class FullTimeMethod(StrEnum):
    """How the days of a full-timer become working time (7.3, A-31)."""

    PAID_OF_DECLARED = "RATIO_KALENDER"
    """Paid days over paid and unpaid days."""
    PAID_OF_NORM = "BETAALD_OVER_NORM"
    """Paid days over the possible working days."""


LIMIT_LABELS: Mapping[LimitLevel, str] = {
    LimitLevel.PERIOD: N_("Over de hele referentieperiode"),
    LimitLevel.QUARTER: N_("Per kwartaal"),
    LimitLevel.NONE: N_("Geen aftopping"),
}
MONTH_LABELS: Mapping[MonthMethod, str] = {
    MonthMethod.CALENDAR_DAYS: N_("Per kalenderdag"),
    MonthMethod.WHOLE_MONTHS: N_("Enkel volledige maanden"),
}
FULL_TIME_LABELS: Mapping[FullTimeMethod, str] = {
    FullTimeMethod.PAID_OF_DECLARED: N_("Betaalde dagen op alle aangegeven dagen"),
    FullTimeMethod.PAID_OF_NORM: N_("Betaalde dagen op de mogelijke werkdagen"),
}

_EXCLUDED_FROM = date(2019, 7, 1)  # P-15


@dataclass(frozen=True, slots=True)
class CompensationParameters:
    """The parameters of one calculation.

    ``y1`` and ``y2``: yearly amount in euro per qualification code, for the premium and for a replacer.
    ``full_time_hours`` and ``floor_hours`` are weekly hours. ``excluded_replacers``: contract type to the first day on
    which it no longer replaces (9.3). ``required_certificates`` must all be valid on a day for it to count (E-101,
    E-102). ``fte_digits`` rounds FTE, hours of right and months; ``euro_digits`` amounts; always half up (A-33).
    """

    y1: Mapping[str, Decimal] = field(default_factory=dict)
    y2: Mapping[str, Decimal] = field(default_factory=dict)
    nurse_qualifications: frozenset[str] = frozenset({"VERPLEEGKUNDIGE_BACHELOR", "VERPLEEGKUNDIGE_GEGRADUEERDE"})
    full_time_hours: Decimal = Decimal(38)
    hours_per_day: Decimal = Decimal("7.6")
    full_time_method: FullTimeMethod = FullTimeMethod.PAID_OF_DECLARED
    cap: Decimal = Decimal(1)
    month_method: MonthMethod = MonthMethod.CALENDAR_DAYS
    limit_level: LimitLevel = LimitLevel.PERIOD
    floor_sectors: frozenset[str] = frozenset({"REVALIDATIE", "MBE"})
    floor_hours: Decimal = Decimal(13)
    floor_without_beneficiary: bool = True
    excluded_replacers: Mapping[str, date] = field(
        default_factory=lambda: MappingProxyType(
            dict.fromkeys(("INTERIM", "ZELFSTANDIGE", "SOCIALE_MARIBEL", "STUDENT"), _EXCLUDED_FROM)
        )
    )
    required_certificates: tuple[CertificateType, ...] = tuple(CertificateType)
    certificate_start: CertificateStart = CertificateStart.START_DATE
    fte_digits: int = 3
    euro_digits: int = 2
