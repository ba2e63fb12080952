"""The checks of every change, as tests: form, types, who may import whom, templates, and pinned dependencies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import ROOT

BIN = Path(sys.executable).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MADE = {"instance", "test-results", "__pycache__", "node_modules"}
LOCKS = ["requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--quiet", "--output-format=concise", "."),
        ("ruff", "format", "--check", "--quiet", "."),
        ("mypy", "--no-error-summary"),
        ("lint-imports", "--no-cache"),
        ("djlint", "--quiet", "--lint", "templates"),
    ],
    ids=lambda command: " ".join(command[:2]) if command[0] == "ruff" else command[0],
)
def test_check(command: tuple[str, ...]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def _names(lock: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_exact_versions_with_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert len(requirements) > 20
    for requirement in requirements:
        assert "==" in requirement.partition("\n")[0], requirement[:80]
        assert "--hash=sha256:" in requirement, requirement[:80]
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_what_the_project_asks_for_is_what_the_locks_hold() -> None:
    """A dependency that was added without `make lock` would be missing on the next machine."""
    asked = PROJECT["project"]["dependencies"]
    for_tests = PROJECT["dependency-groups"]["dev"]
    for requirement, lock in [*((one, LOCKS[0]) for one in asked), *((one, LOCKS[1]) for one in asked + for_tests)]:
        name, separator, version = requirement.partition("==")
        assert separator, f"{requirement} has no exact version"
        name = re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()
        assert _names(lock).get(name) == version, f"{requirement} in {lock}"


def test_running_needs_nothing_of_the_tests() -> None:
    runtime, everything = _names(LOCKS[0]), _names(LOCKS[1])
    assert runtime.items() <= everything.items()
    assert not {"pytest", "playwright", "mypy", "ruff", "hypothesis"} & set(runtime)


def test_nothing_in_the_tree_belongs_to_one_machine() -> None:
    paths = re.compile(r"/(?:root|home/[a-z]+|tmp|Users/[a-z]+)/[A-Za-z]")
    for file in _sources():
        found = paths.search(file.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{file}: {found.group() if found else ''}"


def _sources() -> Iterator[Path]:
    """What people wrote: not the environment, instances, caches and what tests leave."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in MADE]
        for name in files:
            if not name.endswith((".lock", ".png", ".svg", ".mo", ".pyc")):
                yield Path(folder) / name
