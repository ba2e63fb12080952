"""CPU of a server and of its database per request, from /proc; servers to measure; medians of interleaved rounds."""

from __future__ import annotations

import http.client
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
_BASE_PORT = int(os.environ.get("BENCH_PORT", "18700"))
#: What the servers say.
LOG = Path(tempfile.gettempdir()) / "dossierloket-benchmarks.log"


def cpu_of(process: int) -> int:
    """CPU nanoseconds of a process, all its threads together; 0 when it is gone."""
    total = 0
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                total += int((thread / "schedstat").read_text().split()[0])
    return total


def memory_of(process: int) -> int:
    """Anonymous resident memory of a process in bytes: without the pages of the database file it has mapped."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


class Database:
    """Which database is measured, and the CPU of its processes per application name (PostgreSQL)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.postgresql = url.startswith("postgresql")
        self.name = "PostgreSQL" if self.postgresql else "SQLite"
        self._admin = None
        if self.postgresql:
            self._admin = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def address(self, peer: str) -> str:
        """The address for one peer: it names itself; no parallel workers, whose CPU could not be counted."""
        if not self.postgresql:
            return self.url
        sign = "&" if "?" in self.url else "?"
        return f"{self.url}{sign}application_name=bench-{peer}&options=-c%20max_parallel_workers_per_gather%3D0"

    def backends(self, peer: str) -> list[int]:
        """The database processes that work for a peer."""
        if self._admin is None:
            return []
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
        return [row[0] for row in self._admin.execute(query, (f"bench-{peer}",))]

    def said(self) -> str:
        """Name and version."""
        if self._admin is not None:
            return f"PostgreSQL {self._admin.execute('SHOW server_version').fetchone()[0].split()[0]}"  # type: ignore[index]
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    first_byte: float = 0.0


@dataclass
class Server:
    """One peer behind gunicorn, and the cookies and headers of who is signed in."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    database: Database
    cookie: str = ""
    workers: list[int] = field(default_factory=list)

    def request(
        self,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        each: Callable[[], object] | None = None,
    ) -> Answer:
        """One request on a connection of its own; ``each`` is called for every piece of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        sent = {"Cookie": self.cookie, "Accept": "text/html", "Host": f"127.0.0.1:{self.port}", **(headers or {})}
        if body is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        started = time.perf_counter()
        connection.request("POST" if body is not None else "GET", path, body, sent)
        response = connection.getresponse()
        first = response.read(1)
        began = time.perf_counter() - started
        pieces, size = [first], 0
        while piece := response.read(65536):
            if each is None:
                pieces.append(piece)
            else:
                each()
                size += len(piece)
                pieces[-1] = piece[-2000:]
        connection.close()
        if given := response.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return Answer(response.status, b"".join(pieces), dict(response.getheaders()), began)

    def cpu(self) -> int:
        """CPU nanoseconds until now, of the server and of the database for it."""
        return sum(map(cpu_of, self.workers)) + sum(map(cpu_of, self.database.backends(self.name)))

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)


def serve(name: str, target: str, database: Database, place: int, *, arguments: Sequence[str] = ()) -> Server:
    """Start a peer: one synchronous worker, unless ``arguments`` say otherwise."""
    port = _BASE_PORT + place
    environ = os.environ | {"DATABASE_URL": database.address(name), "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    command += ["--timeout", "600", "--no-control-socket", *arguments]
    with open(LOG, "ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    server = Server(name, port, process, database)
    for _ in range(600):
        with suppress(OSError):
            http.client.HTTPConnection("127.0.0.1", port, timeout=60).request("GET", "/healthz")
            break
        time.sleep(0.1)
    time.sleep(2)
    server.workers = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _parent(int(entry.name)) == process.pid
    ]
    return server


def _parent(process: int) -> int:
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def cost(server: Server, act: Callable[[], object]) -> float:
    """CPU milliseconds of the server and its database while something is asked."""
    before = server.cpu()
    act()
    time.sleep(0.004)  # what a worker does after its answer belongs to the request
    return (server.cpu() - before) / 1e6


@dataclass
class Table:
    """CPU milliseconds by operation and peer."""

    samples: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, operation: str, peer: str, milliseconds: float) -> None:
        """One more sample."""
        self.samples.setdefault((operation, peer), []).append(milliseconds)

    def median(self, operation: str, peer: str) -> float | None:
        """The median; None when it was not measured."""
        found = self.samples.get((operation, peer))
        return statistics.median(found) if found else None

    def rows(self, operations: Iterable[str], peers: Sequence[str], ours: str = "portal") -> list[str]:
        """Markdown: CPU ms of each peer, and how many times a peer the portal costs."""
        beside = [peer for peer in peers if peer != ours]
        lines = [
            "| operation | "
            + " | ".join(f"{peer} ms" for peer in peers)
            + " | "
            + " | ".join(f"× {p}" for p in beside)
            + " |",
            "|---" * (1 + len(peers) + len(beside)) + "|",
        ]
        for operation in operations:
            own = self.median(operation, ours)
            cells = [operation]
            cells += ["–" if (value := self.median(operation, peer)) is None else f"{value:.2f}" for peer in peers]
            for peer in beside:
                value = self.median(operation, peer)
                cells.append("–" if own is None or not value else f"{own / value:.2f}")
            lines.append("| " + " | ".join(cells) + " |")
        return lines


def shuffled(things: Iterable[str], seed: int) -> list[str]:
    """The peers in another order every round."""
    order = list(things)
    random.Random(seed).shuffle(order)
    return order


def conditions(database: Database) -> str:
    """When and on what it was measured."""
    names = ("flask", "flask-admin", "sqlalchemy", "werkzeug", "gunicorn", "psycopg")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    load = os.getloadavg()
    return (
        f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {database.said()}, {versions}; "
        f"{os.cpu_count()} cores, load {load[0]:.1f}"
    )
