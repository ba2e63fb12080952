"""Fixtures of the round trip with a foreign identity provider."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.requirements import need
from tests.saml.service_provider import Served, served_over_https
from tests.saml.simplesamlphp import SimpleSamlPhp, simplesamlphp


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimpleSamlPhp, Served]]:
    """The provider on ``localhost``, the application on ``127.0.0.1``: two sites that know each other's metadata."""
    folder = tmp_path_factory.mktemp("foreign")
    with (
        simplesamlphp(folder / "idp", _free_port()) as provider,
        served_over_https(folder / "sp", _free_port(), provider.metadata) as application,
    ):
        provider.know(application.metadata)
        yield provider, application


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of the round trip."""
    program = need("chromium", "apt-get install --no-install-recommends chromium")
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def window(foreign: tuple[SimpleSamlPhp, Served], chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile."""
    context = chromium.new_context(ignore_https_errors=True)
    context.set_default_timeout(20_000)
    yield context
    context.close()
