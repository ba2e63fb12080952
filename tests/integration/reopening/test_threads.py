"""A request is the message of a template: it has a thread, and every change of its state is told there (10.5, A-38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.calendars import Quarter
from domain.errors import Forbidden
from domain.permissions import Role
from domain.system_messages import told_in_dutch
from jobs import requests
from models.all import db
from models.declaration import ReopeningRequest
from models.message import Conversation, Message, MessageSide
from services import transaction
from services.ecalcura import reopening_asking, reopening_requests, reopening_threads
from services.messaging import reading
from tests.factories import actors, desks
from tests.integration.reopening.scene import PERIOD, WHAT, Asking, asking

At = Callable[[str], datetime]
BEFORE, IN_WINDOW = "2024-10-02T10:00:00+02:00", "2024-11-04T09:30:15+01:00"
P = date(2024, 10, 16)


def thread_of(request: ReopeningRequest) -> Conversation:
    """The thread of a request, as it stands in the database."""
    db.session.rollback()
    kept = sa.select(ReopeningRequest.conversation_id).where(ReopeningRequest.id == request.id)
    return db.session.scalars(sa.select(Conversation).where(Conversation.id.in_(kept))).one()


def told(request: ReopeningRequest) -> list[str]:
    """What the system told in the thread of a request."""
    rows = db.session.scalars(
        sa.select(Message)
        .where(Message.conversation_id == thread_of(request).id, Message.side == MessageSide.SYSTEM)
        .order_by(Message.place)
    )
    return [told_in_dutch(row.event or "", row.parameters) for row in rows]


def test_the_template_fills_itself_and_comes_to_the_desk(database: Any, at: At) -> None:
    """E-126: facility, period and quarters; the desk of the sector; an answer is waited for."""
    desk = desks.desk()
    place = asking()
    at(BEFORE)
    thread = thread_of(place.ask("2024K1", "2023K4"))
    assert thread.subject == "Aanvraag tot heropening 2023-2024"
    assert (thread.facility_id, thread.desk_id, thread.quarter) == (place.facility.id, desk.id, None)
    assert thread.awaiting is MessageSide.OFFICE
    body = db.session.scalars(sa.select(Message.body)).one()
    for part in ("4de kwartaal 2023\n- 1ste kwartaal 2024", "2023-2024", place.facility.hco_number, WHAT):
        assert part in body


def test_e127_a_correction_after_the_provisional_calculation_is_the_second_template(database: Any, at: At) -> None:
    place = asking(provisional=P)
    at(IN_WINDOW)
    request = place.ask("2024K1")
    assert request.kind == "NA_VOORLOPIGE"
    thread = thread_of(request)
    assert thread.subject == "Aanvraag tot verbetering na de voorlopige berekening 2023-2024"
    assert thread.quarter == "2024K1"
    sent = db.session.scalars(sa.select(Message.sent_at)).one()
    assert sent is not None
    assert sent.replace(microsecond=0) == request.received_at


@pytest.mark.parametrize(
    ("decide", "text"),
    [
        (Asking.grant, "De heropening van 1ste kwartaal 2024 is toegestaan."),
        (Asking.refuse, "De heropening van 1ste kwartaal 2024 is geweigerd."),
        (
            lambda place, request: place.withdraw(request.reference),
            "De aanvraag tot heropening van 1ste kwartaal 2024 is ingetrokken.",
        ),
    ],
)
def test_what_happens_to_it_is_told_and_nobody_waits_any_more(
    database: Any, at: At, decide: Callable[..., Any], text: str
) -> None:
    place = asking()
    at(BEFORE)
    request = place.ask("2024K1")
    decide(place, request)
    assert told(request)[0].startswith(text)
    assert thread_of(request).awaiting is None


@pytest.mark.parametrize(
    ("decide", "unread"),
    [
        (Asking.grant, (1, 1)),
        (Asking.refuse, (1, 1)),
        (lambda place, request: place.withdraw(request.reference), (2, 0)),
    ],
)
def test_what_the_system_tells_is_no_news_for_who_did_it(
    database: Any, at: At, decide: Callable[..., Any], unread: tuple[int, int]
) -> None:
    """Beside the request itself, the case manager has the withdrawal to read, the facility the decision."""
    place = asking()
    at(BEFORE)
    decide(place, place.ask("2024K1"))
    assert (reading.unread_count(place.manager), reading.unread_count(place.clerk)) == unread


def test_the_reason_of_a_refusal_is_not_in_the_system_message(database: Any, at: At) -> None:
    """What an official types stays with the request, where it can be erased."""
    place = asking()
    at(BEFORE)
    request = place.ask("2024K1")
    place.refuse(request, "Te laat gevraagd.")
    assert "Te laat" not in " ".join(told(request))
    shown = reopening_threads.request_of(place.clerk, thread_of(request).reference)
    assert shown is not None
    assert (shown.state, shown.reason) == ("REFUSED", "Te laat gevraagd.")


def test_one_nobody_decided_is_told_once_and_still_answered(database: Any, at: At) -> None:
    place = asking()
    at(BEFORE)
    request = place.ask("2024K1")
    assert requests.look() == 0
    at("2024-10-16T00:01:00+02:00")
    assert requests.look() == 1
    assert requests.look() == 0
    assert told(request) == ["De aanvraag tot heropening van 1ste kwartaal 2024 is vervallen."]
    assert thread_of(request).awaiting is MessageSide.OFFICE
    place.refuse(request)
    assert len(told(request)) == 2
    assert thread_of(request).awaiting is None


def test_one_that_came_by_e_mail_has_a_thread_too(database: Any, at: At) -> None:
    place = asking()
    at("2024-10-02T10:00:00+02:00")
    received = datetime(2024, 10, 1, 12, 5, tzinfo=UTC)
    number = place.facility.hco_number
    for _ in range(2):
        with transaction.unit_of_work():
            request = reopening_requests.register(place.manager, number, PERIOD, [Quarter(2024, 1)], received)
    (line,) = told(request)
    assert line.startswith("Het Departement registreerde een aanvraag tot heropening van 1ste kwartaal 2024")
    assert line.endswith("ontvangen op 1 oktober 2024 om 14:05.")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conversation)) == 1
    asked = reopening_asking.page(place.clerk, PERIOD).requests[0]
    assert asked.thread == thread_of(request).reference
    place.grant(request)
    assert len(told(request)) == 2


def test_one_of_before_there_were_threads_is_decided_without(database: Any, at: At) -> None:
    place = asking()
    at(BEFORE)
    request = place.ask("2024K1")
    with transaction.unit_of_work():
        db.session.execute(sa.text("UPDATE reopening_request SET conversation_id = NULL"))
    place.grant(request)
    assert reopening_asking.page(place.clerk, PERIOD).requests[0].thread is None


def test_e008_who_reads_the_request_of_a_thread(database: Any, at: At) -> None:
    place, other = asking(), asking()
    at(BEFORE)
    reference = thread_of(place.ask("2024K1")).reference
    for who in (place.clerk, place.manager):
        assert reopening_threads.request_of(who, reference) is not None
    assert reopening_threads.request_of(other.clerk, reference) is None
    financial: Actor = actors.facility_user(place.facility, Role.EL_FINANCIEEL)
    for who in (financial, actors.helpdesk()):
        with pytest.raises(Forbidden):
            reopening_threads.request_of(who, reference)


def test_a_refused_request_leaves_no_thread(database: Any, at: At) -> None:
    """Nothing is asked, so nothing is sent."""
    place = asking()
    at("2024-10-16T09:00:00+02:00")
    with pytest.raises(Exception, match="berekening"):
        place.ask("2024K1")
    db.session.rollback()
    assert db.session.scalars(sa.select(Conversation)).all() == []
