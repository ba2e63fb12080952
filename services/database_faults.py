"""What the database refuses or cannot do, told apart for the pages that say so."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import StaleDataError

#: A row was changed by somebody else since it was read.
StaleRow = StaleDataError
#: Anything the database driver raises, and waiting in vain for one of our connections.
DatabaseFault = (DBAPIError, NoConnection)

#: PostgreSQL's classes of errors that pass: connection, transaction rollback, resources, operator, system.
_PASSING = ("08", "40", "53", "57", "58")
#: And single ones: lock timeout, read-only (a standby), a transaction that was left open too long.
_PASSING_CODES = ("55P03", "25006", "25P03", "25P04")
_DISK_FULL = "53100"


class Fault(StrEnum):
    """Full, out of reach (locked, stopped, restarted, busy), or a bug of ours."""

    FULL = "full"
    UNAVAILABLE = "unavailable"
    BUG = "bug"


def classify(error: DBAPIError | NoConnection) -> Fault:
    """Which of the three a fault is."""
    if isinstance(error, NoConnection):
        return Fault.UNAVAILABLE
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original)
    code = getattr(original, "sqlstate", None)
    if code is None:
        # nothing came from the server: the connection itself is gone, or was never made
        names = {kind.__name__ for kind in type(original).__mro__}
        return Fault.UNAVAILABLE if names & {"OperationalError", "InterfaceError"} else Fault.BUG
    if code == _DISK_FULL:
        return Fault.FULL
    return Fault.UNAVAILABLE if code[:2] in _PASSING or code in _PASSING_CODES else Fault.BUG


def _of_sqlite(error: sqlite3.Error) -> Fault:
    """An SQLITE_ERROR is a statement of ours that cannot be; every other operational one comes from outside."""
    if "disk is full" in str(error):
        return Fault.FULL
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR or not isinstance(
        error, sqlite3.OperationalError
    ):
        return Fault.BUG
    return Fault.UNAVAILABLE
