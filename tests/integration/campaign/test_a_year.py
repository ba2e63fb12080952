"""One facility through a whole year of the calendar, with the clock moved: everything real but the days between.

Submit, remind, block, provisional calculation, request, reopen, submit again, the last second of the window, definitive
calculation, payment in January, correction. Golden tests 1, 2 and 6; E-121 to E-131, E-151, T-03 to T-13, V-63 to V-65.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.actor import Actor
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus
from domain.ecalcura.declaration import DossierStatus, Event
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.payment_states import PaymentKind
from domain.errors import NotAllowedNow
from domain.permissions import Role
from jobs import worker
from models.all import db
from models.compensation import Calculation, CalculationRound
from models.declaration import ReopeningRequest
from models.letter import Letter
from models.outbox import OutboxMessage
from models.payment import PaymentLine
from models.reference import FacilityPeriod
from services import evidence, transaction
from services.ecalcura import (
    calculations,
    memo_dates,
    payment_orders,
    reopening_asking,
    reopening_requests,
    round_release,
    rounds,
)
from tests.factories import actors, compensation
from tests.integration.declaration.scene import Scene, days, hours, scene

At = Callable[[str], datetime]
PERIOD = "2023-2024"
K3, K4, K1, K2 = (str(quarter) for quarter in quarters_of(PERIOD))
BART = actors.actor(Role.EL_DOSSIERBEHEERDER, name="Bart Maes", account_id=999_999)


def run_calendar(app: Flask, at: At, instant: str) -> dict[str, Any]:
    """Move the clock and run the command of the scheduler there; the worker then sends what is to be sent."""
    at(instant)
    result = app.test_cli_runner().invoke(args=["campaign", "run", "--at", instant])
    assert result.exit_code == 0, result.stderr
    worker.work(once=True)
    return json.loads(result.stdout)


def calculate(place: Scene, kind: CalculationKind, reason: str | None = None) -> Calculation:
    """A round of one facility, started by one case manager and released by the other."""
    with transaction.unit_of_work():
        reference = rounds.start(place.manager, PERIOD, kind, [place.facility.hco_number], reason).reference
    worker.work(once=True)
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        round_release.release(place.manager, reference)
    with transaction.unit_of_work():
        round_release.release(BART, reference)
    worker.work(once=True)
    row = db.session.scalars(sa.select(CalculationRound).where(CalculationRound.reference == reference)).one()
    return db.session.scalars(sa.select(Calculation).where(Calculation.round_id == row.id)).one()


def ask(place: Scene, *quarters: str, why: str = "De uren van een vervanger kloppen niet.") -> ReopeningRequest:
    """The button of the facility."""
    with transaction.unit_of_work():
        return reopening_asking.ask(place.clerk, PERIOD, [Quarter.parse(quarter) for quarter in quarters], why)


def grant(actor: Actor, request: ReopeningRequest) -> None:
    """One click of the case manager."""
    with transaction.unit_of_work():
        reopening_requests.grant(actor, request.id, "Op vraag van de voorziening.")


def letters() -> list[LetterKind]:
    """What kinds of letters were made, in order."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Letter.kind).order_by(Letter.id)))


