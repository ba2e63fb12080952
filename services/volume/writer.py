"""Writing rows in bulk: plain statements on SQLite, COPY on PostgreSQL; indexes are made when the rows are there.

Keys are given by the caller and foreign keys are not checked, so what is written must be right by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import psycopg.errors
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.schema import CreateIndex, DropIndex

from models.base import Base

#: Rows per statement and per transaction: bounded memory, and a write-ahead log that stays small.
_CHUNK = 50_000

Tell = Callable[[str], object]
Row = Sequence[Any]


class BulkWriter:
    """Writes tables of one database. ``tell`` gets a line for each table."""

    def __init__(self, connection: Connection, tell: Tell) -> None:
        self.connection, self._tell = connection, tell
        self.sqlite = connection.dialect.name == "sqlite"
        self.counts: dict[str, int] = {}

    def first_key(self, table: str) -> int:
        """The first free value of an integer key."""
        key = Base.metadata.tables[table].primary_key.columns[0]
        return int(self.connection.scalar(select(func.max(key))) or 0) + 1

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Write the rows, in transactions of bounded size. Values in the form the database keeps."""
        put = self._insert if self.sqlite else self._copy
        source, count = iter(rows), 0
        while chunk := list(islice(source, _CHUNK)):
            put(table, columns, chunk)
            self.connection.commit()
            count += len(chunk)
        self.counts[table] = count
        self._tell(f"{table}: {count}")

    def _insert(self, table: str, columns: Sequence[str], chunk: Sequence[Row]) -> None:
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        self._cursor().executemany(statement, chunk)

    def _copy(self, table: str, columns: Sequence[str], chunk: Sequence[Row]) -> None:
        with self._cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in chunk:
                copy.write_row(row)

    def _cursor(self) -> Any:
        self.connection.execute(text("SELECT 1"))  # begins the transaction, with the lock on SQLite
        return self.connection.connection.cursor()

    def finish(self) -> None:
        """Set the sequences behind the keys, and let the database look at what is there."""
        if not self.sqlite:
            for name in self.counts:
                key = Base.metadata.tables[name].primary_key.columns[0].name
                sequence = self.connection.scalar(select(func.pg_get_serial_sequence(name, key)))
                if sequence:
                    self.connection.execute(select(func.setval(sequence, self.first_key(name) - 1)))
        self.connection.commit()
        self._tell("analyze")
        if self.sqlite:
            self.connection.exec_driver_sql("ANALYZE")
            self.connection.commit()
            return
        self.connection.connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        self._cursor().execute("VACUUM ANALYZE")


@contextmanager
def bulk_writer(engine: Engine, tables: Sequence[str], tell: Tell) -> Iterator[BulkWriter]:
    """A writer for these tables. Their indexes, but unique ones, are away meanwhile, and back at the end."""
    indexes = [
        index
        for table in tables
        for index in sorted(Base.metadata.tables[table].indexes, key=lambda index: str(index.name))
        if not index.unique
    ]
    with engine.connect() as connection:
        _hurry(connection)
        try:
            for index in indexes:
                connection.execute(DropIndex(index, if_exists=True))
            connection.commit()
            writer = BulkWriter(connection, tell)
            yield writer
        finally:
            connection.rollback()
            for index in indexes:
                tell(f"index {index.name}")
                connection.execute(CreateIndex(index, if_not_exists=True))
                connection.commit()
        writer.finish()
        connection.invalidate()  # its settings end with it


def _hurry(connection: Connection) -> None:
    """Settings of this connection only: a crash of the machine would cost data that can be made again."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-131072"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        return
    try:
        connection.exec_driver_sql("SET session_replication_role = replica")
    except Exception as error:
        connection.rollback()
        if not isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
    connection.exec_driver_sql("SET maintenance_work_mem = '256MB'")
    connection.exec_driver_sql("SET synchronous_commit = off")
    connection.commit()
