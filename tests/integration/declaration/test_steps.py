"""The steps of the case manager and the scheduler (T-04 to T-13), with their traces and mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import SCHEDULER
from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import Conflict, Forbidden, InvalidValue, NotAllowedNow, NotFound
from models.all import db
from models.audit import AuditEntry
from models.declaration import DossierEvent, DossierSnapshot, ReopeningRequest
from models.outbox import OutboxMessage
from models.reference import FacilityPeriod
from services import audit, mail_texts, transaction
from services.ecalcura import declarations, performances, queries
from tests.factories import actors, organisations, reference
from tests.factories.database import saved
from tests.integration.declaration.scene import Scene, count, days, scene, snapshots_of

At = Callable[[str], datetime]

WINDOW_DAY, TOO_LATE = "2024-10-20T09:00:00+02:00", "2024-11-17T00:00:00+01:00"


def correction(place: Scene, at: At, *quarters: str) -> None:
    """Submit the quarters and move to a day of the correction window."""
    for quarter in quarters:
        place.submit(place.fill(quarter))
    at(WINDOW_DAY)
    reference.facility_period(place.facility, provisional_on=date(2024, 10, 16))


def own_period() -> FacilityPeriod:
    """Where the facility stands in 2023-2024."""
    db.session.rollback()
    return db.session.scalars(sa.select(FacilityPeriod).execution_options(populate_existing=True)).one()


def mails() -> list[OutboxMessage]:
    """What waits to leave, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_t09_t12_audit_and_back_leave_two_steps_with_who_and_why(database: Any) -> None:
    place = scene()
    place.submit(place.fill())
    place.fire(Event.TAKE_INTO_AUDIT, "Steekproef")
    assert (place.dossier().status, place.dossier().previous_status) == (DossierStatus.AUDIT, DossierStatus.CLOSED)
    place.fire(Event.RESTORE, None)
    assert (place.dossier().status, place.dossier().previous_status) == (DossierStatus.CLOSED, None)
    steps = place.events()[-2:]
    assert [(one.event, one.actor_name, one.reason) for one in steps] == [
        ("TAKE_INTO_AUDIT", "Els De Smet", "Steekproef"),
        ("RESTORE", "Els De Smet", None),
    ]
    last = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence)).all()[-2]
    assert json.loads(last.data)["personal"].keys() == {"reason"}
    assert audit.verify().broken is None


def test_the_facility_sees_the_department_and_not_the_person(database: Any) -> None:
    place = scene()
    number = place.fill()
    place.fire(Event.TAKE_INTO_AUDIT, "Steekproef")
    assert [(one.who, one.reason) for one in queries.timeline(place.clerk, number)][-1] == (
        "Departement Zorg",
        "Steekproef",
    )
    assert queries.timeline(place.manager, number)[-1].who == "Els De Smet"
    with pytest.raises(NotFound):
        queries.timeline(scene().clerk, number)


@pytest.mark.parametrize("event", [Event.TAKE_INTO_AUDIT, Event.REOPEN])
def test_a_reason_is_asked_where_the_table_says_so(database: Any, event: Event) -> None:
    place = scene()
    place.submit(place.fill())
    for reason in (None, "", "   ", "x" * 2001):
        with pytest.raises(InvalidValue) as refused:
            place.fire(event, reason)
        assert refused.value.field == "reason"
    assert place.dossier().status is DossierStatus.CLOSED


def test_t04_a_submitted_quarter_is_reopened_any_number_of_times_until_15_october(database: Any, at: At) -> None:
    place = scene()
    number = place.fill()
    for _ in range(2):
        place.submit(number)
        place.fire(Event.REOPEN)
    place.submit(number)
    assert [one.sequence for one in snapshots_of(place.dossier())] == [1, 2, 3]
    at("2024-10-15T23:59:59+02:00")
    place.fire(Event.REOPEN)
    place.submit(number)
    at("2024-10-16T00:00:00+02:00")
    with pytest.raises(NotAllowedNow) as refused:
        place.fire(Event.REOPEN)
    assert refused.value.code == "V-62"


