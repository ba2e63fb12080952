"""Cases in a few words: a facility for one reference period, with people, their contracts, choices and performances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.certificates import CertificateFacts, CertificateType
from domain.ecalcura.compensation import Case, Person, QuarterBasis
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts

PERIOD = "2023-2024"
QUARTERS = quarters_of(PERIOD)
K3, K4, K1, K2 = QUARTERS
NURSE, CARER, PHYSIO = "VERPLEEGKUNDIGE_BACHELOR", "ZORGKUNDIGE", "KINESITHERAPEUT"

#: VOORBEELDBEDRAG: no real amount is known.
AMOUNTS = CompensationParameters(
    y1={NURSE: Decimal("74250.00"), "VERPLEEGKUNDIGE_GEGRADUEERDE": Decimal("70100.00")},
    y2={CARER: Decimal("57600.00"), NURSE: Decimal("74250.00"), PHYSIO: Decimal("71400.00")},
)
AGREEMENT = CertificateFacts(CertificateType.SOCIAL_AGREEMENT, date(2023, 7, 1), None, date(2023, 7, 1))
END_OF_CAREER = CertificateFacts(CertificateType.END_OF_CAREER, date(2023, 7, 1), None, date(2023, 7, 1))
BOTH = (AGREEMENT, END_OF_CAREER)
ALL_CLOSED = dict.fromkeys(QUARTERS, QuarterStatus.CLOSED)


def day(text: str | None) -> date | None:
    """``2024-02-12``."""
    return None if text is None else date.fromisoformat(text)


def contract(
    reference: str,
    hours: str = "38",
    *,
    start: str = "2015-01-01",
    end: str | None = None,
    replaces: str = "0",
    qualification: str = NURSE,
    right: bool = True,
    kind: str = "LOONTREKKENDE",
) -> ContractFacts:
    """A contract; it has the right by default."""
    first = date.fromisoformat(start)
    return ContractFacts(reference, first, day(end), kind, qualification, Decimal(hours), Decimal(replaces), right)


def choice(
    reference: str,
    *,
    premium: int = 0,
    exemption: int = 0,
    start: str = "2020-01-01",
    end: str | None = None,
    exception: bool = False,
) -> ChoiceFacts:
    """A choice of the category 55+; the category plays no part in the amount."""
    first = date.fromisoformat(start)
    return ChoiceFacts(reference, first, first, day(end), "55+", premium, exemption, exception)


def person(*parts: ContractFacts | ChoiceFacts, reference: str | None = None) -> Person:
    """Somebody with contracts and choices, named after the first contract."""
    contracts = tuple(part for part in parts if isinstance(part, ContractFacts))
    choices = tuple(part for part in parts if isinstance(part, ChoiceFacts))
    return Person(reference or f"person of {contracts[0].reference}", contracts, choices)


def days(paid: str | None, unpaid: str | None = "0") -> PerformanceEntry:
    """Days of a full-timer."""
    return PerformanceEntry(_decimal(paid), _decimal(unpaid), None)


def hours(paid: str | None) -> PerformanceEntry:
    """Paid hours of a part-timer."""
    return PerformanceEntry(None, None, _decimal(paid))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def case(
    *people: Person,
    performances: Mapping[str, Iterable[PerformanceEntry | None]] | None = None,
    statuses: Mapping[Quarter, QuarterStatus] = ALL_CLOSED,
    sector: str = "PVT",
    certificates: tuple[CertificateFacts, ...] = BOTH,
    period: str = PERIOD,
    **parameters: Any,
) -> Case:
    """The case; ``performances`` gives per contract one entry for each quarter, K3 first."""
    entered: dict[Quarter, dict[str, PerformanceEntry]] = {quarter: {} for quarter in quarters_of(period)}
    for reference, entries in (performances or {}).items():
        for quarter, entry in zip(entered, entries, strict=True):
            if entry is not None:
                entered[quarter][reference] = entry
    bases = [QuarterBasis(quarter, status, people, entered[quarter]) for quarter, status in statuses.items()]
    return Case(period, sector, replace(AMOUNTS, **parameters), certificates, bases)