def lines() -> list[PaymentLine]:
    """The history of payments."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(PaymentLine).order_by(PaymentLine.sequence)))


def statuses(place: Scene) -> list[str]:
    """The states of the four quarters, in the order of the period."""
    return [place.dossier(quarter).status.value for quarter in (K3, K4, K1, K2)]


def test_a_whole_year(app: Flask, at: At) -> None:
    place = scene()
    compensation.parameters(PERIOD)

    # The quarters are declared when they have ended; the last one is filled in and forgotten (E-120, E-121).
    for quarter, day in ((K3, "2023-10-10"), (K4, "2024-01-15"), (K1, "2024-04-12")):
        at(f"{day}T10:00:00+02:00")
        place.submit(place.fill(quarter))
    at("2024-07-05T10:00:00+02:00")
    place.fill(K2)
    assert statuses(place) == ["CLOSED", "CLOSED", "CLOSED", "OPEN"]

    # A submitted quarter is reopened as often as it is asked before 16 October (T-04, E-126).
    at("2024-09-20T10:00:00+02:00")
    for _ in range(2):
        grant(place.manager, ask(place, K1))
        assert statuses(place)[2] == "OPEN"
        place.submit(place.number(K1))

    # 1 October: a letter, once (E-122).
    run_calendar(app, at, "2024-10-01T08:00:00+02:00")
    run_calendar(app, at, "2024-10-01T08:00:00+02:00")
    assert letters().count(LetterKind.NOT_SUBMITTED) == 1
    reminded = {message.template for message in db.session.scalars(sa.select(OutboxMessage))}
    assert "new_message" in reminded

    # 16 October 00:00: what was not confirmed is closed ex officio with what was entered (E-123, E-124, T-05).
    run_calendar(app, at, "2024-10-15T23:59:59+02:00")
    assert statuses(place)[3] == "OPEN"
    run_calendar(app, at, "2024-10-16T00:00:00+02:00")
    assert statuses(place) == ["CLOSED", "CLOSED", "CLOSED", "BLOCKED"]
    assert place.dossier(K2).basis == "AMBTSHALVE"
    with pytest.raises(NotAllowedNow) as refused:
        place.save(days(place.nurse, "1", "0", 1), number=place.number(K2))
    assert refused.value.code == "V-62"

    # The provisional calculation starts the window of thirty days (E-127, A-04, A-05).
    at("2024-10-16T10:00:00+02:00")
    provisional = calculate(place, CalculationKind.PROVISIONAL)
    period = db.session.scalars(sa.select(FacilityPeriod)).one()
    assert (period.provisional_on, period.definitive_on) == (date(2024, 10, 16), None)
    assert provisional.status is CalculationStatus.COMMUNICATED
    assert provisional.total is not None
    assert lines() == [], "A-35: no payment yet"
    assert LetterKind.PROVISIONAL in letters()

    # Reopened once, for all quarters in one act, also the blocked one (T-06, A-10, V-65).
    at("2024-10-28T10:00:00+01:00")
    grant(place.manager, ask(place, K3, K4, K1, K2))
    assert statuses(place) == ["OPEN"] * 4
    assert db.session.scalars(sa.select(FacilityPeriod.reopenings_used)).one() == 1
    with pytest.raises(NotAllowedNow):
        ask(place, K3)

    # Submitted again up to the last second of 16 November; one second later nobody can any more (T-07, V-64).
    place.save(days(place.nurse, "64", "0", 1), number=place.number(K1))
    at("2024-11-10T10:00:00+01:00")
    for quarter in (K4, K2):
        place.submit(place.number(quarter))
    place.save(days(place.nurse, "10", "50", 1), hours(place.replacer, "5", 1), number=place.number(K3))
    at("2024-11-16T23:59:59+01:00")
    place.submit(place.number(K1))
    at("2024-11-17T00:00:00+01:00")
    with pytest.raises(NotAllowedNow) as refused:
        place.submit(place.number(K3))
    assert refused.value.code == "V-64"

    # What was reopened and not submitted again falls back on its last submission (T-08, A-11), not on what was typed.
    run_calendar(app, at, "2024-11-17T00:00:00+01:00")
    assert statuses(place) == ["BLOCKED", "CLOSED", "CLOSED", "CLOSED"]
    assert place.dossier(K3).basis == "INGEDIEND"

    # The definitive calculation; then nobody changes anything (E-128, E-130, V-63).
    at("2024-11-16T12:00:00+01:00")
    with pytest.raises(NotAllowedNow):
        calculate(place, CalculationKind.DEFINITIVE)
    at("2024-11-28T10:00:00+01:00")
    definitive = calculate(place, CalculationKind.DEFINITIVE)
    assert definitive.total is not None
    assert definitive.total > provisional.total, "four more paid days in 2024K1; 2023K3 as it was submitted first"
    worked = calculations.derivation(definitive).compensation.worked
    paid = {line.quarter: line.entry.paid_days for line in worked if line.full_time and line.entry.paid_days}
    assert paid[Quarter.parse(K3)] == 60
    assert paid[Quarter.parse(K1)] == 64
    with pytest.raises(NotAllowedNow) as refused:
        place.save(days(place.nurse, "1", "0", 2), number=place.number(K1))
    assert refused.value.code == "V-63"
    with pytest.raises(NotAllowedNow):
        place.fire(Event.REOPEN, number=place.number(K1))

    # Paid on the last working day of January, on the account as it is then (E-131, A-07).
    (line,) = lines()
    assert (line.kind, line.calculated, line.paid) == (PaymentKind.FINAL_STATEMENT, definitive.total, definitive.total)
    at("2025-01-28T10:00:00+01:00")
    with transaction.unit_of_work():
        order = payment_orders.make(place.manager, date(2025, 1, 31)).reference
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        payment_orders.release(place.manager, order)
    with transaction.unit_of_work():
        payment_orders.release(BART, order)
    at("2025-02-03T10:00:00+01:00")
    with transaction.unit_of_work():
        memo_dates.enter(place.manager, lines()[0].reference, date(2025, 1, 31))
    assert (lines()[0].value_date, lines()[0].iban is not None) == (date(2025, 1, 31), True)

    # A spot check in March takes a quarter into audit; the correction is a new version with its own line (E-151, T-13).
    at("2025-03-10T10:00:00+01:00")
    place.fire(Event.TAKE_INTO_AUDIT, number=place.number(K1))
    place.save(days(place.nurse, "50", "14", 2), number=place.number(K1), actor=place.manager)
    place.fire(Event.CLOSE_FROM_AUDIT, number=place.number(K1))
    correction = calculate(place, CalculationKind.CORRECTION, "Controle van de prestaties van 2024K1.")
    assert correction.total is not None
    assert correction.total < definitive.total
    db.session.refresh(definitive)
    assert (definitive.status, correction.previous_id) == (CalculationStatus.LAPSED, definitive.id)
    first, second = lines()
    assert second.kind is PaymentKind.CORRECTION
    assert second.calculated == correction.total - definitive.total
    assert (second.paid, second.balance_after) == (Decimal(0), definitive.total - correction.total)
    assert (first.calculated, first.paid) == (definitive.total, definitive.total), "what was paid stays as it was"

    # Everything that happened can be proved, and no mail carries anything personal.
    assert evidence.verify().broken == ()
    assert letters()[-1] is LetterKind.RECALCULATION
    written = " ".join(f"{mail.parameters} {mail.template}" for mail in db.session.scalars(sa.select(OutboxMessage)))
    assert not any(private in written for private in ("Aerts", "Bos", "Claes", "BE68", str(definitive.total)))
    assert all(dossier.status is not DossierStatus.OPEN for dossier in map(place.dossier, (K3, K4, K1, K2)))
