"""Canned texts: kept, changed, previewed, and filled for a thread (A-38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.calendars import Quarter
from domain.canned_texts import CannedContent
from domain.errors import Conflict, Findings, Forbidden, NotFound
from models.all import db
from models.message import CannedText
from services import transaction
from services.messaging import canned_texts
from tests.factories import actors, contracting
from tests.factories import desks as make
from tests.factories.organisations import facility
from tests.factories.reference import reference_period
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
EVERYTHING = "{voorziening} {hco_nummer} {sector} {kwartaal} {referentieperiode} {laatste_dag} {bureau} {mailbox}"


def test_everything_is_filled_from_the_thread(database: Any, at: At) -> None:
    at("2026-10-05T09:00:00+02:00")
    reference_period("2025-2026")
    of, desk = facility(), make.desk(mailbox="pvt@example.be")
    text = make.canned_text(body=EVERYTHING, subject="Over {kwartaal}")
    seen = canned_texts.propose(actors.case_manager(), text.reference, of, Quarter(2026, 1), desk)
    assert seen.subject == "Over 1ste kwartaal 2026"
    assert seen.body == (
        f"{of.name} {of.hco_number} Psychiatrisch verzorgingstehuis 1ste kwartaal 2026 2025-2026 15 oktober 2026 "
        "Bureau PVT pvt@example.be"
    )
    assert seen.missing == ()


def test_what_a_thread_does_not_know_stays_for_a_person(database: Any) -> None:
    text = make.canned_text(body=EVERYTHING)
    seen = canned_texts.propose(actors.case_manager(), text.reference, facility(), None, None)
    assert seen.missing == ("{kwartaal}", "{referentieperiode}", "{laatste_dag}", "{bureau}")


def test_no_last_day_once_no_term_runs(database: Any, at: At) -> None:
    """V-62: from 16 October the department calculates; there is no last day to name."""
    at("2026-10-20T09:00:00+02:00")
    reference_period("2025-2026")
    text = make.canned_text(body="{laatste_dag}")
    seen = canned_texts.propose(actors.case_manager(), text.reference, facility(), Quarter(2026, 1), None)
    assert seen.missing == ("{laatste_dag}",)


def test_a_colleague_was_first_and_both_texts_are_shown(database: Any, at: At) -> None:
    els, row = make.manager().actor, make.canned_text()
    with transaction.unit_of_work():
        canned_texts.change(els, row.reference, CannedContent("Attest", "", "Nieuw"), 1)
    with pytest.raises(Conflict) as refused, transaction.unit_of_work():
        canned_texts.change(els, row.reference, CannedContent("Attest", "", "Anders"), 1)
    assert (refused.value.theirs["Tekst"], refused.value.yours["Tekst"]) == ("Nieuw", "Anders")


def test_one_that_is_not_in_use_is_not_offered(database: Any) -> None:
    els, row = make.manager().actor, make.canned_text(active=False)
    assert canned_texts.proposals(els, facility(), None, None) == []
    with pytest.raises(NotFound):
        canned_texts.propose(els, row.reference, facility(), None, None)


def test_an_unknown_placeholder_is_not_kept(database: Any) -> None:
    with pytest.raises(Findings), transaction.unit_of_work():
        canned_texts.create(make.manager().actor, CannedContent("X", "", "{klant}"))
    db.session.rollback()
    assert db.session.scalars(select(CannedText)).all() == []


def test_only_the_department(database: Any) -> None:
    for who in (actors.helpdesk(), contracting.official().actor, actors.facility_user(facility())):
        with pytest.raises(Forbidden):
            canned_texts.listed(who)
        with pytest.raises(Forbidden):
            canned_texts.create(who, CannedContent("X", "", "x"))
    with pytest.raises(Forbidden):  # authorities answer messages, but these are texts of the department
        canned_texts.in_use(contracting.official().actor)


def test_the_pages(app: Flask, database: Any, signed_in: SignedIn) -> None:
    office = contracting.sign_in(app.test_client(), make.manager())
    page = office.page("/beheer/standaardteksten/")
    assert "Er zijn nog geen standaardteksten" in page.text
    page = office.page("/beheer/standaardteksten/nieuw")
    page = office.submit(page, {"title": "Attest", "body": "Beste {klant}"}, form="tekst", button="Bewaren")
    assert "{klant} bestaat niet. Gebruik enkel deze gegevens: {voorziening}, {hco_nummer}" in page.text
    typed = {"title": "Attest", "body": "Beste {voorziening}"}
    page = office.submit(page, typed, form="tekst", button="Voorbeeld bekijken")
    assert "Beste PVT De Linde" in page.text
    assert db.session.scalars(select(CannedText)).all() == []
    page = office.submit(page, {}, form="tekst", button="Bewaren")
    assert "De standaardtekst is bewaard." in page.text
    row = db.session.scalars(select(CannedText)).one()
    stale = office.page(f"/beheer/standaardteksten/{row.reference}")
    office.submit(stale, {"body": "Eerst"}, form="tekst", button="Bewaren")
    page = office.submit(stale, {"body": "Daarna"}, form="tekst", button="Bewaren")
    assert page.status == 409
    assert "Eerst" in page.text
    assert "Daarna" in page.text
    assert signed_in("EL_HELPDESK").get("/beheer/standaardteksten/").status_code == 403
