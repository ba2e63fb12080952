"""The pages of the back office for calendar data and outages: what they show, change, refuse, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from domain.econtracting.terms import TermKind
from domain.permissions import Role
from models.audit import AuditEntry
from models.base import db
from models.contract_follow_up import ClosingDay, InterestRate
from models.contract_follow_up import Outage as OutageRow
from services.econtracting.calendar_data import shipped_holidays, shipped_rates
from tests.factories import contracting
from tests.factories.contracting_terms import ClaimFile, calendar, claim_2024
from tests.integration.declaration.scene import statements
from tests.support.client import Client

At = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def _then(app: Flask, at: At) -> None:
    at("2025-04-23T09:00:00+02:00")
    calendar()


@pytest.fixture
def keeper(client: Client) -> Client:
    """A browser of somebody of the authority that keeps the lists."""
    contracting.sign_in(client, contracting.official())
    return client


def asked() -> ClaimFile:
    """An invoice that is asked until 22 April 2025."""
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    file.invoice_asked("2025-04-15T17:30")
    return file


def events(name: str) -> list[str]:
    """What the log says, oldest first."""
    return list(
        db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == name).order_by(AuditEntry.sequence))
    )


def test_the_shipped_data_is_in_the_tables_once(app: Flask) -> None:
    calendar()
    assert {row.day: row.statutory for row in db.session.query(ClosingDay)} == shipped_holidays()
    assert {row.half_year for row in db.session.query(InterestRate)} == set(shipped_rates())


def test_a31_what_is_no_statutory_holiday() -> None:
    for year in range(2013, 2036):
        days = {day for day, statutory in shipped_holidays().items() if not statutory and day.year == year}
        assert days == {date(year, 7, 11), date(year, 11, 2), date(year, 11, 15), date(year, 12, 26)}


def test_a_day_is_added_and_no_term_moves(keeper: Client) -> None:
    file = asked()
    typed = {"day": "22/04/2025", "name": "Dag van rouw", "statutory": "y", "source": "Belgisch Staatsblad"}
    page = keeper.post("/beheer/kalender/dag", data=typed, follow_redirects=True).text
    assert "Lopende termijnen blijven zoals ze berekend zijn" in page
    assert "Lopende termijnen die nu anders zouden eindigen" in page
    assert "22 april 2025" in page
    assert "23 april 2025" in page
    term = file.stored(TermKind.INVOICE)
    assert term.effective_end == date(2025, 4, 22)
    assert events("calendar.data_changed") == ['{"key":"2025-04-22","list":"closing_day"}']
    path = re.search(r"/beheer/kalender/termijn/\w+/herberekenen", page)
    assert path is not None
    assert (
        "Vul" in keeper.post(path[0], data={"reason": ""}).text
        or keeper.post(path[0], data={"reason": ""}).status_code == 422
    )
    keeper.post(path[0], data={"reason": "Dag van nationale rouw"})
    assert file.stored(TermKind.INVOICE).effective_end == date(2025, 4, 23)
    assert keeper.get(path[0]).status_code == 404, "nothing left to reckon"


def test_a_day_that_is_wrong_or_known_is_told_at_its_field(keeper: Client) -> None:
    for typed in (
        {"day": "21/07/2025", "name": "Nog eens", "source": "x"},
        {"day": "31/02/2025", "name": "x", "source": "x"},
        {"day": "02/05/2025", "name": "", "source": "x"},
        {"day": "02/05/2025", "name": "x", "source": ""},
    ):
        assert keeper.post("/beheer/kalender/dag", data=typed).status_code == 422


def test_a_day_is_taken_away_after_asking(keeper: Client) -> None:
    assert keeper.get("/beheer/kalender/dag/2025-07-11/verwijderen").status_code == 200
    keeper.post("/beheer/kalender/dag/2025-07-11/verwijderen", data={})
    assert db.session.get(ClosingDay, date(2025, 7, 11)) is None
    for key in ("2025-07-11", "2025-07-32", "x"):
        assert keeper.get(f"/beheer/kalender/dag/{key}/verwijderen").status_code == 404


def test_a_rate_is_added_and_changed_and_a_colleague_is_not_overwritten(keeper: Client) -> None:
    typed = {"half_year": "2026h2", "percent": "10,25", "source": "Belgisch Staatsblad, 14 juli 2026"}
    assert keeper.post("/beheer/kalender/interestvoet", data=typed).status_code == 302
    row = db.session.get_one(InterestRate, "2026H2")
    assert (row.percent, row.derived) == ("10.25", False)
    assert keeper.post("/beheer/kalender/interestvoet", data=typed | {"percent": "9"}).status_code == 409
    assert (
        keeper.post("/beheer/kalender/interestvoet", data=typed | {"percent": "9", "before": "10.25"}).status_code
        == 302
    )
    db.session.expire_all()
    assert db.session.get_one(InterestRate, "2026H2").percent == "9"
    assert len(events("calendar.data_changed")) == 2
    for wrong in ({"half_year": "2026K3"}, {"percent": "veel"}, {"percent": "-1"}, {"source": ""}):
        assert keeper.post("/beheer/kalender/interestvoet", data=typed | wrong).status_code == 422


@pytest.mark.parametrize(("day", "told"), [("2026-06-30", False), ("2026-07-01", True)])
def test_a_half_year_without_a_rate_is_told_while_it_runs(day: str, told: bool, client: Client, at: At) -> None:
    at(f"{day}T09:00:00+02:00")
    contracting.sign_in(client, contracting.official())
    assert ("Voor 2026H2 is geen interestvoet gekend." in client.get("/beheer/kalender/").text) is told


def test_others_read_and_do_not_change(client: Client) -> None:
    contracting.sign_in(client, contracting.official(contracting.other_authority()))
    page = client.get("/beheer/kalender/").text
    assert "Enkel raadplegen" in page
    assert "Dag toevoegen" not in page
    typed = {"day": "02/05/2025", "name": "Brugdag", "source": "x"}
    assert client.post("/beheer/kalender/dag", data=typed).status_code == 403
    assert "Nieuw bericht" not in client.get("/beheer/onbeschikbaarheden/").text


def test_other_sides_do_not_get_there(client: Client) -> None:
    contracting.sign_in(client, contracting.manager())
    assert client.get("/beheer/kalender/").status_code == 403
    assert client.get("/beheer/onbeschikbaarheden/").status_code == 403


NOTICE = {
    "title": "Verzenden lukt niet",
    "planned": "nee",
    "functions": "VERZENDEN",
    "starts_on": "22/04/2025",
    "starts_at": "18:00",
    "ends_on": "23/04/2025",
    "ends_at": "1:00",
    "remedy": "Probeer later opnieuw.",
}


def test_an_outage_shows_what_it_does_before_it_is_published(keeper: Client) -> None:
    file = asked()
    page = keeper.post("/beheer/onbeschikbaarheden/nieuw", data=NOTICE | {"act": "preview"}).text
    assert "1 termijn van een opdrachtnemer wordt verlengd" in page
    assert "24 april 2025" in page
    assert db.session.query(OutageRow).count() == 0
    page = keeper.post("/beheer/onbeschikbaarheden/nieuw", data=NOTICE | {"act": "publish"}, follow_redirects=True).text
    assert "Het bericht is gepubliceerd" in page
    assert "donderdag 24 april 2025" in page
    assert file.stored(TermKind.INVOICE).effective_end == date(2025, 4, 24)
    assert '"act":"publish"' in events("outage.published")[0]


def test_an_outage_is_ended_corrected_and_withdrawn(keeper: Client) -> None:
    started = NOTICE | {"ends_on": "", "ends_at": "", "act": "publish"}
    keeper.post("/beheer/onbeschikbaarheden/nieuw", data=started)
    row = db.session.query(OutageRow).one()
    path = f"/beheer/onbeschikbaarheden/{row.reference}"
    assert "einde nog niet bekend" in keeper.get("/beheer/onbeschikbaarheden/").text
    assert (
        keeper.post(f"{path}/beeindigen", data={"version": "1", "ends_on": "01/01/2026", "ends_at": "8:00"}).status_code
        == 422
    )
    assert keeper.post(f"{path}/beeindigen", data={"version": "9"}).status_code == 409
    assert keeper.post(f"{path}/beeindigen", data={"version": "1"}).status_code == 302
    fixed = NOTICE | {"act": "publish", "version": "2", "reason": ""}
    assert keeper.post(f"{path}/verbeteren", data=fixed).status_code == 422
    assert keeper.post(f"{path}/verbeteren", data=fixed | {"reason": "Vroeger voorbij"}).status_code == 302
    assert "Vroeger voorbij" in keeper.get(path).text
    better = db.session.scalars(select(OutageRow).where(OutageRow.id != row.id)).one()
    again = f"/beheer/onbeschikbaarheden/{better.reference}"
    assert keeper.get(f"{again}/verbeteren").status_code == 200
    assert keeper.post(f"{again}/intrekken", data={"version": "1", "reason": "Loos alarm"}).status_code == 302
    page = keeper.get("/beheer/onbeschikbaarheden/").text
    assert page.count("Ingetrokken") == page.count("Verbeterd") == 1
    assert keeper.get("/beheer/onbeschikbaarheden/nergens").status_code == 404


def test_a_wrong_notice_keeps_what_was_typed(keeper: Client) -> None:
    answer = keeper.post("/beheer/onbeschikbaarheden/nieuw", data=NOTICE | {"starts_at": "25:99", "title": ""})
    assert answer.status_code == 422
    assert "Vul een uur in zoals 14:30." in answer.text
    assert "Probeer later opnieuw." in answer.text
    answer = keeper.post("/beheer/onbeschikbaarheden/nieuw", data=NOTICE | {"title": "", "functions": ""})
    assert answer.status_code == 422


def test_an_officer_without_the_right_sees_the_calendar_and_recalculates_nothing(client: Client) -> None:
    asked()
    contracting.sign_in(client, contracting.official(None, Role.EC_AB_BEHANDELAAR))
    assert client.get("/beheer/kalender/").status_code == 200
    assert client.get("/beheer/onbeschikbaarheden/").status_code == 403


@pytest.mark.parametrize(("path", "most"), [("/beheer/kalender/", 16), ("/beheer/onbeschikbaarheden/", 10)])
def test_statements_do_not_grow(keeper: Client, path: str, most: int) -> None:
    asked()
    costs = []
    for _ in range(2):
        keeper.get(path)
        with statements() as seen:
            keeper.get(path)
        costs.append(len(seen))
        for _ in range(3):
            asked()
        keeper.post("/beheer/onbeschikbaarheden/nieuw", data=NOTICE | {"act": "publish"})
    assert costs[1] <= costs[0] + 1 <= most, "one more for the outages that prolonged terms"
