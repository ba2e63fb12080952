"""Bringing an installation up to date: tables, and the demo data of a development one."""

from __future__ import annotations

from pathlib import Path

import flask_migrate

from services import demo, transaction

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def migrate() -> None:
    """Bring the tables to the newest form. Needs an application context; does nothing when they are."""
    flask_migrate.upgrade(directory=str(MIGRATIONS))


def load_demo_once() -> bool:
    """Load the demo data into an installation that has no facility yet; whether it did."""
    with transaction.unit_of_work():
        return bool(demo.load()["loaded"])