def test_t05_blocking_keeps_the_last_saved_data_and_not_the_earlier_submission(database: Any, at: At) -> None:
    place = scene()
    number = place.fill()
    place.submit(number)
    place.fire(Event.REOPEN)
    place.save(days(place.nurse, "10", "0", version=1))
    with pytest.raises(NotAllowedNow):
        place.fire(Event.BLOCK, actor=SCHEDULER)
    at("2024-10-16T00:00:00+02:00")
    place.fire(Event.BLOCK, None, actor=SCHEDULER)
    dossier = place.dossier()
    assert (dossier.status, dossier.basis) == (DossierStatus.BLOCKED, "AMBTSHALVE")
    counting = db.session.get_one(DossierSnapshot, dossier.snapshot_id)
    assert (counting.event, counting.taken_by) == ("BLOCK", "Dossierloket")
    assert json.loads(counting.content)["performances"][0]["paid_days"] == "10"


def test_t06_reopens_all_requested_quarters_in_one_act_and_only_once(database: Any, at: At) -> None:
    place = scene()
    correction(place, at, "2023K3", "2023K4", "2024K1")
    with transaction.unit_of_work():
        reopened = declarations.reopen_once(
            place.manager,
            place.facility.id,
            "2023-2024",
            [Quarter(2023, 3), Quarter(2023, 4)],
            "Gevraagd op 18 oktober.",
        )
    assert [(one.number, one.status, one.reopened) for one in reopened] == [
        (place.number("2023K3"), DossierStatus.OPEN, True),
        (place.number("2023K4"), DossierStatus.OPEN, True),
    ]
    assert own_period().reopenings_used == 1
    assert place.dossier("2024K1").status is DossierStatus.CLOSED
    with pytest.raises(NotAllowedNow) as refused:
        place.fire(Event.REOPEN_ONCE)
    assert refused.value.code == "V-65"
    assert own_period().reopenings_used == 1
    place.save(days(place.nurse, "50", "0", version=1), number=place.number("2023K3"))
    assert place.submit(place.number("2023K3")).reference


def test_t06_one_quarter_that_cannot_be_reopened_stops_them_all(database: Any, at: At) -> None:
    place = scene()
    correction(place, at, "2023K3")
    with pytest.raises(NotFound), transaction.unit_of_work():
        declarations.reopen_once(
            place.manager, place.facility.id, "2023-2024", [Quarter(2023, 3), Quarter(2023, 4)], "Gevraagd."
        )
    assert (place.dossier("2023K3").status, own_period().reopenings_used) == (DossierStatus.CLOSED, 0)


def test_t06_asks_for_quarters_of_the_period(database: Any, at: At) -> None:
    place = scene()
    correction(place, at, "2023K3")
    for quarters in ([], [Quarter(2024, 3)]):
        with pytest.raises(InvalidValue) as refused:
            declarations.reopen_once(place.manager, place.facility.id, "2023-2024", quarters, "Gevraagd.")
        assert refused.value.field == "quarters"


def test_t06_also_for_a_blocked_quarter_and_grants_the_request(database: Any, at: At) -> None:
    place = scene()
    place.fill()
    at("2024-10-16T00:00:00+02:00")
    place.fire(Event.BLOCK, None, actor=SCHEDULER)
    reference.facility_period(place.facility, provisional_on=date(2024, 10, 16))
    at(WINDOW_DAY)
    request = saved(
        ReopeningRequest(
            facility_id=place.facility.id,
            period_code="2023-2024",
            channel="EMAIL",
            received_at=datetime(2024, 10, 18, 9, tzinfo=UTC),
            quarters="2024K1",
        )
    )
    place.fire(Event.REOPEN_ONCE, "Gevraagd per mail.", request_id=request.id, request_on=date(2024, 10, 18))
    db.session.rollback()
    request = db.session.get_one(ReopeningRequest, request.id)
    assert (request.decision, request.reason) == ("GRANTED", "Gevraagd per mail.")
    assert place.events()[-1].request_id == request.id


def test_t06_a_request_of_another_facility_is_not_granted(database: Any, at: At) -> None:
    place, other = scene(), scene()
    correction(place, at, "2024K1")
    request = saved(
        ReopeningRequest(
            facility_id=other.facility.id,
            period_code="2023-2024",
            channel="EMAIL",
            received_at=datetime(2024, 10, 18, 9, tzinfo=UTC),
            quarters="2024K1",
        )
    )
    with pytest.raises(NotFound):
        place.fire(Event.REOPEN_ONCE, request_id=request.id)
    assert place.dossier().status is DossierStatus.CLOSED


