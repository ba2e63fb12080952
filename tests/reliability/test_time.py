"""Terms are Brussels calendar days, whatever the clock does: midnight, the two nights that change, the leap day.

A day is ``[start, next local midnight)``: of 25 hours on 27 October 2024, of 23 on 30 March 2025.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from domain.errors import NotAllowedNow, TooMany
from integrations.person_register import Answer
from models.all import db
from models.declaration import Submission
from services import clock, documents, locks, transaction
from services.connections import connections
from services.ecalcura import contracts, declarations, performances, staff
from tests.factories import numbers, reference
from tests.reliability.lanes import overlap
from tests.reliability.scenes import Scene, scene, status
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]

pytestmark = pytest.mark.usefixtures("database")


def _reopened(quarter: str, provisional_on: date) -> Scene:
    """A quarter that was reopened for the correction window after this provisional calculation."""
    it = scene(quarter, reopened=True)
    period = Quarter.parse(quarter).reference_period
    reference.facility_period(it.facility, period, provisional_on=provisional_on, reopenings_used=1)
    return it


AUTUMN = ("2024K1", date(2024, 9, 26))
SPRING = ("2024K1", date(2025, 2, 27))
LEAP = ("2023K1", date(2024, 1, 29))
COMMON = ("2022K1", date(2023, 1, 29))

#: The reopened quarter, an instant, and the rule that refuses it (None: it is in time).
WINDOWS = [
    (AUTUMN, "2024-10-27T00:00:00+02:00", None),
    (AUTUMN, "2024-10-27T02:30:00+02:00", None),
    (AUTUMN, "2024-10-27T02:30:00+01:00", None),
    (AUTUMN, "2024-10-27T23:59:59.999999+01:00", None),
    (AUTUMN, "2024-10-27T22:59:59+00:00", None),
    (AUTUMN, "2024-10-28T00:00:00+01:00", "V-64"),
    (AUTUMN, "2024-10-27T23:00:00+00:00", "V-64"),
    (SPRING, "2025-03-30T01:59:59+01:00", None),
    (SPRING, "2025-03-30T03:00:00+02:00", None),
    (SPRING, "2025-03-30T23:59:59+02:00", None),
    (SPRING, "2025-03-31T00:00:00+02:00", "V-64"),
    (SPRING, "2025-03-30T23:30:00+01:00", "V-64"),
    (LEAP, "2024-02-29T23:59:59+01:00", None),
    (LEAP, "2024-03-01T00:00:00+01:00", "V-64"),
    (COMMON, "2023-03-01T23:59:59+01:00", None),
    (COMMON, "2023-03-02T00:00:00+01:00", "V-64"),
]


@pytest.mark.parametrize(("which", "instant", "refused_by"), WINDOWS)
def test_t07_the_last_day_of_the_window_counts_entirely(
    at: At, which: tuple[str, date], instant: str, refused_by: str | None
) -> None:
    """N-2, A-05: of a window of 31 days the last one ends at the next midnight in Brussels."""
    it = _reopened(*which)
    at(instant)
    if refused_by is None:
        it.submitted()
        assert status(it.number) is DossierStatus.CLOSED
        assert db.session.scalars(sa.select(Submission.submitted_at)).one() == datetime.fromisoformat(instant)
    else:
        with pytest.raises(NotAllowedNow) as refused:
            it.review()
        assert refused.value.code == refused_by
        assert status(it.number) is DossierStatus.OPEN


@pytest.mark.parametrize(
    ("instant", "refused_by"),
    [
        ("2024-10-15T23:59:59.999999+02:00", None),
        ("2024-10-15T21:59:59+00:00", None),
        ("2024-10-16T00:00:00+02:00", "V-62"),
        ("2024-10-15T22:00:00+00:00", "V-62"),
    ],
)
def test_e122_the_postponement_ends_at_midnight_in_brussels(at: At, instant: str, refused_by: str | None) -> None:
    """The server may well run on UTC, where that day is two hours longer."""
    it = scene()
    at(instant)
    if refused_by is None:
        assert it.submitted()
    else:
        with pytest.raises(NotAllowedNow) as refused:
            it.review()
        assert refused.value.code == refused_by


@pytest.mark.parametrize(
    ("quarter", "too_early", "begun"),
    [
        ("2025K1", "2024-12-31T23:59:59+01:00", "2025-01-01T00:00:00+01:00"),
        ("2024K4", "2024-09-30T23:59:59+02:00", "2024-09-30T22:00:00+00:00"),
        ("2024K2", "2024-03-31T23:59:59+02:00", "2024-03-31T22:00:00+00:00"),
    ],
)
def test_a08_a_quarter_is_opened_from_its_first_midnight_on(at: At, quarter: str, too_early: str, begun: str) -> None:
    """New Year, and 1 April 2024: the midnight after the night that changes."""
    it = scene()
    at(too_early)
    with pytest.raises(NotAllowedNow) as refused, transaction.unit_of_work():
        declarations.open_new(it.user, Quarter.parse(quarter))
    assert refused.value.code == "A-08"
    at(begun)
    with transaction.unit_of_work():
        assert declarations.open_new(it.user, Quarter.parse(quarter)).number.endswith(quarter)


def test_waiting_never_stretches_a_term(database: PreparedDatabase, at: At) -> None:
    """Sent before midnight, its turn after midnight: the clock is read once the lock is there."""
    it = scene()
    key = it.review()
    at("2024-10-15T23:59:59+02:00")

    def somebody_else() -> None:
        locks.lock_facility(it.facility.id)
        db.session.execute(sa.text("SELECT 'midnight'"))
        clock.fix(datetime.fromisoformat("2024-10-16T00:00:00+02:00"))

    first, second = overlap(database, somebody_else, lambda: it.submit(key), before="SELECT 'midnight'")
    first.result()
    assert isinstance(second.error, NotAllowedNow)
    assert second.error.code == "V-62"
    assert status(it.number) is DossierStatus.OPEN


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2024-10-27T02:30:00+02:00", "27 oktober 2024 om 02:30:00 (UTC+02:00)"),
        ("2024-10-27T02:30:00+01:00", "27 oktober 2024 om 02:30:00 (UTC+01:00)"),
        ("2024-10-26T22:15:07+00:00", "27 oktober 2024 om 00:15:07 (UTC+02:00)"),
    ],
)
def test_the_receipt_tells_the_two_half_past_twos_apart(at: At, instant: str, shown: str) -> None:
    it = _reopened(*AUTUMN)
    at(instant)
    it.submitted()
    row = db.session.scalars(sa.select(Submission)).one()
    _, content = documents.read(row.receipt_digest)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert shown in " ".join(text.split())
    assert row.submitted_at == datetime.fromisoformat(instant).astimezone(UTC)


def test_the_quota_of_the_register_lasts_a_brussels_day(at: At) -> None:
    """On the day of 25 hours too: what was asked at its first minute still counts at its last."""
    it = scene()

    class Empty:
        def find(self, _number: str) -> tuple[Answer, None]:
            return Answer.UNKNOWN, None

    connections().register = Empty()  # type: ignore[assignment]
    connections().settings = replace(connections().settings, register_quota_person=1)

    def look_up() -> Any:
        with transaction.unit_of_work():
            return staff.find_candidate(it.user, it.facility.id, numbers.national_number(date(1970, 5, 6)))

    at("2024-10-27T00:00:00+02:00")
    look_up()
    at("2024-10-27T23:59:59+01:00")
    with pytest.raises(TooMany) as refused:
        look_up()
    assert "28 oktober 2024" in str(refused.value)
    at("2024-10-28T00:00:00+01:00")
    look_up()


def test_a_contract_of_the_leap_day_has_that_day(at: At) -> None:
    it = scene()
    at("2024-02-29T23:59:59+01:00")
    draft = contracts.ContractDraft(
        date(2024, 2, 29), date(2024, 2, 29), "LOONTREKKENDE", "ZORGKUNDIGE", Decimal("38.00"), Decimal("0.00")
    )
    with transaction.unit_of_work():
        saved = contracts.add_contract(it.user, it.facility.id, it.other.reference, draft)
    (line,) = (line for line in performances.grid(it.user, it.number).lines if line.line.reference == saved.reference)
    assert line.line.possible_days == 1
