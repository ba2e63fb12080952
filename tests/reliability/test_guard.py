"""The guard of the tables (architecture §3, lock 3): every write outside a use case is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from models.all import Base, db
from models.base import RuleBypass
from models.declaration import Dossier, DossierEvent
from models.gate import writing
from models.organisation import Facility
from models.reference import Qualification
from services import clock, transaction
from tests.factories import declarations, organisations
from tests.factories.reference import code_lists
from tests.reliability.scenes import count
from tests.support.databases import PreparedDatabase

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def dossier(database: PreparedDatabase) -> Dossier:
    return declarations.dossier(organisations.facility())


def _event(dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier_id": dossier.id,
        "at": clock.now(),
        "event": "SUBMIT",
        "actor_side": "facility",
        "actor_name": "Niemand",
    }


def _new(dossier: Dossier) -> None:
    db.session.add(DossierEvent(**_event(dossier)))
    db.session.flush()


def _dirty(dossier: Dossier) -> None:
    dossier.status = "CLOSED"  # type: ignore[assignment]
    db.session.flush()


def _deleted(dossier: Dossier) -> None:
    db.session.delete(dossier)
    db.session.flush()


def _merged(dossier: Dossier) -> None:
    db.session.merge(Dossier(id=dossier.id, number="x"))
    db.session.flush()


def _relation(dossier: Dossier) -> None:
    dossier.facility = organisations.facility()
    db.session.flush()


def _by_a_query(_: Dossier) -> None:
    """A change that a SELECT would flush."""
    db.session.scalars(select(Dossier)).one().reopened = True
    db.session.scalars(select(Facility)).all()


WAYS: dict[str, Callable[[Dossier], Any]] = {
    "new": _new,
    "changed": _dirty,
    "deleted": _deleted,
    "merged": _merged,
    "changed through a relation": _relation,
    "flushed by a query": _by_a_query,
    "bulk update": lambda _: db.session.execute(update(Dossier).values(reopened=True)),
    "bulk delete": lambda _: db.session.execute(delete(Dossier)),
    "bulk insert": lambda it: db.session.execute(insert(DossierEvent), [_event(it)]),
    "query update": lambda _: db.session.query(Dossier).update({"reopened": True}),
    "query delete": lambda _: db.session.query(Dossier).delete(),
    "update of the table": lambda _: db.session.execute(update(Dossier.__table__).values(reopened=True)),
    "delete of the table": lambda _: db.session.execute(delete(Dossier.__table__)),
    "insert into the table": lambda it: db.session.execute(insert(DossierEvent.__table__), [_event(it)]),
    "bulk_save_objects": lambda it: db.session.bulk_save_objects([DossierEvent(**_event(it))]),
    "bulk_insert_mappings": lambda it: db.session.bulk_insert_mappings(DossierEvent, [_event(it)]),
    "bulk_update_mappings": lambda it: db.session.bulk_update_mappings(
        Dossier, [{"id": it.id, "reopened": True, "version": 1}]
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_write_outside_a_use_case_is_refused(dossier: Dossier, way: str) -> None:
    before = (dossier.status, dossier.version)
    with pytest.raises(RuleBypass):
        WAYS[way](dossier)
    db.session.rollback()
    db.session.expire_all()
    row = db.session.scalars(select(Dossier)).one()
    assert (row.status, row.version, row.reopened) == (*before, False)
    assert count(DossierEvent) == 0


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way not in {"merged", "deleted", "bulk delete", "query delete"}]
)
def test_the_same_inside_a_use_case_is_no_concern_of_the_guard(dossier: Dossier, way: str) -> None:
    """The other half: the test above would pass if nothing could be written at all."""
    with writing("test"):
        try:
            WAYS[way](dossier)
        except RuleBypass:
            pytest.fail("refused inside a use case")
    db.session.rollback()


def test_a_commit_is_guarded_too(dossier: Dossier) -> None:
    dossier.reopened = True
    with pytest.raises(RuleBypass):
        transaction.commit()
    transaction.rollback()


def test_what_was_changed_before_the_gate_opened_does_not_slip_through(dossier: Dossier) -> None:
    """A view that changes a row and then calls a service."""
    dossier.reopened = True
    with pytest.raises(RuleBypass), writing("innocent"):
        pass
    db.session.rollback()


def test_what_is_changed_after_the_gate_closed_is_refused(dossier: Dossier) -> None:
    with writing("test"):
        dossier.reopened = True
    dossier.nothing_to_declare = True
    with pytest.raises(RuleBypass):
        db.session.flush()
    db.session.rollback()


def test_the_gate_closes_when_the_use_case_fails(dossier: Dossier) -> None:
    with pytest.raises(ZeroDivisionError), writing("fails"):
        raise ZeroDivisionError
    with pytest.raises(RuleBypass):
        db.session.execute(update(Dossier).values(reopened=True))
    db.session.rollback()


def test_a_use_case_within_a_use_case_leaves_the_gate_open_for_the_outer_one(dossier: Dossier) -> None:
    with writing("outer"):
        with writing("inner"):
            dossier.reopened = True
        dossier.nothing_to_declare = True
    db.session.rollback()


def test_the_gate_of_one_session_is_not_that_of_another(database: PreparedDatabase, dossier: Dossier) -> None:
    """A use case on one thread does not let another one in."""
    with writing("mine"), database.bare.app_context():
        with pytest.raises(RuleBypass):
            db.session.execute(update(Dossier).values(reopened=True))
        db.session.rollback()
    db.session.rollback()


def test_plain_reference_tables_are_free(database: PreparedDatabase) -> None:
    """What the back office edits as it is: no rules, no guard."""
    code_lists()
    db.session.scalars(select(Qualification)).first().position = 99  # type: ignore[union-attr]
    db.session.execute(update(Qualification.__table__).values(position=1))
    db.session.rollback()


def test_every_table_with_rules_is_guarded() -> None:
    """What is not guarded is named here, each for a reason."""
    free = {mapper.class_.__name__ for mapper in Base.registry.mappers if not mapper.class_.__guarded__}
    assert free == {
        "Qualification",  # edited as it is
        "ContractType",
        "Funding",
        "RaasCode",
        "WebSession",  # written by sessions in transactions of their own
    }
