"""Languages: chosen by the person and kept with the account; a third one is a catalogue and nothing else."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from blueprints import languages
from domain.permissions import Role
from models.base import db
from models.identity import Account
from services import languages as known_languages
from tests.factories import actors
from tests.support.client import Client
from tests.support.sign_in import SignedIn

ROOT = Path(__file__).resolve().parents[3]


def language_of(client: Client, path: str) -> str:
    return str(client.page(path).find("/html").get("lang"))


def test_a_choice_stays_with_the_account(signed_in: SignedIn) -> None:
    client = signed_in(actor=actors.actor(Role.EL_DOSSIERBEHEERDER))
    assert language_of(client, "/start") == "nl"
    client.post("/taal", data={"language": "en", "back": "/start"})
    assert language_of(client, "/start") == "en"
    assert db.session.scalar(select(func.count()).select_from(Account).where(Account.language == "en")) == 1


def test_an_unknown_language_is_not_chosen(signed_in: SignedIn) -> None:
    client = signed_in(actor=actors.actor(Role.EL_DOSSIERBEHEERDER))
    client.post("/taal", data={"language": "../xx", "back": "/start"})
    assert language_of(client, "/start") == "nl"


def test_who_is_not_signed_in_chooses_on_a_page_of_its_own(client: Client) -> None:
    assert client.page("/login").all("//a[@href='/taal?terug=/login'][@lang='en']")
    assert client.page("/login?next=/ecalcura/").all("//a[@href='/taal?terug=/login?next%3D%252Fecalcura%252F']")
    assert client.page("/login?next=//evil.example").all("//a[@href='/taal?terug=/login']")
    page = client.page("/taal?terug=/login")
    client.submit(page, button="en")
    assert language_of(client, "/login") == "en"


@pytest.mark.parametrize(
    ("code", "amount", "figure"),
    [("nl", "€ 2.930,92", "1234,5"), ("en", "€ 2,930.92", "1234.5"), ("de", "€ 2.930,92", "1234,5")],
)
def test_figures_are_written_as_the_language_does(app: Flask, code: str, amount: str, figure: str) -> None:
    with app.test_request_context(), force_locale(code):
        assert languages.euro(Decimal("2930.92")) == amount
        assert languages.euro(Decimal("-2930.92")) == f"\N{MINUS SIGN} {amount}"
        assert languages.decimal(Decimal("1234.500")) == figure


def test_a_third_language_is_a_catalogue_only(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "translations"
    shutil.copytree(ROOT / "translations", folder)
    catalogue: Any = Catalog(locale="fr")
    catalogue.add("Aanmelden", "Se connecter")
    (folder / "fr" / "LC_MESSAGES").mkdir(parents=True)
    with (folder / "fr" / "LC_MESSAGES" / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(known_languages, "FOLDER", folder)
    app.extensions["babel"].translation_directories = [str(folder)]
    assert known_languages.known() == {"nl": "Nederlands", "en": "English", "fr": "Français"}
    client.post("/taal", data={"language": "fr", "back": "/login"})
    page = client.page("/login")
    assert page.find("/html").get("lang") == "fr"
    assert "Se connecter" in page.text
    choices = client.page("/nieuwsbrief").all("//input[@name='language']/@value")
    assert choices == ["nl", "en", "fr"]
