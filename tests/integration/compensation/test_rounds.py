"""Rounds of calculations: asked for, computed, checked, released by a second person (items of the campaign, 5.1, 7)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, ParameterSetStatus, RoundState
from domain.ecalcura.compensation import calculate
from domain.ecalcura.compensation_result import QuarterStatus
from domain.errors import Conflict, InvalidValue, NotAllowedNow
from models.all import db
from models.background_job import BackgroundJob
from models.compensation import Calculation, ParameterSet
from models.payment import PaymentLine
from models.reference import FacilityPeriod
from services import audit, transaction
from services.ecalcura import calculations, round_summary, rounds
from tests.factories import compensation, organisations
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

PROVISIONAL, DEFINITIVE = CalculationKind.PROVISIONAL, CalculationKind.DEFINITIVE


def test_a_round_computes_what_the_rules_give_and_keeps_all_of_it(database, at):
    """Part 7, 3.12: the stored derivation reads back, and calculating its case again gives the same to the cent."""
    at(PROVISIONAL_AT)
    it = household()
    reference = compensation.ready([it])
    (row,) = compensation.calculations(reference)
    held = calculations.derivation(row)
    # Y1 x 6/38 x 3/12, four full quarters
    assert held.compensation.premium_total == row.premium_total
    assert calculate(held.case) == held.compensation
    assert held.compensation.total == row.total == row.premium_total + row.replacement_total > 0
    assert {str(name) for name in held.names.values()} == {
        f"{one.last_name} {one.first_name}" for one in (it.nurse, it.senior, it.replacer)
    }
    assert [one.quarter for one in held.sources.quarters] == list(quarters_of(PERIOD))
    assert all(one.digest and one.snapshot_id for one in held.sources.quarters)
    assert held.sources.parameter_digest == compensation.parameters().digest
    assert (row.status, row.number, row.previous_id) == (CalculationStatus.DRAFT, 1, None)
    assert compensation.round_of(reference).state is RoundState.READY
