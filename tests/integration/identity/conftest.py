"""Fixtures for signing in: the facilities of the personas, a browser, and a forge for wrong answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from models.organisation import Facility
from tests.factories import organisations
from tests.saml.browser import Browser
from tests.saml.forge import Forge


@pytest.fixture
def facilities(app: Flask) -> dict[str, Facility]:
    """The facilities that personas sign in for, by HCO number."""
    names = {"71000012": "PVT De Brug", "71000023": "Ter Linden", "71000034": "PVT De Wissel"}
    return {number: organisations.facility(hco_number=number, name=name) for number, name in names.items()}


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that is not signed in."""
    return Browser(app)


@pytest.fixture
def another_browser(app: Flask) -> Callable[[], Browser]:
    """More browsers."""
    return lambda: Browser(app)


@pytest.fixture
def forge(app: Flask) -> Forge:
    """The identity provider of this application, in bad hands."""
    return Forge(app.extensions["settings"])


@pytest.fixture
def refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reasons for which answers were refused so far; a person reads one plain sentence, so tests look here."""
    from services.identity import refusals

    reasons: list[str] = []
    explain = refusals.of_answer

    def noted(*arguments: object) -> object:
        reasons.append(str(arguments[0].reason))  # type: ignore[attr-defined]
        return explain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(refusals, "of_answer", noted)
    return reasons
