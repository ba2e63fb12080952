"""Values far from what is usual, and what a justification is (U-01 to U-03)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.calendars import Quarter
from domain.ecalcura.performances import Kind, Line, PerformanceEntry, Reason, quarter_norm
from domain.ecalcura.unusual import (
    DEFAULT_UNUSUAL,
    DeclaredLine,
    Flag,
    SectorAverage,
    Totals,
    check_text,
    flags,
    rate_of,
    sector_average,
    totals_of,
    unanswered,
)
from domain.errors import InvalidValue, Severity

D = Decimal
NORM = quarter_norm(Quarter(2024, 1))
NOTHING = Totals(D(0), None)


def full_time(reference: str = "nurse", days: int = 65, reason: Reason | None = Reason.PREMIUM) -> Line:
    return Line(reference, Kind.DAYS, reason, days, D("494.0"), exemption_only=False)


def half_time(reference: str = "replacer") -> Line:
    return Line(reference, Kind.HOURS, Reason.REPLACEMENT, 65, D("247.0"), exemption_only=False)


def paid(days: str | None = None, hours: str | None = None) -> PerformanceEntry:
    return PerformanceEntry(D(days) if days else None, None, D(hours) if hours else None)


def found(*lines: DeclaredLine) -> list[Flag]:
    return flags(lines, NOTHING, (), None)


def test_the_rate_is_what_was_paid_of_what_was_possible() -> None:
    assert rate_of(full_time(), paid("60")) == D("0.923")
    assert rate_of(full_time(days=30), paid("30")) == D(1)
    assert rate_of(half_time(), paid(hours="123.5")) == D("0.500")
    assert rate_of(full_time(), None) is None
    assert rate_of(full_time(days=0), paid("1")) is None


@pytest.mark.parametrize(
    ("days", "earlier", "unusual"),
    [
        ("20", ("1.000", "0.950", "0.900"), True),
        ("38", ("1.000", "0.950"), False),
        ("20", ("1.000",), False),
        ("65", ("0.500", "0.550"), True),
        (None, ("1.000", "1.000"), False),
    ],
)
def test_u01_a_contract_is_compared_with_its_own_earlier_quarters(
    days: str | None, earlier: tuple[str, ...], unusual: bool
) -> None:
    """Forty points from the average of at least two earlier quarters."""
    line = DeclaredLine(full_time(), paid(days), tuple(D(rate) for rate in earlier))
    assert [flag.code for flag in found(line)] == (["U-01"] if unusual else [])


def test_u01_says_value_and_what_is_usual() -> None:
    flag = found(DeclaredLine(half_time(), paid(hours="50.5"), (D("0.95"), D("1.00"))))[0]
    assert flag.value == "50,5 van 247 uren betaald (20 %)"
    assert flag.expected == "gemiddeld 98 % in de 2 vorige kwartalen"
    assert (flag.subject, flag.key) == ("replacer", "U-01:replacer")
    assert "50,5 van 247" in str(flag.finding(Severity.WARNING))


def test_u01_many_contracts_are_one_question() -> None:
    usual = (D(1), D(1))
    many = [DeclaredLine(full_time(f"c{place}"), paid("10"), usual) for place in range(9)]
    assert [flag.subject for flag in found(*many[:8])] == [f"c{place}" for place in range(8)]
    only = found(*many)
    assert [(flag.code, flag.subject) for flag in only] == [("U-01", "")]
    assert "9 contractlijnen" in only[0].value


def test_what_needs_no_performances_is_never_unusual() -> None:
    line = DeclaredLine(full_time(reason=None), paid("1"), (D(1), D(1)))
    assert found(line) == []
    assert totals_of([(line.line, line.entry)], NORM) == Totals(D("0.000"), None)


def test_the_totals_of_a_quarter() -> None:
    """One of 65 days and half of 494 hours."""
    assert totals_of([(full_time(), paid("65")), (half_time(), paid(hours="247"))], NORM) == Totals(
        D("1.500"), D("1.000")
    )
    assert totals_of([(full_time(), paid("52")), (half_time(), None)], NORM).rate == D("0.800")


@pytest.mark.parametrize(
    ("fte", "earlier", "unusual"),
    [
        ("12", ("20", "20"), True),
        ("15", ("20", "20"), False),
        ("1", ("2.5", "2.5"), False),
        ("27", ("20", "20"), True),
        ("5", ("20",), False),
    ],
)
def test_u02_the_quarter_as_a_whole_needs_both_a_part_and_an_amount(
    fte: str, earlier: tuple[str, ...], unusual: bool
) -> None:
    """Thirty percent and two full-time equivalents."""
    got = flags((), Totals(D(fte), None), [D(one) for one in earlier], None)
    assert [flag.code for flag in got] == (["U-02"] if unusual else [])


@pytest.mark.parametrize(
    ("rate", "facilities", "unusual"), [("0.60", 8, True), ("0.60", 7, False), ("0.80", 8, False), (None, 20, False)]
)
def test_u03_the_sector_only_as_an_average_of_enough_others(rate: str | None, facilities: int, unusual: bool) -> None:
    """Below eight others nothing is compared: one facility can never be read from it."""
    own = Totals(D(10), D(rate) if rate else None)
    got = flags((), own, (), SectorAverage(D("0.95"), facilities))
    assert [flag.code for flag in got] == (["U-03"] if unusual else [])


def test_the_average_of_the_sector() -> None:
    assert sector_average(0, 0) is None
    assert sector_average(3, 2851) == SectorAverage(D("0.950"), 3)


@pytest.mark.parametrize("text", ["", "  ", "ok", "ja ja", "– – – – –", "x" * 1200])
def test_a_justification_is_a_few_words(text: str) -> None:
    with pytest.raises(InvalidValue):
        check_text(text)


def test_a_justification_is_kept_without_its_spaces() -> None:
    assert check_text("  Langdurig  ziek\nsinds maart ") == "Langdurig ziek sinds maart"


def test_what_was_justified_stays_so_while_the_value_is_the_same() -> None:
    flag = Flag("U-01", "nurse", "20 van 65", "gemiddeld 95 %")
    assert unanswered([flag], {}, last_day=False) == ([flag], Severity.BLOCKS_SUBMIT)
    assert unanswered([flag], {("U-01", "nurse"): "20 van 65"}, last_day=False)[0] == []
    assert unanswered([flag], {("U-01", "nurse"): "25 van 65"}, last_day=False)[0] == [flag]


def test_nobody_misses_the_term_for_a_justification() -> None:
    flag = Flag("U-02", "", "1", "2")
    assert unanswered([flag], {}, last_day=True) == ([flag], Severity.WARNING)


def test_the_thresholds_are_named() -> None:
    assert (DEFAULT_UNUSUAL.contract_change, DEFAULT_UNUSUAL.sector_facilities) == (D("0.40"), 8)
