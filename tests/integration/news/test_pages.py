"""The pages where somebody subscribes, confirms and stops, and those of who keeps the newsletter (A-45, RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.news import ASKED_BY_CLIENT, Topic
from domain.permissions import Role
from models.base import db
from models.identity import WebSession
from models.news import NewsIssue
from tests.factories import actors
from tests.factories.news import asked, confirm_token, draft, leave_token, release, rows, subscribed
from tests.support.client import Client
from tests.support.sign_in import SignedIn

ASK = "/nieuwsbrief"


def ask(client: Client, email: str = "lezer@voorbeeld.be", *topics: str, **more: str) -> tuple[int, str, str]:
    """Fill in the form; gives status, where it goes on to, and what stands there."""
    data = {"email": email, "topics": list(topics or ("NIEUWSBRIEF",)), "language": "nl", **more}
    answer = client.post(ASK, data=data)
    text = client.get(answer.location).text if answer.location else answer.text
    return answer.status_code, answer.location, text


def test_it_answers_the_same_for_known_and_unknown_addresses(app: Flask, client: Client) -> None:
    subscribed("bekend@voorbeeld.be", Topic.NEWS)
    known = ask(client, "bekend@voorbeeld.be")
    unknown = ask(client, "onbekend@voorbeeld.be")
    again = ask(client, "onbekend@voorbeeld.be")
    assert known[:2] == unknown[:2] == again[:2]
    assert "Kijk in uw mailbox" in known[2]
    assert "voorbeeld.be" not in known[2]


@pytest.mark.parametrize(
    ("email", "topics"),
    [("geen adres", ("NIEUWSBRIEF",)), ("a@b.be\nBcc: c@d.be", ("NIEUWSBRIEF",)), ("a@b.be", ("ANDERS",)), ("", ())],
)
def test_what_is_wrong_is_said_at_its_field(app: Flask, client: Client, email: str, topics: tuple[str, ...]) -> None:
    answer = client.post(ASK, data={"email": email, "topics": list(topics), "language": "nl"})
    assert answer.status_code == 422
    assert "<title>Fout: " in answer.text
    assert "aria-invalid" in answer.text or "form-field--error" in answer.text
    assert rows(email) == []


def test_asking_too_often_is_refused_in_words(app: Flask, client: Client) -> None:
    for number in range(ASKED_BY_CLIENT):
        ask(client, f"a{number}@voorbeeld.be")
    status, _, text = ask(client, "nog@voorbeeld.be")
    assert status == 422
    assert "Probeer het over een uur opnieuw." in text


def test_looking_at_the_page_confirms_nothing_the_button_does(app: Flask, client: Client) -> None:
    row = asked()[0]
    path = f"{ASK}/bevestigen/{confirm_token(row)}"
    for _ in range(2):  # a program that scans mail
        assert client.head(path).status_code == 200
        page = client.page(path)
    assert rows()[0].confirmed_at is None
    assert "U bent ingeschreven" in client.submit(page, form=path).text
    assert all(one.confirmed_at for one in rows())
    assert "Deze link werkt niet meer" in client.page(path, status=404).text


def test_rfc_8058_a_mail_program_stops_it_without_session_or_token_of_ours(app: Flask, client: Client) -> None:
    row = subscribed("lezer@voorbeeld.be", Topic.NEWS)[0]
    before = db.session.scalar(select(func.count()).select_from(WebSession))
    answer = client.post(
        f"{ASK}/uitschrijven/{leave_token(row)}",
        data="List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        csrf=False,
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert rows()[0].end_reason == "UNSUBSCRIBED"
    assert db.session.scalar(select(func.count()).select_from(WebSession)) == before


def test_looking_at_the_page_to_stop_changes_nothing(app: Flask, client: Client) -> None:
    row = subscribed("lezer@voorbeeld.be", Topic.NEWS)[0]
    path = f"{ASK}/uitschrijven/{leave_token(row)}"
    page = client.page(path)
    assert rows()[0].ended_at is None
    assert "U bent uitgeschreven" in client.submit(page, form=path).text
    assert rows()[0].ended_at is not None


@pytest.mark.parametrize("method", ["get", "post"])
def test_used_guessed_and_good_links_give_the_same_page(app: Flask, client: Client, method: str) -> None:
    used, good = subscribed()
    client.post(f"{ASK}/uitschrijven/{leave_token(used)}", csrf=False)
    send: Callable[..., object] = getattr(client, method)

    def said(token: str) -> tuple[int, str]:
        answer = send(f"{ASK}/uitschrijven/{token}", csrf=False)
        text = answer.text.replace(token, "TOKEN")  # type: ignore[attr-defined]
        main = text[text.index("<main") : text.index("</main>")]
        return answer.status_code, main.split('name="csrf_token"')[0]  # type: ignore[attr-defined]

    assert said(leave_token(used)) == said("geraden") == said("x" * 43) == said(leave_token(good))


def test_the_newsletter_is_written_looked_at_and_published(app: Flask, signed_in: SignedIn) -> None:
    subscribed("lezer@voorbeeld.be", Topic.NEWS)
    coming = release("1.4")
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    page = client.page("/beheer/nieuws/nieuw")
    shown = client.submit(page, {"title": "Zo wordt het", "body": "**Nieuw**", "release": coming.reference})
    assert "1 inschrijver krijgt er een e-mail over." in shown.text
    reference = db.session.scalars(select(NewsIssue.reference)).one()
    assert client.get(f"/beheer/nieuws/{reference}/pdf").mimetype == "application/pdf"
    done = client.submit(shown, form=f"/beheer/nieuws/{reference}/publiceren")
    assert "Nieuwsbrief 1 is gepubliceerd." in done.text
    assert client.get("/nieuws/1").status_code == 200
    assert client.get(f"/beheer/nieuws/{reference}/bewerken").status_code == 409


def test_the_writer_reads_that_a_picture_from_elsewhere_is_not_shown(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    text = "Zo ziet het eruit: ![de nieuwe knop](https://example.be/knop.png)"
    shown = client.submit(client.page("/beheer/nieuws/nieuw"), {"title": "Nieuw", "body": text})
    told = "De afbeelding “de nieuwe knop” staat op een andere website en wordt niet getoond"
    assert told in shown.text
    assert "Schrijf in de tekst zelf wat erop te zien is" in shown.text
    client.submit(shown, form="publiceren")
    page = client.get("/nieuws/1").text
    assert '<a href="https://example.be/knop.png">de nieuwe knop</a>' in page
    assert 'src="https://example.be' not in page
    assert client.get("/nieuws/1.pdf").data.startswith(b"%PDF")
    values = {"number": "2.0", "released_on": "17/10/2026", "title": "Groot", "changes": text}
    assert told in client.submit(client.page("/beheer/versies/nieuw"), values).text
    assert "Kijk dit na" not in client.page(f"/beheer/nieuws/{draft().reference}").text, "nothing to tell"


def test_a_draft_that_says_nothing_is_not_kept(app: Flask, signed_in: SignedIn) -> None:
    answer = signed_in(Role.EL_DOSSIERBEHEERDER).post("/beheer/nieuws/nieuw", data={"title": "", "body": ""})
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(NewsIssue)) == 0


def test_releases_are_kept_in_the_back_office(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.EC_AB_DOSSIERBEHEERDER)
    page = client.page("/beheer/versies/nieuw")
    values = {"number": "2.0", "released_on": "17/10/2026", "title": "Groot", "changes": "- alles"}
    shown = client.submit(page, values)
    assert "Nog niet in de handleiding" in shown.text
    client.submit(shown, form="publiceren")
    assert client.get("/versies/2.0").status_code == 200
    answer = client.post("/beheer/versies/nieuw", data=values)
    assert answer.status_code == 422
    assert "Deze versie staat al in de lijst." in answer.text


def test_subscribers_are_kept_in_the_back_office(app: Flask, signed_in: SignedIn) -> None:
    row = subscribed("lezer@voorbeeld.be", Topic.NEWS)[0]
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    assert (
        "lezer@voorbeeld.be"
        in client.page("/beheer/inschrijvingen/?zoek=lezer&stand=ACTIEF&onderwerp=NIEUWSBRIEF").text
    )
    assert "lezer@voorbeeld.be" not in client.page("/beheer/inschrijvingen/?stand=BEEINDIGD").text
    page = client.page("/beheer/inschrijvingen/toevoegen")
    values = {"email": "mailer@voorbeeld.be", "topics": ["NIEUWSBRIEF"], "source": "mail van 3 maart"}
    assert "mail van 3 maart" in client.submit(page, values).text
    ask_page = client.page(f"/beheer/inschrijvingen/{row.reference}/verwijderen")
    assert "De inschrijving is beëindigd." in client.submit(ask_page, form="verwijderen").text
    assert rows()[0].end_reason == "REMOVED"


@pytest.mark.parametrize("path", ["/beheer/nieuws/", "/beheer/versies/", "/beheer/inschrijvingen/"])
def test_of_the_authorities_the_owner_keeps_them_for_all(app: Flask, signed_in: SignedIn, path: str) -> None:
    """Every other one would read addresses of people of companies, and write to all of them."""
    subscribed("jan.peeters@bouwbedrijf.example.be", Topic.NEWS)
    owner = actors.actor(Role.EC_AB_DOSSIERBEHEERDER)
    other = replace(owner, organisation_key="OVO009950", organisation_name="Stad Voorbeeld")
    assert f'href="{path}"' in signed_in(actor=owner).get("/beheer/berichten/").text
    client = signed_in(actor=other)
    answer = client.get(path)
    assert answer.status_code == 403
    assert "bouwbedrijf" not in answer.text
    assert f'href="{path}"' not in client.get("/beheer/berichten/").text
    draft_of_all = {"title": "x", "body": "x"}
    assert client.post("/beheer/nieuws/nieuw", data=draft_of_all).status_code == 403


@pytest.mark.parametrize("path", ["/beheer/nieuws/", "/beheer/versies/", "/beheer/inschrijvingen/"])
def test_the_helpdesk_keeps_none_of_it(app: Flask, signed_in: SignedIn, path: str) -> None:
    draft()
    assert signed_in(Role.EL_HELPDESK).get(path).status_code == 403
