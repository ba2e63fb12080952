"""Two case managers at once: one decision, one trace, and the other is told; locks come in one order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import Conflict, DomainError, NotAllowedNow, NotFound
from models.audit import AuditEntry
from models.declaration import Dossier, DossierEvent, ReopeningRequest
from models.identity import AccessBlock
from models.reference import FacilityPeriod
from services import clock
from services.ecalcura import (
    declarations,
    reopening_requests,
)
from services.identity import blocks
from tests.factories import actors, reference
from tests.factories import declarations as dossier_rows
from tests.reliability.lanes import at_once, overlap
from tests.reliability.scenes import QUARTER, Scene, count, scene, status
from tests.support.databases import PreparedDatabase

Database = PreparedDatabase


@pytest.fixture
def it(database: Database) -> Scene:
    """A quarter that is ready to be submitted."""
    return scene()


@pytest.fixture
def corrected(database: Database, at: Callable[[str], Any]) -> Scene:
    """All quarters closed, in the correction window of the facility: one reopening is left (A-10)."""
    made = scene(QUARTER, status="CLOSED")
    for quarter in ("2023K3", "2023K4", "2024K2"):
        dossier_rows.dossier(made.facility, quarter, "CLOSED")
    reference.facility_period(made.facility, provisional_on=date(2024, 10, 16))
    at("2024-10-20T10:00:00+02:00")
    return made


def _reopen(it: Scene, *quarters: str) -> list[Dossier]:
    chosen = [Quarter.parse(quarter) for quarter in quarters]
    return declarations.reopen_once(it.case_manager, it.facility.id, "2023-2024", chosen, "Vergissing")


def test_a10_the_once_only_reopening_is_used_once(database: Database, corrected: Scene) -> None:
    first, second = overlap(
        database,
        lambda: _reopen(corrected, QUARTER),
        lambda: _reopen(corrected, "2023K3", "2024K2"),
        before="UPDATE facility_period",
    )
    first.result()
    assert isinstance(second.error, NotAllowedNow)
    assert second.error.code == "V-65"
    assert count(FacilityPeriod, FacilityPeriod.reopenings_used == 1) == 1
    assert count(Dossier, Dossier.reopened) == 1


def test_a10_overlapping_choices_of_quarters_do_not_deadlock(database: Database, corrected: Scene) -> None:
    """Both name several quarters in another order, while somebody looks at one of them to change it."""
    lanes = at_once(
        database,
        [
            lambda: _reopen(corrected, "2024K2", QUARTER, "2023K3"),
            lambda: _reopen(corrected, "2023K3", "2023K4", "2024K2"),
            lambda: declarations.fire(corrected.case_manager, corrected.number, Event.TAKE_INTO_AUDIT, "Steekproef"),
        ],
    )
    reopened = [lane for lane in lanes[:2] if lane.error is None]
    assert len(reopened) == 1
    assert all(lane.error is None or isinstance(lane.error, DomainError) for lane in lanes), [x.error for x in lanes]
    assert count(FacilityPeriod, FacilityPeriod.reopenings_used == 1) == 1


def test_locks_come_in_one_order(database: Database, corrected: Scene) -> None:
    """A step on one dossier meets the reopening of all: the second waits for the facility, and neither is a deadlock.

    The step used to hold the dossier when it asked for the facility, and the reopening the facility when it asked for
    the dossier.
    """
    steps, reopens = overlap(
        database,
        lambda: declarations.fire(corrected.case_manager, corrected.number, Event.TAKE_INTO_AUDIT, "Steekproef"),
        lambda: _reopen(corrected, "2024K2", QUARTER),
        before="SELECT dossier.id",
    )
    assert steps.error is None, steps.error
    assert isinstance(reopens.error, NotAllowedNow), reopens.error


def test_two_case_managers_decide_at_once(database: Database, it: Scene) -> None:
    """One decision and one trace; the other one is told who decided what and when."""
    number = dossier_rows.dossier(it.facility, "2024K2", "CLOSED").number
    els, jan = actors.case_manager("Els De Smet"), actors.case_manager("Jan Peeters")

    def decide(who: Any, event: Event) -> Dossier:
        return declarations.fire(who, number, event, "Reden", version=1)

    first, second = overlap(
        database,
        lambda: decide(els, Event.TAKE_INTO_AUDIT),
        lambda: decide(jan, Event.REOPEN),
        before="INSERT INTO dossier_event",
    )
    first.result()
    assert isinstance(second.error, Conflict)
    assert "Els De Smet" in str(second.error)
    assert set(second.error.theirs.values()) >= {"Els De Smet"}
    assert status(number) is DossierStatus.AUDIT
    assert count(DossierEvent, DossierEvent.event.in_(["TAKE_INTO_AUDIT", "REOPEN"])) == 1


def test_one_request_is_granted_once(database: Database, corrected: Scene) -> None:
    def register() -> int:
        return reopening_requests.register(
            corrected.case_manager,
            corrected.facility.hco_number,
            "2023-2024",
            [Quarter.parse(QUARTER), Quarter.parse("2024K2")],
            clock.now(),
        ).id

    request_id = at_once(database, [register])[0].result()

    def grant() -> Any:
        return reopening_requests.grant(corrected.case_manager, request_id, "Akkoord")

    first, second = overlap(database, grant, grant, before="UPDATE facility_period")
    assert len(first.result()) == 2
    assert isinstance(second.error, Conflict)
    assert count(FacilityPeriod, FacilityPeriod.reopenings_used == 1) == 1


def test_one_request_is_registered_once(database: Database, corrected: Scene) -> None:
    """A double click, or two colleagues who read the same message."""

    def register() -> int:
        return reopening_requests.register(
            corrected.case_manager, corrected.facility.hco_number, "2023-2024", [Quarter.parse(QUARTER)], clock.now()
        ).id

    first, second = overlap(database, register, register, before="INSERT INTO reopening_request")
    assert first.result() == second.result()
    assert count(ReopeningRequest) == 1
    assert count(AuditEntry) == 1


def test_one_organisation_is_blocked_once(database: Database, corrected: Scene) -> None:
    def block() -> int:
        return blocks.block(corrected.case_manager, "ORGANISATION", "0999000129", "Misbruik").id

    first, second = overlap(database, block, block, before="INSERT INTO access_block")
    block_id = first.result()
    assert second.result() == block_id
    assert count(AccessBlock) == count(AuditEntry) == 1

    def unblock() -> None:
        blocks.unblock(corrected.case_manager, block_id, "Opgelost")

    first, second = overlap(database, unblock, unblock, before="DELETE FROM access_block")
    first.result()
    assert isinstance(second.error, NotFound)
    assert (count(AccessBlock), count(AuditEntry)) == (0, 2)
