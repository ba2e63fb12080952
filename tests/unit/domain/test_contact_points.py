"""When somebody answers (E-156): hours in Brussels, working days, public holidays, the two nights of the clock."""

from datetime import datetime

import pytest

from domain.contact_points import CONTACT_POINTS, Subject

EHEALTH = next(point for point in CONTACT_POINTS if point.subject is Subject.ACCESS)
ECALCURA = next(point for point in CONTACT_POINTS if point.subject is Subject.ECALCURA)


def test_e156_the_numbers_of_the_manual() -> None:
    assert (EHEALTH.phone, ECALCURA.phone) == ("02 788 51 55", "02 553 36 47")
    assert (EHEALTH.opens.hour, EHEALTH.closes.hour) == (7, 20)


@pytest.mark.parametrize(
    ("at", "is_open", "changes_at"),
    [
        ("2024-09-16T06:59:59+02:00", False, "2024-09-16T07:00:00+02:00"),
        ("2024-09-16T07:00:00+02:00", True, "2024-09-16T20:00:00+02:00"),
        ("2024-09-16T19:59:59+02:00", True, "2024-09-16T20:00:00+02:00"),
        ("2024-09-16T20:00:00+02:00", False, "2024-09-17T07:00:00+02:00"),
        # Friday evening, Saturday: Monday
        ("2024-09-20T21:00:00+02:00", False, "2024-09-23T07:00:00+02:00"),
        ("2024-09-21T12:00:00+02:00", False, "2024-09-23T07:00:00+02:00"),
        # Friday 1 November is a public holiday, and the weekend follows
        ("2024-11-01T10:00:00+01:00", False, "2024-11-04T07:00:00+01:00"),
        ("2024-10-31T22:00:00+01:00", False, "2024-11-04T07:00:00+01:00"),
        # the weekend in which the clock goes back
        ("2024-10-26T12:00:00+02:00", False, "2024-10-28T07:00:00+01:00"),
        # an instant from elsewhere is judged in Brussels
        ("2024-09-16T05:30:00+00:00", True, "2024-09-16T20:00:00+02:00"),
    ],
)
def test_e156_open_on_working_days_within_the_hours(at: str, is_open: bool, changes_at: str) -> None:
    opening = EHEALTH.opening(datetime.fromisoformat(at))
    assert opening.is_open is is_open
    assert opening.changes_at == datetime.fromisoformat(changes_at)


def test_e156_ecalcura_keeps_shorter_hours() -> None:
    early = datetime.fromisoformat("2024-09-16T08:00:00+02:00")
    assert EHEALTH.opening(early).is_open
    assert not ECALCURA.opening(early).is_open
