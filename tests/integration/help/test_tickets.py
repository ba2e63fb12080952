"""Questions to the helpdesk from both ends: asked signed in or not, limited, answered once, read by who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.errors import Conflict, Findings, Forbidden, NotAllowedNow, NotFound, TooMany
from domain.helpdesk import OF_A_CLIENT, OF_A_PERSON, TicketState, TicketTheme
from domain.permissions import Role
from models.all import db
from models.audit import AuditEntry
from models.helpdesk import HelpTicket
from models.outbox import OutboxMessage
from services import helpdesk_answering as answering
from services import helpdesk_tickets as tickets
from services import transaction
from services.helpdesk_answering import Criteria, Pile
from services.helpdesk_tickets import TicketData
from services.identity import refusals
from services.listing import Position
from tests.factories import actors, organisations
from tests.integration.staff.scene import statements

At = Callable[[str], datetime]

WHAT = TicketData("Ik geraak niet binnen", "Ik klik op aanmelden.\nEr komt een fout.", email="sam@voorbeeld.be")
UNKNOWN = replace(WHAT, name="Sam  Voorbeeld", client="192.0.2.7")


@pytest.fixture
def hilde(database: None) -> Actor:
    """The helpdesk of the e-loket."""
    return actors.helpdesk()


@pytest.fixture
def contracts(database: None) -> Actor:
    """The helpdesk of e-Contracting."""
    return actors.actor(Role.EC_HELPDESK, name="Piet Helpdesk")


@pytest.fixture
def sofie(database: None) -> Actor:
    """Somebody of a facility, with an account."""
    who = actors.facility_user(organisations.facility())
    return actors.known(who)


def opened(actor: Actor | None, data: TicketData = WHAT) -> HelpTicket:
    """A question that was asked."""
    with transaction.unit_of_work():
        return tickets.open(actor, data)


def codes(actor: Actor, pile: Pile = Pile.OPEN, search: str = "") -> list[str]:
    """The codes a person of the helpdesk sees in the list."""
    return [row.code for row in answering.listed(actor, Criteria(pile, search), Position()).rows]


def mails() -> list[OutboxMessage]:
    """Every mail so far."""
    return list(db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_who_is_signed_in_is_known_and_reads_the_answer(sofie: Actor, hilde: Actor) -> None:
    row = opened(sofie, replace(WHAT, page="/ecalcura/aangifte/2024K1?x=1", refusal_code="k7m4qx", name="Jan"))
    assert (row.name, row.organisation_key) == (sofie.name, sofie.organisation_key)
    assert (row.page, row.refusal_code) == ("/ecalcura/aangifte/2024K1", "K7M-4QX")
    assert (row.theme, row.state, row.client) == (TicketTheme.ECALCURA, TicketState.NEW, "")
    with transaction.unit_of_work():
        answering.answer(hilde, row.code, "Wis uw cookies.", row.version, close=True)
    (own,) = tickets.own(sofie, Position()).rows
    assert (own.answer, own.state) == ("Wis uw cookies.", TicketState.DONE)
    assert not hasattr(own, "taken_by"), "who asked does not learn who of the helpdesk answered"


def test_e154_the_mail_says_nothing_of_it(sofie: Actor, hilde: Actor) -> None:
    row = opened(sofie)
    with transaction.unit_of_work():
        answering.answer(hilde, row.code, "Wis uw cookies.", row.version, close=False)
    arrived, answered = mails()
    assert (arrived.template, answered.template) == ("ticket_opened", "ticket_answered")
    for mail in (arrived, answered):
        assert mail.recipient == "sam@voorbeeld.be"
        assert mail.parameters == f'{{"code": "{row.code}"}}'


def test_who_is_not_signed_in_is_answered_outside(hilde: Actor) -> None:
    row = opened(None, UNKNOWN)
    assert (row.name, row.theme, row.account_id) == ("Sam Voorbeeld", TicketTheme.ANY, None)
    assert UNKNOWN.client not in row.client
    assert len(row.client) == 64
    with transaction.unit_of_work():
        answering.answer(hilde, row.code, "Gebeld.", row.version, close=True)
    assert [mail.template for mail in mails()] == ["ticket_opened_unknown"]


def test_no_mail_without_an_address(sofie: Actor) -> None:
    opened(sofie, replace(WHAT, email=""))
    assert mails() == []


def test_each_helpdesk_sees_its_theme_and_what_nobody_knows(sofie: Actor, hilde: Actor, contracts: Actor) -> None:
    care = opened(sofie)
    works = opened(None, replace(UNKNOWN, theme=TicketTheme.ECONTRACTING))
    either = opened(None, UNKNOWN)
    assert codes(hilde) == [care.code, either.code]
    assert codes(contracts) == [works.code, either.code]
    with pytest.raises(NotFound):
        answering.seen(contracts, care.code)
    with pytest.raises(NotFound):
        answering.answer(hilde, works.code, "x", 1, close=True)


def test_nobody_else_may(sofie: Actor) -> None:
    row = opened(sofie)
    for other in (sofie, actors.case_manager(), actors.actor(Role.EC_AB_DOSSIERBEHEERDER)):
        with pytest.raises(Forbidden):
            answering.listed(other, Criteria(), Position())
        with pytest.raises(Forbidden):
            answering.take(other, row.code, row.version)


def test_a_question_is_read_by_who_asked_for_that_organisation_only(sofie: Actor) -> None:
    row = opened(sofie)
    assert tickets.own_ticket(sofie, row.reference).code == row.code
    elsewhere = replace(sofie, organisation_key="71999999")
    stranger = actors.known(sofie)
    for other in (elsewhere, stranger):
        assert tickets.own(other, Position()).rows == ()
        with pytest.raises(NotFound):
            tickets.own_ticket(other, row.reference)


def test_the_refusal_behind_the_code_stands_beside_the_question(sofie: Actor, hilde: Actor) -> None:
    with transaction.unit_of_work():
        refusal = refusals.explain_forbidden(sofie, "ecalcura:dossier:decide")
    row = opened(sofie, replace(WHAT, refusal_code=refusal.code or ""))
    seen = answering.seen(hilde, row.code)
    assert seen.refusal is not None
    assert seen.refusal.summary == refusal.summary
    assert codes(hilde, search=refusal.code or "") == [row.code]
    assert answering.seen(hilde, opened(sofie, replace(WHAT, refusal_code="E59F64DE")).code).refusal is None


def test_the_list_by_state_and_by_code(sofie: Actor, hilde: Actor) -> None:
    first, second, third = (opened(sofie) for _ in range(3))
    with transaction.unit_of_work():
        answering.take(hilde, second.code, second.version)
        answering.answer(hilde, third.code, "Klaar.", third.version, close=True)
    assert codes(hilde) == [first.code, second.code]
    assert codes(hilde, Pile.NEW) == [first.code]
    assert codes(hilde, Pile.TAKEN) == [second.code]
    assert codes(hilde, Pile.DONE) == [third.code]
    assert len(codes(hilde, Pile.ALL)) == 3
    assert codes(hilde, search=third.code.lower().replace("-", " ")) == [third.code], "whatever its state"
    assert len(codes(hilde, search=sofie.organisation_key)) == 3
    assert codes(hilde, search="onzin") == []
    assert answering.new_count(hilde).number == 1


def test_two_of_the_helpdesk_at_once(sofie: Actor, hilde: Actor) -> None:
    row = opened(sofie)
    shown = row.version
    with transaction.unit_of_work():
        answering.take(actors.helpdesk("Jan Peeters"), row.code, shown)
    with pytest.raises(Conflict) as late, transaction.unit_of_work():
        answering.answer(hilde, row.code, "Mijn antwoord.", shown, close=True)
    assert late.value.yours["Antwoord"] == "Mijn antwoord."
    with pytest.raises(Conflict), transaction.unit_of_work():
        answering.take(hilde, row.code, shown)
    db.session.refresh(row)
    assert (row.taken_by, row.state, row.answer) == ("Jan Peeters", TicketState.TAKEN, "")


def test_what_is_done_can_be_taken_up_again(sofie: Actor, hilde: Actor) -> None:
    row = opened(sofie)
    with transaction.unit_of_work():
        answering.answer(hilde, row.code, "Klaar.", row.version, close=True)
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        answering.answer(hilde, row.code, "Nog iets.", row.version, close=False)
    with transaction.unit_of_work():
        answering.take(hilde, row.code, row.version)
    assert row.state is TicketState.TAKEN


@pytest.mark.parametrize("text", ["", "66.05.17-001.37"])
def test_an_answer_is_checked(text: str, sofie: Actor, hilde: Actor) -> None:
    row = opened(sofie)
    with pytest.raises(Findings), transaction.unit_of_work():
        answering.answer(hilde, row.code, text, row.version, close=True)


def test_one_client_asks_ten_times_a_day(at: At, database: None) -> None:
    at("2026-10-05T10:00:00+02:00")
    for _ in range(OF_A_CLIENT):
        opened(None, UNKNOWN)
    with pytest.raises(TooMany), transaction.unit_of_work():
        tickets.open(None, UNKNOWN)
    opened(None, replace(UNKNOWN, client="192.0.2.8"))
    at("2026-10-06T10:00:01+02:00")
    opened(None, UNKNOWN)


def test_all_unknown_clients_together_are_limited_too(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.helpdesk.OF_ALL_UNKNOWN", 3)
    for number in range(3):
        opened(None, replace(UNKNOWN, client=f"192.0.2.{number}"))
    with pytest.raises(TooMany), transaction.unit_of_work():
        tickets.open(None, replace(UNKNOWN, client="192.0.2.99"))


def test_an_address_that_a_stranger_types_gets_three_mails_a_day(at: At, database: None) -> None:
    """Every question is kept; nobody's mailbox is filled by somebody else."""
    at("2026-10-05T10:00:00+02:00")
    for number in range(5):
        opened(None, replace(UNKNOWN, client=f"192.0.2.{number}", email="Sam@voorbeeld.be" if number else WHAT.email))
    assert (len(mails()), db.session.scalar(sa.select(sa.func.count(HelpTicket.id)))) == (3, 5)
    at("2026-10-06T10:00:01+02:00")
    opened(None, UNKNOWN)
    assert len(mails()) == 4


