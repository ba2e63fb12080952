"""A real clamd for as long as a test needs it, with a database of its own that knows the EICAR test file only."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations.scanner import EICAR, Clamd, ScannerDown
from tests.support.ports import free_port

PROGRAM = "/usr/sbin/clamd"
START_SECONDS = 60


@contextmanager
def clamd(folder: Path, **settings: str) -> Iterator[str]:
    """Run clamd on a free port; gives its address. ``settings`` are lines of its configuration."""
    database = folder / "signatures"
    database.mkdir(parents=True)
    (database / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n")
    port = free_port()
    lines = {
        "Foreground": "yes",
        "User": "root",
        "TCPSocket": str(port),
        "TCPAddr": "127.0.0.1",
        "DatabaseDirectory": str(database),
        "StreamMaxLength": "200M",
        "MaxFileSize": "200M",
        "MaxScanSize": "400M",
        "AlertExceedsMax": "yes",
        "TemporaryDirectory": str(folder),
        "LogFile": str(folder / "clamd.log"),
        **settings,
    }
    configuration = folder / "clamd.conf"
    configuration.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    command = [PROGRAM, "-c", str(configuration)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            address = f"tcp://127.0.0.1:{port}"
            _wait_for(address, process, folder / "clamd.log")
            yield address
        finally:
            process.kill()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            Clamd(address).check()
        except ScannerDown:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("clamd did not start:\n" + (log.read_text() if log.exists() else ""))


@pytest.fixture(scope="session")
def clamd_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running clamd that belongs to this run."""
    with clamd(tmp_path_factory.mktemp("clamd")) as address:
        yield address
