"""The readings that bind (7.9) and the golden tests 3, 5 and 7, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.calendars import Quarter
from domain.ecalcura.certificates import CertificateFacts, CertificateStart, CertificateType
from domain.ecalcura.compensation import MissingParameter, calculate
from domain.ecalcura.compensation_parameters import FullTimeMethod, LimitLevel, MonthMethod
from domain.ecalcura.compensation_result import Compensation, PremiumLine, QuarterStatus, WorkedQuarter
from domain.ecalcura.performances import PerformanceEntry
from tests.unit.domain.compensation.cases import (
    AGREEMENT,
    BOTH,
    CARER,
    END_OF_CAREER,
    K1,
    K2,
    K3,
    K4,
    NURSE,
    PHYSIO,
    case,
    choice,
    contract,
    days,
    hours,
    person,
)

D = Decimal
FULL = [days("65")] * 4


def worked(outcome: Compensation, quarter: Quarter = K3, reference: str = "A") -> WorkedQuarter:
    return next(line for line in outcome.worked if (line.quarter, line.contract) == (quarter, reference))


def premium(outcome: Compensation, quarter: Quarter = K3) -> PremiumLine:
    return next(line for line in outcome.premiums if line.quarter == quarter)


def one_nurse(*entries: PerformanceEntry | None, **more: object) -> Compensation:
    found = case(
        person(contract("A"), choice("k", premium=6)),
        performances={"A": list(entries) or FULL},
        **more,  # type: ignore[arg-type]
    )
    return calculate(found)


def test_golden_3_absences_leave_an_exemption_and_lower_a_premium() -> None:
    """E-086, E-087: performance plays no part in the hours of exemption."""
    people = person(contract("A"), choice("p", premium=2), choice("v", exemption=4))
    outcome = calculate(case(people, performances={"A": [days("65"), days("20", "45"), None, days("65")]}))
    assert [line.hours for line in outcome.right_lines] == [D("4.000")] * 4
    assert [line.effective_time for line in outcome.premiums] == [D("1.000"), D("0.308"), D("0.000"), D("1.000")]


def test_l02_a_case_is_computed_as_it_stands() -> None:
    """More hours than a week has, choices that overlap: no check of the screens applies."""
    people = person(contract("A", "60"), choice("k1", exemption=6), choice("k2", exemption=6))
    outcome = calculate(case(people))
    assert [line.hours for line in outcome.right_lines[:2]] == [D("6.000"), D("6.000")]


def test_l03_first_and_last_day_count() -> None:
    people = person(contract("A", start="2023-07-31", end="2023-08-01"), choice("k", premium=6))
    outcome = calculate(case(people, performances={"A": [days("2"), None, None, None]}))
    line = premium(outcome)
    assert (line.days, line.months) == (2, D("0.065"))
    assert worked(outcome).possible_days == 2


@pytest.mark.parametrize(("kind", "rates"), [("Y1", {"y1": {}}), ("Y2", {"y2": {}})])
def test_l04_a_missing_amount_is_named(kind: str, rates: dict[str, dict[str, Decimal]]) -> None:
    people = [
        person(contract("A", replaces="10"), choice("k", premium=2)),
        person(contract("B"), choice("v", exemption=6)),
    ]
    found = case(*people, performances={"A": FULL})
    with pytest.raises(MissingParameter) as refused:
        calculate(replace(found, parameters=replace(found.parameters, **rates)))
    assert refused.value.params == {"parameter": f"{kind} {NURSE}", "period": "2023-2024"}


def test_l04_an_amount_nothing_depends_on_may_be_missing() -> None:
    """Nobody worked, so no rate is needed."""
    found = case(person(contract("A", replaces="10"), choice("k", premium=2)))
    assert calculate(replace(found, parameters=replace(found.parameters, y1={}, y2={}))).total == 0


@pytest.mark.parametrize("status", QuarterStatus)
def test_l05_which_quarters_take_part(status: QuarterStatus) -> None:
    people = [
        person(contract("A", replaces="19"), choice("k", premium=2)),
        person(contract("B"), choice("v", exemption=6)),
    ]
    outcome = calculate(case(*people, performances={"A": FULL}, statuses={K3: status}, sector="MBE"))
    counts = status in (QuarterStatus.CLOSED, QuarterStatus.BLOCKED, QuarterStatus.AUDIT)
    assert bool(outcome.premiums) is bool(outcome.right_lines) is counts
    assert outcome.rights[0].hours == (D("13.000") if counts else D("0.000"))
    assert outcome.right_fte == (D("0.086") if counts else 0), "still divided by four"
    assert outcome.replacement_fte == (D("0.125") if counts else 0)
    assert [note.params["quarter"] for note in outcome.notes][-3:] == [K4, K1, K2]
    assert ("in audit" in str(outcome.notes[0])) is (status is QuarterStatus.AUDIT)


def test_l06_both_certificates_at_once() -> None:
    first = replace(AGREEMENT, end=date(2023, 8, 31))
    second = replace(AGREEMENT, start=date(2023, 9, 11))
    right = one_nurse(certificates=(first, second, END_OF_CAREER)).rights[0]
    assert (right.covered_days, right.days, right.certificate_share) == (82, 92, D("0.891304"))


@pytest.mark.parametrize(
    ("rule", "covered"), [(CertificateStart.START_DATE, 92), (CertificateStart.LATER_OF_START_AND_NOTICE, 61)]
)
def test_l06_a24_the_later_of_start_and_notification(rule: CertificateStart, covered: int) -> None:
    """Golden test 5: a certificate added after the fact."""
    late = replace(AGREEMENT, notified_on=date(2023, 8, 1))
    outcome = one_nurse(certificates=(late, END_OF_CAREER), certificate_start=rule)
    assert outcome.rights[0].covered_days == covered


def test_l07_the_certificate_share_counts_days_whatever_the_months() -> None:
    ended = (replace(AGREEMENT, end=date(2023, 9, 15)), END_OF_CAREER)
    outcome = one_nurse(certificates=ended, month_method=MonthMethod.WHOLE_MONTHS)
    assert outcome.rights[0].certificate_share == D("0.836957")
    assert premium(outcome).months == D("2.000")


def test_golden_5_a_certificate_that_ends_in_the_year() -> None:
    """The replacement is scaled by days, exactly once: 13 h of right, 77 of 92 days."""
    ended = (replace(AGREEMENT, end=date(2023, 9, 15)), END_OF_CAREER)
    people = person(contract("A", "13", replaces="13", qualification=PHYSIO))
    outcome = calculate(case(people, performances={"A": [hours("169")] * 4}, sector="REVALIDATIE", certificates=ended))
    assert (outcome.rights[0].own_fte, outcome.rights[0].fte) == (D("0.342"), D("0.286"))
    assert (worked(outcome).replacing, worked(outcome).replaced) == (D("0.342"), D("0.286"))
    assert outcome.rights[1].fte == 0


def test_l08_full_time_counts_days_and_the_rest_hours() -> None:
    both = PerformanceEntry(D("32.5"), D("32.5"), D("999"))
    assert worked(one_nurse(both, None, None, None)).density == D("0.500")
    part = case(person(contract("A", "37.99"), choice("k", premium=6)), performances={"A": [both, None, None, None]})
    assert worked(calculate(part)).density == 1


def test_l09_empty_is_zero() -> None:
    assert worked(one_nurse(days("60", None), None, None, None)).density == 1
    nothing = worked(one_nurse(None, None, None, None))
    assert (nothing.density, nothing.fte) == (0, 0)


def test_l09_no_weekday_in_the_contract() -> None:
    people = person(contract("A", "19", start="2023-09-30", end="2023-10-01"), choice("k", premium=6))
    outcome = calculate(case(people, performances={"A": [hours("7.6"), None, None, None]}))
    assert (worked(outcome).possible_days, worked(outcome).density) == (0, 0)
    assert premium(outcome).amount == 0


def test_l10_density_is_that_of_the_whole_contract() -> None:
    people = person(contract("A"), choice("k", premium=6, start="2023-09-01"))
    outcome = calculate(case(people, performances={"A": [days("52", "13"), None, None, None]}))
    assert (premium(outcome).effective_time, premium(outcome).months) == (D("0.800"), D("1.000"))


def test_l11_only_whole_months() -> None:
    people = person(contract("A", start="2023-07-03"), choice("k", premium=6))
    by_days = calculate(case(people, performances={"A": FULL}))
    whole = calculate(case(people, performances={"A": FULL}, month_method=MonthMethod.WHOLE_MONTHS))
    assert premium(by_days).months == D("2.935")
    assert premium(whole).months == D("2.000")
    assert premium(whole).days == 90, "the average still looks at every day that counts"


def test_l12_a_premium_needs_the_right_and_a_nurse_or_the_exception() -> None:
    def total(**about: object) -> Decimal:
        exception = bool(about.pop("exception", False))
        people = person(contract("A", **about), choice("k", premium=6, exception=exception))  # type: ignore[arg-type]
        rates = {"y1": {CARER: D("57600.00"), NURSE: D("74250.00")}}
        return calculate(case(people, performances={"A": FULL}, **rates)).total

    assert total() > 0
    assert total(right=False) == total(right=False, exception=True) == 0
    assert total(qualification=CARER) == 0
    assert total(qualification=CARER, exception=True) > 0


def test_l12_the_exception_pays_the_amount_of_the_own_qualification() -> None:
    people = person(contract("A", qualification=CARER), choice("k", premium=6, exception=True))
    outcome = calculate(case(people, performances={"A": FULL}, y1={CARER: D("57600.00")}))
    assert premium(outcome).rates == {CARER: D("57600.00")}
    assert premium(outcome).amount == D("2273.68")


def test_l13_without_months_no_line() -> None:
    outcome = calculate(
        case(person(contract("A"), choice("k", premium=6, start="2024-01-01")), performances={"A": FULL})
    )
    assert [line.quarter for line in outcome.premiums] == [K1, K2]


def test_l14_a_choice_of_both_gives_both() -> None:
    outcome = calculate(case(person(contract("A"), choice("k", premium=2, exemption=4)), performances={"A": FULL}))
    assert premium(outcome).premium_hours == 2
    assert outcome.right_lines[0].hours == D("4.000")


def test_l15_hours_are_averaged_over_the_days_that_count() -> None:
    """19 h on 62 days, 38 h (capped from 50) on 30: U = 25.1956…, never rounded."""
    people = person(
        contract("A", "19", end="2023-08-31"),
        contract("B", "30", start="2023-09-01"),
        contract("C", "20", start="2023-09-01"),
        choice("k", exemption=6),
    )
    line = calculate(case(people, statuses={K3: QuarterStatus.CLOSED})).right_lines[0]
    assert (line.average_hours, line.days, line.hours) == (D("25.196"), 92, D("3.978"))


@pytest.mark.parametrize(("always", "hours_of_right"), [(True, D("13.000")), (False, D("0.000"))])
def test_l16_the_floor_without_beneficiary(always: bool, hours_of_right: Decimal) -> None:
    """Premium hours make no beneficiary of exemption here."""
    outcome = one_nurse(sector="MBE", floor_without_beneficiary=always)
    assert outcome.rights[0].hours == hours_of_right
    assert outcome.rights[0].floor_applied is always


@pytest.mark.parametrize(
    ("sector", "weekly", "right", "applied"),
    [
        ("REVALIDATIE", "37.997", "13.000", True),  # 12.999 of 13 h
        ("MBE", "38", "13.000", False),
        ("PVT", "25.333333", "8.667", False),
        ("IBW", "25.333333", "8.667", False),
        ("CVK3", "25.333333", "8.667", False),
    ],
)
def test_golden_7_l17_the_floor_of_thirteen_hours(sector: str, weekly: str, right: str, applied: bool) -> None:
    """E-092, E-093: 12.999 becomes 13; 13.000 stays as it is; other sectors have no floor."""
    first = person(contract("A", weekly), choice("k", exemption=13))
    outcome = calculate(case(first, sector=sector))
    assert (outcome.rights[0].hours, outcome.rights[0].floor_applied) == (D(right), applied)


def test_l17_the_floor_shows_even_without_certificates() -> None:
    outcome = one_nurse(sector="MBE", certificates=())
    right = outcome.rights[0]
    assert (right.hours, right.floor_applied, right.certificate_share, right.fte) == (13, True, 0, 0)


def test_l18_who_has_a_right_may_replace_too() -> None:
    outcome = calculate(case(person(contract("A", replaces="19"), choice("k", exemption=6)), performances={"A": FULL}))
    assert outcome.replacements[0].average_fte == D("0.500")


@pytest.mark.parametrize("kind", ["INTERIM", "ZELFSTANDIGE", "SOCIALE_MARIBEL", "STUDENT"])
def test_l18_excluded_contract_types_replace_until_2019k2(kind: str) -> None:
    """P-15: from 1 July 2019 on."""
    certified = tuple(replace(one, start=date(2010, 1, 1), notified_on=None) for one in BOTH)
    people = person(contract("A", replaces="19", kind=kind))
    for period, fte in (("2018-2019", D("0.500")), ("2019-2020", D("0.000"))):
        outcome = calculate(
            case(
                people,
                performances={"A": FULL},
                period=period,
                certificates=certified,
                statuses=dict.fromkeys(_quarters(period), QuarterStatus.CLOSED),
            )
        )
        assert outcome.replacements[0].average_fte == fte
        assert all(line.excluded is (fte == 0) for line in outcome.worked)


def _quarters(period: str) -> list[Quarter]:
    from domain.calendars import quarters_of

    return list(quarters_of(period))


def test_l19_limited_per_quarter() -> None:
    """No right in the first two quarters: what was replaced there is lost, the other two are paid in full."""
    people = [
        person(contract("B"), choice("v", exemption=6, start="2024-01-01")),
        person(contract("A", "19", replaces="5", qualification=CARER)),
    ]
    outcome = calculate(case(*people, performances={"A": [hours("247")] * 4}, limit_level=LimitLevel.QUARTER))
    (line,) = outcome.replacements
    assert list(line.quarters.values()) == [D("0.132")] * 4, "printed before the limit"
    assert [right.factor for right in outcome.rights] == [0, 0, 1, 1]
    assert (line.average_fte, outcome.replacement_fte, outcome.limit_factor) == (D("0.066"), D("0.066"), 1)
    assert outcome.total == D("3801.60")


@pytest.mark.parametrize(("level", "factor"), [(LimitLevel.PERIOD, 0), (LimitLevel.NONE, 1)])
def test_l19_replacement_without_any_right(level: LimitLevel, factor: int) -> None:
    people = person(contract("A", "19", replaces="5", qualification=CARER))
    outcome = calculate(case(people, performances={"A": [hours("247")] * 4}, limit_level=level))
    assert outcome.limit_factor == factor
    assert bool(outcome.total) is bool(factor)


def test_l19_nothing_replaced() -> None:
    outcome = one_nurse()
    assert (outcome.limit_factor, outcome.replacement_total, outcome.replacements) == (1, 0, ())


def test_75_contracts_that_follow_each_other_count_for_their_own_days() -> None:
    """Two half-time contracts one after the other are a half-time, not a full-time."""
    people = person(
        contract("A", "19", end="2023-08-15"), contract("B", "19", start="2023-08-16"), choice("k", premium=6)
    )
    half = [hours("125.4"), None, None, None], [hours("125.4"), None, None, None]
    outcome = calculate(case(people, performances={"A": half[0], "B": half[1]}))
    assert premium(outcome).effective_time == D("0.508")


def test_75_contracts_together_above_one_are_scaled_down_alike() -> None:
    """Each with its own Y1: (74,250 + 70,100) / 2 x 6/38 x 3/12."""
    people = person(contract("A"), contract("B", qualification="VERPLEEGKUNDIGE_GEGRADUEERDE"), choice("k", premium=6))
    outcome = calculate(case(people, performances={"A": FULL, "B": FULL}))
    line = premium(outcome)
    assert (line.effective_time, line.shares[0].scaled, line.amount) == (1, True, D("2849.01"))


def test_a31_the_other_method_for_full_timers() -> None:
    outcome = one_nurse(days("52", "0"), None, None, None, full_time_method=FullTimeMethod.PAID_OF_NORM)
    assert (worked(outcome).density, worked(outcome).fte) == (D("0.800"), D("0.800"))


def test_more_than_a_full_job_is_capped() -> None:
    part = case(person(contract("A", "19"), choice("k", premium=6)), performances={"A": [hours("600")] * 4})
    line = worked(calculate(part))
    assert (line.density, line.fte, line.capped) == (1, 1, True)


def test_certificates_of_both_kinds_are_needed() -> None:
    kinds = [CertificateFacts(kind, date(2023, 7, 1)) for kind in CertificateType]
    assert one_nurse(certificates=tuple(kinds)).total > 0
    assert one_nurse(certificates=(kinds[0],)).total == 0
