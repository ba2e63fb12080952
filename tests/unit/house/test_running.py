"""A part that cannot run is named with what would install it; with CI=true it is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.databases import ROOT

TESTS = """
import pytest
from tests.support.running import missing

def test_in_a_browser():
    missing("Chromium", "apt-get install --no-install-recommends chromium")

def test_of_the_rules():
    pass
"""


def run(folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_parts.py").write_text(TESTS)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.support.running",
        "-p",
        "no:cacheprovider",
        str(folder),
    ]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_it_is_skipped_by_name_with_the_one_command(tmp_path: Path) -> None:
    done = run(tmp_path, "")
    assert done.returncode == 0
    assert "NOT RUN (1): Chromium is missing. Install: apt-get install --no-install-recommends chromium" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout


@pytest.mark.parametrize("ci", ["true", "1"])
def test_nothing_is_skipped_with_ci(tmp_path: Path, ci: str) -> None:
    done = run(tmp_path, ci)
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "nothing may be skipped" in done.stdout


def test_a_whole_file_that_skips_itself_fails_too(tmp_path: Path) -> None:
    (tmp_path / "test_whole.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    assert run(tmp_path, "true").returncode != 0
