"""``make run``: it starts, serves, works, and ends everything it started."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

import flask_migrate
import pytest

from models.all import db
from tests.factories import organisations
from tests.support.databases import bare_application, settings_for
from tests.support.ports import free_port
from tests.support.program import Program, program


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An installation that has a facility already, so that the demo data stays away."""
    folder = tmp_path / "instance"
    settings = settings_for(folder)
    folder.mkdir(exist_ok=True)
    application = bare_application(settings)
    with application.app_context():
        flask_migrate.upgrade()
        organisations.facility()
        db.session.remove()
        db.engine.dispose()
    return folder


def gone(processes: list[int], seconds: float = 15) -> bool:
    """Whether all of them have ended within a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(Path(f"/proc/{number}").exists() for number in processes):
            return True
        time.sleep(0.05)
    return False


def ready(running: Program) -> dict[str, str]:
    with urllib.request.urlopen(f"{running.url}/readyz", timeout=10) as answer:
        parts: dict[str, str] = json.load(answer)
    return parts


def test_it_serves_works_and_ends_all_of_it_on_ctrl_c(instance: Path) -> None:
    with program(instance) as running:
        running.wait_until_up()
        assert ready(running)["status"] == "ok"
        processes = running.processes()
        assert len(processes) >= 4, "gunicorn with two workers, and the worker"
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0
        assert gone(processes)
    assert (instance / "worker.json").exists()


def test_make_run_passes_a_stop_on(instance: Path) -> None:
    with program(instance, ["make", "--no-print-directory", "run"]) as running:
        running.wait_until_up()
        processes = running.processes()
        running.process.terminate()
        running.process.wait(20)
        assert gone(processes)


@pytest.mark.parametrize("which", ["jobs.worker", "gunicorn"])
def test_when_one_part_dies_everything_ends(instance: Path, which: str) -> None:
    with program(instance) as running:
        running.wait_until_up()
        processes = running.processes()
        victims = [number for number in processes if which in Path(f"/proc/{number}/cmdline").read_text()]
        os.kill(min(victims), signal.SIGKILL)
        assert running.process.wait(20) == 1
        assert gone(processes)
        assert any("everything stops" in line for line in running.lines)


def test_killed_outright_it_leaves_nobody_behind(instance: Path) -> None:
    with program(instance) as running:
        running.wait_until_up()
        processes = running.processes()
        running.process.kill()
        running.process.wait(5)
        assert gone(processes)


def test_a_taken_port_is_told_with_what_to_do(instance: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with program(instance, PORT=port) as running:
            assert running.process.wait(30) == 2
    assert any(f"Port {port} is in use" in line for line in running.lines)


def test_a_wrong_setting_is_told_in_a_line(instance: Path) -> None:
    with program(instance, ELOKET_ENV="production") as running:
        assert running.process.wait(30) == 2
    assert any("ELOKET_SECRET_KEY" in line for line in running.lines)
    assert not any("Traceback" in line for line in running.lines)


@pytest.mark.parametrize("port", ["0", "65536", "acht"])
def test_a_port_that_cannot_be_is_told_in_a_line(instance: Path, port: str) -> None:
    with program(instance, PORT=port) as running:
        assert running.process.wait(30) == 2
    assert any("PORT must be a number" in line for line in running.lines)
    assert not any("Traceback" in line for line in running.lines)


def test_a_database_that_is_not_there_is_told_in_a_line(instance: Path) -> None:
    address = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    with program(instance, DATABASE_URL=address) as running:
        assert running.process.wait(60) == 1
    assert any("The database cannot be used" in line for line in running.lines)
    assert not any("Traceback" in line for line in running.lines)
