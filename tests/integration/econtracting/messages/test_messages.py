"""Messages of a contract (C-014, CP-03, A-02, A-11): who reads, drafts and sends; what the other side learns."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain.econtracting.evidence import EvidenceType
from domain.econtracting.rights import Level
from domain.errors import Conflict, Findings, Forbidden, NotAllowedNow, NotFound
from domain.messaging import Reading
from domain.permissions import Role
from models.all import db
from models.contract_evidence import EvidenceRecord
from models.contract_follow_up import Outage
from models.message import Conversation, Message
from models.outbox import OutboxMessage
from models.public_contract import PublicContract
from services import clock
from services.messaging import places, reading, writing
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories.contracting import GENERAL, PAYMENTS, Somebody
from tests.factories.database import change, saved

TEXT = "Wanneer mogen we de werf openen?"


def room(level: Level = Level.SEND, theme: str = GENERAL) -> tuple[PublicContract, Somebody]:
    contract, karim = make.public_contract(), make.user()
    make.group(theme=theme, level=level, members=[karim], contracts=[contract])
    return contract, karim


def drafted(who: Somebody, contract: PublicContract, body: str = TEXT, **values: Any) -> Message:
    with unit_of_work():
        place = places.contract_place(who.actor, contract.reference)
        return writing.start(who.actor, place, "Opening van de werf", body, **values)


def sent(who: Somebody, message: Message, awaits: bool = False) -> Message:
    with unit_of_work():
        return writing.send(who.actor, message.reference, message.body, awaits, message.version)


def thread_of(message: Message) -> str:
    return reading.reference_of(message)


def test_c014_a_message_goes_over_and_comes_back(database: Any) -> None:
    contract, karim = room()
    dirk = make.official()
    first = sent(karim, drafted(karim, contract), awaits=True)
    assert first.sent_at == first.consultable_at  # C-050
    (row,) = reading.inbox(dirk.actor).rows
    assert (row.unread, row.awaiting, row.messages) == (1, "OURS", 1)
    assert reading.threads(karim.actor, contract)[0].awaiting == "THEIRS"
    with unit_of_work():
        reading.mark_read(dirk.actor, row.reference)
    assert reading.unread_count(dirk.actor) == 0
    (view,) = reading.thread(karim.actor, row.reference).messages
    assert (view.standing, view.ours, view.person) == (Reading.READ, True, "Karim El Amrani")
    with unit_of_work():
        answer = writing.draft(dirk.actor, row.reference)
        writing.save(dirk.actor, answer.reference, "Vanaf maandag.", False, answer.version)
    sent(dirk, answer)
    assert reading.unread_count(karim.actor) == 1
    assert reading.inbox(dirk.actor).rows[0].awaiting is None
    types = db.session.scalars(select(EvidenceRecord.type).order_by(EvidenceRecord.sequence)).all()
    assert types == [EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE]


def test_c046_the_authority_reads_the_company_and_never_the_person(database: Any) -> None:
    contract, karim = room()
    dirk = make.official()
    message = sent(karim, drafted(karim, contract))
    found = reading.thread(dirk.actor, thread_of(message))
    assert found.messages[0].author == "Wegenbouw Voorbeeld NV"
    assert found.messages[0].person is None
    assert "Karim" not in repr(found.messages) + repr(reading.inbox(dirk.actor).rows)
    texts = db.session.scalars(select(EvidenceRecord.text)).all()
    mails = db.session.scalars(select(OutboxMessage.parameters)).all()
    assert "Karim" not in "".join([*texts, *mails])


def test_a23_the_contractor_reads_the_unit_unless_the_authority_shows_a_name(database: Any) -> None:
    contract, karim = room()
    dirk = make.official()
    first = sent(dirk, drafted(dirk, contract))
    assert reading.thread(karim.actor, thread_of(first)).messages[0].author == (
        "Departement MOW (test), Afdeling Wegenbouw"
    )
    make.settings(make.authority(), shows_official=True)
    second = sent(dirk, drafted(dirk, contract))
    assert "Dirk Lemmens" in reading.thread(karim.actor, thread_of(second)).messages[0].author


def test_a11_right_2_drafts_and_does_not_send(database: Any) -> None:
    """Invariant 5, by message."""
    contract, mila = room(Level.DRAFT)
    message = drafted(mila, contract)
    with pytest.raises(NotAllowedNow):
        sent(mila, message)
    karim = make.user(name="Karim")
    make.group(theme=GENERAL, level=Level.SEND, members=[karim], contracts=[contract])
    found = reading.thread(karim.actor, thread_of(message))
    assert found.draft is not None
    assert found.may_send
    assert sent(karim, found.draft).sent_at is not None


@pytest.mark.parametrize("level", [Level.CONSULT, None])
def test_who_may_not_draft(database: Any, level: Level | None) -> None:
    contract, tom = make.public_contract(), make.user(name="Tom Wouters")
    if level is not None:
        make.group(theme=GENERAL, level=level, members=[tom], contracts=[contract])
    with pytest.raises(NotFound if level is None else NotAllowedNow):
        drafted(tom, contract)


def test_a02_the_theme_decides_who_reads(database: Any) -> None:
    contract, karim = room()
    dirk, mila = make.official(), make.user(name="Mila")
    make.group(theme=PAYMENTS, level=Level.SEND, members=[mila], contracts=[contract])
    message = sent(dirk, drafted(dirk, contract))
    assert len(reading.threads(karim.actor, contract)) == 1
    assert reading.threads(mila.actor, contract) == []
    assert reading.unread_count(mila.actor) == 0
    with pytest.raises(NotAllowedNow):
        reading.thread(mila.actor, thread_of(message))


def test_a_draft_is_there_for_the_own_side_only(database: Any) -> None:
    contract, karim = room()
    dirk = make.official()
    message = drafted(karim, contract)
    assert reading.inbox(dirk.actor).rows == ()
    for act in (
        lambda: reading.thread(dirk.actor, thread_of(message)),
        lambda: writing.save(dirk.actor, message.reference, "x", False, message.version),
        lambda: writing.send(dirk.actor, message.reference, "x", False, message.version),
        lambda: writing.remove(dirk.actor, message.reference),
    ):
        with pytest.raises(NotFound):
            act()
        db.session.rollback()


def test_other_organisations_find_nothing(database: Any) -> None:
    contract, karim = room()
    message = sent(karim, drafted(karim, contract))
    nora = make.manager(make.competitor(), name="Nora Simons")
    elsewhere = make.official(make.other_authority(), name="Elders")
    for who in (nora, elsewhere):
        with pytest.raises(NotFound):
            reading.thread(who.actor, thread_of(message))
        with pytest.raises(NotFound):
            places.contract_place(who.actor, contract.reference)
    assert reading.inbox(elsewhere.actor).rows == ()


def test_a25_what_was_sent_is_not_changed_and_a_second_click_sends_once(database: Any) -> None:
    contract, karim = room()
    message = sent(karim, drafted(karim, contract))
    moment = message.sent_at
    assert sent(karim, message).sent_at == moment
    with pytest.raises(NotAllowedNow):
        writing.save(karim.actor, message.reference, "anders", False, message.version)
    db.session.rollback()
    assert len(db.session.scalars(select(EvidenceRecord)).all()) == 1


def test_a_colleague_who_was_first_is_shown(database: Any) -> None:
    contract, karim = room()
    message = drafted(karim, contract)
    version = message.version
    with unit_of_work():
        writing.save(karim.actor, message.reference, "Mijn tekst", False, version)
    with pytest.raises(Conflict) as refused:
        writing.send(karim.actor, message.reference, "Andere tekst", False, version)
    assert set(refused.value.theirs.values()) == {"Mijn tekst"}
    db.session.rollback()


def test_nothing_to_send_and_a_closed_contract(database: Any) -> None:
    contract, karim = room()
    with pytest.raises(Findings):
        sent(karim, drafted(karim, contract, "   "))
    with pytest.raises(Findings):
        writing.start(karim.actor, places.contract_place(karim.actor, contract.reference), "een\ntwee", TEXT)
    db.session.rollback()
    reader = make.official(make.authority(), Role.EC_AB_VRIJGEVER, name="Lezer")
    with pytest.raises(Forbidden):
        drafted(reader, contract)


def test_a_removed_draft_takes_an_empty_thread_with_it(database: Any) -> None:
    contract, karim = room()
    message = drafted(karim, contract)
    with unit_of_work():
        writing.remove(karim.actor, message.reference)
    assert db.session.scalars(select(Conversation)).all() == []


def test_c051_a_message_of_the_authority_waits_for_an_outage(database: Any, at: Any) -> None:
    contract, karim = room()
    dirk = make.official()
    at("2026-10-05T10:00:00+02:00")
    outage = saved(
        Outage(planned=False, functions="RAADPLEGEN", starts_at=clock.now(), title="x", published_at=clock.now())
    )
    message = sent(dirk, drafted(dirk, contract))
    assert message.consultable_at is None
    assert reading.threads(karim.actor, contract) == []
    at("2026-10-05T12:00:00+02:00")
    with unit_of_work():
        assert writing.publish_due() == 0
        outage = db.session.get_one(Outage, outage.id)
    change(outage, ends_at=clock.now())
    at("2026-10-05T12:05:00+02:00")
    with unit_of_work():
        assert writing.publish_due() == 1
    assert db.session.get_one(Message, message.id).consultable_at == db.session.get_one(Outage, outage.id).ends_at
    assert len(reading.threads(karim.actor, contract)) == 1
