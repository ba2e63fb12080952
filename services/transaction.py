"""The one place where a transaction ends. Entry points (a request, a command, a job) call it; services never do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import N_, Unavailable
from models.base import db
from models.transaction_mode import writer_mode
from services import after_commit, audit, documents
from services.database_faults import DatabaseFault, Fault, classify

UNCERTAIN = "UNCERTAIN"


class OutcomeUnknown(Unavailable):
    """The connection broke while the last word was said: everything is kept, or nothing. Only looking tells."""

    def __init__(self) -> None:
        message = N_(
            "De verbinding viel weg terwijl we uw wijziging bewaarden. Kijk na of ze er staat, voor u ze opnieuw doet."
        )
        super().__init__(message, code=UNCERTAIN)


def commit() -> None:
    """Flush, append what was traced to the audit chain, and commit it all as one; then clear away files it left.

    OutcomeUnknown when the database does not answer to the commit itself.
    """
    session = db.session()
    session.flush()
    audit.append_pending()
    try:
        session.commit()
    except DatabaseFault as fault:
        if classify(fault) is Fault.UNAVAILABLE:
            raise OutcomeUnknown from fault
        raise
    documents.forget_left()
    after_commit.run()


def rollback() -> None:
    """Undo everything since the last commit, traces included."""
    audit.forget_pending()
    documents.leave_nothing()
    after_commit.forget()
    db.session.rollback()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """A writing transaction for commands and jobs: committed at the end, undone when anything is raised."""
    token = writer_mode.set(True)
    try:
        db.session.rollback()
        yield
        commit()
    except BaseException:
        rollback()
        raise
    finally:
        writer_mode.reset(token)


@contextmanager
def undone_alone() -> Iterator[None]:
    """One of many in a unit of work: when it fails, its own rows and traces are undone and those before it stay.

    Raises what was raised; the caller tells it and goes on. A database that is away is for the worker, not for the
    caller: look at ``services.database_faults``.
    """
    traced = len(audit.pending())
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        del audit.pending()[traced:]
        raise


def has_uncommitted_changes() -> bool:
    """Whether rows or traces are waiting. After a request there must be none."""
    session = db.session()
    return bool(session.new or session.dirty or session.deleted or audit.pending())


def begin_mode(writes: bool) -> None:
    """Say whether the transaction that begins next writes: SQLite then takes its lock at once."""
    writer_mode.set(writes)
