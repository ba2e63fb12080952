"""How Alembic reaches the database: always inside an application context, on both kinds, in one transaction."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy.engine import Connection

from models.all import Base
from models.base import Euro, Instant, Scaled
from models.transaction_mode import writer_mode


def _plain_type(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """Write our own column types as the plain ones they are made of: a migration outlives the models."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Scaled):
        return "sa.Integer()"
    if kind == "type" and isinstance(item, Euro):
        return "sa.BigInteger()"
    return False


def _configure(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_plain_type,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
    )


def _switch_foreign_keys(connection: Connection, on: bool) -> None:
    """SQLite changes a table by copying it; with foreign keys on, dropping the old one would empty its children."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
        cursor.close()


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration left rows without their parent: {broken[:5]}")


def _migrate() -> None:
    engine: sa.Engine = current_app.extensions["migrate"].db.engine
    mode = writer_mode.set(True)
    try:
        with engine.connect() as connection:
            _switch_foreign_keys(connection, on=False)
            try:
                _configure(connection)
                with context.begin_transaction():
                    context.run_migrations()
                    _check_foreign_keys(connection)
            finally:
                connection.rollback()
                _switch_foreign_keys(connection, on=True)
    finally:
        writer_mode.reset(mode)


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database only.")
_migrate()
