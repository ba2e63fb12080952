"""The calendar of a person: what is in it, who gets it, and that it is right text (RFC 5545), read back here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from domain.permissions import Role
from models.base import db
from models.contract_follow_up import CalendarFeed
from models.identity import AccessBlock
from services import clock
from services.econtracting import calendar_feed, terms
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.contracting_terms import ClaimFile, calendar, claim_2024
from tests.factories.database import change, save
from tests.integration.declaration.scene import statements
from tests.support.client import Client

At = Callable[[str], datetime]


def unfolded(text: str) -> list[str]:
    """The content lines of a calendar, after checking what the standard asks of each."""
    assert text.endswith("\r\n")
    raw = text.split("\r\n")[:-1]
    assert "\n" not in "".join(raw), "a line ends with CRLF, nothing else"
    assert max(len(line.encode()) for line in raw) <= 75
    lines: list[str] = []
    for line in raw:
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def plain(value: str) -> str:
    """A TEXT value as it was meant."""
    out, escape = "", False
    for one in value:
        if escape:
            out += {"n": "\n", "N": "\n"}.get(one, one)
        elif one != "\\":
            out += one
        escape = one == "\\" and not escape
    return out


def read(text: str) -> list[dict[str, list[str]]]:
    """The events of a calendar; each property with its values. Checks that what begins also ends."""
    events: list[dict[str, list[str]]] = []
    open_parts: list[str] = []
    for line in unfolded(text):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert open_parts.pop() == value
        elif "VEVENT" in open_parts:
            key = name.partition(";")[0]
            events[-1].setdefault(f"ALARM {key}" if open_parts[-1] == "VALARM" else key, []).append(plain(value))
    assert not open_parts
    return events


@pytest.fixture(autouse=True)
def _then(app: Flask, at: At) -> None:
    at("2025-04-16T10:00:00+02:00")
    calendar()


def running(**values: object) -> ClaimFile:
    """A claim that runs until 1 May, and its invoice until 22 April 2025."""
    file = claim_2024(**values)
    file.sent("2025-04-01T12:00")
    file.invoice_asked("2025-04-15T17:30")
    return file


def made(actor: contracting.Actor) -> str:
    """An address."""
    with unit_of_work():
        return calendar_feed.renew(actor)


def test_what_is_in_it(client: Client) -> None:
    file = running(description="Herstelling, fase 1; brug \\ tunnel met een lange naam die zeker gevouwen wordt: é€ë")
    token = made(contracting.manager().actor)
    answer = client.get(f"/agenda/{token}.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["Cache-Control"]
    invoice, processing = read(answer.text)
    assert invoice["DTSTART"] == ["20250422"]
    assert invoice["DTEND"] == ["20250423"], "an all-day event ends the day after"
    assert processing["DTSTART"] == ["20250501"]
    assert invoice["ALARM TRIGGER"] == ["-P7D", "-P2D"]
    assert invoice["SUMMARY"] == [f"Termijn voor de factuur: {file.contract.number}"]
    assert processing["SUMMARY"] == [f"Behandelingstermijn (aanbesteder): {file.contract.number}"]
    assert file.contract.description in invoice["DESCRIPTION"][0]
    assert invoice["STATUS"] == ["CONFIRMED"]
    assert "DTSTAMP" in invoice
    assert len({one["UID"][0] for one in (invoice, processing)}) == 2


def test_no_person_and_no_amount(client: Client) -> None:
    file = running()
    change(file.claim, claimed=123456, accepted=120000)
    who = contracting.manager(name="Wilhelmina Ongewoon")
    text = client.get(f"/agenda/{made(who.actor)}.ics").text
    for word in ("Wilhelmina", "Ongewoon", "123456", "123.456", "120000", "@voorbeeld"):
        assert word not in text


def test_uids_stay_and_the_sequence_grows(at: At) -> None:
    """A recalculation and a wait keep the event and raise its sequence; nothing changes when nothing changed."""
    file = running()
    actor = contracting.manager().actor
    token = made(actor)
    first = calendar_feed.text(token)
    at("2025-04-17T10:00:00+02:00")
    assert calendar_feed.text(token) == first
    before = {one["UID"][0]: int(one["SEQUENCE"][0]) for one in read(first)}
    term = file.stored(terms.for_document(actor, file.claim)[0].kind)
    with unit_of_work():
        terms.suspend(term, date(2025, 4, 17), "Overleg")
        terms.resume(term, date(2025, 4, 18))
    at("2025-04-24T10:00:00+02:00")
    after = {one["UID"][0]: int(one["SEQUENCE"][0]) for one in read(calendar_feed.text(token))}
    assert set(after) == set(before)
    assert sum(after[uid] > before[uid] for uid in after) == 1, "the invoice is missing now, but its payer waits"


def test_while_the_clock_stands_still_nothing_reminds(at: At) -> None:
    running()
    token = made(contracting.official().actor)
    at("2025-04-24T10:00:00+02:00")
    (waiting,) = [one for one in read(calendar_feed.text(token)) if "klok staat stil" in one["SUMMARY"][0]]
    assert "ALARM TRIGGER" not in waiting
    assert "nog niet gekend" in waiting["DESCRIPTION"][0]


def test_what_stopped_is_cancelled_and_goes_after_a_while(at: At) -> None:
    file = running()
    token = made(contracting.manager().actor)
    with unit_of_work():
        terms.end(file.claim, clock.now())
    assert {one["STATUS"][0] for one in read(calendar_feed.text(token))} == {"CANCELLED"}
    at("2025-07-16T10:00:00+02:00")
    assert read(calendar_feed.text(token)) == []


def test_rights_are_asked_at_every_fetch(client: Client) -> None:
    """C-044, A-15: only contracts and themes of one's groups, as they are now."""
    file, other = running(), running()
    karim = contracting.user()
    token = made(karim.actor)
    assert read(client.get(f"/agenda/{token}.ics").text) == []
    group = contracting.group(members=[karim], contracts=[file.contract])
    found = read(client.get(f"/agenda/{token}.ics").text)
    assert len(found) == 2
    assert all(other.contract.number not in one["SUMMARY"][0] for one in found)
    change(group, theme=contracting.GENERAL)
    assert read(client.get(f"/agenda/{token}.ics").text) == [], "another theme"


