"""The lock that everything which changes a facility takes first (docs/adr/0007-locks.md).

A quarter says what contracts, choices, certificates, accounts and performances say. Whoever changes any of these takes
the row of the facility before looking at anything, so what was checked still holds at the commit. On SQLite a writer
has the whole database to itself, and this only reads.
"""

from __future__ import annotations

from sqlalchemy import select

from domain.errors import NotFound
from models.base import db
from models.organisation import Facility
from models.public_contract import PublicContract


def lock_facility(facility_id: int | None) -> Facility:
    """The row of a facility, read anew; other writers of the facility wait until the transaction ends.

    Always the first lock of a transaction. NotFound when there is none.
    """
    facility = db.session.scalar(
        select(Facility)
        .where(Facility.id == facility_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if facility is None:
        raise NotFound
    return facility


def lock_contract(contract_id: int | None) -> PublicContract:
    """The row of a public contract, read anew; other writers of the contract wait until the transaction ends.

    The first lock of whoever changes anything in a contract: its documents, terms, tasks, links and chain of proof.
    NotFound when there is none.
    """
    contract = db.session.scalar(
        select(PublicContract)
        .where(PublicContract.id == contract_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if contract is None:
        raise NotFound
    return contract
