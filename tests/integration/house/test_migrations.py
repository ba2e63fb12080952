"""The migrations make exactly the tables of the models, on both databases, up and down, with data in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.engine.interfaces import ReflectedIndex

from models.all import Base, db
from models.organisation import BankAccountFunding
from services import connections
from tests.factories import declarations, organisations, personnel
from tests.factories.database import save
from tests.support.databases import ROOT, bare_application, settings_for


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without a single table."""
    url = None if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")("migrations")
    settings = settings_for(tmp_path / "instance", url)
    settings.instance.mkdir(parents=True, exist_ok=True)
    connections.connect(settings)
    application = bare_application(settings)
    with application.app_context():
        yield application
        db.session.rollback()
        db.engine.dispose()


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_the_tables_are_those_of_the_models(empty: Flask) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": Base.metadata}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_are_those_of_the_models(empty: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """What Alembic does not compare: check constraints, and which columns a partial index is about."""
    flask_migrate.upgrade()
    migrated = _details(db.engine)
    Base.metadata.drop_all(db.engine)
    Base.metadata.create_all(db.engine)
    assert migrated == _details(db.engine)


def _details(engine: sa.Engine) -> dict[str, Any]:
    inspector = sa.inspect(engine)
    return {
        name: {
            "checks": sorted(
                (check["name"], _plain(check["sqltext"])) for check in inspector.get_check_constraints(name)
            ),
            "indexes": sorted(map(_index, inspector.get_indexes(name))),
            "keys": sorted(map(str, inspector.get_foreign_keys(name))),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def _index(index: ReflectedIndex) -> tuple[str, ...]:
    options = index.get("dialect_options", {})
    where = str(options.get("sqlite_where", options.get("postgresql_where", "")))
    return str(index["name"]), str(index["column_names"]), str(bool(index["unique"])), where


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_down_and_up_again_with_data(empty: Flask) -> None:
    flask_migrate.upgrade()
    _fill()
    before = set(sa.inspect(db.engine).get_table_names())
    for _ in range(len(list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions()))):
        flask_migrate.downgrade(revision="-1")
    assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
    flask_migrate.upgrade()
    assert set(sa.inspect(db.engine).get_table_names()) == before
    _fill()


def _fill() -> None:
    brug = organisations.facility()
    organisations.bank_account(brug, "ECALCURA_EINDELOOPBAAN")
    organisations.contact_person(brug)
    organisations.certificate(brug)
    person = personnel.staff_member(brug)
    personnel.choice(person)
    declarations.performance(declarations.dossier(brug), personnel.contract(person))
    db.session.remove()


def test_a_second_upgrade_does_nothing(empty: Flask) -> None:
    flask_migrate.upgrade()
    _fill()
    flask_migrate.upgrade()
    assert db.session.scalar(sa.text("SELECT count(*) FROM facility")) == 1


def test_foreign_keys_hold_again_after_a_migration(empty: Flask) -> None:
    """SQLite needs them off while a table is copied; a connection must never stay that way."""
    flask_migrate.upgrade()
    orphan = BankAccountFunding(bank_account_id=1, funding_code="X", facility_id=1)
    with pytest.raises(sa.exc.IntegrityError):
        save(orphan)


def test_a_failing_migration_leaves_nothing(empty: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """All or nothing: a migration that stops half-way can be run again."""
    original: Callable[..., Any] = Operations.bulk_insert

    def broken(*words: Any, **more: Any) -> Any:
        original(*words, **more)
        raise ConnectionResetError("power cut")

    monkeypatch.setattr(Operations, "bulk_insert", broken)
    with pytest.raises(ConnectionResetError, match="power cut"):
        flask_migrate.upgrade()
    monkeypatch.undo()
    assert sa.inspect(db.engine).get_table_names() == []
    flask_migrate.upgrade()
