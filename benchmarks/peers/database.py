"""Plain driver access for the bare peer: one connection, statements as text with ``?``."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

import psycopg

URL = os.environ["DATABASE_URL"]
POSTGRESQL = URL.startswith("postgresql")


class Connection:
    """One connection, kept open; every request is a transaction."""

    def __init__(self) -> None:
        if POSTGRESQL:
            self.raw: Any = psycopg.connect(URL.replace("+psycopg", ""), autocommit=True)
            return
        self.raw = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "cache_size=-65536", "mmap_size=268435456", "case_sensitive_like=ON"):
            self.raw.execute(f"PRAGMA {pragma}")

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """All rows of a statement."""
        found: list[Any] = self.execute(statement, values).fetchall()
        return found

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        """A cursor."""
        return self.raw.execute(statement.replace("?", "%s") if POSTGRESQL else statement, values)