@pytest.mark.parametrize("submitted", [True, False], ids=["submitted before", "blocked before"])
def test_t08_a_quarter_not_submitted_again_falls_back(database: Any, at: At, submitted: bool) -> None:
    place = scene()
    number = place.fill()
    if submitted:
        place.submit(number)
    at("2024-10-16T00:00:00+02:00")
    if not submitted:
        place.fire(Event.BLOCK, None, actor=SCHEDULER)
    first = snapshots_of(place.dossier())[-1]
    reference.facility_period(place.facility, provisional_on=date(2024, 10, 16))
    at(WINDOW_DAY)
    place.fire(Event.REOPEN_ONCE)
    place.save(days(place.nurse, "1", "0", version=1))
    with pytest.raises(NotAllowedNow):
        place.fire(Event.BLOCK_AGAIN, None, actor=SCHEDULER)
    at(TOO_LATE)
    place.fire(Event.BLOCK_AGAIN, None, actor=SCHEDULER)
    dossier = place.dossier()
    assert (dossier.status, dossier.snapshot_id) == (DossierStatus.BLOCKED, first.id)
    assert dossier.basis == ("INGEDIEND" if submitted else "AMBTSHALVE")
    assert count(DossierSnapshot) == 1


def test_t10_out_of_an_audit_in_the_window_the_facility_can_edit_and_the_once_only_is_left(
    database: Any, at: At
) -> None:
    place = scene()
    correction(place, at, "2024K1")
    place.fire(Event.TAKE_INTO_AUDIT)
    place.fire(Event.REOPEN_FROM_AUDIT)
    assert own_period().reopenings_used == 0
    place.save(days(place.nurse, "50", "0", version=1))
    place.submit()


def test_t11_the_case_manager_closes_with_a_snapshot_of_the_department(database: Any) -> None:
    place = scene()
    place.submit(place.fill())
    place.fire(Event.TAKE_INTO_AUDIT)
    place.save(days(place.nurse, "50", "0", version=1), actor=place.manager)
    place.fire(Event.CLOSE_FROM_AUDIT, None)
    dossier = place.dossier()
    counting = db.session.get_one(DossierSnapshot, dossier.snapshot_id)
    assert (counting.sequence, counting.event, counting.taken_by) == (2, "CLOSE_FROM_AUDIT", "Departement Zorg")
    assert (dossier.status, dossier.basis, dossier.submitted_by) == (
        DossierStatus.CLOSED,
        "INGEDIEND",
        "Departement Zorg",
    )
    assert queries.timeline(place.clerk, place.number())[-1].changes == (
        "Aerts An: betaalde dagen 60 → 50; Aerts An: niet-betaalde dagen 4 → 0"
    )


def test_t12_nothing_is_put_back_over_changed_performances(database: Any) -> None:
    place = scene()
    place.submit(place.fill())
    place.fire(Event.TAKE_INTO_AUDIT)
    place.save(days(place.nurse, "50", "0", version=1), actor=place.manager)
    with pytest.raises(NotAllowedNow) as refused:
        place.fire(Event.RESTORE, None)
    assert refused.value.code == "T-12"
    place.save(days(place.nurse, "60", "4", version=2), actor=place.manager)
    place.fire(Event.RESTORE, None)
    assert place.dossier().status is DossierStatus.CLOSED


def test_t12_an_open_quarter_keeps_what_the_case_manager_changed(database: Any) -> None:
    place = scene()
    place.fill()
    place.fire(Event.TAKE_INTO_AUDIT)
    place.save(days(place.nurse, "50", "0", version=1), actor=place.manager)
    place.fire(Event.RESTORE, None)
    assert place.dossier().status is DossierStatus.OPEN


def test_t13_after_the_definitive_calculation_only_audit_and_back(database: Any, at: At) -> None:
    place = scene()
    place.submit(place.fill())
    at("2024-12-01T09:00:00+01:00")
    reference.facility_period(place.facility, provisional_on=date(2024, 10, 16), definitive_on=date(2024, 11, 28))
    with pytest.raises(NotAllowedNow) as refused:
        place.fire(Event.REOPEN)
    assert refused.value.code == "V-63"
    place.fire(Event.TAKE_INTO_AUDIT)
    with pytest.raises(NotAllowedNow) as refused:
        place.fire(Event.REOPEN_FROM_AUDIT)
    assert refused.value.code == "V-63"
    place.fire(Event.CLOSE_FROM_AUDIT, None)


