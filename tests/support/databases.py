"""Fixtures: both databases, made by the migrations once per run and emptied between tests; the applications on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from models.all import Base, db
from services import clock, connections, transaction
from tests.support.client import Client
from tests.support.postgres import postgres_server

ROOT = Path(__file__).resolve().parents[2]
NOW = "2024-09-16T10:00:00+02:00"
"""Where the clock of a test stands: a Monday on which 2023-2024 can still be entered."""


@dataclass
class PreparedDatabase:
    """One migrated database of the run. ``baseline`` holds the rows that the migrations themselves wrote."""

    kind: str
    settings: Settings
    bare: Flask
    baseline: dict[str, list[dict[str, Any]]]
    _full: list[Flask] = field(default_factory=list)

    def full(self) -> Flask:
        """The whole application on this database, made when first asked for."""
        if not self._full:
            from app import create_app

            application = create_app(self.settings)
            application.test_client_class = Client
            _tune(application)
            self._full.append(application)
        return self._full[0]

    def empty(self) -> None:
        """Bring database, documents and mail back to what they are after an installation."""
        with self.bare.app_context(), db.engine.connect() as connection:
            tables = Base.metadata.sorted_tables
            if self.kind == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
                for table in reversed(tables):
                    connection.execute(table.delete())
            else:
                statements = [f'DELETE FROM "{table.name}"' for table in tables]
                connection.exec_driver_sql(
                    "SET LOCAL lock_timeout = '10s'; SET LOCAL session_replication_role = replica; "
                    + "; ".join(statements)
                )
            for table in tables:
                if rows := self.baseline.get(table.name):
                    connection.execute(table.insert(), rows)
            connection.commit()
        for name in ("documents", "mail", "notices"):
            shutil.rmtree(self.settings.instance / name, ignore_errors=True)


def _tune(application: Flask) -> None:
    """A crash of the machine would lose test data; that is worth the speed.

    SQLite gives rows that nobody ordered backwards, so that code and tests that count on an order fail here, and not
    once in a thousand runs on PostgreSQL.
    """
    with application.app_context():
        if db.engine.dialect.name == "sqlite":

            @sa.event.listens_for(db.engine, "connect")
            def _fast(connection: Any, _record: Any) -> None:
                connection.execute("PRAGMA synchronous=OFF")
                connection.execute("PRAGMA reverse_unordered_selects=ON")


def bare_application(settings: Settings) -> Flask:
    """The tables without the web: enough for services, and for migrating."""
    application = Flask("dossierloket-tests", root_path=str(ROOT))
    application.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    application.extensions["settings"] = settings
    db.init_app(application)
    flask_migrate.Migrate(application, db, directory=str(ROOT / "migrations"))
    _tune(application)
    return application


def settings_for(instance: Path, database_url: str | None = None) -> Settings:
    """Settings of a test installation in a folder of its own."""
    environ = {"ELOKET_ENV": "test", "INSTANCE": str(instance)}
    if database_url:
        environ["DATABASE_URL"] = database_url
    return Settings.from_environment(environ)


def _prepare(kind: str, settings: Settings) -> PreparedDatabase:
    settings.instance.mkdir(parents=True, exist_ok=True)
    bare = bare_application(settings)
    with bare.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            rows = {
                table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }
    return PreparedDatabase(kind, settings, bare, rows)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a running PostgreSQL server that belongs to this run."""
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="session")
def fresh_postgres(postgres_url: str) -> Callable[[str], str]:
    """Make an empty PostgreSQL database with a name; gives its address."""

    def make(name: str) -> str:
        engine = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        engine.dispose()
        return sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def _databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], PreparedDatabase]]:
    made: dict[str, PreparedDatabase] = {}
    with ExitStack() as stack:

        def get(kind: str) -> PreparedDatabase:
            if kind not in made:
                url = None if kind == "sqlite" else request.getfixturevalue("fresh_postgres")("tests")
                made[kind] = _prepare(kind, settings_for(tmp_path_factory.mktemp(kind) / "instance", url))
                for application in (made[kind].bare,):
                    stack.callback(_dispose, application)
            return made[kind]

        yield get
        for prepared in made.values():
            for application in prepared._full:
                _dispose(application)


def _dispose(application: Flask) -> None:
    with application.app_context():
        db.engine.dispose()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Everything that touches a database runs on both, but for what is marked ``one_database``."""
    if "database" in metafunc.fixturenames:
        one = metafunc.definition.get_closest_marker("one_database")
        metafunc.parametrize("database", ["sqlite"] if one else ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(
    request: pytest.FixtureRequest, _databases: Callable[[str], PreparedDatabase]
) -> Iterator[PreparedDatabase]:
    """An emptied database with an application context on it and the outside parts connected: enough to call services.

    The clock stands at ``NOW``; move it with ``at``.
    """
    prepared = _databases(request.param)
    prepared.empty()
    clock.fix(datetime.fromisoformat(NOW))
    connections.connect(prepared.settings)
    with prepared.bare.app_context():
        try:
            yield prepared
        finally:
            transaction.rollback()
            clock.fix(None)


@pytest.fixture
def app(database: PreparedDatabase) -> Iterator[Flask]:
    """The whole application on an emptied database, with its context."""
    application = database.full()
    clock.fix(datetime.fromisoformat(NOW))
    connections.connect(database.settings)
    with application.app_context():
        try:
            yield application
        finally:
            transaction.rollback()


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """Move the clock: ``at("2024-10-15T23:59:00+02:00")``."""

    def move(instant: str) -> datetime:
        moment = datetime.fromisoformat(instant)
        clock.fix(moment)
        return moment

    yield move
    clock.fix(None)


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser that is not signed in. Every page it gets is checked (tests/pages/html_rules.py)."""
    client = app.test_client()
    assert isinstance(client, Client)
    return client
