"""An installation with the demo data, loaded once per run and copied: loading takes as long as a story.

In a process of its own: ``python -m tests.support.demonstration``, with the environment of the program.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.databases import ROOT

NOW = "2026-10-05T10:00:00+02:00"
"""When the browser tests play: in the postponement, so that a quarter can still be submitted and others are decided."""

Demonstration = Callable[[str], Path]


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """``demonstration("live")``: an instance folder for one program, with the demo data as they are at ``NOW``."""
    base = tmp_path_factory.getbasetemp()
    loaded = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"

    def copy(name: str) -> Path:
        with loaded.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not loaded.exists():
                _load(loaded)
        return Path(shutil.copytree(loaded, tmp_path_factory.mktemp(name) / "instance"))

    return copy


def _load(folder: Path) -> None:
    """Beside it first, so that what stands there is whole."""
    beside = folder.with_suffix(".new")
    shutil.rmtree(beside, ignore_errors=True)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("ELOKET_") and name != "DATABASE_URL"
    }
    subprocess.run(
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        env={**kept, "INSTANCE": str(beside), "ELOKET_NOW": NOW},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    beside.rename(folder)


if __name__ == "__main__":
    from config import Settings
    from jobs.serve import prepare

    prepare(Settings.from_environment(os.environ))
