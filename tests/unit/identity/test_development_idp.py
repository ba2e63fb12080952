"""The development identity provider answers only what our own application asked, and never in production."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from config import Settings, SettingsError
from integrations.development_idp import development_idp, entities, provider_metadata, redirects
from integrations.development_idp.redirects import RequestRefused
from integrations.identity_providers import provider_of
from integrations.saml import ServiceProvider
from integrations.saml_keys import KeyPair, make_pair, own_pair


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    instance = tmp_path_factory.mktemp("idp")
    return Settings.from_environment({"ELOKET_ENV": "test", "INSTANCE": str(instance)})


def _provider(settings: Settings, pair: KeyPair | None = None, base_url: str | None = None) -> ServiceProvider:
    providers = {key: provider_of({"key": key}, xml) for key, xml in provider_metadata(settings).items()}
    return ServiceProvider(base_url or settings.base_url, pair or own_pair(settings), providers)


def _query(settings: Settings, **options: Any) -> str:
    saml = _provider(settings, **options)
    return urlsplit(saml.sign_in_request(saml.providers["acm"])[1]).query


def _get(settings: Settings, query: str, key: str = "acm") -> tuple[int, str]:
    response = development_idp(settings).test_client().get(f"/{key}/sso?{query}")
    return response.status_code, response.text


def test_a_good_request_shows_the_personas_of_that_provider(settings: Settings) -> None:
    """A button for each, with the field that a script may post by itself."""
    status, text = _get(settings, _query(settings))
    assert status == 200
    assert 'name="persona" value="an-beheerder"' in text
    assert "sofie-voorziening" not in text


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda query: re.sub("&Signature=[^&]*", "", query), "niet ondertekend"),
        (lambda query: query.replace("Signature=", "Signature=AAAA"), "klopt niet"),
        (lambda query: query.replace("SAMLRequest=", "SAMLRequest=AAAA"), "klopt niet"),
        (lambda query: f"{query}&RelayState=/x", "klopt niet"),
        (lambda query: f"{query}&{query}", "twee keer"),
        (lambda query: "", "niet ondertekend"),
    ],
)
def test_other_requests_are_refused(settings: Settings, spoil: Any, says: str) -> None:
    """Unsigned or tampered: a page that says why."""
    status, text = _get(settings, spoil(_query(settings)))
    assert status == 400
    assert says in text


def test_foreign_application_and_other_entity(settings: Settings) -> None:
    """Signed with another key, by another application, or meant for the other entity."""
    assert "klopt niet" in _get(settings, _query(settings, pair=make_pair("Foreign")))[1]
    assert "niet gekend" in _get(settings, _query(settings, base_url="http://127.0.0.1:9999"))[1]
    assert "andere aanmelddienst" in _get(settings, _query(settings), "ehealth")[1]


def test_old_request(settings: Settings) -> None:
    """Who looks at the list for too long starts again."""
    entity = entities(settings)["acm"]
    later = datetime.now(UTC) + timedelta(minutes=16)
    with pytest.raises(RequestRefused, match="te oud"):
        redirects.read_sign_in_request(entity, _query(settings), later)


def test_never_in_production(tmp_path: Path) -> None:
    """The settings refuse it, and so does the provider itself."""
    with pytest.raises(SettingsError, match="ELOKET_DEVELOPMENT_IDP"):
        Settings.from_environment(
            {"ELOKET_ENV": "production", "ELOKET_DEVELOPMENT_IDP": "on", "INSTANCE": str(tmp_path)}
        )
    production: Any = SimpleNamespace(production=True, instance=tmp_path, base_url="https://loket.example.be")
    for start in (development_idp, entities, provider_metadata):
        with pytest.raises(RuntimeError, match="production"):
            start(production)
    assert list(tmp_path.iterdir()) == []


def test_production_needs_providers_and_keys(tmp_path: Path) -> None:
    """Refused by name, with what to do."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"ELOKET_ENV": "production", "INSTANCE": str(tmp_path)})
    for name in ("ELOKET_IDENTITY_PROVIDERS", "ELOKET_SAML_KEY", "ELOKET_SAML_CERTIFICATE"):
        assert name in str(caught.value)