@pytest.mark.parametrize(
    ("event", "template"),
    [(Event.TAKE_INTO_AUDIT, "dossier_in_audit"), (Event.REOPEN, "dossier_reopened")],
)
def test_e046_every_contact_of_the_theme_is_told_once_and_nothing_personal(
    database: Any, event: Event, template: str
) -> None:
    place = scene()
    organisations.contact_person(place.facility, email="jan.wils@linde.example.be")
    organisations.contact_person(place.facility, "ANDER", email="niemand@linde.example.be")
    place.submit(place.fill())
    place.fire(event, "Sofie Maes vroeg dit.")
    sent = mails()
    assert [(one.template, one.recipient) for one in sent] == [
        (template, "jan.wils@linde.example.be"),
        (template, "sofie.maes@linde.example.be"),
    ]
    for one in sent:
        assert json.loads(one.parameters) == {"period": "2023-2024", "quarter": "2024K1"}
        text = mail_texts.compose(one.template, json.loads(one.parameters))
        assert "2024K1" in text.subject
        assert "Sofie" not in text.subject + text.body


def test_the_facility_and_the_helpdesk_fire_nothing(database: Any) -> None:
    place = scene()
    number = place.fill()
    with pytest.raises(NotAllowedNow):
        declarations.fire(place.clerk, number, Event.TAKE_INTO_AUDIT, "x")
    with pytest.raises(Forbidden):
        declarations.fire(actors.helpdesk(), number, Event.TAKE_INTO_AUDIT, "x")
    with pytest.raises(NotFound):
        declarations.fire(scene().clerk, number, Event.TAKE_INTO_AUDIT, "x")
    assert place.dossier().status is DossierStatus.OPEN


@pytest.mark.parametrize("event", [Event.OPEN_NEW, Event.SAVE, Event.SUBMIT])
def test_what_has_a_use_case_of_its_own_is_not_fired(database: Any, event: Event) -> None:
    place = scene()
    with pytest.raises(ValueError, match="use case"):
        declarations.fire(place.manager, place.fill(), event, "x")


def test_the_second_case_manager_is_told_who_did_what_when(database: Any, at: At) -> None:
    place = scene()
    place.submit(place.fill())
    version = place.dossier().version
    at("2024-09-17T14:05:00+02:00")
    place.fire(Event.TAKE_INTO_AUDIT, "Steekproef", version=version)
    with pytest.raises(Conflict) as told:
        place.fire(Event.REOPEN, version=version, actor=actors.case_manager("Ilse Bos"))
    assert told.value.theirs == {"Actie": "In audit genomen", "Door": "Els De Smet", "Op": "17 september 2024 om 14:05"}
    assert str(told.value) == (
        "Intussen door Els De Smet: In audit genomen, op 17 september 2024 om 14:05. Het dossier is nu Audit. "
        "Kijk het eerst opnieuw na."
    )
    assert place.dossier().status is DossierStatus.AUDIT


def test_two_case_managers_at_once_make_one_decision_and_one_trace(database: Any) -> None:
    place = scene()
    place.submit(place.fill())
    version = place.dossier().version
    start = Barrier(2)

    def decide(event: Event) -> str:
        with database.bare.app_context():
            start.wait()
            try:
                place_actor = actors.case_manager(event.value)
                with transaction.unit_of_work():
                    declarations.fire(place_actor, place.number(), event, "Tegelijk.", version=version)
                return "done"
            except Conflict as told:
                return str(told.theirs["Door"])

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(decide, [Event.TAKE_INTO_AUDIT, Event.REOPEN]))
    assert answers in ([Event.REOPEN.value, "done"], [Event.TAKE_INTO_AUDIT.value, "done"])
    assert [one.event for one in place.events()] == ["OPEN_NEW", "SUBMIT", answers[0]]
    assert audit.verify().broken is None


def test_two_reopenings_at_once_use_the_once_only_once(database: Any, at: At) -> None:
    place = scene()
    correction(place, at, "2023K3", "2023K4")
    start = Barrier(2)

    def reopen(quarter: str) -> str:
        with database.bare.app_context():
            start.wait()
            try:
                with transaction.unit_of_work():
                    declarations.fire(place.manager, place.number(quarter), Event.REOPEN_ONCE, "Tegelijk.")
                return "done"
            except NotAllowedNow as refused:
                return refused.code or ""

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(reopen, ["2023K3", "2023K4"]))
    assert answers == ["V-65", "done"]
    assert own_period().reopenings_used == 1


def test_a_step_that_is_refused_leaves_no_trace(database: Any) -> None:
    place = scene()
    number = place.fill()
    before = count(DossierEvent), count(AuditEntry), count(OutboxMessage)
    with pytest.raises(NotAllowedNow):
        place.fire(Event.REOPEN)
    assert (count(DossierEvent), count(AuditEntry), count(OutboxMessage)) == before
    assert performances.grid(place.clerk, number).read_only is None
