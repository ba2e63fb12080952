"""Bank accounts of a facility (E-050 to E-055): a set with one default, kept with its history.

A change ends the row and makes a new one, because the history must show the account that was used. Marking an account
as default takes it from the account that had it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Finding, Findings, NotFound, Severity
from domain.identifiers import parse_iban
from domain.organisation import THEME_ECALCURA, AccountFacts, check_accounts
from domain.permissions import Permission
from models.base import db, new_reference
from models.gate import writing
from models.organisation import BankAccount, BankAccountFunding, Facility
from services import access, audit, clock, outbox
from services.form_keys import is_form_key
from services.locks import lock_facility
from services.organisations.bank_reading import current, current_of, facts, funding_names, in_words, own, summary
from services.organisations.contacts import addresses_for

DEFAULT_STAYS = N_(
    "Dit is het standaard bankrekeningnummer. Duid eerst een ander nummer aan als standaard; daarna kunt u dit "
    "verwijderen."
)


def add_account(actor: Actor, entry: AccountFacts, key: str = "") -> list[Finding]:
    """Add an account; returns the warnings that remain. Raises Findings (V-70 to V-74).

    ``key`` is the one of the form: the same form sent twice adds one account.
    """
    facility = _facility_to_change(actor)
    if is_form_key(key) and own(actor, key) is not None:
        return []
    others = current(facility.id)
    wanted = _checked(entry, others)
    before = summary(others)
    with writing("organisation.add_bank_account"):
        now = clock.now()
        if wanted.is_default:
            _take_default(actor, others, now)
        reference = key if is_form_key(key) and not _taken(key) else new_reference()
        _open(actor, facility.id, wanted, now, reference)
    _trace(actor, facility, before, reference)
    return _warnings(wanted, others)


def change_account(actor: Actor, reference: str, entry: AccountFacts) -> list[Finding]:
    """Replace the account of ``reference``, the row the form was made on; returns the warnings that remain.

    What is already kept is not saved again. Raises Findings (V-70 to V-74), Conflict with both versions when the row
    was replaced or removed by somebody in between, NotFound for a row of another facility.
    """
    facility = _facility_to_change(actor)
    made_on = own(actor, reference)
    if made_on is None:
        raise NotFound
    now_kept = current_of(made_on)
    others = [row for row in current(facility.id) if row is not now_kept]
    wanted = _checked(entry, others)
    if now_kept is not None and replace(facts(now_kept), key="") == wanted:
        return []
    if now_kept is not made_on:
        raise _conflict(now_kept, wanted)
    before = summary([*others, made_on])
    with writing("organisation.change_bank_account"):
        now = clock.now()
        if wanted.is_default:
            _take_default(actor, others, now)
        successor = _replace(actor, made_on, wanted, now)
    _trace(actor, facility, before, successor.reference)
    return _warnings(wanted, others)


def removal_obstacle(row: BankAccount) -> Finding | None:
    """Why an account cannot be removed: the default one stays until another is the default (V-72)."""
    others = [facts(other) for other in current(row.facility_id) if other.id != row.id]
    if any(finding.code == "V-72" for finding in check_accounts(others)):
        return Finding("V-72", Severity.BLOCKS, DEFAULT_STAYS)
    return None


def remove_account(actor: Actor, reference: str) -> None:
    """Stop using an account. One that was removed before is fine; raises Findings (V-72) for the default one."""
    facility = _facility_to_change(actor)
    made_on = own(actor, reference)
    if made_on is None:
        raise NotFound
    row = current_of(made_on)
    if row is None:
        return
    obstacle = removal_obstacle(row)
    if obstacle is not None:
        raise Findings([obstacle])
    before = summary(current(facility.id))
    with writing("organisation.remove_bank_account"):
        _close(actor, row, clock.now())
    _trace(actor, facility, before, f"-{row.reference}")


def _facility_to_change(actor: Actor) -> Facility:
    """The facility row, locked: the set of accounts is checked as a whole. The department never changes them (5.4)."""
    access.require(actor, Permission.BANK_WRITE)
    if actor.side is not Side.FACILITY:
        raise NotFound
    return lock_facility(access.own_facility_id(actor))


def _taken(reference: str) -> bool:
    return bool(db.session.scalar(select(exists().where(BankAccount.reference == reference))))


def _checked(entry: AccountFacts, others: Sequence[BankAccount]) -> AccountFacts:
    """The account as it will be kept, checked among the others; what is wrong with another one is not told here."""
    names = funding_names()
    unknown = entry.fundings - names.keys()
    kept = [replace(facts(row), is_default=row.is_default and not entry.is_default) for row in others]
    blocking = [
        finding
        for finding in check_accounts([*kept, replace(entry, fundings=entry.fundings - unknown, key="")], names)
        if not finding.subject
    ]
    if unknown:
        blocking.append(Finding("V-73", Severity.BLOCKS, N_("Kies een financiering uit de lijst."), field="fundings"))
    if blocking:
        raise Findings(blocking)
    return AccountFacts(
        iban=parse_iban(entry.iban),
        holder=entry.holder.strip(),
        street=entry.street.strip(),
        house_number=entry.house_number.strip(),
        postal_code=entry.postal_code.strip(),
        city=entry.city.strip(),
        box=entry.box.strip(),
        is_default=entry.is_default,
        fundings=entry.fundings,
    )


def _warnings(wanted: AccountFacts, others: Sequence[BankAccount]) -> list[Finding]:
    """An account that is listed twice is allowed, but rarely meant: one account may serve several fundings (E-052)."""
    if all(other.iban != wanted.iban for other in others):
        return []
    message = N_("Dit bankrekeningnummer staat nu twee keer in de lijst. Kijk na of dat de bedoeling is.")
    return [Finding("E-052", Severity.WARNING, message, field="iban")]


def _open(actor: Actor, facility_id: int, entry: AccountFacts, now: datetime, reference: str) -> BankAccount:
    row = BankAccount(
        reference=reference,
        facility_id=facility_id,
        iban=entry.iban,
        holder=entry.holder,
        street=entry.street,
        house_number=entry.house_number,
        box=entry.box or None,
        postal_code=entry.postal_code,
        city=entry.city,
        is_default=entry.is_default,
        valid_from=now,
        made_by=actor.name[:160],
        fundings=[BankAccountFunding(funding_code=code, facility_id=facility_id) for code in sorted(entry.fundings)],
    )
    db.session.add(row)
    db.session.flush()
    return row


def _close(actor: Actor, row: BankAccount, now: datetime) -> None:
    row.valid_to = now
    row.ended_by = actor.name[:160]
    for funding in row.fundings:
        funding.active = False
    db.session.flush()


def _replace(actor: Actor, row: BankAccount, entry: AccountFacts, now: datetime) -> BankAccount:
    _close(actor, row, now)
    successor = _open(actor, row.facility_id, entry, now, new_reference())
    row.replaced_by_id = successor.id
    return successor


def _take_default(actor: Actor, others: Sequence[BankAccount], now: datetime) -> None:
    """End the account that is the default and go on with the same one that is not."""
    for row in others:
        if row.is_default:
            _replace(actor, row, replace(facts(row), is_default=False), now)


def _conflict(kept: BankAccount | None, wanted: AccountFacts) -> Conflict:
    names = funding_names()
    if kept is None:
        return Conflict(
            N_("Een collega heeft dit bankrekeningnummer intussen verwijderd. Uw wijziging is niet bewaard."),
            yours=in_words(wanted, names),
        )
    return Conflict(
        N_("Een collega heeft dit bankrekeningnummer intussen gewijzigd. Uw wijziging is niet bewaard."),
        theirs=in_words(facts(kept), names),
        yours=in_words(wanted, names),
    )


def _trace(actor: Actor, facility: Facility, before: list[str], event_key: str) -> None:
    """Trace the change and tell the contact persons that there is one, without the numbers (E-154).

    Without a contact person the general address of the facility is told: a change never goes unnoticed.
    """
    audit.record(
        actor,
        AuditEvent.BANK_ACCOUNTS_CHANGED,
        "facility",
        facility.hco_number,
        data={"fields": ["bank_accounts"]},
        personal={"before": before, "after": summary(current(facility.id))},
    )
    for address in addresses_for(facility.id, THEME_ECALCURA) or [facility.email]:
        if not address:
            continue
        outbox.enqueue(
            "bank_accounts_changed",
            address,
            event_key=f"bank:{event_key}",
            subject_type="facility",
            subject_key=facility.hco_number,
            parameters={"hco_number": facility.hco_number},
        )
