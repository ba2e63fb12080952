"""Fixtures of every test; they live in tests/support by subject."""

from __future__ import annotations

pytest_plugins = [
    "tests.support.running",
    "tests.support.databases",
    "tests.support.demonstration",
    "tests.support.sign_in",
    "tests.support.browser",
    "tests.support.clamd",
    "tests.support.dovecot",
]
