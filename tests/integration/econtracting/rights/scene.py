"""What the tests of rights share: a company with a beheerder and two users, and statements counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from models.all import db
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import transaction
from services.econtracting import kinds
from tests.factories import contracting as make
from tests.factories.contracting import Somebody


@dataclass(frozen=True)
class Company:
    """Wegenbouw with its people and two contracts, and a beheerder of another enterprise."""

    enterprise: Organisation
    an: Somebody
    karim: Somebody
    mila: Somebody
    tom: Somebody
    nora: Somebody
    here: PublicContract
    there: PublicContract


def company() -> Company:
    """The personas at work, without any group; the themes are there."""
    with transaction.unit_of_work():
        kinds.ensure()
    enterprise = make.contractor()
    return Company(
        enterprise,
        make.manager(),
        make.user(),
        make.user(name="Mila Jacobs"),
        make.user(name="Tom Wouters"),
        make.manager(make.competitor(), name="Nora Simons"),
        make.public_contract(description="Herinrichting N70"),
        make.public_contract(description="Onderhoud bermen Gent"),
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, transaction control left out."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
