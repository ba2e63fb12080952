"""A run as background work: by the worker, by a person, stopped, killed, failing, and at the size of a real autumn."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from domain.errors import Forbidden, InvalidValue
from jobs import background, worker
from jobs import campaign as calendar
from models.all import db
from models.background_job import BackgroundJob, JobState
from models.campaign import CampaignAct
from models.declaration import Dossier, DossierEvent
from services import audit, background_jobs, clock, transaction
from services.connections import connections
from services.ecalcura import campaign, campaign_plan, letters
from tests.factories import actors, organisations, reference
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
from tests.integration.declaration.scene import statements
from tests.support.databases import ROOT, PreparedDatabase

At = Callable[[str], datetime]


def test_the_worker_runs_the_calendar_by_itself(database: Any, at: At) -> None:
    one = facility("OO--")
    at(LAST_MOMENT)
    assert worker.work(once=True).jobs == 1, "the letter"
    assert statuses(one) == "OO--"
    at(BLOCKING)
    assert worker.work(once=True).jobs == 1
    assert (statuses(one), acts(one)) == ("BBBB", ["LETTER", "BLOCKING"])
    before = everything()
    assert worker.work(once=True).jobs == 0
    assert everything() == before


def test_the_look_of_every_minute_costs_the_same_however_many_facilities(database: Any, at: At) -> None:
    """When nothing is due: no statement per facility, and no lock of a writer."""
    costs = []
    at(DURING_CALCULATION)
    for _ in range(2):
        for _ in range(6):
            facility("CCCC")
        db.session.rollback()
        with statements() as seen:
            assert not calendar.look()
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 4
    assert not any(statement.startswith(("INSERT", "UPDATE", "DELETE")) for statement in seen)


def test_300_facilities_cost_so_many_statements_each_and_the_plan_only_a_handful(database: Any, at: At) -> None:
    made = many(300)
    at(BLOCKING)
    db.session.rollback()
    with statements() as planning:
        plan = campaign.due(clock.now())
    assert len(plan.acts) == 300
    assert len(planning) <= 9
    with statements() as seen:
        ran = calendar.run(clock.now())
    assert (ran.counts["facilities_blocked"], ran.counts["stubs"]) == (300, 1200)
    assert len(seen) / 300 < 80, "four stubs, each with its step and trace"
    assert {statuses(one) for one in (made[0], made[-1])} == {"BBBB"}


def many(number: int) -> list[Any]:
    reference.reference_period(PERIOD)
    return [organisations.facility(entry_from="2023K3") for _ in range(number)]


def start(at: datetime | None = None) -> str:
    """A case manager starts a run; gives the reference of the job."""
    with transaction.unit_of_work():
        job = campaign.start(actors.case_manager(), at)
    assert job is not None
    return job.reference


def test_a_run_is_stopped_between_facilities_and_the_calendar_waits_for_a_person(database: Any, at: At) -> None:
    made = many(3)
    at(BLOCKING)
    reference_of_job = start()

    def stop() -> None:
        if rows(BackgroundJob)[-1].done == 1:
            with transaction.unit_of_work():
                background_jobs.request_stop(actors.case_manager(), reference_of_job)

    taken = background.take()
    assert taken is not None
    assert background.perform(taken, meanwhile=stop) is JobState.STOPPED
    assert [statuses(one) for one in made] == ["BBBB", "BBBB", "----"], "the step at hand is finished"
    assert (runs()[0].state, campaign.is_held()) == ("STOPPED", True)
    assert worker.work(once=True).jobs == 0, "no machine goes against a person"
    with transaction.unit_of_work():
        background_jobs.resume(actors.case_manager(), reference_of_job)
    assert worker.work(once=True).jobs == 1
    assert [statuses(one) for one in made] == ["BBBB"] * 3
    assert (runs()[0].state, campaign.outcome_of(runs()[0])["facilities_blocked"], campaign.is_held()) == (
        "DONE",
        3,
        False,
    )


def test_a_run_that_was_stopped_before_it_began_holds_the_calendar_too(database: Any, at: At) -> None:
    many(1)
    at(BLOCKING)
    waiting = start()
    with transaction.unit_of_work():
        background_jobs.request_stop(actors.case_manager(), waiting)
    assert worker.work(once=True).jobs == 0
    start()
    assert worker.work(once=True).jobs == 1
    assert not campaign.is_held()


def test_a_facility_that_fails_is_named_and_leaves_nothing_half_done(
    database: Any, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = many(3)
    original = campaign.declarations.block_never_opened

    def faulty(actor: Any, facility_id: int, quarter: Any, reason: Any = None) -> Any:
        made_one = original(actor, facility_id, quarter, reason)
        if facility_id == made[1].id and str(quarter) == "2024K1":
            raise RuntimeError("a bug with one facility")
        return made_one

    monkeypatch.setattr(campaign.declarations, "block_never_opened", faulty)
    at(BLOCKING)
    ran = calendar.run(clock.now())
    assert (ran.ok, ran.state, ran.counts["facilities_blocked"]) == (False, "DONE", 2)
    assert ran.problems == [{"hco": made[1].hco_number, "act": "BLOCKING", "message": "RuntimeError"}]
    assert [statuses(one) for one in made] == ["BBBB", "----", "BBBB"]
    assert audit.verify().broken is None
    steps = db.session.scalar(sa.select(sa.func.count()).select_from(DossierEvent))
    assert steps == len(rows(Dossier)) == 8
    assert worker.work(once=True).jobs == 0, "not every minute"
    monkeypatch.setattr(campaign.declarations, "block_never_opened", original)
    at((clock.now() + campaign.RETRY_AFTER).isoformat())
    assert worker.work(once=True).jobs == 1
    assert statuses(made[1]) == "BBBB"
    assert campaign.outcome_of(runs()[-1])["problems"] == []


def test_a_letter_that_cannot_be_made_does_not_hold_the_others(
    database: Any, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = facility("OO--"), facility("OO--")
    original = letters.for_not_submitted

    def faulty(actor: Any, of: Any, *rest: Any) -> Any:
        letter = original(actor, of, *rest)
        if of.id == bad.id:
            raise InvalidValue("Deze brief kan niet gemaakt worden.")
        return letter

    monkeypatch.setattr(letters, "for_not_submitted", faulty)
    at(LETTER_DAY)
    ran = calendar.run(clock.now())
    assert ran.problems == [{"hco": bad.hco_number, "act": "LETTER", "message": "Deze brief kan niet gemaakt worden."}]
    assert (len(letters_to(good)), len(letters_to(bad)), acts(bad)) == (1, 0, [])


def test_who_may_start_it(database: Any, at: At) -> None:
    one = facility("OO--")
    at(BLOCKING)
    for who in (actors.facility_user(one), actors.helpdesk()):
        with pytest.raises(Forbidden):
            campaign.start(who)


def test_production_takes_no_instant_that_is_still_to_come(
    database: Any, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    facility("OO--")
    monkeypatch.setattr(type(connections().settings), "production", property(lambda _settings: True))
    at(LAST_MOMENT)
    with pytest.raises(InvalidValue, match="tijdstip dat al voorbij is"):
        calendar.run(datetime.fromisoformat(BLOCKING))
    assert calendar.run(clock.now()).counts["letters"] == 1


_VICTIM = """
import sys, time
from datetime import datetime
from app import create_app
from jobs import campaign as calendar
from services.ecalcura import campaign

