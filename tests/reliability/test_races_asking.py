"""A request to reopen meets itself, a colleague, its withdrawal and its decision: one of them, and a clear answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.ecalcura.declaration import DossierStatus
from domain.errors import Conflict, NotAllowedNow
from models.audit import AuditEntry
from models.declaration import Dossier, ReopeningRequest
from models.message import Conversation
from models.outbox import OutboxMessage
from models.reference import FacilityPeriod
from services.ecalcura import reopening_asking, reopening_requests
from services.form_keys import new_form_key
from tests.integration.reopening.scene import ALL, PERIOD, WHAT, Asking, asking
from tests.reliability.lanes import overlap
from tests.reliability.scenes import count
from tests.support.databases import PreparedDatabase

Database = PreparedDatabase
QUARTERS = tuple(reopening_asking.quarters_of(PERIOD))


@pytest.fixture
def place(database: Database, at: Callable[[str], Any]) -> Asking:
    """Four closed quarters in the correction window, one reopening left."""
    made = asking(provisional=date(2024, 10, 16))
    at("2024-10-20T10:00:00+02:00")
    return made


def _ask(place: Asking, key: str) -> int:
    return reopening_asking.ask(place.clerk, PERIOD, QUARTERS, WHAT, key).id


def test_a_double_click_is_one_request(database: Database, place: Asking) -> None:
    key = new_form_key()
    first, second = overlap(
        database, lambda: _ask(place, key), lambda: _ask(place, key), before="INSERT INTO reopening_request"
    )
    assert first.result() == second.result()
    assert (count(ReopeningRequest), count(Conversation), count(AuditEntry)) == (1, 1, 2)


def test_two_colleagues_ask_at_once(database: Database, place: Asking) -> None:
    first, second = overlap(
        database,
        lambda: _ask(place, new_form_key()),
        lambda: _ask(place, new_form_key()),
        before="INSERT INTO reopening_request",
    )
    first.result()
    assert isinstance(second.error, NotAllowedNow)
    assert count(ReopeningRequest) == 1


def test_withdrawing_while_it_is_granted(database: Database, place: Asking) -> None:
    """T-06: granted first, so it can no longer be withdrawn; the quarters are open."""
    request = place.ask()
    granted, withdrawn = overlap(
        database,
        lambda: reopening_requests.grant(place.manager, request.id, WHAT),
        lambda: reopening_asking.withdraw(place.clerk, request.reference),
        before="UPDATE facility_period",
    )
    assert len(granted.result()) == len(ALL)
    assert isinstance(withdrawn.error, Conflict)
    assert count(Dossier, Dossier.status == DossierStatus.OPEN) == len(ALL)
    assert count(ReopeningRequest, ReopeningRequest.decision == "GRANTED") == 1


def test_granting_while_it_is_withdrawn(database: Database, place: Asking) -> None:
    """Withdrawn first: nothing is opened, the one reopening is left."""
    request = place.ask()
    withdrawn, granted = overlap(
        database,
        lambda: reopening_asking.withdraw(place.clerk, request.reference).decision,
        lambda: reopening_requests.grant(place.manager, request.id, WHAT),
        before="UPDATE reopening_request",
    )
    assert withdrawn.result() == "WITHDRAWN"
    assert isinstance(granted.error, Conflict)
    assert count(Dossier, Dossier.status == DossierStatus.CLOSED) == len(ALL)
    assert count(FacilityPeriod, FacilityPeriod.reopenings_used == 0) == 1


def test_granting_while_it_is_refused(database: Database, place: Asking) -> None:
    request = place.ask()
    refused, granted = overlap(
        database,
        lambda: reopening_requests.refuse(place.manager, request.id, "Niet onderbouwd.").decision,
        lambda: reopening_requests.grant(place.manager, request.id, WHAT),
        before="UPDATE reopening_request",
    )
    assert refused.result() == "REFUSED"
    assert isinstance(granted.error, Conflict)
    assert count(Dossier, Dossier.status == DossierStatus.OPEN) == 0
    assert count(OutboxMessage, OutboxMessage.template != "message_for_department") == 1
