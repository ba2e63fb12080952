"""Golden test 2: from asking, over the one reopening, to the copy that counts in the end (T-06 to T-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from domain.actor import SCHEDULER
from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import NotAllowedNow
from models.all import db
from services import transaction
from services.ecalcura import declarations, reopening_asking, reopening_requests
from tests.factories import reference
from tests.factories.database import change
from tests.integration.declaration.scene import Scene, days, scene, snapshots_of

At = Callable[[str], datetime]
PERIOD, SUBMITTED, BLOCKED = "2023-2024", "2024K1", "2024K2"


def after_the_provisional(at: At) -> Scene:
    """One quarter submitted, one filled in and blocked on 16 October; the provisional calculation came that day."""
    place = scene(entry_from="2024K1")
    place.submit(place.fill(SUBMITTED))
    place.fill(BLOCKED)
    at("2024-10-16T00:00:05+02:00")
    with transaction.unit_of_work():
        declarations.fire(SCHEDULER, place.number(BLOCKED), Event.BLOCK)
    reference.facility_period(place.facility, PERIOD, provisional_on=date(2024, 10, 16))
    return place


def reopened(place: Scene, at: At) -> None:
    """Both quarters asked and granted in one act."""
    at("2024-11-04T10:00:00+01:00")
    quarters = [Quarter.parse(SUBMITTED), Quarter.parse(BLOCKED)]
    with transaction.unit_of_work():
        request = reopening_asking.ask(place.clerk, PERIOD, quarters, "De uren van een vervanger ontbraken.")
    with transaction.unit_of_work():
        reopening_requests.grant(place.manager, request.id, "Akkoord")


def test_t08_what_is_not_submitted_again_falls_back_on_what_was_confirmed(database: Any, at: At) -> None:
    """The last submission where there is one, else the copy of 16 October; what was typed since is left out (A-11)."""
    place = after_the_provisional(at)
    confirmed = {quarter: place.dossier(quarter).snapshot_id for quarter in (SUBMITTED, BLOCKED)}
    reopened(place, at)
    for quarter in (SUBMITTED, BLOCKED):
        place.save(days(place.nurse, "30", "30", version=1), number=place.number(quarter))
    at("2024-11-16T23:59:00+01:00")
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        declarations.fire(SCHEDULER, place.number(SUBMITTED), Event.BLOCK_AGAIN)
    db.session.rollback()
    at("2024-11-17T00:00:00+01:00")
    for quarter in (SUBMITTED, BLOCKED):
        with transaction.unit_of_work():
            declarations.fire(SCHEDULER, place.number(quarter), Event.BLOCK_AGAIN)
    after = {quarter: place.dossier(quarter) for quarter in (SUBMITTED, BLOCKED)}
    assert {quarter: row.snapshot_id for quarter, row in after.items()} == confirmed
    assert {quarter: row.basis for quarter, row in after.items()} == {SUBMITTED: "INGEDIEND", BLOCKED: "AMBTSHALVE"}
    assert all(row.status is DossierStatus.BLOCKED for row in after.values())


def test_t08_by_parameter_what_was_saved_last_counts(database: Any, at: At) -> None:
    """``basis_bij_niet_herindienen`` (A-11)."""
    place = after_the_provisional(at)
    change(reference.reference_period(PERIOD), fallback_basis="LAST_SAVED")
    at("2024-10-17T00:00:00+02:00")
    page = reopening_asking.page(place.clerk, PERIOD)
    assert "laatst bewaarde" in " ".join(map(str, page.possible.consequences))
    db.session.rollback()
    reopened(place, at)
    place.save(days(place.nurse, "30", "30", version=1), number=place.number(SUBMITTED))
    at("2024-11-17T00:00:00+01:00")
    with transaction.unit_of_work():
        declarations.fire(SCHEDULER, place.number(SUBMITTED), Event.BLOCK_AGAIN)
    row = place.dossier(SUBMITTED)
    assert (row.basis, snapshots_of(row)[-1].id) == ("AMBTSHALVE", row.snapshot_id)


def test_t07_submitted_again_until_the_last_minute_and_not_after(database: Any, at: At) -> None:
    """Golden test 1: 16 November 23:59 is in time, 17 November 00:00 is not."""
    place = after_the_provisional(at)
    reopened(place, at)
    at("2024-11-16T23:59:00+01:00")
    place.submit(place.number(SUBMITTED))
    assert place.dossier(SUBMITTED).status is DossierStatus.CLOSED
    key = place.review(place.number(BLOCKED))
    at("2024-11-17T00:00:00+01:00")
    with pytest.raises(NotAllowedNow) as refused:
        place.submit(place.number(BLOCKED), key)
    assert refused.value.code == "V-64"


def test_t06_the_second_time_is_refused_also_by_mail(database: Any, at: At) -> None:
    """V-65: to the facility when it asks, to the case manager when a second request comes in by e-mail."""
    place = after_the_provisional(at)
    reopened(place, at)
    at("2024-11-06T10:00:00+01:00")
    place.submit(place.number(SUBMITTED))
    with pytest.raises(NotAllowedNow) as refused, transaction.unit_of_work():
        reopening_asking.ask(place.clerk, PERIOD, [Quarter.parse(SUBMITTED)], "Toch nog een fout gezien.")
    assert refused.value.code == "V-65"
    db.session.rollback()
    moment = at("2024-11-06T11:00:00+01:00")
    with transaction.unit_of_work():
        mailed = reopening_requests.register(
            place.manager, place.facility.hco_number, PERIOD, [Quarter.parse(SUBMITTED)], moment
        )
    with pytest.raises(NotAllowedNow) as refused, transaction.unit_of_work():
        reopening_requests.grant(place.manager, mailed.id, "Nog eens")
    assert refused.value.code == "V-65"
    assert "al één keer heropend" in str(refused.value)
