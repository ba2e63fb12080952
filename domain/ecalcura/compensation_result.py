"""The outcome of a calculation with everything that led to it: each intermediate value of part 7, nothing left out.

The names follow part 7: e is ``density``, vte ``fte``, E ``effective_time``, B and B° ``months``, U ``average_hours``,
h ``hours``, K ``certificate_share``, R ``right_fte``, A_j ``average_fte``, V ``replacement_fte``, f ``limit_factor``.
Contracts, choices and persons are named by the references of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.calendars import Quarter
from domain.ecalcura.performances import PerformanceEntry
from domain.errors import N_, Finding


class QuarterStatus(StrEnum):
    """What the dossier of a quarter is when it is calculated (A-37, L-05)."""

    CLOSED = "AFGESLOTEN"
    BLOCKED = "GEBLOKKEERD"
    AUDIT = "AUDIT"
    OPEN = "OPEN"
    NEVER_OPENED = "NOOIT_GEOPEND"

    @property
    def takes_part(self) -> bool:
        """Whether its data count; an open or never opened quarter gives nothing (E-129)."""
        return self in (QuarterStatus.CLOSED, QuarterStatus.BLOCKED, QuarterStatus.AUDIT)


QUARTER_STATUS_LABELS: Mapping[QuarterStatus, str] = {
    QuarterStatus.CLOSED: N_("Afgesloten"),
    QuarterStatus.BLOCKED: N_("Geblokkeerd"),
    QuarterStatus.AUDIT: N_("Audit"),
    QuarterStatus.OPEN: N_("Open"),
    QuarterStatus.NEVER_OPENED: N_("Nooit geopend"),
}


class WorkedQuarter(NamedTuple):
    """One contract in one quarter (7.3) and what it replaces (7.6 steps 3 and 4). A tuple: a round makes 400,000.

    ``possible_days`` is D_cq, ``norm_days`` N_q, ``norm_hours`` H_q. ``capped``: more than a full job was declared.
    ``replacing`` is v before the certificates, ``replaced`` after them; ``excluded``: its contract type may not replace
    in this quarter. All FTE have the rounding of the parameters.
    """

    contract: str
    person: str
    quarter: Quarter
    full_time: bool
    hours: Decimal
    replacement_hours: Decimal
    entry: PerformanceEntry
    possible_days: int
    norm_days: int
    norm_hours: Decimal
    density: Decimal
    fte: Decimal
    capped: bool
    replacing: Decimal
    replaced: Decimal
    excluded: bool


@dataclass(frozen=True, slots=True)
class PremiumShare:
    """Days of right on which the same contracts run: each with its qualification and density; ``scaled`` above 1."""

    days: int
    contracts: tuple[tuple[str, str, Decimal], ...]
    scaled: bool


@dataclass(frozen=True, slots=True)
class PremiumLine:
    """The premium of one choice in one quarter (7.5). ``rates``: Y1 in euro per qualification that counted."""

    choice: str
    person: str
    quarter: Quarter
    premium_hours: int
    days: int
    shares: tuple[PremiumShare, ...]
    effective_time: Decimal
    months: Decimal
    rates: Mapping[str, Decimal]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RightLine:
    """The weekly hours of exemption of one choice in one quarter (7.6 step 1).

    ``average_hours`` is U, shown with three decimals but never rounded in the calculation; ``days`` those it averages.
    """

    choice: str
    person: str
    quarter: Quarter
    exemption_hours: int
    days: int
    average_hours: Decimal
    months: Decimal
    hours: Decimal


@dataclass(frozen=True, slots=True)
class QuarterRight:
    """The right of the facility in one quarter (7.6 steps 2 and 4).

    ``own_hours`` before the floor, ``hours`` after it; ``own_fte`` before the certificates, ``fte`` after them.
    ``certificate_share`` has six digits; the calculation uses ``covered_days`` over ``days``.
    """

    quarter: Quarter
    status: QuarterStatus
    own_hours: Decimal
    hours: Decimal
    floor_applied: bool
    own_fte: Decimal
    covered_days: int
    days: int
    certificate_share: Decimal
    fte: Decimal
    replaced: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Replacement:
    """What one replacer brings over the period (7.6 steps 5 to 7). ``rate`` is Y2, None when it was not needed."""

    contract: str
    person: str
    qualification: str
    quarters: Mapping[Quarter, Decimal]
    average_fte: Decimal
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Compensation:
    """The compensation of one facility for one reference period, in euro, with its whole derivation."""

    reference_period: str
    total: Decimal
    premium_total: Decimal
    replacement_total: Decimal
    premiums: tuple[PremiumLine, ...]
    right_lines: tuple[RightLine, ...]
    rights: tuple[QuarterRight, ...]
    worked: tuple[WorkedQuarter, ...]
    right_fte: Decimal
    replacement_fte: Decimal
    limit_factor: Decimal
    replacements: tuple[Replacement, ...]
    notes: tuple[Finding, ...]
