"""kill -9 while a round is computed: whole facilities or nothing of them, and the next worker does the others, once."""

from __future__ import annotations

import random
from collections import Counter

from sqlalchemy import func, select

from domain.ecalcura.calculation_states import RoundState
from models.all import db
from models.compensation import Calculation, CalculationDerivation
from services import audit, clock
from services.ecalcura import calculations, derivations, round_summary
from tests.factories import compensation
from tests.factories.compensation import PROVISIONAL_AT, household
from tests.reliability.killing import victim
from tests.support.databases import PreparedDatabase

SEED = 20241016
KILLS = 16
FACILITIES = 5

#: Where it dies; the empty text is any write.
POINTS = (
    "INSERT INTO calculation ",
    "INSERT INTO calculation_derivation",
    "after commit",
    "UPDATE calculation_round",
    "",
)


def test_kill_9_while_a_round_is_computed(database: PreparedDatabase, at) -> None:
    """Killed again and again, it still ends: each facility once, each with its derivation, and the sum is right."""
    at(PROVISIONAL_AT)
    chance = random.Random(f"{SEED} {database.kind}")
    homes = [household() for _ in range(FACILITIES)]
    expected = _expected(homes)
    seen: Counter[str] = Counter()
    with victim(database) as process:
        for turn in range(KILLS):
            reference = compensation.started(homes)
            point = POINTS[turn % len(POINTS)]
            after = 1 if point.startswith("UPDATE") else chance.randint(1, 3 if point else 20)
            task = {"do": "round", "now": clock.now().isoformat(), "round": reference, "batch": 2}
            said, ended = process.run(**task, point=point, after=after)
            where = f"seed {SEED}, turn {turn}, {point!r} {after}, said {said}"
            assert ended == -9, where
            done = _whole(reference, where)
            assert done >= max((one["done"] for one in said if "done" in one), default=0), where
            seen["some" if 0 < done < FACILITIES else "all" if done else "none"] += 1
            said, ended = process.run(**task)
            assert ended == 0, (where, said)
            assert _whole(reference, where) == FACILITIES
            row = compensation.round_of(reference)
            assert row.state is RoundState.READY, where
            assert round_summary.read(row.summary).total == expected, where
            compensation.roll_back(reference)
    assert seen["none"] > 0, seen
    assert seen["some"] > 1, seen
    assert audit.verify().broken is None


def _expected(homes: list[compensation.Household]):
    """What the round adds up to when nobody is killed."""
    reference = compensation.ready(homes)
    total = sum(row.total for row in compensation.calculations(reference))
    compensation.roll_back(reference)
    return total


def _whole(reference: str, where: str) -> int:
    """How many facilities are computed: each once, with a derivation that is what the row says."""
    rows = compensation.calculations(reference)
    assert len({row.facility_id for row in rows}) == len(rows), where
    for row in rows:
        content = db.session.scalars(
            select(CalculationDerivation.content).where(CalculationDerivation.calculation_id == row.id)
        ).one()
        assert derivations.digest_of(content) == row.digest, where
        assert calculations.derivation(row).compensation.total == row.total, where
    orphans = db.session.scalar(
        select(func.count())
        .select_from(CalculationDerivation)
        .where(CalculationDerivation.calculation_id.not_in(select(Calculation.id)))
    )
    assert orphans == 0, where
    db.session.rollback()
    return len(rows)
