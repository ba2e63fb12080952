"""``make run``: prepare an installation, then serve it and work for it until somebody says stop.

Everything started here ends with it: on Ctrl-C, on SIGTERM, when the caller is gone, and when one part dies.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from sqlalchemy.exc import SQLAlchemyError

from config import Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass
class Part:
    """A process that belongs to us."""

    name: str
    process: subprocess.Popen[bytes]


def main() -> int:
    """Prepare and serve; 0 when asked to stop, 1 when something failed, 2 when the settings do not allow a start."""
    stop, caller = Event(), os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    os.chdir(ROOT)
    try:
        settings = Settings.from_environment()
        port = int(os.environ.get("PORT") or "8000")
        _check_port(port)
        prepare(settings)
    except SettingsError as error:
        say(str(error))
        return 2
    except SQLAlchemyError as error:
        say(f"The database cannot be used: {getattr(error, 'orig', None) or error}\nCheck DATABASE_URL.")
        return 1
    if stop.is_set():
        return 0
    return _serve(settings, port, stop, caller)


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


def prepare(settings: Settings) -> None:
    """Folders, tables, and (never in production, and only once) the demo data."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    from app import create_app
    from jobs.installing import load_demo_once, migrate

    app = create_app(settings)
    with app.app_context():
        say("Bringing the tables up to date …")
        migrate()
        if not settings.production:
            say("Loading the demo data, unless it is there …")
            load_demo_once()


def _check_port(port: int) -> None:
    if not 0 < port < 65536:
        raise SettingsError("PORT must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise SettingsError(f"Port {port} is in use. Choose another one: make run PORT={port + 1}") from None


def _serve(settings: Settings, port: int, stop: Event, caller: int) -> int:
    gunicorn = ["gunicorn", "app:create_app()", "--bind", f"{HOST}:{port}", "--worker-class", "gthread"]
    gunicorn += ["--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5"]
    gunicorn += ["--log-level", "warning", "--no-control-socket"]
    parts: list[Part] = []
    try:
        parts.append(_start("web", gunicorn))
        parts.append(_start("worker", ["jobs.worker"]))
        if _wait_until_up(port, parts, stop):
            say(f"Dossierloket: {settings.base_url}   (Ctrl-C stops it)")
        while not stop.wait(0.3):
            if os.getppid() != caller:
                return 0
            for part in parts:
                if part.process.poll() is not None:
                    say(f"The {part.name} process ended ({part.process.returncode}); everything stops.")
                    return 1
        return 0
    finally:
        _end(parts)


def _start(name: str, module: list[str]) -> Part:
    # A session of its own: Ctrl-C in the terminal reaches us alone, and we end the parts in order.
    command = [sys.executable, "-m", *module]
    return Part(name, subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=_die_with_us))


def _die_with_us() -> None:
    """On Linux a part is told to stop even when we are killed without a chance to do so."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _wait_until_up(port: int, parts: list[Part], stop: Event) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and not stop.is_set():
        if any(part.process.poll() is not None for part in parts):
            return False
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            stop.wait(0.2)
    return False


def _end(parts: list[Part]) -> None:
    for part in parts:
        if part.process.poll() is None:
            part.process.terminate()
    end = time.monotonic() + STOP_SECONDS
    for part in parts:
        try:
            part.process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()


if __name__ == "__main__":
    sys.exit(main())
