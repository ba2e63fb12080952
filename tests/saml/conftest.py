"""Fixtures of the round trip with a foreign identity provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.saml.service_provider import Served, served_over_https
from tests.saml.simplesamlphp import SimpleSamlPhp, simplesamlphp
from tests.support.ports import free_port


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimpleSamlPhp, Served]]:
    """The provider on ``localhost``, the application on ``127.0.0.1``: two sites that know each other's metadata."""
    folder = tmp_path_factory.mktemp("foreign")
    with (
        simplesamlphp(folder / "idp", free_port()) as provider,
        served_over_https(folder / "sp", free_port(), provider.metadata) as application,
    ):
        provider.know(application.metadata)
        yield provider, application


@pytest.fixture
def window(foreign: tuple[SimpleSamlPhp, Served], chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile."""
    context = chromium.new_context(ignore_https_errors=True)
    context.set_default_timeout(20_000)
    yield context
    context.close()
