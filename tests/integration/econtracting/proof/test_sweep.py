"""The nightly check goes on where it was, and what does not hold is told and shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import update

from jobs import proof
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.gate import writing
from models.public_contract import PublicContract
from services.econtracting.proof import sweep
from services.transaction import unit_of_work
from tests.factories import contracting, contracting_proof

At = Callable[[str], datetime]


@pytest.fixture
def contracts(database: object) -> list[PublicContract]:
    """Three contracts with proof."""
    made = [contracting.public_contract() for _ in range(3)]
    for contract in made:
        contracting_proof.sent(contract)
    return made


def test_each_contract_is_checked_once_a_night(contracts: list[PublicContract], at: At) -> None:
    at("2024-09-16T23:00:00+02:00")
    assert proof.check() == 3
    at("2024-09-17T03:00:00+02:00")
    assert proof.check() == 0
    at("2024-09-17T12:00:00+02:00")
    assert proof.check() == 0
    at("2024-09-17T22:00:00+02:00")
    assert proof.check() == 3


def test_by_day_only_what_was_left_too_long(contracts: list[PublicContract], at: At) -> None:
    at("2024-09-16T12:00:00+02:00")
    assert proof.check() == 3, "never checked"
    at("2024-09-23T11:59:00+02:00")
    assert proof.check() == 0
    at("2024-09-23T12:01:00+02:00")
    assert proof.check() == 3


def test_it_goes_on_where_it_was(contracts: list[PublicContract], at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2024-09-16T23:00:00+02:00")
    monkeypatch.setattr(proof, "PORTION", -1.0)
    checked = []
    for _ in contracts:
        assert proof.check() == 1
        checked.append({one.id for one in contracts if sweep.last_of(one.id)})
    assert [len(one) for one in checked] == [1, 2, 3]
    assert proof.check() == 0


def test_what_does_not_hold_is_told_and_shown_to_the_own_authority(
    contracts: list[PublicContract], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work(), writing("tamper"):
        of = update(EvidenceRecord).where(EvidenceRecord.contract_id == contracts[1].id, EvidenceRecord.sequence == 2)
        db.session.execute(of.values(seal="AAAA").execution_options(synchronize_session=False))
    db.session.expire_all()
    told: list[tuple[str, object]] = []
    monkeypatch.setattr(proof.log, "error", lambda event, **fields: told.append((event, fields["contract"])))
    proof.check()
    assert told == [("proof does not hold", contracts[1].number)]
    state = sweep.state(contracting.official().actor)
    assert (state.contracts, state.checked) == (3, 3)
    assert [(one.number, one.broken) for one in state.broken] == [
        (contracts[1].number, "Het zegel van bewijs 2 klopt niet.")
    ]
    elsewhere = contracting.official(contracting.other_authority())
    assert sweep.state(elsewhere.actor).broken == []
    assert sweep.everywhere() == (3, 1)
