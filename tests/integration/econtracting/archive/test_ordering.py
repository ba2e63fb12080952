"""A big package is made in the background, for who asked for it only, and is kept for a week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.errors import NotFound
from jobs import background, proof
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.document import StoredFile
from models.public_contract import PublicContract
from services import transaction
from services.econtracting.archive import ordering
from services.transaction import unit_of_work
from tests.factories import contracting, contracting_proof
from tests.factories.contracting import Somebody
from tests.factories.database import change
from tests.support.packages import run_verifier

At = Callable[[str], datetime]


@pytest.fixture
def an(database: object) -> Somebody:
    """A manager of the contractor."""
    return contracting.manager()


@pytest.fixture
def contract(an: Somebody) -> PublicContract:
    """A contract with a file."""
    made = contracting.public_contract()
    contracting_proof.sent(made, contracting.user(), b"%PDF-1.7 een")
    return made


def ask(who: Somebody, contract: PublicContract) -> ordering.Package | None:
    """Ask for the package, committed."""
    with unit_of_work():
        return ordering.ask(who.actor, contract.reference)


def make() -> JobState | None:
    """What the worker does."""
    taken = background.take()
    assert taken is not None
    return background.perform(taken)


def test_a_small_one_at_once(an: Somebody, contract: PublicContract, tmp_path: Path) -> None:
    package = ask(an, contract)
    assert package is not None
    assert package.name.startswith("opdracht-MOW-2025-")
    with package.content as content:
        assert run_verifier(content.read(), tmp_path)[0] == 0
    assert db.session.scalar(select(BackgroundJob)) is None


def test_a_big_one_in_the_background(
    an: Somebody, contract: PublicContract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "AT_ONCE", 0)
    assert ask(an, contract) is None
    assert ask(an, contract) is None
    (order,) = ordering.orders(an.actor, contract)
    assert order.waiting
    with pytest.raises(NotFound):
        ordering.fetch(an.actor, order.reference)
    assert make() is JobState.DONE
    transaction.rollback()
    (order,) = ordering.orders(an.actor, contract)
    assert order.ready
    with unit_of_work():
        package = ordering.fetch(an.actor, order.reference)
    with package.content as content:
        assert run_verifier(content.read(), tmp_path)[0] == 0
    for other in (contracting.manager(name="Bert"), contracting.official()):
        assert ordering.orders(other.actor, contract) == []
        with pytest.raises(NotFound):
            ordering.fetch(other.actor, order.reference)


def test_who_was_blocked_meanwhile_gets_nothing(
    an: Somebody, contract: PublicContract, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "AT_ONCE", 0)
    ask(an, contract)
    change(an.relation, blocked_at=at("2024-09-16T11:00:00+02:00"))
    assert make() is JobState.FAILED


def test_it_is_kept_for_a_week(an: Somebody, contract: PublicContract, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "AT_ONCE", 0)
    ask(an, contract)
    make()
    digest = db.session.scalars(select(BackgroundJob.file_digest)).one()
    at("2024-09-24T11:00:00+02:00")
    proof.tend()
    assert ordering.orders(an.actor, contract) == []
    assert db.session.get(StoredFile, digest) is None
