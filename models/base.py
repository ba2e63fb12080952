"""The declarative base, portable column types and the guard that keeps rules from being gone round.

A guarded class is written only inside ``models.gate.writing(...)``, which services alone may import. A flush or a bulk
statement on it outside the gate raises RuleBypass: a bug for the log, never advice for a person.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, MetaData, String, event, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from domain.processing import NoPersonalData, Processing
from models.transaction_mode import writer_mode

ALL = "*"


class RuleBypass(RuntimeError):
    """A guarded row was written outside a use case."""


class Base(DeclarativeBase):
    """Base of all tables. ``__guarded__`` is ALL for tables with rules, or a set of column names.

    ``__processing__`` says which of its columns hold what about whom, why and how long (the register of processing).
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __guarded__: ClassVar[str | frozenset[str]] = frozenset()
    __processing__: ClassVar[Processing | NoPersonalData]


class GuardedSession(FlaskSession):
    """Guards the old bulk methods too: they neither flush nor execute anything that can be listened to."""

    def bulk_save_objects(self, objects: Iterable[object], *args: Any, **kwargs: Any) -> None:
        rows = list(objects)
        for row in rows:
            _guard_bulk(self, type(row))
        super().bulk_save_objects(rows, *args, **kwargs)

    def bulk_insert_mappings(self, mapper: Any, *args: Any, **kwargs: Any) -> None:
        _guard_bulk(self, inspect(mapper).class_)
        super().bulk_insert_mappings(mapper, *args, **kwargs)

    def bulk_update_mappings(self, mapper: Any, *args: Any, **kwargs: Any) -> None:
        _guard_bulk(self, inspect(mapper).class_)
        super().bulk_update_mappings(mapper, *args, **kwargs)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": GuardedSession})


class Instant(TypeDecorator[datetime]):
    """A moment with offset, kept in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Scaled(TypeDecorator[Decimal]):
    """An exact decimal kept as an integer: ``Scaled(2)`` keeps hours in hundredths, ``Scaled(1)`` days in tenths.

    SQLite stores NUMERIC as float; an integer is exact on both databases.
    """

    impl = Integer
    cache_ok = True

    def __init__(self, digits: int) -> None:
        super().__init__()
        self.digits = digits

    def process_bind_param(self, value: Decimal | int | str | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.digits)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than {self.digits} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.digits)


class Euro(TypeDecorator[Decimal]):
    """An exact amount in euro kept as whole cents, large enough for the sum of a whole payment order."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | str | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        cents = Decimal(value).scaleb(2)
        if cents != cents.to_integral_value():
            raise ValueError("an amount has two decimals")
        return int(cents)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


def choice_of(enum: type[StrEnum], name: str) -> Enum:
    """A text column that holds one of the values of an enum, checked by the database too."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def new_reference() -> str:
    """A random public reference of a row, for addresses: nothing enumerable (96 bits)."""
    return secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")


class Referenced:
    """A row that is addressed from outside by a random reference instead of its key."""

    reference: Mapped[str] = mapped_column(String(16), unique=True, default=new_reference)


class Versioned:
    """A row that people edit: the counter refuses a change that was made on an older version (StaleDataError)."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version if hasattr(cls, "__table__") else cls.version}


def _guarded_columns(entity: Any) -> str | frozenset[str]:
    return getattr(entity, "__guarded__", frozenset())


def _refuse(what: str) -> None:
    raise RuleBypass(what)


def _guard_bulk(session: Session, kind: type[Any]) -> None:
    if not session.info.get("use_cases") and _guarded_columns(kind):
        _refuse(f"bulk write of {kind.__name__} outside a use case")


@event.listens_for(Session, "before_flush")
def _guard_flush(session: Session, _context: Any, _instances: Any) -> None:
    if session.info.get("use_cases"):
        return
    for row in [*session.new, *session.deleted]:
        if _guarded_columns(row):
            _refuse(f"{type(row).__name__} created or deleted outside a use case")
    for row in session.dirty:
        guarded = _guarded_columns(row)
        if not guarded or not session.is_modified(row):
            continue
        state = db.inspect(row)
        changed = {attribute.key for attribute in state.attrs if attribute.history.has_changes()}
        touched = changed if guarded == ALL else changed & frozenset(guarded)
        if touched:
            _refuse(f"{type(row).__name__}.{sorted(touched)} changed outside a use case")


@event.listens_for(Session, "do_orm_execute")
def _guard_statement(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete or state.is_insert) or state.session.info.get("use_cases"):
        return
    name = getattr(getattr(state.statement, "table", None), "name", None)
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ == name and _guarded_columns(mapper.class_):
            _refuse(f"bulk statement on {mapper.class_.__name__} outside a use case")


@event.listens_for(Engine, "connect")
def _on_connect(dbapi_connection: Any, _record: Any) -> None:
    """Both: a wait for a lock ends. SQLite: foreign keys, WAL, no implicit BEGIN (``_on_begin`` says which kind).

    PostgreSQL ends who keeps a transaction open without a word: a process that hangs must not hang the others.
    """
    if type(dbapi_connection).__module__.partition(".")[0] != "sqlite3":
        dbapi_connection.execute("SET lock_timeout = '15s'")
        dbapi_connection.execute("SET idle_in_transaction_session_timeout = '5min'")
        dbapi_connection.commit()
        return
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=15000",
        "cache_size=-65536",
        "mmap_size=268435456",
        "case_sensitive_like=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _on_begin(connection: Any) -> None:
    """On SQLite a writer takes the lock at its first statement, so that two case managers queue."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer_mode.get() else "BEGIN")