def test_one_person_asks_twenty_times_a_day(sofie: Actor) -> None:
    for _ in range(OF_A_PERSON):
        opened(sofie)
    with pytest.raises(TooMany), transaction.unit_of_work():
        tickets.open(sofie, WHAT)


def test_the_traces(sofie: Actor, hilde: Actor) -> None:
    row = opened(sofie, replace(WHAT, refusal_code="K7M-4QX"))
    with transaction.unit_of_work():
        answering.take(hilde, row.code, row.version)
    found = db.session.execute(
        sa.select(AuditEntry.event, AuditEntry.data)
        .where(AuditEntry.subject_key == row.code)
        .order_by(AuditEntry.sequence)
    ).all()
    assert [event for event, _ in found] == ["help.ticket_opened", "help.ticket_state"]
    assert f'"code":"{row.code}"' in found[0].data
    assert '"from":"NIEUW"' in found[1].data
    assert "geraak" not in found[0].data, "a trace holds nothing of what was typed"


def test_the_lists_take_as_many_statements_for_one_row_as_for_twenty(sofie: Actor, hilde: Actor) -> None:
    for _ in range(19):
        opened(sofie)
    with statements() as own:
        assert len(tickets.own(sofie, Position()).rows) == 19
    with statements() as listed:
        assert len(codes(hilde)) == 19
    assert (len(own), len(listed)) == (1, 1)
