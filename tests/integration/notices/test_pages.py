"""The banner on every page, also without the database, and the public pages of outages (C-068 to C-071, A-44)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask

from domain.econtracting.document_states import Function
from domain.permissions import Role
from services import clock
from services.econtracting import outages
from services.notices import copy
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.contracting_terms import calendar
from tests.factories.notices import notice, published
from tests.integration.declaration.scene import statements
from tests.reliability.broken_database import out_of_reach
from tests.support.client import Client
from tests.support.databases import PreparedDatabase
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
LIST = "/onbeschikbaarheden"
EVERYWHERE = frozenset(Function)


@pytest.fixture(autouse=True)
def _calendar(app: Flask) -> None:
    calendar()


@pytest.mark.parametrize("path", ["/", "/login", "/hulp/", "/bestaat-niet"])
def test_the_banner_is_on_pages_for_anybody(client: Client, path: str) -> None:
    published(notice("Aanmelden lukt niet", functions=frozenset({Function.SIGN_IN}), remedy="Wis de cookies."))
    text = client.get(path).text
    assert "Aanmelden lukt niet" in text
    assert "Bezig:" in text
    assert "Wis de cookies." in text
    assert "Niet mogelijk: aanmelden." in text


def test_the_banner_is_in_both_doors(signed_in: SignedIn) -> None:
    published()
    for path, client in (("/start", signed_in(Role.EL_HELPDESK)), ("/beheer/", signed_in(Role.EL_DOSSIERBEHEERDER))):
        assert "Verzenden lukt niet" in client.get(path).text


def test_several_are_one_line(client: Client) -> None:
    for title in ("Eerste", "Tweede", "Derde"):
        published(notice(title))
    assert "3 mededelingen, waarvan 3 nu bezig" in client.get("/").text


def test_nothing_wrong_is_no_banner(client: Client) -> None:
    assert "outage-banner" not in client.get("/").text


def test_the_banner_appears_with_the_database_stopped(
    database: PreparedDatabase, client: Client, signed_in: SignedIn
) -> None:
    """Done when: on the start page, where one signs in, and on what somebody who is signed in gets instead."""
    published(notice("De gegevensbank ligt stil", functions=EVERYWHERE, remedy="Probeer het na 14 uur."))
    inside = signed_in(Role.EL_HELPDESK)
    assert inside.get("/start").status_code == 200
    with out_of_reach(database):
        for path in ("/", "/login"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "De gegevensbank ligt stil" in answer.text
        answer = inside.get("/start")
        assert answer.status_code == 503
        assert "De gegevensbank ligt stil" in answer.text
        assert "Probeer het na 14 uur." in answer.text
        assert "Bovenaan leest u wat we al weten" in answer.text
    assert "De gegevensbank ligt stil" in inside.get("/start").text


def test_the_link_of_the_banner_works_with_the_database_stopped(database: PreparedDatabase, client: Client) -> None:
    row = published(notice("De gegevensbank ligt stil", remedy="Probeer het na 14 uur."))
    with out_of_reach(database):
        for path in (LIST, f"{LIST}/{row.reference}"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "de laatste kopie" in answer.text
            assert "Probeer het na 14 uur." in answer.text
        assert client.get(f"{LIST}/onbekend").status_code == 503


def test_a_bug_in_the_banner_stops_no_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr("blueprints.notice_banners._block", broken)
    assert client.get("/").status_code == 200


def test_a_host_without_a_worker_keeps_its_copy_young(client: Client) -> None:
    published()
    copy.path().unlink()
    assert "outage-banner" not in client.get("/").text
    assert client.get("/readyz").status_code == 200
    assert "outage-banner" in client.get("/").text


def test_the_list_has_what_is_what_comes_and_what_was(client: Client) -> None:
    now = clock.now()
    published(notice("Nu", functions=frozenset({Function.UPLOAD})))
    published(notice("Straks", planned=True, starts_at=now + timedelta(days=30), ends_at=now + timedelta(days=31)))
    published(notice("Vroeger", starts_at=now - timedelta(days=400), ends_at=now - timedelta(days=399)))
    text = client.page(LIST).text
    assert text.index("Nu bezig") < text.index("Niet mogelijk: opladen.") < text.index("Straks") < text.index("Vroeger")
    assert "Vroeger" not in client.page(f"{LIST}?soort=gepland").text
    assert "Straks" not in client.page(f"{LIST}?soort=onverwacht").text
    year = now.year - 1
    text = client.page(f"{LIST}?jaar={year}").text
    assert "Vroeger" in text
    assert "Straks" not in text
    assert client.get(f"{LIST}?jaar=9999&soort=x&pagina=zz&na=~").status_code == 200


def test_a_correction_and_a_withdrawal_stay_as_evidence_with_their_reason(client: Client) -> None:
    keeper = contracting.official().actor
    first = published(notice("Verzenden lukt niet"))
    with unit_of_work():
        second = outages.correct(
            keeper, first.reference, first.version, notice("Opladen lukt niet"), "Verkeerde functie."
        )
    page = client.page(f"{LIST}/{first.reference}").text
    assert "Dit bericht is verbeterd" in page
    assert "Verkeerde functie." in page
    assert f"{LIST}/{second.reference}" in client.get(f"{LIST}/{first.reference}").text
    page = client.page(f"{LIST}/{second.reference}").text
    assert "Wat er eerst stond" in page
    assert "Verkeerde functie." in page
    with unit_of_work():
        outages.withdraw(keeper, second.reference, second.version, "Het was een oefening.")
    page = client.page(f"{LIST}/{second.reference}").text
    assert "Het was een oefening." in page
    assert "Dit bericht is ingetrokken: het telt niet meer." in page
    assert "Opladen lukt niet" in client.page(LIST).text


def test_c070_a_planned_notice_says_that_it_prolongs_nothing(client: Client) -> None:
    begins = clock.now() + timedelta(days=1)
    row = published(notice("Onderhoud", planned=True, functions=EVERYWHERE, starts_at=begins))
    page = client.page(f"{LIST}/{row.reference}").text
    assert "Gepland onderhoud verlengt geen enkele termijn." in page
    assert "nog niet bekend" in page


def test_what_is_typed_is_never_markup(client: Client) -> None:
    row = published(notice("<script>alert(1)</script>", remedy="<b>x</b>"))
    for path in ("/", LIST, f"{LIST}/{row.reference}"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "<b>x</b>" not in text


def test_an_unknown_reference_is_not_found(client: Client) -> None:
    assert client.get(f"{LIST}/onbekend").status_code == 404


def test_the_feed_has_the_newest_notices(client: Client) -> None:
    row = published(notice("Verzenden & opladen"))
    answer = client.get(f"{LIST}.atom")
    assert answer.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(answer.text)
    space = "{http://www.w3.org/2005/Atom}"
    entry = root.find(f"{space}entry")
    assert entry is not None
    assert entry.findtext(f"{space}title") == "Verzenden & opladen"
    assert str(entry.findtext(f"{space}id")).endswith(f"{LIST}/{row.reference}")


def test_the_list_asks_the_same_however_long_it_is(client: Client) -> None:
    now = clock.now()
    for day in range(30):
        ends = now - timedelta(days=day + 1)
        published(notice(f"Nummer {day}", starts_at=ends - timedelta(days=1), ends_at=ends))
    client.get(LIST)
    with statements() as seen:
        page = client.page(LIST)
    assert len(seen) <= 4, seen
    assert "Volgende" in page.text
