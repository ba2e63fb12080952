"""The whole program as a person starts it: ``python -m jobs.serve`` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.support.databases import ROOT
from tests.support.ports import free_port

START_SECONDS = 240
"""The demo data takes a while on a busy machine."""


@dataclass
class Program:
    """A running program. ``lines`` is all it said so far, both outputs together."""

    process: subprocess.Popen[str]
    url: str
    port: int
    instance: Path
    lines: list[str] = field(default_factory=list)

    def wait_until_up(self) -> None:
        """Return when it has told its address; RuntimeError with what it said when it ended instead."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if any(self.url in line for line in self.lines):
                return
            time.sleep(0.05)
        raise RuntimeError("the program did not start:\n" + "".join(self.lines[-40:]))

    def processes(self) -> list[int]:
        """The processes that it started, and those that these started."""
        parents: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if words[0] != "Z":
                parents[int(stat.parent.name)] = int(words[1])
        found = [self.process.pid]
        for parent in found:
            found += [child for child, of in parents.items() if of == parent]
        return found[1:]


@contextmanager
def program(instance: Path, command: list[str] | None = None, **environment: str) -> Iterator[Program]:
    """Start the program on a free port with its own instance folder; it is ended afterwards, however the test went."""
    port = free_port()
    inherited: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if not name.startswith("ELOKET_") and name != "DATABASE_URL"
    }
    settings = {"INSTANCE": str(instance), "PORT": str(port), "PYTHONUNBUFFERED": "1", **environment}
    process = subprocess.Popen(
        command or [sys.executable, "-m", "jobs.serve"],
        cwd=ROOT,
        env={**inherited, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    running = Program(process, f"http://127.0.0.1:{port}", port, instance)
    reader = Thread(target=_read, args=(running,), daemon=True)
    reader.start()
    try:
        yield running
    finally:
        started = running.processes()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for number in started:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()


def _read(running: Program) -> None:
    assert running.process.stdout is not None
    for line in running.process.stdout:
        running.lines.append(line)
