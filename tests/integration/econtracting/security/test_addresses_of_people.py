"""Where addresses and names of people of e-Contracting could be read, used or kept by who has no business with them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.actor import Side
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.notifications import DEFAULTS, NotificationEvent
from domain.errors import NotFound, TooMany
from domain.permissions import Role
from models.base import db
from models.outbox import OutboxMessage
from services import clock, outbox
from services.econtracting import calendar_feed
from services.econtracting.archive import export
from services.econtracting.notifications import addresses, announce
from services.econtracting.notifications.addresses import AddressEntry
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_proof
from tests.factories.database import change
from tests.support.packages import joined, unpacked

PERSONAL = "jan.janssens@wegenbouw.example.be"

pytestmark = pytest.mark.one_database


def mails() -> list[OutboxMessage]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def confirmed(email: str = PERSONAL) -> None:
    an = make.manager()
    with unit_of_work():
        addresses.add(an.actor, AddressEntry(email, DEFAULTS))
    with unit_of_work():
        addresses.confirm(str(json.loads(mails()[-1].parameters)["path"]).rpartition("/")[2])


def test_c046_the_case_manager_of_ecalcura_does_not_read_addresses_of_contractors(app: Flask, database: Any) -> None:
    """Neither in the list, nor by searching, nor in what a mail server answered, nor when it is sent again."""
    contract = make.public_contract()
    confirmed()
    with unit_of_work():
        announce(NotificationEvent.NEW_DOCUMENT, contract, event_key="a", at=clock.now())
    message = mails()[-1]
    with unit_of_work():
        outbox.settle(message.id, error=f"550 no such user {PERSONAL}", permanent=True)
    agency = make.organisation(Side.DEPARTMENT, "OVO009901", "Departement Zorg (test)")
    els = make.sign_in(app.test_client(), make.somebody(agency, Role.EL_DOSSIERBEHEERDER, name="Els Claes"))
    page = els.page("/beheer/mails/")
    assert "een adres van e-Contracting" in page.text
    assert "jan.janssens" not in page.response.text
    assert "een adres van e-Contracting" not in els.page("/beheer/mails/?zoek=jan.jans").text
    again = els.submit(els.page("/beheer/mails/"), form=f"/beheer/mails/{message.id}/opnieuw")
    assert "wordt opnieuw verzonden" in again.text
    assert "jan.janssens" not in again.response.text


def test_a40_nobody_floods_a_mailbox_by_asking_again(database: Any, at: Any) -> None:
    at("2026-11-20T10:00:00+01:00")
    an = make.manager()
    with unit_of_work():
        row = addresses.add(an.actor, AddressEntry(PERSONAL, DEFAULTS))
    for _ in range(addresses.ASKED_AT_MOST - 1):
        with unit_of_work():
            addresses.ask_again(an.actor, row.reference)
    with pytest.raises(TooMany), unit_of_work():
        addresses.ask_again(an.actor, row.reference)
    with unit_of_work():
        addresses.remove(an.actor, row.reference)
    nora = make.manager(make.competitor(), name="Nora Simons")
    for who in (an, nora):
        with pytest.raises(TooMany), unit_of_work():
            addresses.add(who.actor, AddressEntry(PERSONAL.upper(), DEFAULTS))
    assert len(mails()) == addresses.ASKED_AT_MOST
    at("2026-11-21T10:00:01+01:00")
    with unit_of_work():
        addresses.add(nora.actor, AddressEntry(PERSONAL, DEFAULTS))


def test_a40_adding_and_removing_mailboxes_does_not_send_without_end(database: Any) -> None:
    an = make.manager()
    for number in range(addresses.UNCONFIRMED_AT_MOST):
        with unit_of_work():
            row = addresses.add(an.actor, AddressEntry(f"a{number}@elders.example.be", DEFAULTS))
        with unit_of_work():
            addresses.remove(an.actor, row.reference)
    with pytest.raises(TooMany), unit_of_work():
        addresses.add(an.actor, AddressEntry("nog@elders.example.be", DEFAULTS))


def test_c046_only_a_beheerder_gets_the_names_in_a_package(database: Any) -> None:
    """The page that tells who it was asks the role and a reason; a package is no way around it."""
    contract, an, lezer = make.public_contract(), make.manager(), make.user(name="Lies Lezer")
    karim = make.user()
    make.group(members=[karim], contracts=[contract])
    make.group(level=make.Level.CONSULT, members=[lezer], contracts=[contract])
    contracting_proof.sent(contract, karim, b"%PDF-1.7 een")
    contracting_proof.append(contract, EvidenceType.MAIL_SENT)
    assert "confidential/annex.json" in unpacked(joined(export.export(an.actor, contract)))
    read = unpacked(joined(export.export(lezer.actor, contract)))
    assert "confidential/annex.json" not in read
    for name, content in read.items():
        assert karim.account.account_key.encode() not in content, name


def test_a16_a_calendar_of_somebody_who_left_stops(database: Any) -> None:
    """Nobody signs in to lose a role: without a sign-in for long, the roles of the last one count no more."""
    dirk = make.official()
    with unit_of_work():
        token = calendar_feed.renew(dirk.actor)
    assert "BEGIN:VCALENDAR" in calendar_feed.text(token)
    change(dirk.relation, last_seen_at=clock.now() - calendar_feed.SEEN_WITHIN - timedelta(minutes=1))
    with pytest.raises(NotFound):
        calendar_feed.text(token)
    change(dirk.relation, last_seen_at=clock.now())
    assert "BEGIN:VCALENDAR" in calendar_feed.text(token)
