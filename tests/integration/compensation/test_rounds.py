"""Rounds of calculations: asked for, computed as a dry run, stopped, rolled back (5.1, 7, A-37, E-123, E-128, T-13)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
from domain.ecalcura.compensation import calculate
from domain.errors import Forbidden, InvalidValue, NotAllowedNow
from models.all import db
from models.audit import AuditEntry
from models.background_job import BackgroundJob, JobState
from models.compensation import CalculationDerivation, ParameterSet
from services import audit, transaction
from services.background_jobs import Stopped
from services.ecalcura import calculations, derivations, parameter_sets, round_summary, rounds
from tests.factories import actors, compensation, organisations, reference
from tests.factories.compensation import DEFINITIVE_AT, PERIOD, PROVISIONAL_AT, STARTER, household
from tests.factories.database import change

PROVISIONAL, DEFINITIVE = CalculationKind.PROVISIONAL, CalculationKind.DEFINITIVE


def test_a_round_computes_what_the_rules_give_and_keeps_all_of_it(database, at):
    """Part 7, 3.12: the stored derivation reads back, and calculating its case again gives the same to the cent."""
    at(PROVISIONAL_AT)
    it = household()
    reference = compensation.ready([it])
    (row,) = compensation.calculations(reference)
    held = calculations.derivation(row)
    assert calculate(held.case) == held.compensation
    assert held.compensation.total == row.total == row.premium_total + row.replacement_total > 0
    assert (held.compensation.premium_total, held.compensation.right_fte) == (row.premium_total, row.right_fte)
    assert {str(name) for name in held.names.values()} == {
        f"{one.last_name} {one.first_name}" for one in (it.nurse, it.senior, it.replacer)
    }
    assert [one.quarter for one in held.sources.quarters] == list(quarters_of(PERIOD))
    assert all(one.digest and one.snapshot_id for one in held.sources.quarters)
    assert held.sources.parameter_digest == compensation.parameters().digest
    assert (row.status, row.number, row.previous_id) == (CalculationStatus.DRAFT, 1, None)
    content = db.session.scalars(select(CalculationDerivation.content)).one()
    assert derivations.digest_of(content) == row.digest
    assert compensation.round_of(reference).state is RoundState.READY


def test_the_amount_can_be_checked_by_hand(database, at):
    """7.5: Y1 x 6/38 x 3/12 in each of four full quarters, one rounding each."""
    at(PROVISIONAL_AT)
    it = household()
    (row,) = compensation.calculations(compensation.ready([it]))
    rate = compensation.parameters().content.compensation.y1["VERPLEEGKUNDIGE_BACHELOR"]
    assert row.premium_total == 4 * (rate * 6 / 38 * 3 / 12).quantize(Decimal("0.01"))


def test_e_123_not_before_the_blocking_and_t_13_not_over_an_open_quarter(database, at):
    """A refused facility is named with its reason; the others can be started without it."""
    good, bad = household(), household(closed=False)
    compensation.declare(bad, quarters_of(PERIOD)[0])
    at("2024-10-15T23:59:59+02:00")
    with pytest.raises(NotAllowedNow) as early:
        compensation.started([good])
    assert early.value.code == "E-123"
    at(PROVISIONAL_AT)
    with pytest.raises(NotAllowedNow) as opened:
        compensation.started([good, bad])
    assert opened.value.code == "T-13"
    assert bad.facility.name in str(opened.value)
    with transaction.unit_of_work():
        row = rounds.start(STARTER, PERIOD, PROVISIONAL, None, only_ready=True)
        assert json.loads(row.facilities) == [good.facility.hco_number]


def test_e_128_a_definitive_round_waits_for_the_window_of_each_facility(database, at):
    """N-2: P = 16 October, so the first day is 17 November; each facility has its own P."""
    early, late = household(), household()
    reference.facility_period(early.facility, provisional_on=date(2024, 10, 16))
    reference.facility_period(late.facility, provisional_on=date(2024, 10, 20))
    at("2024-11-16T23:59:59+01:00")
    with pytest.raises(NotAllowedNow, match="16 november 2024"):
        compensation.started([early], DEFINITIVE)
    at("2024-11-17T00:00:00+01:00")
    assert compensation.started([early], DEFINITIVE)
    with transaction.unit_of_work():
        planned = rounds.plan(STARTER, PERIOD, DEFINITIVE, None)
    assert planned.ready == (early.facility.hco_number,)
    assert [one.hco_number for one in planned.refused] == [late.facility.hco_number]


def test_a_recalculation_needs_a_reason_and_a_definitive_calculation(database, at):
    """E-151: after the definitive calculation only, and never without a reason."""
    at(DEFINITIVE_AT)
    it = household()
    with pytest.raises(InvalidValue) as missing:
        compensation.started([it], CalculationKind.RECALCULATION, reason="  ")
    assert missing.value.field == "reason"
    with pytest.raises(NotAllowedNow) as refused:
        compensation.started([it], CalculationKind.CORRECTION, reason="Nieuw certificaat")
    assert refused.value.code == "E-151"


def test_one_unfinished_round_of_a_kind(database, at):
    """Two rounds of the same kind over the same facilities would contradict each other."""
    at(PROVISIONAL_AT)
    it = household()
    compensation.started([it])
    with pytest.raises(NotAllowedNow, match="bezig"):
        compensation.started([it])


def test_an_unknown_number_and_a_foreigner_are_refused(database, at):
    """A typing error in a pasted list is told; a facility has no business here."""
    at(PROVISIONAL_AT)
    it = household()
    with pytest.raises(InvalidValue, match="99999999"), transaction.unit_of_work():
        rounds.start(STARTER, PERIOD, PROVISIONAL, [it.facility.hco_number, "99999999"])
    with pytest.raises(Forbidden), transaction.unit_of_work():
        rounds.start(actors.facility_user(it.facility), PERIOD, PROVISIONAL, None)


def test_without_released_parameters_nothing_is_calculated(database, at):
    """Part 8: the parameters come first."""
    at(PROVISIONAL_AT)
    reference.reference_period(PERIOD)
    row = organisations.facility()
    with pytest.raises(NotAllowedNow) as refused:
        compensation.started([row])
    assert refused.value.code == "PARAMETERS"


def test_l_04_a_facility_that_misses_a_parameter_does_not_stop_the_round(database, at):
    """Its problem names the parameter; the others are computed."""
    at(PROVISIONAL_AT)
    good, bad = household(), household()
    change(bad.nurse_contract, qualification_code="KINESITHERAPEUT")
    change(bad.premium, premium_exception=True)
    for dossier in bad.dossiers.values():
        compensation.close(dossier)
    _drop_rate("y1", "KINESITHERAPEUT")
    reference = compensation.ready([good, bad])
    rows = {row.facility_id: row for row in compensation.calculations(reference)}
    assert rows[good.facility.id].total > 0
    failed = rows[bad.facility.id]
    assert failed.total is None
    assert json.loads(failed.problem_params)["parameter"] == "Y1 KINESITHERAPEUT"
    summary = round_summary.read(compensation.round_of(reference).summary)
    assert (summary.calculated, summary.problems) == (1, 1)


def _drop_rate(name: str, code: str) -> None:
    """A released set without one amount, as if somebody forgot it."""
    held = compensation.parameters()
    row = db.session.get_one(ParameterSet, held.set_id)
    raw = json.loads(row.content)
    raw["values"][name] = {key: value for key, value in raw["values"][name].items() if key != code}
    text = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    change(row, content=text, digest=parameter_sets.digest_of(text))


def test_work_goes_on_where_it_stopped(database, at, monkeypatch):
    """A worker that is gone leaves whole facilities; the next one does the others, nothing twice."""
    at(PROVISIONAL_AT)
    monkeypatch.setattr("services.ecalcura.round_work.BATCH", 1)
    homes = [household() for _ in range(3)]
    reference = compensation.started(homes)
    compensation.compute(reference, steps=2)
    before = {row.facility_id: row.reference for row in compensation.calculations(reference)}
    assert len(before) == 2
    assert compensation.round_of(reference).state is RoundState.CALCULATING
    compensation.compute(reference)
    after = {row.facility_id: row.reference for row in compensation.calculations(reference)}
    assert len(after) == 3
    assert before.items() <= after.items()
    assert compensation.round_of(reference).state is RoundState.READY


def test_stopping_a_round_stops_its_job_and_lapses_what_was_computed(database, at, monkeypatch):
    """Nothing of it can be released; the same round can be started anew."""
    at(PROVISIONAL_AT)
    monkeypatch.setattr("services.ecalcura.round_work.BATCH", 1)
    homes = [household(), household()]
    reference = compensation.started(homes)
    compensation.compute(reference, steps=1)
    with transaction.unit_of_work():
        rounds.stop(STARTER, reference)
    compensation.compute(reference)
    assert [row.status for row in compensation.calculations(reference)] == [CalculationStatus.LAPSED]
    assert compensation.round_of(reference).state is RoundState.STOPPED
    assert db.session.scalars(select(BackgroundJob.state)).one() is JobState.STOPPED
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        rounds.stop(STARTER, reference)
    assert compensation.started(homes)


def test_stopping_the_job_stops_the_round(database, at):
    """Whoever stops the work in the list of jobs stops the round: the worker throws Stopped into it."""
    at(PROVISIONAL_AT)
    reference = compensation.started([household()])
    work = rounds.work({"round": reference})
    with transaction.unit_of_work():
        next(work)
    with transaction.unit_of_work():
        work.throw(Stopped())
    assert compensation.round_of(reference).state is RoundState.STOPPED


def test_a_round_whose_work_failed_is_resumed_once_with_a_trace(database, at):
    """One new job and one entry with who did it; neither while a job is waiting."""
    at(PROVISIONAL_AT)
    reference = compensation.started([household()])
    change(db.session.scalars(select(BackgroundJob)).one(), state=JobState.FAILED)
    for _ in range(2):
        with transaction.unit_of_work():
            rounds.resume(STARTER, reference)
    traced = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "round.resumed")).all()
    assert [(row.subject_key, row.actor_id) for row in traced] == [(reference, STARTER.account_id)]
    states = db.session.scalars(select(BackgroundJob.state).order_by(BackgroundJob.id)).all()
    assert states == [JobState.FAILED, JobState.QUEUED]


def test_rolling_back_needs_a_reason_and_leaves_a_trace(database, at):
    """Before anybody was told a round can be undone; the next one compares with it."""
    at(PROVISIONAL_AT)
    it = household()
    reference = compensation.ready([it])
    with pytest.raises(InvalidValue), transaction.unit_of_work():
        rounds.roll_back(STARTER, reference, " ")
    with transaction.unit_of_work():
        rounds.roll_back(STARTER, reference, "Verkeerde parameters")
    assert compensation.round_of(reference).state is RoundState.ROLLED_BACK
    (row,) = compensation.calculations(reference)
    assert row.status is CalculationStatus.LAPSED
    compensation.declare_again(it, quarters_of(PERIOD)[1], paid="60.0", unpaid="5.0")
    again = compensation.ready([it])
    swing = round_summary.read(compensation.round_of(again).summary).previous.swings[0]
    assert swing.before == row.total
    assert sum(amount for _, amount in swing.causes) == swing.difference < 0
    assert [kind for kind, _ in swing.causes] == ["PRESTATIES"]
    assert audit.verify().broken is None


def test_the_dry_run_counts_what_stands_out(database, at):
    """Zero totals (E-100: no certificates), quarters that do not count (E-129) and quarters in audit (A-37)."""
    at(PROVISIONAL_AT)
    homes = [household(), household(certificates=False), household(closed=False)]
    change(homes[0].dossiers[quarters_of(PERIOD)[0]], status="AUDIT", previous_status="CLOSED")
    summary = round_summary.read(compensation.round_of(compensation.ready(homes)).summary)
    assert (summary.facilities, summary.calculated, summary.zero, summary.with_warnings) == (3, 3, 2, 1)
    assert summary.remarks["A-37"] == {"2023K3": 1}
    assert summary.remarks["E-129"] == dict.fromkeys(("2023K3", "2023K4", "2024K1", "2024K2"), 1)
    assert summary.remarks["E-101"] == dict.fromkeys(("2023K3", "2023K4", "2024K1", "2024K2"), 1)


def test_some_facilities_can_be_computed_again(database, at):
    """What changed since is read anew; the others keep the calculation that was checked."""
    at(PROVISIONAL_AT)
    homes = [household(), household()]
    reference = compensation.ready(homes)
    before = {row.facility_id: (row.reference, row.total) for row in compensation.calculations(reference)}
    compensation.declare_again(homes[0], quarters_of(PERIOD)[1], paid="60.0", unpaid="5.0")
    with transaction.unit_of_work():
        rounds.recalculate(STARTER, reference, [homes[0].facility.hco_number])
    assert compensation.round_of(reference).state is RoundState.QUEUED
    compensation.compute(reference)
    after = {row.facility_id: (row.reference, row.total) for row in compensation.calculations(reference)}
    assert after[homes[1].facility.id] == before[homes[1].facility.id]
    assert after[homes[0].facility.id][1] < before[homes[0].facility.id][1]