def slow(run, facility, period_code, act, original=campaign._trace):
    original(run, facility, period_code, act)
    slow.passed += 1
    if slow.passed == 3:
        print("three", flush=True)
        time.sleep(60)
slow.passed = 0
campaign._trace = slow
with create_app().app_context():
    calendar.run(datetime.fromisoformat(sys.argv[1]))
"""


@pytest.fixture
def victim(database: PreparedDatabase) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts the command in a process that hangs inside its third facility, having said ``three``."""
    made: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "ELOKET_ENV": "development",
            "INSTANCE": str(database.settings.instance),
            "DATABASE_URL": database.settings.database_url,
            "ELOKET_NOW": clock.now().isoformat(),
        }
        command = [sys.executable, "-c", _VICTIM, clock.now().isoformat()]
        made.append(
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        )
        return made[0]

    yield begin
    for process in made:
        process.kill()
        process.communicate()


def test_killed_in_the_middle_and_taken_up_again(
    database: PreparedDatabase, at: At, victim: Callable[[], subprocess.Popen[str]]
) -> None:
    made = many(5)
    at(BLOCKING)
    process = victim()
    assert process.stdout is not None
    while process.stdout.readline() not in ("three\n", ""):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [statuses(one) for one in made] == ["BBBB", "BBBB", "----", "----", "----"]
    assert worker.work(once=True).jobs == 0, "its lease still runs, and a second run is not started beside it"
    at((clock.now() + background_jobs.LEASE + timedelta(seconds=1)).isoformat())
    assert worker.work(once=True).jobs == 1
    assert [statuses(one) for one in made] == ["BBBB"] * 5
    assert [(one.state, campaign.outcome_of(one)["facilities_blocked"]) for one in runs()] == [("DONE", 5)]
    assert len(rows(CampaignAct)) == 5
    steps = db.session.scalar(sa.select(sa.func.count()).select_from(DossierEvent))
    assert steps == len(rows(Dossier)) == 20
    assert audit.verify().broken is None


