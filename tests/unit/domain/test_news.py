"""The newsletter: addresses, topics, how often somebody is asked, issues and releases (C-063, C-073, C-074)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.errors import InvalidValue
from domain.news import IssueKind, Topic, address_of, check_number, check_text, issue_kind, may_ask, topics_of

NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)


def test_an_address_is_kept_in_small_letters() -> None:
    assert address_of("  Naam@Voorbeeld.BE ") == "naam@voorbeeld.be"


@pytest.mark.parametrize("typed", ["", "naam", "naam@", "a@b.be\r\nBcc: c@d.be", "a b@c.be", f"{'a' * 250}@b.be"])
def test_what_is_no_address_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        address_of(typed)
    assert refused.value.field == "email"


def test_c074_there_are_two_topics_and_at_least_one_is_chosen() -> None:
    assert topics_of(["ONBESCHIKBAARHEDEN", "NIEUWSBRIEF", "iets"]) == (Topic.NEWS, Topic.OUTAGES)
    with pytest.raises(InvalidValue):
        topics_of(["iets"])


def test_an_address_is_asked_once_an_hour() -> None:
    assert may_ask(None, NOW)
    assert not may_ask(NOW - timedelta(minutes=59, seconds=59), NOW)
    assert may_ask(NOW - timedelta(hours=1), NOW)


def test_c073_an_issue_announces_before_the_day_of_a_release_and_reports_from_it_on() -> None:
    day = date(2026, 10, 17)
    assert issue_kind(day, date(2026, 10, 16)) is IssueKind.ANNOUNCES
    assert issue_kind(day, day) is IssueKind.REPORTS
    assert issue_kind(None, day) is IssueKind.NEWS


@pytest.mark.parametrize("number", ["1.4", "2026.2.1"])
def test_a_number_of_a_release(number: str) -> None:
    assert not check_number(number)


@pytest.mark.parametrize("number", ["", "1", "v1.4", "1.4/..", "1.4.5.6.7"])
def test_what_is_no_number_of_a_release(number: str) -> None:
    assert [finding.field for finding in check_number(number)] == ["number"]


def test_an_issue_has_a_title_and_a_text() -> None:
    assert [finding.field for finding in check_text(" ", "\n")] == ["title", "body"]
    assert [finding.field for finding in check_text("t" * 201, "x" * 40_001)] == ["title", "body"]
    assert not check_text("Nieuw", "Tekst")
