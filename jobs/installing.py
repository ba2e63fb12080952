"""Bringing an installation up to date: tables, code lists, and the demo data of a development one."""

from __future__ import annotations

from pathlib import Path

import flask_migrate

from services import demo, reference_lists, transaction

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def migrate() -> None:
    """Bring the tables to the newest form and add the lists that are missing. Needs an application context."""
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    with transaction.unit_of_work():
        reference_lists.ensure()


def load_demo_once() -> bool:
    """Load the demo data into an installation that has no facility yet; whether it did."""
    with transaction.unit_of_work():
        return bool(demo.load()["loaded"])
