"""Threads of a facility and the department (A-38, E-008, E-045 to E-047, E-154): who reads, writes and is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.calendars import Quarter
from domain.errors import Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.messaging import MAX_BODY, Only, Reading, SystemEvent
from domain.permissions import Role
from models.all import db
from models.message import Conversation, Message, MessageSide
from models.outbox import OutboxMessage
from services.messaging import places, reading, writing
from services.messaging.reading import Criteria
from services.transaction import unit_of_work
from tests.factories import actors, organisations
from tests.factories.messages import TEXT, Talk, desk, person, talk
from tests.integration.declaration.scene import statements


@pytest.fixture
def here(database: Any) -> Talk:
    return talk()


def mails() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a38_a_message_goes_over_is_read_and_answered(here: Talk) -> None:
    thread = here.open(quarter="2024K1", awaits_reply=True)
    (row,) = reading.inbox(here.els).rows
    assert (row.unread, row.awaiting, row.messages, row.facility) == (1, "OURS", 1, here.facility.hco_number)
    assert row.quarter == Quarter(2024, 1)
    assert reading.inbox(here.sofie).rows[0].awaiting == "THEIRS"
    assert (reading.unread_count(here.els), reading.awaiting_count(here.els)) == (1, 1)
    here.read(here.els, thread)
    (view,) = reading.thread(here.sofie, thread.reference).messages
    assert (view.standing, view.ours, view.person) == (Reading.READ, True, "Sofie Maes")
    here.answer(here.els, thread)
    assert reading.unread_count(here.sofie) == 1
    assert reading.awaiting_count(here.els) == 0
    here.read(here.sofie, thread)
    assert reading.unread_count(here.sofie) == 0
    assert reading.thread(here.els, thread.reference).messages[1].standing is Reading.READ


def test_the_other_side_reads_the_organisation_and_never_the_person(here: Talk) -> None:
    """A-12: persons are named inside the own organisation only; the department writes as its desk."""
    desk()
    thread = here.open()
    here.answer(here.els, thread)
    seen = reading.thread(here.els, thread.reference).messages
    assert (seen[0].author, seen[0].person) == (here.facility.name, None)
    assert (seen[1].author, seen[1].person) == ("Departement Zorg, Bureau PVT", "Els De Smet")
    assert "Sofie" not in repr(seen) + repr(reading.inbox(here.els))
    assert "Els" not in repr(reading.thread(here.sofie, thread.reference).messages)


def test_e008_who_manages_money_only_gets_no_message_and_no_count(here: Talk) -> None:
    thread = here.open(here.els)
    message = here.draft()
    acts: list[Callable[[], object]] = [
        lambda: reading.inbox(here.piet),
        lambda: reading.count(here.piet),
        lambda: reading.thread(here.piet, thread.reference),
        lambda: reading.mark_read(here.piet, thread.reference),
        lambda: places.facility_place(here.piet),
        lambda: writing.draft(here.piet, thread.reference),
        lambda: writing.save(here.piet, message.reference, "x", False, message.version),
        lambda: writing.send(here.piet, message.reference, "x", False, message.version),
        lambda: writing.remove(here.piet, message.reference),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
        db.session.rollback()
    assert (reading.unread_count(here.piet), reading.awaiting_count(here.piet)) == (0, 0)


@pytest.mark.parametrize("role", [Role.EL_HELPDESK, Role.EC_HELPDESK])
def test_the_helpdesk_reads_no_messages(here: Talk, role: Role) -> None:
    hilde = person(actors.actor(role, name="Hilde Claes"))
    thread = here.open()
    for act in (lambda: reading.inbox(hilde), lambda: reading.thread(hilde, thread.reference)):
        with pytest.raises(NotFound):
            act()
    assert reading.unread_count(hilde) == 0


def test_another_facility_and_a_contractor_find_nothing(here: Talk) -> None:
    thread, message = here.open(), here.draft()
    stranger = person(actors.facility_user(organisations.facility(), Role.EL_PRIVACY, name="Vreemd"))
    karim = person(actors.actor(Role.EC_BEHEERDER))
    for who in (stranger, karim):
        for act in (
            lambda who=who: reading.thread(who, thread.reference),
            lambda who=who: writing.draft(who, thread.reference),
            lambda who=who: writing.save(who, message.reference, "x", False, 1),
            lambda who=who: writing.remove(who, message.reference),
        ):
            with pytest.raises(NotFound):
                act()
            db.session.rollback()
        assert reading.inbox(who).rows == ()
    with pytest.raises(NotFound):
        places.facility_place(stranger, here.facility.hco_number)


def test_a_draft_of_one_side_is_not_there_for_the_other(here: Talk) -> None:
    message = here.draft()
    reference = reading.reference_of(message)
    assert reading.inbox(here.els).rows == ()
    for act in (
        lambda: reading.thread(here.els, reference),
        lambda: writing.save(here.els, message.reference, "x", False, message.version),
        lambda: writing.send(here.els, message.reference, "x", False, message.version),
        lambda: writing.remove(here.els, message.reference),
    ):
        with pytest.raises(NotFound):
            act()
        db.session.rollback()
    assert reading.inbox(here.sofie, Criteria(only=Only.DRAFTS)).rows[0].has_draft


def test_two_colleagues_share_one_draft_and_the_second_sees_both_texts(here: Talk) -> None:
    noor, thread = here.colleague(), here.open(here.els)
    with unit_of_work():
        draft = writing.draft(here.sofie, thread.reference)
        assert writing.draft(noor, thread.reference).id == draft.id
    version = draft.version
    with unit_of_work():
        writing.save(here.sofie, draft.reference, "Van Sofie", False, version)
    for act in (writing.save, writing.send):
        with pytest.raises(Conflict) as conflict, unit_of_work():
            act(noor, draft.reference, "Van Noor", False, version)
        assert (conflict.value.theirs, conflict.value.yours) == ({"Bericht": "Van Sofie"}, {"Bericht": "Van Noor"})
    db.session.rollback()
    assert db.session.get_one(Message, draft.id).sent_at is None


def test_sending_twice_sends_and_tells_once(here: Talk) -> None:
    message = here.draft()
    for _ in range(2):
        with unit_of_work():
            writing.send(here.sofie, message.reference, TEXT, False, 1)
    assert [mail.template for mail in mails()] == ["message_for_department"]
    with pytest.raises(NotAllowedNow), unit_of_work():
        writing.save(here.sofie, message.reference, "anders", False, 2)
    assert len(reading.thread(here.els, reading.reference_of(message)).messages) == 1


def test_e047_e154_the_department_writes_and_every_contact_is_told_without_personal_data(here: Talk) -> None:
    organisations.contact_person(here.facility, email="rik@linde.example.be", last_name="Peeters")
    thread = here.open(here.els, "Over Jan Peeters, 85.07.30-033.61: € 12.345,00", subject="Dossier van Jan Peeters")
    found = mails()
    assert [mail.recipient for mail in found] == ["rik@linde.example.be", "sofie.maes@linde.example.be"]
    assert {mail.template for mail in found} == {"message_for_facility"}
    for mail in found:
        assert json.loads(mail.parameters) == {
            "facility": here.facility.name,
            "hco_number": here.facility.hco_number,
            "path": f"/berichten/{thread.reference}",
        }


def test_e047_the_mailbox_of_the_desk_is_told_else_that_of_the_department(here: Talk) -> None:
    here.open()
    desk()
    here.open()
    found = mails()
    assert [mail.recipient for mail in found] == ["ecalcura@example.be", "pvt@zorg.example.be"]
    assert all("Maes" not in mail.parameters and "Uren" not in mail.parameters for mail in found)


def test_a_facility_may_write_to_the_department_in_general(here: Talk) -> None:
    desk()
    assert here.place().desk is not None
    assert places.facility_place(here.sofie, to_desk=False).desk is None


@pytest.mark.parametrize("quarter", ["1999K1", "2999K1"])
def test_a_quarter_must_be_one_that_can_be_entered(here: Talk, quarter: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        here.place(quarter=quarter)
    assert refused.value.field == "quarter"


@pytest.mark.parametrize("subject", ["Uren\nBcc: iedereen@example.be", "Uren\r\nX: y", "Uren\u2028X", "Uren\x00", ""])
def test_a_subject_is_one_line_that_is_shown(here: Talk, subject: str) -> None:
    """Header injection: no line end gets into a subject, and a mail never holds it anyway."""
    with pytest.raises(Findings) as refused, unit_of_work():
        writing.start(here.sofie, here.place(), subject, TEXT)
    assert refused.value.findings[0].field == "subject"


def test_a_text_is_kept_without_what_is_not_shown(here: Talk) -> None:
    thread = here.open(body="Een\r\nnul\x00 bel\x07\tterug\x0bom\u202ekeren")
    assert reading.thread(here.els, thread.reference).messages[0].body == "Een\nnul bel\tterug\nomkeren"


@pytest.mark.parametrize("body", ["x" * (MAX_BODY + 1), "", " \n\x00 "])
def test_too_long_and_empty_texts_are_not_sent(here: Talk, body: str) -> None:
    with pytest.raises(Findings) as refused:
        here.open(body=body)
    assert refused.value.findings[0].field == "body"
    assert db.session.scalars(select(Conversation)).all() == []


def test_what_was_sent_after_an_older_draft_keeps_its_place(here: Talk) -> None:
    """A draft is begun first and sent last: it stands last, and is unread for who read what came between."""
    thread = here.open(here.els)
    with unit_of_work():
        draft = writing.draft(here.sofie, thread.reference)
    here.answer(here.els, thread, "Nog iets.")
    with unit_of_work():
        writing.say(thread, SystemEvent.REOPENING_LAPSED, {"quarters": [Quarter(2024, 1)]})
    here.read(here.els, thread)
    with unit_of_work():
        writing.send(here.sofie, draft.reference, "Later", False, draft.version)
    assert reading.unread_count(here.els) == 1
    assert [one.body for one in reading.thread(here.els, thread.reference).messages][-1] == "Later"


def test_a_system_message_is_unread_for_both_and_told_to_both(here: Talk) -> None:
    thread = here.open()
    here.read(here.els, thread)
    here.read(here.sofie, thread)
    before = len(mails())
    with unit_of_work():
        writing.say(thread, SystemEvent.REOPENING_GRANTED, {"quarters": [Quarter(2024, 1), Quarter(2024, 2)]})
    for who in (here.sofie, here.els):
        assert reading.unread_count(who) == 1
        last = reading.thread(who, thread.reference).messages[-1]
        assert (last.ours, last.person, last.event) == (False, None, SystemEvent.REOPENING_GRANTED)
        assert last.body == "De heropening van 1ste kwartaal 2024 en 2de kwartaal 2024 is toegestaan."
    assert len(mails()) == before
    row = db.session.scalars(select(Message).where(Message.side == MessageSide.SYSTEM)).one()
    for who in (here.sofie, here.els):
        with pytest.raises((NotFound, NotAllowedNow)), unit_of_work():
            writing.save(who, row.reference, "anders", False, row.version)
    with pytest.raises(KeyError), unit_of_work():
        writing.say(thread, SystemEvent.REOPENING_GRANTED, {})


def test_what_the_system_tells_of_an_act_is_no_news_for_who_did_it(here: Talk) -> None:
    thread = here.open()
    here.read(here.els, thread)
    here.read(here.sofie, thread)
    with unit_of_work():
        writing.say(thread, SystemEvent.REOPENING_GRANTED, {"quarters": [Quarter(2024, 1)]}, by=here.els)
    bart = person(actors.case_manager(name="Bart Maes"))
    with statements() as seen:
        counts = [reading.unread_count(who) for who in (here.els, bart, here.sofie)]
    assert (counts, len(seen)) == ([0, 2, 1], 3), "one statement each; a colleague has not read the thread at all"
    assert [row.unread for row in reading.inbox(here.els).rows] == [0]
    assert reading.inbox(here.els, Criteria(only=Only.UNREAD)).rows == ()
    assert len(reading.inbox(here.sofie, Criteria(only=Only.UNREAD)).rows) == 1
    assert reading.inbox(here.els, Criteria(written_by=here.els.account_id)).rows == (), "nothing that Els wrote"
    for who in (here.els, here.sofie):
        assert reading.thread(who, thread.reference).messages[-1].person is None
    here.answer(here.sofie, thread, "Dank u.")
    assert reading.unread_count(here.els) == 1, "only what is new"


def _found(who: Actor, **values: Any) -> list[str]:
    return [row.subject for row in reading.inbox(who, Criteria(**values)).rows]


def test_the_inbox_is_searched_and_filtered_on_both_sides(here: Talk) -> None:
    asked = here.open(subject="Vervanging", body="De café-uren van het eerste kwartaal", quarter="2024K1")
    here.open(here.els, subject="Attest", body="Uw attest loopt af.", awaits_reply=True)
    here.read(here.sofie, asked)
    for who in (here.sofie, here.els):
        assert _found(who) == ["Attest", "Vervanging"]
        assert _found(who, search="CAFE kwartaal") == ["Vervanging"]
        assert _found(who, search="attest zwembad") == []
        assert _found(who, quarter="2024K1") == ["Vervanging"]
        assert _found(who, quarter="-") == ["Attest"]
    assert _found(here.sofie, only=Only.UNREAD) == ["Attest"]
    assert _found(here.els, only=Only.UNREAD) == ["Vervanging"]
    assert _found(here.sofie, only=Only.OURS) == _found(here.els, only=Only.THEIRS) == ["Attest"]
    assert _found(here.els, search=here.facility.hco_number) == ["Attest", "Vervanging"]
    assert _found(here.els, facility="71000099") == []


def test_neighbours_follow_the_list_and_its_filters(here: Talk) -> None:
    first, second, third = (here.open(subject=f"Gesprek {number}") for number in range(3))
    assert reading.neighbours(here.sofie, Criteria(), second.reference) == (third.reference, first.reference)
    assert reading.neighbours(here.sofie, Criteria(search="nergens"), second.reference) == (None, None)
    assert reading.neighbours(here.sofie, Criteria(), "bestaatniet") == (None, None)
