"""How many days of a quarter the certificates cover, and what a late notification changes (L-06, E-103, A-24)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.calendars import Quarter
from domain.ecalcura.certificate_shares import QuarterShare, quarters_changed, share_of
from domain.ecalcura.certificates import CertificateFacts, CertificateStart, CertificateType

K3, K4 = Quarter(2023, 3), Quarter(2023, 4)
SOCIAL, CAREER = CertificateType.SOCIAL_AGREEMENT, CertificateType.END_OF_CAREER
LATER = CertificateStart.LATER_OF_START_AND_NOTICE
TODAY = date(2024, 9, 16)


def held(kind: CertificateType, start: date, end: date | None = None, notified: date | None = None) -> CertificateFacts:
    return CertificateFacts(kind, start, end, notified, key=kind.value)


def share(*others: CertificateFacts, rule: CertificateStart = CertificateStart.START_DATE) -> QuarterShare:
    """The third quarter with the social agreement all along."""
    return share_of(K3, [held(SOCIAL, date(2021, 7, 1)), *others], rule)


def test_l06_a_day_counts_when_both_certificates_hold() -> None:
    found = share(held(CAREER, date(2023, 8, 1)))
    assert (found.covered, found.days, found.percent) == (61, 92, Decimal("66.3"))
    assert found.per_type == {SOCIAL: 92, CAREER: 61}
    told = str(found.sentence(TODAY))
    assert told.startswith("In het 2023K3 telden 61 van de 92 dagen.")
    assert "66,3 %" in told
    assert "In het 2023K3 tellen 61" in str(found.sentence(date(2023, 9, 30)))


def test_e100_no_day_at_all_is_no_money_and_a_whole_quarter_is_plain() -> None:
    assert "geen tegemoetkoming" in str(share().sentence(TODAY))
    whole = share(held(CAREER, date(2021, 7, 1)))
    assert (whole.is_whole, str(whole.sentence(TODAY))) == (True, "In het 2023K3 telden alle 92 dagen.")


def test_e103_a24_a_late_notification_under_each_start_rule() -> None:
    """Declared from 1 July, notified on 1 September: all days by the start, thirty by the notification."""
    late = held(CAREER, date(2023, 7, 1), notified=date(2023, 9, 1))
    by_start, by_notice = share(late), share(late, rule=LATER)
    assert (by_start.covered, by_start.by_notice, by_notice.covered) == (92, 30, 30)
    told = [str(one) for one in by_start.late_sentences()]
    assert "gemeld op 1 september 2023" in told[0]
    assert told[1].endswith("Telde ze pas vanaf de melding, dan waren het er 30.")
    assert "Vanaf de startdatum waren het er 92." in str(by_notice.late_sentences()[1])


def test_a_notification_in_time_says_nothing() -> None:
    assert share(held(CAREER, date(2023, 7, 1), notified=date(2023, 6, 20))).late_sentences() == []
    assert share(held(CAREER, date(2023, 7, 1), notified=date(2023, 7, 1))).late_sentences() == []
    early = held(CAREER, date(2022, 7, 1), notified=date(2023, 7, 1))
    assert share(early).late_sentences() == [], "late for the year before, not for this quarter"


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (None, (date(2023, 7, 1), None), ["2023K3", "2023K4", "2024K1"]),
        ((date(2023, 7, 1), None), (date(2023, 7, 1), date(2023, 12, 31)), ["2024K1"]),
        ((date(2023, 7, 1), None), (date(2023, 8, 1), None), ["2023K3"]),
        ((date(2023, 7, 1), None), None, ["2023K3", "2023K4", "2024K1"]),
        ((date(2023, 7, 1), None), (date(2023, 7, 1), None), []),
        (None, None, []),
    ],
)
def test_e103_which_quarters_a_notification_changes(
    before: tuple[date, date | None] | None, after: tuple[date, date | None] | None, changed: list[str]
) -> None:
    assert [str(quarter) for quarter in quarters_changed(before, after, Quarter(2024, 1))] == changed
