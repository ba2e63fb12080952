"""What a run tells: parts that cannot run here are skipped by name, with the command that helps; in CI they fail."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator

import pytest

CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
_not_run: Counter[str] = Counter()


#: Folders whose files take minutes each: they begin first, so that no process waits alone for one at the end.
_LONG = ("tests/browser/", "tests/reliability/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; else the order stays (and processes take it: ``--no-loadscope-reorder`` in the Makefile)."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


def missing(part: str, install: str) -> None:
    """Skip the running test: a part of this machine is missing. ``install`` is the one command that brings it."""
    pytest.skip(f"{part} is missing. Install: {install}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count what is skipped; with CI=true a skip is a failure."""
    report = yield
    if report.skipped:
        _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if report.skipped:
        _refuse(report)
    return report


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    _not_run[reason.removeprefix("Skipped: ")] += 1
    if CI:
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped with CI=true: {reason}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what did not run."""
    for reason, count in sorted(_not_run.items()):
        terminalreporter.write_line(f"NOT RUN ({count}): {reason}", yellow=True)
