"""Insert-or-update in one statement: both databases have it, each under its own name."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from models.base import db


def upsert(table: Any) -> Any:
    """An INSERT of the connected database that takes ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    dialect = db.session().get_bind().dialect.name
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