def command(app: Flask, *words: str) -> Result:
    result = app.test_cli_runner().invoke(args=["campaign", "run", *words])
    db.session.rollback()
    return result


def test_the_command_prints_what_it_did_and_a_second_time_nothing(app: Flask, at: At) -> None:
    one, alone = facility("OO--"), facility("OCCC", contact=False)
    at(LETTER_DAY)
    dry = command(app, "--at", LETTER_DAY, "--dry-run")
    assert (dry.exit_code, json.loads(dry.stdout)["counts"]["letters"], letters_to(one)) == (0, 2, [])
    result = command(app, "--at", LETTER_DAY)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["state"], told["counts"]["letters"], told["counts"]["mails"]) == (0, "DONE", 2, 1)
    assert told["without_address"] == [alone.hco_number]
    before = everything()
    again = json.loads(command(app, "--at", LETTER_DAY).stdout)
    assert (again["state"], again["counts"]["letters"], everything() == before) == ("NOTHING_DUE", 0, True)


def test_the_command_ends_with_1_when_a_facility_failed(app: Flask, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    one = facility("OO--")
    at(BLOCKING)

    def broken(*_words: Any) -> None:
        raise InvalidValue("Dit kan niet.")

    monkeypatch.setattr(campaign, "_block", broken)
    result = command(app, "--at", BLOCKING)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, f"{one.hco_number}: Dit kan niet.")


@pytest.mark.one_database
@pytest.mark.parametrize("instant", ["morgen", "2024-10-16", "2024-10-16T00:00:00", "2024-13-01T00:00:00+02:00", ""])
def test_a_bad_instant_or_one_without_offset_is_bad_input(app: Flask, instant: str) -> None:
    result = command(app, "--at", instant)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


@pytest.mark.one_database
def test_the_command_without_instant_is_bad_input(app: Flask) -> None:
    assert command(app).exit_code == 2


def test_the_plan_is_read_with_so_many_facilities_of_each_kind(database: Any, at: At) -> None:
    """More facilities than one statement looks at."""
    campaign_plan_size = campaign_plan._CHUNK
    try:
        campaign_plan._CHUNK = 2
        made = many(5)
        plan = campaign.due(at(BLOCKING))
    finally:
        campaign_plan._CHUNK = campaign_plan_size
    assert [one.hco_number for one in plan.acts] == sorted(one.hco_number for one in made)
