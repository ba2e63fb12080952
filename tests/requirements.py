"""Programs that some tests need: a missing one is a skip by name with the command that installs it; in CI a failure."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.running import missing


def need(program: str, install_command: str) -> str:
    """The path of a program (a name on PATH, or a file). Where it is missing the running test is skipped, and with
    CI=true it fails (tests/support/running.py)."""
    found = program if Path(program).is_file() else shutil.which(program)
    if found is None:
        missing(program, install_command)
    return str(found)
