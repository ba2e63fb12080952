"""From which account the department pays, and to which one of each facility (E-053)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from domain.errors import N_, NotAllowedNow
from domain.organisation import FUNDING_ECALCURA, account_for
from integrations.payment_files import Payer
from models.base import db
from models.organisation import BankAccount
from services.connections import connections
from services.organisations.bank_reading import facts

NO_PAYER = N_(
    "De rekening waarvan betaald wordt, is niet ingesteld. Vraag de beheerder van de toepassing om ELOKET_PAYER_NAME "
    "en ELOKET_PAYER_IBAN in te stellen."
)
#: How many keys go in one statement.
_BATCH = 500
#: The account of an installation that pays nobody: an example number.
_EXAMPLE_PAYER = Payer("Departement Zorg", "BE68539007547034")


def account_of(facility_id: int) -> BankAccount | None:
    """The account a facility is paid on today: that of eCalcura/eindeloopbaan, else the default one (E-053)."""
    return accounts_of([facility_id]).get(facility_id)


def accounts_of(facility_ids: Iterable[int]) -> dict[int, BankAccount]:
    """The account each facility is paid on now (E-053); a facility without one is not in it."""
    wanted = sorted(facility_ids)
    found: dict[int, list[BankAccount]] = {}
    for start in range(0, len(wanted), _BATCH):
        rows = db.session.scalars(
            select(BankAccount)
            .where(BankAccount.facility_id.in_(wanted[start : start + _BATCH]), BankAccount.valid_to.is_(None))
            .order_by(BankAccount.id)
            .execution_options(populate_existing=True)
        )
        for row in rows:
            found.setdefault(row.facility_id, []).append(row)
    chosen = {}
    for facility_id, rows_of in found.items():
        by_key = {row.reference: row for row in rows_of}
        account = account_for(FUNDING_ECALCURA, [facts(row) for row in rows_of])
        if account is not None:
            chosen[facility_id] = by_key[account.key]
    return chosen


def payer() -> Payer:
    """The account of the department as configured; outside production an example. NotAllowedNow without one."""
    settings = connections().settings
    if settings.payer_name and settings.payer_iban:
        return Payer(settings.payer_name, settings.payer_iban, settings.payer_bic)
    if settings.production or settings.payer_name or settings.payer_iban:
        raise NotAllowedNow(NO_PAYER, code="PAYER")
    return _EXAMPLE_PAYER


def payer_to_show() -> Payer | None:
    """The same for a page; None when none is configured."""
    try:
        return payer()
    except NotAllowedNow:
        return None
