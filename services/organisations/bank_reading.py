"""Reading the bank accounts of a facility (E-050 to E-055): those in use, and what went on with an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, select

from domain.actor import Actor
from domain.ecalcura.review import V60
from domain.errors import N_, Finding, NotFound, Severity
from domain.identifiers import format_iban
from domain.organisation import AccountFacts
from domain.permissions import Permission
from models.base import db
from models.organisation import BankAccount
from models.reference import Funding
from services import access


def fundings() -> list[Funding]:
    """The list of fundings to choose from."""
    return list(db.session.scalars(select(Funding).order_by(Funding.position, Funding.name)))


def funding_names() -> dict[str, str]:
    """The name of each funding by its code."""
    return {funding.code: funding.name for funding in fundings()}


def accounts(actor: Actor) -> list[BankAccount]:
    """The accounts in use, the default first. Needs the financial role (E-009)."""
    access.require(actor, Permission.BANK_READ)
    return current(access.own_facility_id(actor))


def default_missing(actor: Actor) -> Finding | None:
    """V-60 when the actor's facility has no default account. Nothing is told about any, so no bank role is needed."""
    access.require(actor, Permission.ECALCURA_READ)
    statement = exists().where(
        BankAccount.facility_id == access.own_facility_id(actor),
        BankAccount.is_default,
        BankAccount.valid_to.is_(None),
    )
    if db.session.scalar(select(statement)):
        return None
    return Finding("V-60", Severity.BLOCKS_SUBMIT, V60)


def account(actor: Actor, reference: str) -> BankAccount | None:
    """One account of the actor's facility as it is now, also by a reference it had before a change.

    None when it was removed; NotFound for one of another facility.
    """
    access.require(actor, Permission.BANK_READ)
    row = own(actor, reference)
    if row is None:
        raise NotFound
    return current_of(row)


def facts(row: BankAccount) -> AccountFacts:
    """A row as the rules see it."""
    return AccountFacts(
        iban=row.iban,
        holder=row.holder,
        street=row.street,
        house_number=row.house_number,
        postal_code=row.postal_code,
        city=row.city,
        box=row.box or "",
        is_default=row.is_default,
        fundings=frozenset(funding.funding_code for funding in row.fundings),
        key=row.reference,
    )


def current(facility_id: int) -> list[BankAccount]:
    """The accounts in use of a facility, the default first, read anew."""
    return list(
        db.session.scalars(
            select(BankAccount)
            .where(BankAccount.facility_id == facility_id, BankAccount.valid_to.is_(None))
            .order_by(BankAccount.is_default.desc(), BankAccount.id)
            .execution_options(populate_existing=True)
        )
    )


def own(actor: Actor, reference: str) -> BankAccount | None:
    """A row of the actor's facility, in use or not, read anew; None for any other."""
    return db.session.scalar(
        select(BankAccount)
        .where(BankAccount.reference == reference, BankAccount.facility_id == access.own_facility_id(actor))
        .execution_options(populate_existing=True)
    )


def current_of(row: BankAccount) -> BankAccount | None:
    """The row that goes on with an account today; None when it was removed."""
    latest: BankAccount | None = row
    while latest is not None and latest.valid_to is not None:
        latest = db.session.get(BankAccount, latest.replaced_by_id) if latest.replaced_by_id else None
    return latest


def in_words(entry: AccountFacts, names: Mapping[str, str]) -> dict[str, str]:
    """An account by the labels of the page; ``names`` are those of the fundings, by code."""
    return {
        N_("Standaard"): N_("ja") if entry.is_default else N_("nee"),
        N_("IBAN"): format_iban(entry.iban),
        N_("Rekeninghouder"): entry.holder,
        N_("Adres"): entry.address,
        N_("Financiering"): ", ".join(sorted(names.get(code, code) for code in entry.fundings)),
    }


def summary(rows: Sequence[BankAccount]) -> list[str]:
    """The set of accounts in words, for the trace."""
    names = funding_names()
    return [
        f"{row.iban}{' (standaard)' if row.is_default else ''}, {row.holder}, {facts(row).address}: "
        + ", ".join(sorted(names.get(funding.funding_code, funding.funding_code) for funding in row.fundings))
        for row in rows
    ]
