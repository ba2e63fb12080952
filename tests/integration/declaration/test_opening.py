"""Opening a dossier (T-01) and declaring nothing (E-023)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import Forbidden, NotAllowedNow, NotFound
from domain.permissions import Role
from models.all import db
from models.declaration import Performance
from models.reference import ReferencePeriod
from services import transaction
from services.ecalcura import declarations
from tests.factories import actors, reference
from tests.integration.declaration.scene import count, days, scene

At = Callable[[str], datetime]


def test_t01_opens_a_quarter_with_its_first_step(database: Any) -> None:
    place = scene()
    place.open()
    dossier = place.dossier()
    assert (dossier.status, dossier.period_code) == (DossierStatus.OPEN, "2023-2024")
    assert [(step.event, step.from_status, step.to_status) for step in place.events()] == [("OPEN_NEW", None, "OPEN")]


def test_t01_makes_the_row_of_a_reference_period_that_starts(database: Any, at: At) -> None:
    at("2031-08-01T09:00:00+02:00")
    scene().open("2031K3")
    period = db.session.get(ReferencePeriod, "2031-2032")
    assert period is not None
    assert (period.statutory_deadline, period.window_days) == (date(2032, 9, 30), 30)


def test_t01_a_second_dossier_of_the_same_quarter_is_refused(database: Any) -> None:
    place = scene()
    place.open()
    with pytest.raises(NotAllowedNow) as refused:
        place.open()
    assert refused.value.code == "T-01"


def test_a08_a_quarter_that_has_not_begun_cannot_be_opened(database: Any, at: At) -> None:
    at("2024-09-30T23:59:59+02:00")
    place = scene()
    with pytest.raises(NotAllowedNow) as refused:
        place.open("2024K4")
    assert refused.value.code == "A-08"
    at("2024-10-01T00:00:00+02:00")
    place.open("2024K4")


def test_e019_nothing_before_the_first_quarter_of_the_facility(database: Any) -> None:
    with pytest.raises(NotAllowedNow) as refused:
        scene(entry_from="2024K2").open("2024K1")
    assert refused.value.code == "E-019"


def test_t01_nothing_is_opened_while_the_department_calculates(database: Any, at: At) -> None:
    at("2024-10-16T00:00:00+02:00")
    with pytest.raises(NotAllowedNow) as refused:
        scene().open()
    assert refused.value.code == "V-62"


def test_a_case_manager_may_open_for_a_facility(database: Any) -> None:
    place = scene()
    with transaction.unit_of_work():
        declarations.open_new(place.manager, Quarter(2024, 1), place.facility.id)
    assert place.events()[0].actor_side == "department"


def test_only_with_the_privacy_role(database: Any) -> None:
    place = scene()
    with pytest.raises(Forbidden):
        declarations.open_new(actors.facility_user(place.facility, Role.EL_FINANCIEEL), Quarter(2024, 1))


def test_a09_a_quarter_that_was_never_opened_becomes_an_empty_blocked_stub(database: Any, at: At) -> None:
    place = scene()
    at("2024-10-15T23:59:59+02:00")
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        declarations.block_never_opened(place.manager, place.facility.id, Quarter(2024, 1))
    at("2024-10-16T00:00:00+02:00")
    with transaction.unit_of_work():
        declarations.block_never_opened(place.manager, place.facility.id, Quarter(2024, 1))
    dossier = place.dossier()
    assert (dossier.status, dossier.basis, dossier.snapshot_id) == (DossierStatus.BLOCKED, "AMBTSHALVE", None)
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        declarations.block_never_opened(place.manager, place.facility.id, Quarter(2024, 1))


def test_e023_nothing_to_declare_is_an_answer_that_can_be_withdrawn(database: Any) -> None:
    place = scene()
    number = place.open()
    for answer in (True, False):
        with transaction.unit_of_work():
            declarations.declare_nothing(place.clerk, number, answer)
        assert place.dossier().nothing_to_declare is answer
    assert [step.event for step in place.events()] == ["OPEN_NEW", "NOTHING_DECLARED", "NOTHING_WITHDRAWN"]


def test_e129_nothing_to_declare_is_refused_beside_performances(database: Any) -> None:
    place = scene()
    number = place.fill()
    with pytest.raises(NotAllowedNow) as refused, transaction.unit_of_work():
        declarations.declare_nothing(place.clerk, number, True)
    assert refused.value.code == "E-129"
    assert place.dossier().nothing_to_declare is False


def test_e129_performances_are_refused_beside_nothing_to_declare(database: Any) -> None:
    place = scene()
    number = place.open()
    with transaction.unit_of_work():
        declarations.declare_nothing(place.clerk, number, True)
    with pytest.raises(NotAllowedNow) as refused:
        place.save(days(place.nurse, "60", "4"))
    assert refused.value.code == "E-129"
    assert count(Performance) == 0


def test_e062_nothing_is_declared_on_a_closed_quarter(database: Any) -> None:
    place = scene()
    place.submit(place.fill())
    with pytest.raises(NotAllowedNow):
        declarations.declare_nothing(place.clerk, place.number(), True)


def test_a_foreign_dossier_does_not_exist(database: Any) -> None:
    place, other = scene(), scene()
    number = place.open()
    for act in (
        lambda: declarations.declare_nothing(other.clerk, number, True),
        lambda: declarations.allowed_events(other.clerk, number),
    ):
        with pytest.raises(NotFound):
            act()


def test_allowed_events_are_the_buttons(database: Any) -> None:
    place = scene()
    number = place.open()
    reference.reference_period()
    assert declarations.allowed_events(place.clerk, number) == [Event.SAVE, Event.SUBMIT]
    assert declarations.allowed_events(place.manager, number) == [Event.TAKE_INTO_AUDIT]
