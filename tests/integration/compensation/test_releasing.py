"""Releasing a round: a second person, all or nothing, only what still is as it was read; new versions afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, ParameterSetStatus, RoundState
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.declaration import Event
from domain.errors import Forbidden, NotAllowedNow
from models.all import db
from models.audit import AuditEntry
from models.background_job import BackgroundJob
from models.compensation import Calculation, ParameterSet
from models.organisation import Sector
from models.payment import PaymentLine
from models.reference import FacilityPeriod
from services import audit, transaction
from services.ecalcura import calculations, declarations, round_changes, rounds
from services.ecalcura.round_release import ChangedSince
from tests.factories import actors, compensation, organisations
from tests.factories.compensation import (
    DEFINITIVE_AT,
    LATER,
    PERIOD,
    PROVISIONAL_AT,
    RELEASER,
    STARTER,
    household,
)
from tests.factories.database import change
from tests.reliability.lanes import COMMIT, at_once, overlap

PROVISIONAL, DEFINITIVE = CalculationKind.PROVISIONAL, CalculationKind.DEFINITIVE
RECALCULATION = CalculationKind.RECALCULATION


def _release(reference, by=RELEASER):
    with transaction.unit_of_work():
        return rounds.release(by, reference)


def _nothing_released(reference):
    assert compensation.round_of(reference).state is RoundState.READY
    assert {row.status for row in compensation.calculations(reference)} == {CalculationStatus.DRAFT}
    assert db.session.scalar(select(func.count()).select_from(FacilityPeriod)) == 0
    assert db.session.scalar(select(func.count()).select_from(PaymentLine)) == 0


def test_a_provisional_round_opens_the_window_and_pays_nothing(database, at):
    """E-127, A-04, A-35: P is the day of the release; no payment; letters and traces for each calculation."""
    at(PROVISIONAL_AT)
    homes = [household(), household()]
    released = compensation.released(homes)
    assert {row.status for row in released} == {CalculationStatus.COMMUNICATED}
    rows = db.session.scalars(select(FacilityPeriod)).all()
    assert {(row.provisional_on, row.definitive_on) for row in rows} == {(date(2024, 10, 16), None)}
    assert db.session.scalar(select(func.count()).select_from(PaymentLine)) == 0
    job = db.session.scalars(select(BackgroundJob).where(BackgroundJob.kind == "letters")).one()
    assert json.loads(job.parameters) == {"round": compensation.round_of_calculation(released[0]).reference}
    told = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "calculation.communicated")).all()
    assert {json.loads(text)["digest"] for text in told} == {row.digest for row in released}
    assert db.session.get_one(ParameterSet, released[0].parameter_set_id).status is ParameterSetStatus.USED
    assert audit.verify().broken is None


def test_four_eyes_whoever_started_a_round_does_not_release_it(database, at):
    """A second account releases; somebody without the permission neither."""
    at(PROVISIONAL_AT)
    reference = compensation.ready([household()])
    with pytest.raises(NotAllowedNow) as same:
        _release(reference, STARTER)
    assert same.value.code == "FOUR_EYES"
    with pytest.raises(Forbidden):
        _release(reference, actors.helpdesk())
    with pytest.raises(NotAllowedNow) as unknown:  # another name is no second person: only a known account is
        _release(reference, replace(RELEASER, account_id=None))
    assert unknown.value.code == "FOUR_EYES"
    _nothing_released(reference)
    assert _release(reference).state is RoundState.RELEASED


def test_the_definitive_round_settles_and_closes_the_period(database, at):
    """E-128, A-35: D is set, the payment is booked, and the provisional calculation stays to compare with."""
    at(PROVISIONAL_AT)
    it = household()
    (provisional,) = compensation.released([it])
    at(DEFINITIVE_AT)
    (definitive,) = compensation.released([it], DEFINITIVE)
    period = db.session.scalars(select(FacilityPeriod)).one()
    assert (period.provisional_on, period.definitive_on) == (date(2024, 10, 16), date(2024, 11, 25))
    line = db.session.scalars(select(PaymentLine)).one()
    assert (line.calculation_id, line.calculated) == (definitive.id, definitive.total)
    assert calculations.latest(it.facility.id, PERIOD, calculations.PROVISIONAL_KINDS).id == provisional.id
    assert calculations.latest(it.facility.id, PERIOD, calculations.DEFINITIVE_KINDS).id == definitive.id


def test_a_second_provisional_round_does_not_move_the_window(database, at):
    """P is the day of the first one (5.1)."""
    at(PROVISIONAL_AT)
    it = household()
    (first,) = compensation.released([it])
    at("2024-11-20T09:00:00+01:00")
    (second,) = compensation.released([it])
    assert db.session.scalars(select(FacilityPeriod.provisional_on)).one() == date(2024, 10, 16)
    assert (second.number, second.previous_id, second.status) == (2, first.id, CalculationStatus.COMMUNICATED)
    db.session.refresh(first)
    assert first.status is CalculationStatus.LAPSED


def test_e_151_a_recalculation_is_a_new_version_and_says_what_changed_line_by_line(database, at):
    """T-13: a change in audit never touches the definitive calculation; it feeds a new version, with a reason."""
    it, definitive = _definitive(at)
    before = (definitive.total, definitive.digest)
    at(LATER)
    quarter = quarters_of(PERIOD)[1]
    _corrected_in_audit(it, quarter)
    (new,) = compensation.released([it], RECALCULATION, reason="Certificaat nagekeken")
    db.session.refresh(definitive)
    assert (definitive.total, definitive.digest, definitive.status) == (*before, CalculationStatus.LAPSED)
    assert (new.number, new.previous_id, new.reason) == (1, definitive.id, "Certificaat nagekeken")
    changes = round_changes.of(STARTER, new.reference)
    assert [line.reference for line in changes.lines] == [it.premium.reference]
    assert changes.lines[0].difference == new.total - before[0] < 0
    lines = db.session.scalars(select(PaymentLine).order_by(PaymentLine.sequence)).all()
    assert [line.calculated for line in lines] == [before[0], new.total - before[0]]
    assert len(calculations.versions(it.facility.id, PERIOD)) == 3


def _definitive(at):
    at(PROVISIONAL_AT)
    it = household()
    compensation.released([it])
    at(DEFINITIVE_AT)
    (definitive,) = compensation.released([it], DEFINITIVE)
    return it, definitive


def _corrected_in_audit(it, quarter):
    """T-09, T-11 after D: into audit, other days, closed again by the case manager."""
    number = it.dossiers[quarter].number
    with transaction.unit_of_work():
        declarations.fire(STARTER, number, Event.TAKE_INTO_AUDIT, "Controle")
    compensation.enter(it, quarter, paid="60.0", unpaid="5.0")
    with transaction.unit_of_work():
        declarations.fire(STARTER, number, Event.CLOSE_FROM_AUDIT, "Gecorrigeerd")


def test_a_changed_quarter_stops_the_whole_release(database, at):
    """All or nothing: the facility and the quarter are named, the others are not released either."""
    at(PROVISIONAL_AT)
    homes = [household(), household()]
    reference = compensation.ready(homes)
    compensation.declare_again(homes[1], quarters_of(PERIOD)[2], paid="50.0", unpaid="15.0")
    with pytest.raises(ChangedSince) as refused:
        _release(reference)
    (one,) = refused.value.facilities
    assert (one.hco_number, str(one.why)) == (homes[1].facility.hco_number, "2024K1 is gewijzigd")
    _nothing_released(reference)
    with transaction.unit_of_work():
        rounds.recalculate(STARTER, reference, [one.hco_number])
    traced = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "round.recalculated")).one()
    assert json.loads(traced) == {"facilities": 1}
    compensation.compute(reference)
    assert _release(reference).state is RoundState.RELEASED


def test_e_103_a_certificate_that_came_since_stops_the_release(database, at):
    """The notification is the reference date of a recalculation: what was computed without it is not told."""
    at(PROVISIONAL_AT)
    it = household(certificates=False)
    reference = compensation.ready([it])
    organisations.certificate(it.facility, CertificateType.SOCIAL_AGREEMENT)
    with pytest.raises(ChangedSince, match="gewijzigd") as refused:
        _release(reference)
    assert "certificaten" in str(refused.value.facilities[0].why)
    _nothing_released(reference)


def test_a_sector_that_was_corrected_since_stops_the_release(database, at):
    """The sector decides whether the floor of 13 hours holds: what was computed with another one is not told."""
    at(PROVISIONAL_AT)
    it = household()
    reference = compensation.ready([it])
    change(it.facility, sector=next(one for one in Sector if one is not it.facility.sector))
    with pytest.raises(ChangedSince) as refused:
        _release(reference)
    (one,) = refused.value.facilities
    assert (one.hco_number, "sector" in str(one.why)) == (it.facility.hco_number, True)
    _nothing_released(reference)


def test_t_13_a_quarter_that_was_opened_since_stops_the_release(database, at):
    """T-10 in the correction window: an open quarter could never be closed after the definitive calculation."""
    at(PROVISIONAL_AT)
    it = household()
    compensation.released([it])
    at(DEFINITIVE_AT)
    reference = compensation.ready([it], DEFINITIVE)
    change(it.dossiers[quarters_of(PERIOD)[0]], status="OPEN")
    with pytest.raises(ChangedSince) as refused:
        _release(reference)
    assert refused.value.facilities[0].why.code == "T-13"
    assert compensation.round_of(reference).state is RoundState.READY


def test_e_151_another_version_that_came_first_stops_the_release(database, at):
    """Two versions computed side by side: the second one replaces a calculation that is no longer in force."""
    it, _ = _definitive(at)
    at(LATER)
    first = compensation.ready([it], RECALCULATION, reason="Nagekeken")
    second = compensation.ready([it], CalculationKind.CORRECTION, reason="Fout")
    _release(first)
    with pytest.raises(ChangedSince) as refused:
        _release(second)
    assert refused.value.facilities[0].why.code == "E-151"
    assert len(db.session.scalars(select(PaymentLine.id)).all()) == 2


def test_newer_parameters_stop_the_release(database, at):
    """Nothing is communicated with amounts that were replaced."""
    at(PROVISIONAL_AT)
    reference = compensation.ready([household()])
    old = db.session.get_one(ParameterSet, compensation.round_of(reference).parameter_set_id)
    compensation.copy_of(old)
    with pytest.raises(NotAllowedNow) as refused:
        _release(reference)
    assert refused.value.code == "PARAMETERS"
    _nothing_released(reference)


def test_what_failed_is_not_communicated(database, at):
    """L-04: a facility with a problem stays behind; it can be in a next round."""
    at(PROVISIONAL_AT)
    good, bad = household(), household()
    snapshot = compensation.snapshot_of(bad, quarters_of(PERIOD)[0])
    change(snapshot, content=snapshot.content.replace('"format":1', '"format":99'))
    reference = compensation.ready([good, bad])
    _release(reference)
    states = {row.facility_id: row.status for row in compensation.calculations(reference)}
    assert states == {good.facility.id: CalculationStatus.COMMUNICATED, bad.facility.id: CalculationStatus.LAPSED}
    assert db.session.scalars(select(FacilityPeriod.facility_id)).all() == [good.facility.id]


def test_an_advance_round_pays_the_share_of_the_last_definitive_total(database, at):
    """A-20: 40 % of the definitive total of the year before; nothing without one; its derivation says how."""
    it, definitive = _definitive(at)
    new = organisations.facility()
    at("2025-01-20T09:00:00+01:00")
    compensation.parameters("2024-2025")
    reference = compensation.ready([it.facility, new], CalculationKind.ADVANCE_1, period="2024-2025")
    (row,) = compensation.calculations(reference)
    assert row.total == (definitive.total * Decimal("0.4")).quantize(Decimal("0.01"))
    held = calculations.advance_derivation(row)
    assert (held.base_amount, held.percentage, held.base_period) == (definitive.total, Decimal(40), PERIOD)
    _release(reference)
    lines = db.session.scalars(select(PaymentLine).order_by(PaymentLine.sequence)).all()
    assert [line.calculated for line in lines] == [definitive.total, row.total]


def test_two_people_release_at_once(database, at):
    """One release: the second finds that it was done."""
    at(PROVISIONAL_AT)
    reference = compensation.ready([household(), household()])
    other = actors.actor("EL_DOSSIERBEHEERDER", name="Nog Iemand", account_id=900_005)
    lanes = at_once(database, [lambda: rounds.release(RELEASER, reference), lambda: rounds.release(other, reference)])
    refused = [lane.error for lane in lanes if lane.error is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], NotAllowedNow)
    told = db.session.scalar(select(func.count()).where(AuditEntry.event == "calculation.communicated"))
    assert told == 2
    assert db.session.scalar(select(func.count()).where(BackgroundJob.kind == "letters")) == 1
    assert audit.verify().broken is None


@pytest.mark.parametrize("first", ["release", "audit"])
def test_release_while_a_quarter_is_taken_into_audit(database, at, first):
    """Either the release comes first and the audit after it, or the audit first and the release is refused."""
    at(PROVISIONAL_AT)
    it = household()
    reference = compensation.ready([it])
    number = it.dossiers[quarters_of(PERIOD)[0]].number

    def release():
        return rounds.release(RELEASER, reference)

    def into_audit():
        return declarations.fire(STARTER, number, Event.TAKE_INTO_AUDIT, "Controle")

    ways = (release, into_audit) if first == "release" else (into_audit, release)
    one, two = overlap(database, *ways, before=COMMIT)
    one.result()
    if first == "release":
        two.result()
        assert compensation.round_of(reference).state is RoundState.RELEASED
    else:
        assert isinstance(two.error, ChangedSince)
        _nothing_released(reference)
    assert db.session.scalar(select(func.count()).where(Calculation.status == CalculationStatus.COMMUNICATED)) == (
        1 if first == "release" else 0
    )
