"""An invented case to show a letter with: two nurses with a premium, one exemption and two replacers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from domain.calendars import quarters_of
from domain.ecalcura.certificates import CertificateFacts, CertificateType
from domain.ecalcura.compensation import Case, Person, QuarterBasis
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts

_START, _FULL = date(2019, 1, 1), Decimal(38)
_AMOUNT = Decimal("70000.00")
_CARE = "ZORGKUNDIGE"

NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nurse": ("Voorbeeld", "Noor"),
        "nurse2": ("Proef", "Piet"),
        "exempt": ("Model", "Mia"),
        "replacer": ("Staal", "Stan"),
        "replacer2": ("Toets", "Tine"),
    }
)


def example_case(reference_period: str, parameters: CompensationParameters, *, more_nurses: int = 0) -> Case:
    """The case with the amounts of the parameters, or an invented one where they have none.

    ``more_nurses`` adds people with a premium, for measuring.
    """
    nurse = min(parameters.nurse_qualifications, default=_CARE)
    amounts = dict.fromkeys((nurse, _CARE), _AMOUNT)
    parameters = replace(parameters, y1={**amounts, **parameters.y1}, y2={**amounts, **parameters.y2})
    people = (
        Person("nurse", (_contract("c1", nurse),), (_choice("k1", premium=6),)),
        Person("nurse2", (_contract("c2", nurse),), (_choice("k2", premium=4, category="50+"),)),
        Person("exempt", (_contract("c3", _CARE),), (_choice("k3", exemption=6),)),
        Person("replacer", (_contract("c4", _CARE, Decimal(19), Decimal(4)),)),
        Person("replacer2", (_contract("c5", _CARE, Decimal(12), Decimal(4)),)),
        *(
            Person(f"more{place}", (_contract(f"m{place}", nurse),), (_choice(f"km{place}", premium=6),))
            for place in range(more_nurses)
        ),
    )
    entries = {
        **dict.fromkeys(
            ("c1", "c2", *(f"m{place}" for place in range(more_nurses))),
            PerformanceEntry(Decimal(60), Decimal(5), None),
        ),
        "c4": PerformanceEntry(None, None, Decimal("240.00")),
        "c5": PerformanceEntry(None, None, Decimal("150.00")),
    }
    quarters = quarters_of(reference_period)
    bases = [QuarterBasis(quarter, QuarterStatus.CLOSED, people, entries) for quarter in quarters]
    bases[-1] = replace(bases[-1], status=QuarterStatus.BLOCKED)
    held = tuple(CertificateFacts(kind, date(2021, 7, 1), None, date(2021, 7, 5)) for kind in CertificateType)
    return Case(reference_period, "PVT", parameters, held, tuple(bases))


def _contract(
    reference: str, qualification: str, hours: Decimal = _FULL, replacement: Decimal = Decimal(0)
) -> ContractFacts:
    return ContractFacts(
        reference, _START, None, "LOONTREKKENDE", qualification, hours, replacement, el_right=not replacement
    )


def _choice(reference: str, *, premium: int = 0, exemption: int = 0, category: str = "55+") -> ChoiceFacts:
    start = date(2021, 7, 1)
    return ChoiceFacts(reference, start, start, None, category, premium, exemption)
