"""Desired addresses (C-054, C-061, A-40): added by a beheerder, confirmed by their owner, and what comes back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.econtracting.evidence import EvidenceType
from domain.econtracting.notifications import DEFAULTS, NotificationEvent
from domain.errors import Findings, NotAllowedNow, NotFound, TooMany
from models.all import db
from models.contract_evidence import EvidenceRecord
from models.message import NotificationAddress
from models.outbox import OutboxMessage
from services import clock, languages, mail_texts, outbox
from services.econtracting.notifications import addresses, announce, outcomes
from services.econtracting.notifications.addresses import AddressEntry
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories.contracting import Somebody

E = NotificationEvent
MAILBOX = "loket@wegenbouw.example.be"


def mails() -> list[OutboxMessage]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def token() -> str:
    return str(json.loads(mails()[-1].parameters)["path"]).rpartition("/")[2]


def confirmed(an: Somebody, email: str = MAILBOX, **values: Any) -> str:
    with unit_of_work():
        reference = addresses.add(an.actor, AddressEntry(email, values.pop("events", DEFAULTS), **values)).reference
    with unit_of_work():
        addresses.confirm(token())
    return reference


def test_a40_an_address_is_used_after_its_owner_confirmed(database: Any) -> None:
    an, contract = make.manager(), make.public_contract()
    with unit_of_work():
        addresses.add(an.actor, AddressEntry(MAILBOX, DEFAULTS))
        assert announce(E.NEW_CONTRACT, contract, event_key="a", at=clock.now()) == 0
    assert addresses.listed(an.actor)[0].status == "WAITING"
    with unit_of_work():
        addresses.confirm(token())
    with unit_of_work():
        assert announce(E.NEW_CONTRACT, contract, event_key="a", at=clock.now()) == 1
        assert announce(E.NEW_CONTRACT, contract, event_key="a", at=clock.now()) == 1
    assert [mail.template for mail in mails()] == ["address_confirmation", "contract_new"]
    assert addresses.listed(an.actor)[0].status == "CONFIRMED"


def test_the_link_works_once_and_for_seven_days(database: Any, at: Any) -> None:
    an = make.manager()
    with unit_of_work():
        addresses.add(an.actor, AddressEntry(MAILBOX, DEFAULTS))
    link = token()
    with unit_of_work():
        addresses.confirm(link)
    with pytest.raises(NotAllowedNow):
        addresses.waiting(link)
    with unit_of_work():
        addresses.add(an.actor, AddressEntry("tweede@wegenbouw.example.be", DEFAULTS))
    late = token()
    at("2099-01-01T00:00:00+01:00")
    with pytest.raises(NotAllowedNow):
        addresses.confirm(late)
    assert {row.status for row in addresses.listed(an.actor)} == {"CONFIRMED", "EXPIRED"}


def test_only_the_own_company_reads_and_changes_its_addresses(database: Any) -> None:
    an, nora = make.manager(), make.manager(make.competitor(), name="Nora Simons")
    contract = make.public_contract()
    reference = confirmed(an)
    assert addresses.listed(nora.actor) == []
    for act in (
        lambda: addresses.get(nora.actor, reference),
        lambda: addresses.remove(nora.actor, reference),
        lambda: addresses.change(nora.actor, reference, DEFAULTS, "nl", 2),
        lambda: addresses.add(nora.actor, AddressEntry(MAILBOX, DEFAULTS - {E.NEW_CONTRACT}, contract.reference)),
    ):
        with pytest.raises(NotFound):
            act()


def test_wrong_addresses_are_told_at_their_field(database: Any) -> None:
    an = make.manager()
    confirmed(an)
    for entry, fields in (
        (AddressEntry("geen adres", DEFAULTS), {"email"}),
        (AddressEntry("a@b.example.be\r\nBcc: c@d.example.be", DEFAULTS), {"email"}),
        (AddressEntry(MAILBOX.upper(), DEFAULTS), {"email"}),
        (AddressEntry("x@b.example.be", frozenset()), {"events"}),
        (AddressEntry("x@b.example.be", DEFAULTS, theme="ONZIN"), {"theme"}),
    ):
        with pytest.raises(Findings) as refused:
            addresses.add(an.actor, entry)
        assert {finding.field for finding in refused.value.findings} == fields
        db.session.rollback()


def test_nobody_is_flooded_with_mails_to_confirm(database: Any) -> None:
    an = make.manager()
    with unit_of_work():
        for number in range(addresses.UNCONFIRMED_AT_MOST):
            addresses.add(an.actor, AddressEntry(f"a{number}@b.example.be", DEFAULTS))
    with pytest.raises(TooMany):
        addresses.add(an.actor, AddressEntry("nog@b.example.be", DEFAULTS))


def test_c014_what_came_of_a_mail_stands_with_the_contract_and_in_its_chain(database: Any) -> None:
    an, dirk, contract = make.manager(), make.official(), make.public_contract()
    reference = confirmed(an)
    with unit_of_work():
        announce(E.NEW_CONTRACT, contract, event_key="a", at=clock.now())
        announce(E.FROM_CONTRACTOR, contract, event_key="b", at=clock.now())
    ours, theirs = mails()[1:]
    with unit_of_work():
        outbox.settle(ours.id, error="550 no such mailbox", permanent=True)
        outcomes.settled(ours.id)
    with unit_of_work():
        outbox.settle(theirs.id)
        outcomes.settled(theirs.id)
    records = db.session.scalars(select(EvidenceRecord).order_by(EvidenceRecord.sequence)).all()
    assert [record.type for record in records] == [EvidenceType.MAIL_FAILED, EvidenceType.MAIL_SENT]
    assert not any("@" in record.text for record in records)
    row = addresses.get(an.actor, reference)
    assert (row.status, row.bounce) == ("BOUNCED", "550 no such mailbox")
    assert [mail.recipient for mail in outcomes.mails(an.actor, contract)] == [None, MAILBOX]
    assert [mail.recipient for mail in outcomes.mails(dirk.actor, contract)] == [contract.contact_email, None]
    with unit_of_work():
        assert announce(E.NEW_CONTRACT, contract, event_key="c", at=clock.now()) == 0
    with unit_of_work():
        addresses.ask_again(an.actor, reference)
    with unit_of_work():
        addresses.confirm(token())
    with unit_of_work():
        assert announce(E.NEW_CONTRACT, contract, event_key="c", at=clock.now()) == 1


@pytest.mark.parametrize("event", [E.NEW_CONTRACT, E.NEW_MESSAGE, E.ACTION_REOPENED, E.FROM_CONTRACTOR])
def test_a39_a_mail_names_the_contract_and_no_person(database: Any, event: E) -> None:
    an, contract = make.manager(), make.public_contract()
    confirmed(an)
    with unit_of_work():
        announce(event, contract, event_key="a", at=clock.now())
    mail = mails()[-1]
    for language in languages.known():
        text = mail_texts.compose(mail.template, json.loads(mail.parameters), language=language, address="https://x")
        assert text.subject.startswith("[e-Contracting] ")
        assert contract.number in text.subject
        assert contract.contact_email in text.body
        assert f"https://x/{'beheer' if event is E.FROM_CONTRACTOR else 'econtracting'}/" in text.body
        assert not re.search(r"Peeters|€|token", text.subject + text.body)


def test_the_pages_of_a_beheerder(app: Flask, database: Any) -> None:
    an, contract = make.manager(), make.public_contract()
    client = make.sign_in(app.test_client(), an)
    page = client.page("/econtracting/meldingen")
    assert "Er zijn nog geen meldingsadressen" in page.text
    page = client.submit(client.page("/econtracting/meldingen/toevoegen"), {"email": "fout"})
    assert "Vul een e-mailadres in zoals naam@voorbeeld.be." in page.text
    page = client.submit(client.page("/econtracting/meldingen/toevoegen"), {"email": MAILBOX})
    assert page.path == "/econtracting/meldingen"
    assert "Wacht op bevestiging" in page.text
    link = f"/meldingen/bevestigen/{token()}"
    anybody = app.test_client()
    assert MAILBOX in anybody.page(link).text
    assert addresses.listed(an.actor)[0].status == "WAITING"  # looking changes nothing
    assert "Vanaf nu ontvangt dit adres" in anybody.submit(anybody.page(link), {}).text
    assert "Deze link werkt niet meer" in anybody.page(link, status=404).text
    page = client.page(f"/econtracting/opdracht/{contract.reference}/adressen")
    assert "De meldingen gaan naar de adressen van de hele onderneming" in page.text


def test_a_removed_address_hears_nothing(database: Any) -> None:
    an, contract = make.manager(), make.public_contract()
    reference = confirmed(an)
    with unit_of_work():
        addresses.remove(an.actor, reference)
    with unit_of_work():
        assert announce(E.NEW_CONTRACT, contract, event_key="a", at=clock.now()) == 0
    assert db.session.scalars(select(NotificationAddress)).one().removed_at is not None
