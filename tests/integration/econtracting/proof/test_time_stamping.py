"""The worker stamps what has no time-stamp yet; an authority that is down costs nothing but waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from domain.econtracting.evidence import EvidenceType, merkle_root
from jobs import proof
from models.base import db
from models.contract_evidence import EvidenceRecord, TimeStamp
from services.connections import connections
from services.econtracting.proof import time_stamping
from services.transaction import unit_of_work
from tests.factories import contracting, contracting_proof


@pytest.fixture(autouse=True)
def _asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier test waited for."""
    monkeypatch.setattr(proof, "_pause", 0.0)
    monkeypatch.setattr(proof, "_ask_again", 0.0)


def records() -> list[EvidenceRecord]:
    """All of them."""
    found = db.session.scalars(
        select(EvidenceRecord).order_by(EvidenceRecord.id).execution_options(populate_existing=True)
    )
    return list(found)


def test_one_stamp_over_the_records_of_all_contracts(database: object) -> None:
    for contract in (contracting.public_contract(), contracting.public_contract()):
        contracting_proof.append(contract, EvidenceType.MAIL_SENT)
        contracting_proof.append(contract, EvidenceType.MAIL_FAILED)
    assert proof.stamp() == 4
    stamp = db.session.scalars(select(TimeStamp)).one()
    made = records()
    assert stamp.root == merkle_root([one.digest for one in made])
    assert connections().time_stamps.holds(stamp.token, stamp.root)
    assert [one.leaf for one in made] == [0, 1, 2, 3]
    assert {one.time_stamp_id for one in made} == {stamp.id}
    assert proof.stamp() == 0, "nothing waits any more"
    assert time_stamping.backlog() == 0


def test_an_authority_that_is_down_is_left_alone_for_a_while(database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    contracting_proof.append(contracting.public_contract(), EvidenceType.MAIL_SENT)
    asked = []

    class Down:
        name = "down"

        def answer(self, _query: bytes) -> bytes:
            asked.append(1)
            raise proof.TimeStampDown

    monkeypatch.setattr(connections().time_stamps, "authority", Down())
    assert proof.stamp() == proof.stamp() == 0
    assert len(asked) == 1
    assert records()[0].time_stamp_id is None
    monkeypatch.undo()
    monkeypatch.setattr(proof, "_ask_again", 0.0)
    assert proof.stamp() == 1


def test_two_workers_keep_one_stamp(database: object) -> None:
    contracting_proof.append(contracting.public_contract(), EvidenceType.MAIL_SENT)
    with unit_of_work():
        mine = time_stamping.waiting()
    token = time_stamping.ask(mine)
    assert proof.stamp() == 1
    with pytest.raises(time_stamping.Overtaken), unit_of_work():
        time_stamping.keep(mine, token)
    assert len(db.session.scalars(select(TimeStamp)).all()) == 1


def test_the_doctor_says_how_time_stamps_are_made(database: object, tmp_path: Path) -> None:
    from jobs.checkup import examine

    found = {one.part: one for one in examine()}
    assert found["seal"].ok
    assert connections().seals.key_id[:16] in found["seal"].says
    assert found["time-stamps"].ok
    assert "openssl" in found["time-stamps"].says or "lokaal" in found["time-stamps"].says
