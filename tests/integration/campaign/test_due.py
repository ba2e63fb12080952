"""What is due and when (E-121 to E-125, T-05, T-08, A-06, A-09): doing it, in order, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.calendars import BRUSSELS, Quarter
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import NotAllowedNow
from jobs import campaign as calendar
from models.all import db
from models.audit import AuditEntry
from models.declaration import Dossier, DossierEvent, DossierSnapshot
from models.outbox import OutboxMessage
from services import audit, clock, transaction
from services.ecalcura import campaign, declarations
from tests.factories import reference
from tests.integration.campaign.scene import (
    BLOCKING,
    DURING_CALCULATION,
    LAST_MOMENT,
    LETTER_DAY,
    PERIOD,
    acts,
    everything,
    facility,
    letters_to,
    rows,
    runs,
    statuses,
)
from tests.integration.declaration.scene import Scene, days, scene

At = Callable[[str], datetime]


def run(at: At, instant: str) -> calendar.Ran:
    """Move the clock and run the calendar at that instant."""
    return calendar.run(at(instant))


def test_e121_nothing_is_due_while_the_term_runs(database: Any, at: At) -> None:
    facility("OO--")
    before = everything()
    for instant in ("2024-07-01T00:00:00+02:00", "2024-09-30T23:59:59+02:00"):
        assert run(at, instant).state == "NOTHING_DUE"
    assert everything() == before


def test_e122_the_letter_goes_to_who_did_not_submit_everything_and_once(database: Any, at: At) -> None:
    all_in, some, nothing, under_audit = facility("CCCC"), facility("CCOC"), facility("C"), facility("CCCA")
    ran = run(at, LETTER_DAY)
    assert (ran.state, ran.counts["letters"], ran.counts["mails"]) == ("DONE", 2, 2)
    assert [len(letters_to(one)) for one in (all_in, some, nothing, under_audit)] == [0, 1, 1, 0]
    assert (acts(some), acts(all_in)) == (["LETTER"], [])
    assert [mail.recipient for mail in rows(OutboxMessage)] == sorted(
        f"{one.hco_number}@example.be" for one in (some, nothing)
    )
    assert statuses(some) == "CCOC", "the letter changes nothing else"
    assert run(at, LAST_MOMENT).state == "NOTHING_DUE"


def test_e122_only_on_the_first_working_day(database: Any, at: At) -> None:
    """1 October 2023 is a Sunday: the letter of 2022-2023 leaves on Monday."""
    reference.reference_period("2022-2023")
    one = facility("", entry_from="2022K3")
    assert run(at, "2023-10-01T23:59:59+02:00").state == "NOTHING_DUE"
    assert run(at, "2023-10-02T00:00:00+02:00").counts["letters"] == 1
    assert len(letters_to(one)) == 1


def test_e122_a_facility_without_contact_gets_its_letter_and_is_named(database: Any, at: At) -> None:
    alone = facility("OOOO", contact=False)
    plan = campaign.due(datetime.fromisoformat(LETTER_DAY))
    assert [one.hco_number for one in plan.without_address] == [alone.hco_number]
    ran = run(at, LETTER_DAY)
    assert (ran.without_address, ran.counts["letters"], ran.counts["mails"]) == ([alone.hco_number], 1, 0)
    assert len(letters_to(alone)) == 1


def test_e122_no_letter_about_a_term_that_is_over(database: Any, at: At) -> None:
    """A worker that was down the whole of October blocks, and the plan says who never had a letter."""
    late = facility("OO--")
    plan = campaign.due(datetime.fromisoformat(DURING_CALCULATION))
    assert [one.hco_number for one in plan.without_letter] == [late.hco_number]
    ran = run(at, DURING_CALCULATION)
    assert (ran.counts["letters"], acts(late), statuses(late)) == (0, ["BLOCKING"], "BBBB")
    assert campaign.due(datetime.fromisoformat(DURING_CALCULATION)).acts == ()


def test_t05_a09_blocking_at_midnight_brussels_with_stubs(database: Any, at: At) -> None:
    one, done = facility("OCO-"), facility("CCCC")
    run(at, LETTER_DAY)
    assert run(at, LAST_MOMENT).state == "NOTHING_DUE"
    assert statuses(one) == "OCO-"
    ran = run(at, BLOCKING)
    assert (ran.counts["facilities_blocked"], ran.counts["quarters_blocked"], ran.counts["stubs"]) == (1, 2, 1)
    assert (statuses(one), statuses(done)) == ("BCBB", "CCCC")
    stub = db.session.scalars(sa.select(Dossier).where(Dossier.number == f"{one.hco_number}-2024K2")).one()
    assert (stub.basis, stub.snapshot_id) == ("AMBTSHALVE", None)
    event = db.session.scalars(sa.select(DossierEvent).where(DossierEvent.dossier_id == stub.id)).one()
    assert (event.event, event.actor_name, event.at) == ("BLOCK", "Dossierloket", clock.now())
    assert event.reason == "Kalender van 2023-2024: nooit geopend, en daarom leeg geblokkeerd vanaf 16 oktober 2024."
    opened = db.session.scalars(sa.select(Dossier).where(Dossier.number == f"{one.hco_number}-2023K3")).one()
    steps = db.session.scalars(
        sa.select(DossierEvent).where(DossierEvent.dossier_id == opened.id).order_by(DossierEvent.id)
    ).all()
    assert [(step.event, step.reason) for step in steps] == [
        (
            "LETTER_SENT",
            "Kalender van 2023-2024: op 1 oktober 2024 was dit kwartaal niet ingediend. De brief is verstuurd.",
        ),
        (
            "BLOCK",
            (
                "Kalender van 2023-2024: ambtshalve geblokkeerd vanaf 16 oktober 2024, "
                "met de gegevens die toen bewaard waren."
            ),
        ),
    ]


def test_e019_no_stub_before_the_first_quarter_of_a_facility(database: Any, at: At) -> None:
    young, not_yet = facility("", entry_from="2024K1"), facility("", entry_from="2024K3")
    run(at, BLOCKING)
    assert (statuses(young), statuses(not_yet)) == ("--BB", "----")


def test_a_quarter_in_audit_waits_for_its_case_manager_and_then_for_the_calendar(database: Any, at: At) -> None:
    """5.3 has no step of the scheduler out of AUDIT; after T-12 to OPEN the next look blocks it."""
    place = scene(entry_from="2024K1")
    reference.reference_period(PERIOD)
    place.fill()
    place.fire(Event.TAKE_INTO_AUDIT)
    ran = run(at, BLOCKING)
    assert (statuses(place.facility), ran.left_in_audit) == ("--AB", [place.number()])
    at(DURING_CALCULATION)
    place.fire(Event.RESTORE, None)
    assert (calendar.look(), statuses(place.facility)) == (True, "--OB")
    ran = run(at, DURING_CALCULATION)
    assert (ran.counts["quarters_blocked"], statuses(place.facility)) == (1, "--BB")


def test_t05_what_counts_is_what_was_saved_last(database: Any, at: At) -> None:
    """Golden test 2: also for a quarter reopened by T-04 and not submitted again."""
    place = scene(entry_from="2024K1")
    reference.reference_period(PERIOD)
    place.submit(place.fill())
    place.fire(Event.REOPEN)
    place.save(days(place.nurse, "10", "0", version=1))
    run(at, BLOCKING)
    dossier = place.dossier()
    counting = db.session.get_one(DossierSnapshot, dossier.snapshot_id)
    assert (dossier.basis, json.loads(counting.content)["performances"][0]["paid_days"]) == ("AMBTSHALVE", "10")


@pytest.mark.parametrize(
    ("provisional_on", "last_moment", "too_late"),
    [
        (date(2024, 10, 16), "2024-11-16T23:59:59+01:00", "2024-11-17T00:00:00+01:00"),
        (date(2024, 10, 18), "2024-11-18T23:59:59+01:00", "2024-11-19T00:00:00+01:00"),
    ],
)
def test_t08_the_window_ends_at_p_plus_32_across_the_change_of_the_clock(
    database: Any, at: At, provisional_on: date, last_moment: str, too_late: str
) -> None:
    """A-05, A-06, golden test 1: the last Sunday of October (25 hours) and a Saturday as last day shift nothing."""
    submitted_before, never = scene(entry_from="2024K1"), scene(entry_from="2024K1")
    for place in (submitted_before, never):
        place.fill()
    submitted_before.submit()
    run(at, BLOCKING)
    for place in (submitted_before, never):
        reference.facility_period(place.facility, provisional_on=provisional_on)
    at("2024-10-27T02:30:00+01:00")
    for place in (submitted_before, never):
        place.fire(Event.REOPEN_ONCE)
        place.save(days(place.nurse, "1", "0", version=1))
    before = everything()
    assert run(at, last_moment).state == "NOTHING_DUE"
    assert everything() == before
    ran = run(at, too_late)
    assert (ran.counts["windows_ended"], ran.counts["quarters_blocked_again"]) == (2, 2)
    assert [place.dossier().status for place in (submitted_before, never)] == [DossierStatus.BLOCKED] * 2
    assert [place.dossier().basis for place in (submitted_before, never)] == ["INGEDIEND", "AMBTSHALVE"]
    assert [snapshot.sequence for snapshot in rows(DossierSnapshot)].count(2) == 0, (
        "A-11: no copy of what was half done"
    )


def resubmit(place: Scene, at: At, instant: str) -> None:
    at(instant)
    place.submit()


def test_golden_1_resubmitting_until_the_last_second_of_the_window(database: Any, at: At) -> None:
    """P = 2024-10-16: 16 November 23:59:59 is accepted, 17 November 00:00 refused; the calendar agrees."""
    in_time, late = scene(entry_from="2024K1"), scene(entry_from="2024K1")
    for place in (in_time, late):
        place.submit(place.fill())
    at("2024-10-20T10:00:00+02:00")
    for place in (in_time, late):
        reference.facility_period(place.facility, provisional_on=date(2024, 10, 16))
        place.fire(Event.REOPEN_ONCE)
    resubmit(in_time, at, "2024-11-16T23:59:59+01:00")
    key = late.review()
    at("2024-11-17T00:00:00+01:00")
    with pytest.raises(NotAllowedNow) as refused:
        late.submit(key=key)
    assert refused.value.code == "V-64"
    run(at, "2024-11-17T00:00:00+01:00")
    assert (in_time.dossier().status, late.dossier().status) == (DossierStatus.CLOSED, DossierStatus.BLOCKED)


def test_golden_1_the_first_submission_until_15_october(database: Any, at: At) -> None:
    """15 October 23:59 is accepted, 16 October 00:00 refused (E-122, E-125), before the worker has done anything."""
    in_time, late = scene(entry_from="2024K1"), scene(entry_from="2024K1")
    for place in (in_time, late):
        place.fill()
    at("2024-10-15T23:59:00+02:00")
    in_time.submit()
    key = late.review()
    at(BLOCKING)
    with pytest.raises(NotAllowedNow) as refused:
        late.submit(key=key)
    assert refused.value.code == "V-62"
    run(at, BLOCKING)
    assert (in_time.dossier().status, late.dossier().status) == (DossierStatus.CLOSED, DossierStatus.BLOCKED)


def test_golden_1_p_of_17_october_2025_ends_on_17_november(database: Any, at: At) -> None:
    at("2025-10-16T08:00:00+02:00")
    place = scene(entry_from="2025K2")
    reference.reference_period("2024-2025")
    run(at, "2025-10-16T08:00:00+02:00")
    reference.facility_period(place.facility, "2024-2025", provisional_on=date(2025, 10, 17))
    at("2025-10-20T08:00:00+02:00")
    place.fire(Event.REOPEN_ONCE, number=place.number("2025K2"))
    assert run(at, "2025-11-17T23:59:59+01:00").state == "NOTHING_DUE"
    assert run(at, "2025-11-18T00:00:00+01:00").counts["windows_ended"] == 1


def test_t13_after_the_definitive_calculation_the_calendar_is_silent(database: Any, at: At) -> None:
    one = facility("OO--")
    reference.facility_period(one, provisional_on=date(2024, 10, 16), definitive_on=date(2024, 11, 28))
    before = everything()
    assert run(at, "2024-12-02T08:00:00+01:00").state == "NOTHING_DUE"
    assert everything() == before


@pytest.mark.parametrize("instant", [LETTER_DAY, BLOCKING, DURING_CALCULATION])
def test_running_it_twice_changes_nothing(database: Any, at: At, instant: str) -> None:
    for states in ("CCCC", "OCO-", "", "CCCA"):
        facility(states)
    assert run(at, instant).state == "DONE"
    before = everything()
    at((clock.now() + timedelta(minutes=5)).isoformat())
    assert run(at, clock.now().isoformat()).state == "NOTHING_DUE"
    assert not calendar.look()
    assert everything() == before


def test_a_dry_run_changes_nothing_and_tells_what_the_run_does(database: Any, at: At) -> None:
    for states in ("OCO-", "", "CCCC"):
        facility(states)
    at(BLOCKING)
    before = everything()
    told = calendar.planned(clock.now())
    assert everything() == before
    assert told["counts"] == calendar.run(clock.now()).counts
    assert [one["due"] for one in told["acts"]] == [BLOCKING] * 2


def test_a_worker_that_was_off_does_what_it_missed_in_order_with_the_real_time(database: Any, at: At) -> None:
    """Blocking of 2023-2024 comes before the window of another facility; the ground is the date of the calendar."""
    late = facility("OO--")
    reopened = scene(entry_from="2024K1")
    reopened.submit(reopened.fill())
    at("2024-10-17T08:00:00+02:00")
    reference.facility_period(reopened.facility, provisional_on=date(2024, 10, 16))
    reopened.fire(Event.REOPEN_ONCE)
    ran = run(at, "2024-11-18T08:00:00+01:00")
    assert (ran.counts["facilities_blocked"], ran.counts["windows_ended"]) == (2, 1)
    kinds = [json.loads(entry.data)["kind"] for entry in db.session.scalars(campaign_entries())]
    assert kinds == ["BLOCKING", "BLOCKING", "WINDOW_END"]
    steps = db.session.scalars(sa.select(DossierEvent).where(DossierEvent.event.in_(["BLOCK", "BLOCK_AGAIN"]))).all()
    assert {step.at for step in steps} == {clock.now()}
    (again,) = [step for step in steps if step.event == "BLOCK_AGAIN"]
    assert again.reason == (
        "Kalender van 2023-2024: niet opnieuw ingediend binnen de correctieperiode, voorbij sinds 17 november 2024."
    )
    assert statuses(late) == "BBBB"
    assert audit.verify().broken is None


def campaign_entries() -> Any:
    return sa.select(AuditEntry).where(AuditEntry.event == "campaign.act").order_by(AuditEntry.sequence)


def test_an_earlier_instant_does_what_was_due_then_and_may_be_done_now(database: Any, at: At) -> None:
    one = facility("OO--")
    at(DURING_CALCULATION)
    assert calendar.run(datetime.fromisoformat(LETTER_DAY)).state == "NOTHING_DUE", "the term of the letter is over"
    assert calendar.run(datetime.fromisoformat(BLOCKING)).state == "DONE"
    step = db.session.scalars(sa.select(DossierEvent).order_by(DossierEvent.id.desc()).limit(1)).one()
    assert step.at == datetime.fromisoformat(DURING_CALCULATION), "nothing is dated back"
    assert statuses(one) == "BBBB"


def test_an_instant_to_come_is_played_as_if_it_were_now(database: Any, at: At) -> None:
    one = facility("OO--")
    assert calendar.run(datetime.fromisoformat(BLOCKING)).state == "DONE"
    assert statuses(one) == "BBBB"
    step = db.session.scalars(sa.select(DossierEvent).order_by(DossierEvent.id.desc()).limit(1)).one()
    assert step.at == datetime(2024, 10, 15, 22, tzinfo=UTC)
    assert clock.now() < step.at, "and the clock stands where it stood"


def test_what_was_submitted_meanwhile_is_left_alone(database: Any, at: At) -> None:
    """The plan is made first; each facility is looked at again under its lock."""
    place = scene(entry_from="2024K1")
    reference.reference_period(PERIOD)
    place.fill()
    with transaction.unit_of_work():
        declarations.open_new(place.clerk, Quarter(2024, 2))
    at(BLOCKING)
    plan = campaign.due(clock.now())
    at(LAST_MOMENT)
    place.submit()
    at(BLOCKING)
    assert len(plan.acts[0].act.quarters) == 2
    ran = calendar.run(clock.now())
    assert (ran.counts["quarters_blocked"], statuses(place.facility)) == (1, "--CB")


def test_an_edited_calendar_moves_the_blocking(database: Any, at: At) -> None:
    """A-02: a date is a Brussels day."""
    dates = {"letter_on": date(2024, 10, 24), "postponed_until": date(2024, 10, 26)}
    reference.reference_period(PERIOD, blocking_on=date(2024, 10, 27), **dates)
    one = facility("OO--")
    assert run(at, "2024-10-26T23:59:59+02:00").counts["letters"] == 1
    assert statuses(one) == "OO--"
    assert run(at, datetime(2024, 10, 27, tzinfo=BRUSSELS).isoformat()).counts["stubs"] == 2


def test_every_run_is_kept_with_its_outcome_and_traced(database: Any, at: At) -> None:
    facility("OO--")
    run(at, LETTER_DAY)
    run(at, BLOCKING)
    assert [(one.state, one.started_by) for one in runs()] == [("DONE", "Dossierloket")] * 2
    assert campaign.outcome_of(runs()[1])["stubs"] == 2
    traced = sa.select(AuditEntry).where(AuditEntry.event == "campaign.run").order_by(AuditEntry.sequence)
    assert [entry.subject_key for entry in db.session.scalars(traced)] == [one.reference for one in runs()]
