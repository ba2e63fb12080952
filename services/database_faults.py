"""What the database refuses or cannot do, told apart for the pages that say so."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

#: A row was changed by somebody else since it was read.
StaleRow = StaleDataError
#: Anything the database driver raises.
DatabaseFault = DBAPIError


class Fault(StrEnum):
    """Full, out of reach (locked, stopped, restarted), or a bug of ours."""

    FULL = "full"
    UNAVAILABLE = "unavailable"
    BUG = "bug"


def classify(error: DBAPIError) -> Fault:
    """Which of the three a driver's error is."""
    text = str(error.orig).lower()
    if "disk is full" in text or "no space" in text:
        return Fault.FULL
    if isinstance(error, OperationalError) or isinstance(error.orig, sqlite3.OperationalError):
        return Fault.UNAVAILABLE
    return Fault.BUG
