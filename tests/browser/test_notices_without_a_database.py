"""The database is really stopped: the banner stands, on public pages and on the page of who was signed in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import look, opening
from tests.support.databases import ROOT
from tests.support.ports import free_port
from tests.support.postgres import postgres_server
from tests.support.program import Program, program

NOW = "2026-10-05T10:00:00+02:00"
TITLE = "Verzenden lukt niet"
_PUBLISH = f"""
from datetime import timedelta
from app import create_app
from domain.actor import Actor, Side
from domain.econtracting.document_states import Function
from domain.econtracting.outage_notices import Notice
from domain.permissions import Role
from services import clock, transaction
from services.econtracting import outages
with create_app().app_context():
    keeper = Actor(None, Side.AUTHORITY, "OVO009902", "MOW", "", frozenset({{Role.EC_AB_DOSSIERBEHEERDER}}))
    with transaction.unit_of_work():
        began = clock.now() - timedelta(hours=1)
        outages.publish(keeper, Notice(False, frozenset({{Function.SEND}}), began, None, "{TITLE}"))
"""


@pytest.fixture(scope="module")
def stoppable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, ExitStack]]:
    """The program on a PostgreSQL server of its own that holds one notice; closing the stack stops that server."""
    instance = tmp_path_factory.mktemp("stoppable") / "instance"
    instance.mkdir()
    with ExitStack() as server:
        address = server.enter_context(postgres_server()).replace("postgresql://", "postgresql+psycopg://")
        own = {"DATABASE_URL": address, "ELOKET_NOW": NOW}
        _run(instance, own, "-m", "flask", "--app", "app", "db", "upgrade")
        _run(instance, own, "-c", _PUBLISH)
        port = str(free_port())
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "app:create_app()",
            "--bind",
            f"127.0.0.1:{port}",
            "--threads",
            "4",
        ]
        with program(instance, command, **own, PORT=port) as running:
            running.port, running.url = int(port), f"http://127.0.0.1:{port}"
            running.wait_until_up()
            yield running, server


def _run(instance: Path, settings: dict[str, str], *command: str) -> None:
    environment = {**os.environ, "INSTANCE": str(instance), **settings}
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True, capture_output=True)


def _banner(page: Page) -> None:
    expect(page.locator(".outage-banner").first).to_contain_text(TITLE)


def test_the_banner_appears_with_the_database_stopped(chromium: Browser, stoppable: tuple[Program, ExitStack]) -> None:
    """C-068, A-44: who cannot sign in must see why, and so must who was at work."""
    running, server = stoppable
    opened = opening(chromium, running)
    make = next(opened)
    els = make(persona="els-dossierbeheerder")  # type: ignore[operator]
    _banner(els)
    server.close()
    somebody = make()  # type: ignore[operator]
    for page, path in ((somebody, "/"), (somebody, "/login"), (els, "/start"), (els, "/beheer/dossiers/")):
        page.watch.allow("50[0-9]")
        page.goto(path)
        _banner(page)
        look(page, f"zonder-databank{path.rstrip('/').replace('/', '-') or '-start'}")
    next(opened, None)
