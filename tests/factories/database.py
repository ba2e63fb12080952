"""How a factory writes: through the gate, in one committed transaction, so that requests and other sessions see it."""

from __future__ import annotations

from typing import TypeVar

from models.all import db
from models.gate import writing
from models.transaction_mode import writer_mode

Row = TypeVar("Row")


def save(*rows: object) -> None:
    """Write rows and commit."""
    token = writer_mode.set(True)
    try:
        with writing("test"):
            db.session.add_all(rows)
        db.session.commit()
    finally:
        writer_mode.reset(token)


def change(row: object, **values: object) -> None:
    """Change a row and commit."""
    token = writer_mode.set(True)
    try:
        with writing("test"):
            for name, value in values.items():
                setattr(row, name, value)
        db.session.commit()
    finally:
        writer_mode.reset(token)


def saved(row: Row) -> Row:
    """Write one row and commit; gives it back."""
    save(row)
    return row