def test_a_manager_who_does_not_read_content_gets_no_terms() -> None:
    running()
    token = made(contracting.manager().actor)
    assert len(read(calendar_feed.text(token))) == 2
    contracting.settings(contracting.contractor(), manager_reads=False)
    assert read(calendar_feed.text(token)) == []


def test_other_organisations_are_never_in_it() -> None:
    running()
    for who in (
        contracting.manager(contracting.competitor()),
        contracting.official(contracting.other_authority()),
    ):
        assert read(calendar_feed.text(made(who.actor))) == []


def test_gone_looks_the_same_whatever_the_reason(client: Client) -> None:
    running()
    an, luc, eva = contracting.manager(), contracting.manager(name="Luc Peters"), contracting.manager(name="Eva Maes")
    first = made(an.actor)
    second = made(an.actor)
    assert client.get(f"/agenda/{first}.ics").status_code == 404, "a new address makes the old one worthless"
    assert client.get(f"/agenda/{second}.ics").status_code == 200
    with unit_of_work():
        calendar_feed.revoke(an.actor)
    of_luc, of_eva = made(luc.actor), made(eva.actor)
    change(luc.relation, blocked_at=clock.now())
    change(eva.relation, roles="", represents=False)
    tom = contracting.manager(name="Tom Claes")
    of_tom = made(tom.actor)
    save(AccessBlock(kind="PERSON", key=str(tom.account.id), reason="x", blocked_at=clock.now(), blocked_by="x"))
    pages = [client.get(f"/agenda/{one}.ics") for one in (second, of_luc, of_eva, of_tom, "x" * 43, "x", "%00")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text.count("<h1") for page in pages}) == 1


def test_an_unchanged_calendar_is_not_sent_again(client: Client) -> None:
    running()
    token = made(contracting.manager().actor)
    first = client.get(f"/agenda/{token}.ics")
    again = client.get(f"/agenda/{token}.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_address_is_kept_as_a_digest_and_the_fetch_is_noted(client: Client, at: At) -> None:
    token = made(contracting.manager().actor)
    assert len(token) == 43, "256 bits"
    row = db.session.query(CalendarFeed).one()
    assert token not in (row.token_digest, str(vars(row)))
    client.get(f"/agenda/{token}.ics")
    db.session.expire_all()
    assert db.session.query(CalendarFeed).one().fetched_at == clock.now()
    noted = clock.now()
    at("2025-04-16T10:30:00+02:00")
    client.get(f"/agenda/{token}.ics")
    db.session.expire_all()
    assert db.session.query(CalendarFeed).one().fetched_at == noted, "once an hour is enough"


def test_my_calendar_in_the_portal(client: Client) -> None:
    contracting.sign_in(client, contracting.manager())
    assert "nog geen agenda-adres" in client.get("/econtracting/agenda").text
    page = client.post("/econtracting/agenda", data={})
    assert "/agenda/" in page.text
    assert "tonen het maar één keer" in page.text
    assert ".ics" not in client.get("/econtracting/agenda").text, "shown once"
    client.post("/econtracting/agenda/intrekken", data={})
    assert "nog geen agenda-adres" in client.get("/econtracting/agenda").text


def test_my_calendar_in_the_back_office(client: Client) -> None:
    contracting.sign_in(client, contracting.official(None, Role.EC_AB_BEHANDELAAR))
    assert "/agenda/" in client.post("/beheer/agenda/nieuw", data={}).text
    assert "Nieuw adres maken" in client.get("/beheer/agenda/").text


def test_the_statements_do_not_grow_with_the_terms(client: Client) -> None:
    running()
    token = made(contracting.manager().actor)
    client.get(f"/agenda/{token}.ics")
    costs = []
    for _ in range(2):
        with statements() as seen:
            client.get(f"/agenda/{token}.ics")
        costs.append(len(seen))
        for _ in range(3):
            running()
    assert costs[1] <= costs[0] <= 14


def test_the_longest_life_of_a_term_fits_the_sequence() -> None:
    assert timedelta(days=365 * 60).total_seconds() < 2**31
