"""Bank accounts of a facility (E-050 to E-055): a set with one default, kept with its history.

A change closes the row and makes a new one, because the history must show the account that was used. Marking an account
as default takes it from the account that had it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Finding, Findings, NotFound, Severity
from domain.identifiers import parse_iban
from domain.organisation import FUNDINGS, THEME_ECALCURA, AccountFacts, check_accounts
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.organisation import BankAccount, BankAccountFunding, Facility
from models.reference import Funding
from services import access, audit, clock, outbox
from services.organisations.contacts import addresses_for


def fundings() -> list[Funding]:
    """The list of fundings to choose from."""
    return list(db.session.scalars(select(Funding).order_by(Funding.position, Funding.name)))


def accounts(actor: Actor) -> list[BankAccount]:
    """The accounts in use, the default first. Needs the financial role (E-009)."""
    access.require(actor, Permission.BANK_READ)
    return _current(access.own_facility_id(actor))


def ended_accounts(actor: Actor) -> list[BankAccount]:
    """Accounts that were replaced or removed, latest first: who and when."""
    access.require(actor, Permission.BANK_READ)
    return list(
        db.session.scalars(
            select(BankAccount)
            .where(BankAccount.facility_id == access.own_facility_id(actor), BankAccount.valid_to.is_not(None))
            .order_by(BankAccount.valid_to.desc(), BankAccount.id.desc())
        )
    )


def account(actor: Actor, reference: str) -> BankAccount:
    """One account of the actor's facility; NotFound for any other, Conflict when it was replaced in between."""
    access.require(actor, Permission.BANK_READ)
    row = db.session.scalar(
        select(BankAccount).where(
            BankAccount.reference == reference, BankAccount.facility_id == access.own_facility_id(actor)
        )
    )
    if row is None:
        raise NotFound
    if row.valid_to is not None:
        raise Conflict(
            N_("Dit bankrekeningnummer werd intussen gewijzigd of verwijderd. Open het overzicht opnieuw."),
            theirs={current.iban: current.holder for current in _current(row.facility_id)},
            yours={row.iban: row.holder},
        )
    return row


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


def save_account(actor: Actor, entry: AccountFacts, reference: str | None = None) -> BankAccount:
    """Add an account, or replace the one of ``reference``; raises Findings (V-70 to V-74) or Conflict."""
    access.require(actor, Permission.BANK_WRITE)
    facility = _locked_facility(actor)
    replaced = account(actor, reference) if reference else None
    others = [facts(row) for row in _current(facility.id) if row is not replaced]
    if entry.is_default:
        others = [replace(other, is_default=False) for other in others]
    known = {funding.code for funding in fundings()}
    if not entry.fundings <= known:
        raise Findings([Finding("V-73", Severity.BLOCKS, N_("Kies een financiering uit de lijst."), field="fundings")])
    blocking = check_accounts([*others, entry])
    if blocking:
        raise Findings(blocking)
    before = _summary(facility.id)
    with writing("organisation.save_bank_account"):
        if entry.is_default:
            _take_default(actor, facility.id, except_row=replaced)
        if replaced is not None:
            _close(actor, replaced)
            db.session.flush()
        row = _open(actor, facility.id, entry)
    _trace(actor, facility, before)
    return row


def remove_account(actor: Actor, reference: str) -> None:
    """Stop using an account; the default one cannot be removed before another is the default (V-72)."""
    access.require(actor, Permission.BANK_WRITE)
    facility = _locked_facility(actor)
    row = account(actor, reference)
    blocking = check_accounts([facts(other) for other in _current(facility.id) if other is not row])
    if blocking:
        raise Findings(blocking)
    before = _summary(facility.id)
    with writing("organisation.remove_bank_account"):
        _close(actor, row)
    _trace(actor, facility, before)


def _locked_facility(actor: Actor) -> Facility:
    """The facility row, locked: the set of accounts is checked as a whole."""
    if actor.side is not Side.FACILITY:
        raise NotFound
    facility = db.session.scalar(select(Facility).where(Facility.id == access.own_facility_id(actor)).with_for_update())
    if facility is None:
        raise NotFound
    return facility


def _current(facility_id: int) -> list[BankAccount]:
    return list(
        db.session.scalars(
            select(BankAccount)
            .where(BankAccount.facility_id == facility_id, BankAccount.valid_to.is_(None))
            .order_by(BankAccount.is_default.desc(), BankAccount.id)
        )
    )


def _open(actor: Actor, facility_id: int, entry: AccountFacts) -> BankAccount:
    row = BankAccount(
        facility_id=facility_id,
        iban=parse_iban(entry.iban),
        holder=entry.holder.strip(),
        street=entry.street.strip(),
        house_number=entry.house_number.strip(),
        box=entry.box.strip() or None,
        postal_code=entry.postal_code.strip(),
        city=entry.city.strip(),
        is_default=entry.is_default,
        valid_from=clock.now(),
        made_by=actor.name,
        fundings=[BankAccountFunding(funding_code=code, facility_id=facility_id) for code in sorted(entry.fundings)],
    )
    db.session.add(row)
    return row


def _close(actor: Actor, row: BankAccount) -> None:
    row.valid_to = clock.now()
    row.ended_by = actor.name
    row.fundings = []


def _take_default(actor: Actor, facility_id: int, *, except_row: BankAccount | None) -> None:
    """Close the account that is the default and go on with the same one that is not."""
    for row in _current(facility_id):
        if row.is_default and row is not except_row:
            entry = replace(facts(row), is_default=False)
            _close(actor, row)
            db.session.flush()
            _open(actor, facility_id, entry)
    db.session.flush()


def _summary(facility_id: int) -> list[str]:
    return [
        f"{row.iban}{' (standaard)' if row.is_default else ''}: "
        + ", ".join(FUNDINGS.get(funding.funding_code, funding.funding_code) for funding in row.fundings)
        for row in _current(facility_id)
    ]


def _trace(actor: Actor, facility: Facility, before: list[str]) -> None:
    """Trace the change and tell the contact persons that there is one: without the numbers (E-154)."""
    after = _summary(facility.id)
    audit.record(
        actor,
        AuditEvent.BANK_ACCOUNTS_CHANGED,
        "facility",
        facility.hco_number,
        data={"fields": ["bank_accounts"]},
        personal={"before": before, "after": after},
    )
    for address in addresses_for(facility.id, THEME_ECALCURA):
        outbox.enqueue(
            "bank_accounts_changed",
            address,
            event_key=f"bank:{facility.hco_number}:{clock.now().isoformat()}",
            subject_type="facility",
            subject_key=facility.hco_number,
            parameters={"hco_number": facility.hco_number},
        )
