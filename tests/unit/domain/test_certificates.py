"""The two declarations (E-100 to E-104, V-66, V-80)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import Quarter
from domain.ecalcura.certificates import (
    CERTIFICATE_LABELS,
    DECLARATIONS,
    CertificateFacts,
    CertificateStart,
    CertificateType,
    check_certificate,
    coverage_finding,
    covered_days,
    covers,
    missing_on,
    removal_obstacle,
    require_removable,
    state_on,
    touches,
)
from domain.errors import NotAllowedNow

SOCIAL = CertificateFacts(CertificateType.SOCIAL_AGREEMENT, date(2023, 7, 1), key="s")
CAREER = CertificateFacts(CertificateType.END_OF_CAREER, date(2023, 7, 1), key="e")
Q3 = Quarter(2023, 3)


def test_e101_e102_each_type_has_a_name_and_a_declaration() -> None:
    assert set(CERTIFICATE_LABELS) == set(DECLARATIONS) == set(CertificateType)


@pytest.mark.parametrize(
    ("start", "end", "field", "more"),
    [
        (None, None, "start", "Vul een startdatum in."),
        (date(2023, 7, 2), date(2023, 7, 1), "end", "De einddatum ligt vóór de startdatum."),
    ],
    ids=["start missing", "end before start"],
)
def test_v80_wrong_period(start: date | None, end: date | None, field: str, more: str) -> None:
    (finding,) = check_certificate(replace(SOCIAL, start=start, end=end), [])
    assert (finding.code, finding.field) == ("V-80", field)
    assert str(finding) == f"Controleer de periode van het attest. {more}"


def test_v80_an_overlap_says_with_what() -> None:
    added = replace(SOCIAL, start=date(2023, 12, 31), key="new")
    (finding,) = check_certificate(added, [replace(SOCIAL, end=date(2023, 12, 31))])
    assert "van 1 juli 2023 tot en met 31 december 2023" in str(finding)
    (finding,) = check_certificate(added, [SOCIAL])
    assert "vanaf 1 juli 2023, zonder einddatum" in str(finding)


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2023, 6, 30), "FUTURE"), (date(2023, 7, 1), "RUNNING"), (date(2023, 9, 30), "RUNNING"),
     (date(2023, 10, 1), "ENDED")],
)  # fmt: skip
def test_e104_a_certificate_runs_from_its_first_to_its_last_day(day: date, state: str) -> None:
    one = replace(SOCIAL, end=date(2023, 9, 30))
    assert state_on(day, one) == state
    assert missing_on(day, [one, CAREER]) == (
        [CertificateType.SOCIAL_AGREEMENT] * (state != "RUNNING")
        + [CertificateType.END_OF_CAREER] * (day < CAREER.start)
    )


def test_e100_an_open_certificate_never_ends() -> None:
    assert state_on(date(2099, 1, 1), SOCIAL) == "RUNNING"
    assert missing_on(date(2099, 1, 1), []) == list(CertificateType)


def test_v80_one_day_is_a_period() -> None:
    assert check_certificate(replace(SOCIAL, end=SOCIAL.start), []) == []


@pytest.mark.parametrize(
    ("start", "end", "overlapping"),
    [
        (date(2023, 1, 1), date(2023, 6, 30), False),
        (date(2023, 1, 1), date(2023, 7, 1), True),
        (date(2023, 1, 1), None, True),
        (date(2024, 1, 1), None, False),
        (date(2023, 12, 31), None, True),
        (date(2023, 8, 1), date(2023, 9, 1), True),
    ],
)
def test_v80_overlap_of_the_same_type(start: date, end: date | None, overlapping: bool) -> None:
    existing = replace(SOCIAL, end=date(2023, 12, 31))
    added = replace(SOCIAL, start=start, end=end, key="new")
    assert bool(check_certificate(added, [existing])) is overlapping
    assert check_certificate(replace(added, type=CertificateType.END_OF_CAREER), [existing]) == []


def test_v80_a_changed_certificate_does_not_overlap_itself() -> None:
    assert check_certificate(replace(SOCIAL, end=date(2024, 6, 30)), [SOCIAL]) == []
    assert check_certificate(replace(SOCIAL, key=""), [replace(SOCIAL, key="")])


def test_v66_both_certificates_over_the_whole_quarter() -> None:
    assert covers(Q3, [SOCIAL, CAREER])
    assert coverage_finding(Q3, [SOCIAL, CAREER]) is None


@pytest.mark.parametrize(
    "certificates",
    [
        [],
        [SOCIAL],
        [CAREER],
        [SOCIAL, replace(CAREER, start=date(2023, 7, 2))],
        [SOCIAL, replace(CAREER, end=date(2023, 9, 29))],
    ],
)
def test_v66_warns_when_a_day_lacks_one(certificates: list[CertificateFacts]) -> None:
    finding = coverage_finding(Q3, certificates)
    assert finding is not None
    assert (finding.code, finding.subject) == ("V-66", "2023K3")


def test_v66_certificates_that_follow_each_other_cover_together() -> None:
    first, second = replace(SOCIAL, end=date(2023, 8, 15)), replace(SOCIAL, start=date(2023, 8, 16), key="t")
    assert covers(Q3, [first, second, CAREER])
    assert covered_days(Q3, [first, CAREER]) == 46


def test_l06_days_are_counted_where_all_types_hold() -> None:
    career = replace(CAREER, start=date(2023, 9, 1))
    assert covered_days(Q3, [SOCIAL, career]) == 30
    assert covered_days(Q3, [SOCIAL, career], types=[CertificateType.SOCIAL_AGREEMENT]) == 92


def test_a24_the_notification_can_set_the_start() -> None:
    late = replace(CAREER, notified_on=date(2023, 9, 21))
    rule = CertificateStart.LATER_OF_START_AND_NOTICE
    assert covered_days(Q3, [SOCIAL, late], start_rule=rule) == 10
    assert covered_days(Q3, [SOCIAL, late]) == 92


DAYS = st.dates(date(2023, 5, 1), date(2023, 12, 1))


@given(DAYS, st.one_of(st.none(), DAYS), DAYS)
def test_a_certificate_touches_a_quarter_exactly_when_it_covers_a_day(
    start: date, end: date | None, other: date
) -> None:
    one = replace(SOCIAL, start=start, end=end)
    days = covered_days(Q3, [one], types=[one.type])
    assert touches(Q3, one) is (days > 0) or (end is not None and end < start)
    assert covered_days(Q3, [one, replace(one, start=other, key="o")], types=[one.type]) >= days


def test_e104_deleting_only_while_no_settled_quarter_is_touched() -> None:
    one = replace(SOCIAL, end=date(2023, 12, 31))
    require_removable(one, [Quarter(2023, 2), Quarter(2024, 1)])
    assert removal_obstacle(one, [Quarter(2023, 4), Q3]) == Q3
    with pytest.raises(NotAllowedNow, match="2023K3") as refused:
        require_removable(one, [Quarter(2023, 4), Q3])
    assert refused.value.code == "E-104"
    assert removal_obstacle(replace(one, start=Q3.end + timedelta(days=1)), [Q3]) is None
