"""Watching a victim (tests/reliability/victim.py) and killing it: at a point of its way, or at any moment."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.support.databases import ROOT, PreparedDatabase

PATIENCE = 30.0


class Victim:
    """The process to fork from. One task at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._lines = b""
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(process.stdout, selectors.EVENT_READ)

    def hear(self, seconds: float = PATIENCE) -> dict[str, Any] | None:
        """The next thing that is said, or None when nothing is within so many seconds."""
        end = time.monotonic() + seconds
        while b"\n" not in self._lines:
            left = end - time.monotonic()
            if left <= 0 or not self._selector.select(left):
                return None
            assert self._process.stdout is not None
            read = os.read(self._process.stdout.fileno(), 65536)
            assert read, "the victim's parent is gone"
            self._lines += read
        line, _, self._lines = self._lines.partition(b"\n")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def run(self, kill_after: float | None = None, **task: Any) -> tuple[list[dict[str, Any]], int]:
        """Do a task; gives what was said and how it ended (-9: killed).

        ``kill_after``: kill it so many seconds after it says its first word, wherever it is then.
        """
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps(task) + "\n").encode())
        self._process.stdin.flush()
        started = self.hear()
        while started is not None and "pid" not in started:
            started = self.hear()
        assert started is not None
        return self._watch(started["pid"], kill_after)

    def _watch(self, pid: int, kill_after: float | None) -> tuple[list[dict[str, Any]], int]:
        said: list[dict[str, Any]] = []
        deadline: float | None = None
        while True:
            if kill_after is not None and said and deadline is None:
                deadline = time.monotonic() + kill_after
            heard = self.hear(PATIENCE if deadline is None else max(0.0, deadline - time.monotonic()))
            if heard is None and deadline is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                deadline = kill_after = None
                continue
            assert heard is not None, "neither a word nor an end"
            if "ended" in heard:
                return said, heard["ended"]
            said.append(heard)


@contextmanager
def victim(database: PreparedDatabase) -> Iterator[Victim]:
    """A process to fork from, on this database and its document store."""
    settings = database.settings
    address = "" if database.kind == "sqlite" else settings.database_url
    command = [sys.executable, "-m", "tests.reliability.victim", str(settings.instance), address]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        watched = Victim(process)
        assert watched.hear() == {"ready": True}
        yield watched
    finally:
        process.kill()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()
        process.wait()
