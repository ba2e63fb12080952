"""Thousands of made-up facilities: the same amounts to the cent as an engine that looks at every day (7.3 to 7.6)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.certificates import CertificateFacts, CertificateStart, CertificateType
from domain.ecalcura.compensation import Case, Person, QuarterBasis, calculate
from domain.ecalcura.compensation_parameters import CompensationParameters, LimitLevel, MonthMethod
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from tests.unit.domain.compensation import day_by_day

CODES = ["VERPLEEGKUNDIGE_BACHELOR", "VERPLEEGKUNDIGE_GEGRADUEERDE", "ZORGKUNDIGE", "KINESITHERAPEUT"]
RATES = [Decimal("74250.00"), Decimal("70133.17"), Decimal("57600.01"), Decimal("71400.99")]
PERIODS = ["2018-2019", "2019-2020", "2023-2024", "2024-2025"]


def near(period: str) -> st.SearchStrategy[date]:
    """A day in the reference period or up to three months beside it."""
    start = date(int(period[:4]), 4, 1)
    return st.integers(0, 545).map(lambda number: start + timedelta(days=number))


@st.composite
def contracts(draw: st.DrawFn, period: str, reference: str) -> ContractFacts:
    hours = draw(st.sampled_from(["38", "38.00", "19", "28.5", "7.6", "37.99", "0.01", "12.34"]).map(Decimal))
    replaced = (
        draw(st.sampled_from([Decimal(0), hours, hours / 2, Decimal("0.01")])) if draw(st.booleans()) else Decimal(0)
    )
    start = draw(st.one_of(st.just(date(2010, 1, 1)), near(period)))
    end = draw(st.one_of(st.none(), near(period)))
    kind = draw(st.sampled_from(["LOONTREKKENDE", "STATUTAIR", "INTERIM", "STUDENT"]))
    return ContractFacts(
        reference, start, end, kind, draw(st.sampled_from(CODES)), hours, replaced, draw(st.booleans() | st.just(True))
    )


@st.composite
def choices(draw: st.DrawFn, period: str, reference: str) -> ChoiceFacts:
    start = draw(st.one_of(st.just(date(2015, 1, 1)), near(period)))
    end = draw(st.one_of(st.none(), near(period)))
    hours = st.sampled_from([0, 2, 4, 6])
    return ChoiceFacts(reference, start, start, end, "55+", draw(hours), draw(hours), draw(st.booleans()))


@st.composite
def certificates(draw: st.DrawFn, period: str) -> tuple[CertificateFacts, ...]:
    long_ago = st.just(date(2010, 1, 1))
    found = []
    for kind in CertificateType:
        for _ in range(draw(st.integers(0, 2) | st.just(1))):
            start = draw(long_ago | near(period))
            notified = draw(st.none() | long_ago | near(period))
            found.append(CertificateFacts(kind, start, draw(st.none() | near(period)), notified))
    return tuple(found)


def amounts(top: int, digits: int) -> st.SearchStrategy[Decimal | None]:
    return st.none() | st.integers(0, top * 10**digits).map(lambda value: Decimal(value).scaleb(-digits))


@st.composite
def entries(draw: st.DrawFn) -> PerformanceEntry:
    return PerformanceEntry(draw(amounts(70, 1)), draw(amounts(30, 1)), draw(amounts(520, 2)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    period = draw(st.sampled_from(PERIODS))
    people = []
    for number in range(draw(st.integers(1, 4))):
        held = tuple(draw(contracts(period, f"c{number}.{one}")) for one in range(draw(st.integers(1, 3))))
        chosen = tuple(draw(choices(period, f"k{number}.{one}")) for one in range(draw(st.integers(0, 2))))
        people.append(Person(f"p{number}", held, chosen))
    bases = []
    for quarter in draw(st.lists(st.sampled_from(quarters_of(period)), unique=True, min_size=3, max_size=4)):
        status = draw(st.just(QuarterStatus.CLOSED) | st.sampled_from(QuarterStatus))
        references = [contract.reference for one in people for contract in one.contracts]
        entered = {one: draw(entries()) for one in references if draw(st.booleans() | st.just(True))}
        bases.append(QuarterBasis(quarter, status, people, entered))
    parameters = CompensationParameters(
        y1=dict(zip(CODES, RATES, strict=True)),
        y2=dict(zip(CODES, RATES, strict=True)),
        limit_level=draw(st.sampled_from(LimitLevel)),
        month_method=draw(st.sampled_from(MonthMethod)),
        floor_without_beneficiary=draw(st.booleans()),
        certificate_start=draw(st.sampled_from(CertificateStart)),
    )
    sector = draw(st.sampled_from(["PVT", "IBW", "REVALIDATIE", "MBE"]))
    return Case(period, sector, parameters, draw(certificates(period)), bases)


@settings(max_examples=400, deadline=None)
@given(cases())
def test_the_same_as_day_by_day(case: Case) -> None:
    expected, outcome = day_by_day.total(case), calculate(case)
    assert Fraction(outcome.premium_total) == expected["premium"]
    assert Fraction(outcome.right_fte) == expected["R"]
    assert Fraction(outcome.replacement_fte) == expected["V"]
    assert abs(Fraction(outcome.limit_factor) - expected["f"]) <= Fraction(1, 10**12)
    assert Fraction(outcome.replacement_total) == expected["replacement"]
    assert Fraction(outcome.total) == expected["total"]


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from(["y1", "y2"]))
def test_dearer_amounts_never_pay_less(case: Case, name: str) -> None:
    from dataclasses import replace

    dearer = {code: rate + Decimal("100.00") for code, rate in getattr(case.parameters, name).items()}
    raised = replace(case, parameters=replace(case.parameters, **{name: dearer}))
    assert calculate(raised).total >= calculate(case).total


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from(list(CertificateType)))
def test_without_one_of_the_certificates_nothing(case: Case, missing: CertificateType) -> None:
    """E-100 to E-102."""
    from dataclasses import replace

    held = tuple(one for one in case.certificates if one.type is not missing)
    assert calculate(replace(case, certificates=held)).total == 0


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_a_quarter_that_takes_no_part_never_adds(case: Case, data: st.DataObject) -> None:
    """E-129: the premium of the others stays; the total is that of the case without that quarter."""
    from dataclasses import replace

    left: Quarter = data.draw(st.sampled_from([basis.quarter for basis in case.quarters]))
    others = [basis for basis in case.quarters if basis.quarter != left]
    opened = [replace(basis, status=QuarterStatus.OPEN) if basis.quarter == left else basis for basis in case.quarters]
    assert calculate(replace(case, quarters=opened)).total == calculate(replace(case, quarters=others)).total
