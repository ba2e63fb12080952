"""The desired addresses of a company (8.2): added by a beheerder, used once their owner has confirmed.

Whoever holds the link of the confirming mail confirms; adding an address alone sends nothing but that one mail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.econtracting.notifications import BAD_ADDRESS, EVENT_LABELS, Address, NotificationEvent, check_address
from domain.errors import N_, Conflict, Finding, Findings, NotAllowedNow, NotFound, Severity, TooMany
from domain.organisation import is_email
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.message import NotificationAddress
from models.organisation import Organisation
from models.outbox import OutboxMessage
from models.public_contract import PublicContract
from services import access, audit, clock, mail_addresses, outbox, tokens
from services.econtracting import access as contracting
from services.econtracting import kinds
from services.econtracting.notifications.announcing import address_of

CONFIRMATION, ADDRESS = "address_confirmation", "notification_address"
CONFIRM_WITHIN = timedelta(days=7)
UNCONFIRMED_AT_MOST = 20
"""Addresses of one company that wait for a confirmation, those it removed again within a day included."""
ASKED_AT_MOST = 3
"""Confirming mails to one mailbox in a day, whoever asks: nobody's mailbox is flooded through us."""

GONE = N_("Deze link werkt niet meer. Vraag de beheerder van uw onderneming om een nieuwe bevestigingsmail.")
TOO_MANY = N_("Er wachten al {most} adressen op een bevestiging. Verwijder er eerst, of laat ze bevestigen.")
ASKED_OFTEN = N_("Naar dit adres vertrokken vandaag al {most} bevestigingsmails. Probeer het morgen opnieuw.")
STILL_GOOD = N_("Dit adres is al bevestigd.")
NO_SUCH_THEME = N_("Kies een thema uit de lijst.")


@dataclass(frozen=True, slots=True)
class AddressEntry:
    """An address as typed. ``contract``: the reference of a contract, None for all; ``theme`` None for all."""

    email: str
    events: frozenset[NotificationEvent]
    contract: str | None = None
    theme: str | None = None
    language: str = "nl"


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address as its list shows it; ``status`` is WAITING, EXPIRED, CONFIRMED or BOUNCED."""

    reference: str
    email: str
    events: tuple[NotificationEvent, ...]
    contract: str | None
    contract_number: str | None
    theme: str | None
    theme_name: str | None
    language: str
    status: str
    since: datetime
    bounce: str
    version: int


def listed(actor: Actor, contract: str | None = None) -> list[AddressRow]:
    """The addresses of the own company, those of one contract (by reference) or of the company as a whole first."""
    access.require(actor, Permission.CONTRACT_INFO_WRITE)
    organisation = contracting.own_organisation(actor)
    statement = (
        select(NotificationAddress, PublicContract.reference, PublicContract.number)
        .outerjoin(PublicContract, PublicContract.id == NotificationAddress.contract_id)
        .where(NotificationAddress.organisation_id == organisation.id, NotificationAddress.removed_at.is_(None))
        .order_by(NotificationAddress.contract_id.is_not(None), PublicContract.number, NotificationAddress.email)
    )
    if contract is not None:
        statement = statement.where(NotificationAddress.contract_id == contracting.contract_for(actor, contract).id)
    names = {theme.code: theme.name for theme in kinds.themes()}
    now = clock.now()
    return [_row(row, reference, number, names, now) for row, reference, number in db.session.execute(statement)]


def _row(
    row: NotificationAddress, reference: str | None, number: str | None, names: dict[str, str], now: datetime
) -> AddressRow:
    if row.bounced_at is not None:
        status, since = "BOUNCED", row.bounced_at
    elif row.confirmed_at is not None:
        status, since = "CONFIRMED", row.confirmed_at
    else:
        expired = row.token_ends_at is None or row.token_ends_at <= now
        status, since = "EXPIRED" if expired else "WAITING", row.added_at
    return AddressRow(
        reference=row.reference,
        email=row.email,
        events=tuple(event for event in NotificationEvent if event in row.events.split()),
        contract=reference,
        contract_number=number,
        theme=row.theme,
        theme_name=names.get(row.theme or ""),
        language=row.language,
        status=status,
        since=since,
        bounce=row.bounce,
        version=row.version,
    )


def get(actor: Actor, reference: str) -> AddressRow:
    """One address of the own company; NotFound for any other."""
    for row in listed(actor):
        if row.reference == reference:
            return row
    raise NotFound


def add(actor: Actor, entry: AddressEntry) -> NotificationAddress:
    """Add an address and send the mail that asks to confirm it. Raises Findings, TooMany."""
    organisation = _own(actor)
    contract_id = contracting.contract_for(actor, entry.contract).id if entry.contract else None
    _check(entry, organisation.id, contract_id, except_id=None)
    _refuse_flood(organisation.id)
    with writing("notifications.add"):
        row = NotificationAddress(
            organisation_id=organisation.id,
            contract_id=contract_id,
            theme=entry.theme,
            email=entry.email.strip(),
            language=entry.language,
            events=_joined(entry.events),
            added_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        _ask(row, organisation)
    _trace(actor, row, "added")
    return row


def change(actor: Actor, reference: str, events: Iterable[NotificationEvent], language: str, version: int) -> None:
    """Change what an address hears of and in which language; Conflict when somebody else was first."""
    row = _locked(actor, reference)
    entry = AddressEntry(row.email, frozenset(events), None, row.theme, language)
    if row.version != version:
        raise Conflict(
            N_("Een collega heeft dit adres intussen gewijzigd. Uw wijziging is niet bewaard."),
            theirs=_shown(address_of(row).events, row.language),
            yours=_shown(entry.events, language),
        )
    _check(entry, row.organisation_id, row.contract_id, except_id=row.id)
    with writing("notifications.change"):
        row.events, row.language = _joined(entry.events), language
    _trace(actor, row, "changed")


def remove(actor: Actor, reference: str) -> None:
    """Remove an address: nothing is sent to it any more. What was sent stays in the list of mails."""
    row = _locked(actor, reference)
    with writing("notifications.remove"):
        row.removed_at, row.token_digest = clock.now(), None
    _trace(actor, row, "removed")


def ask_again(actor: Actor, reference: str) -> None:
    """Send the confirming mail again: to an address that did not answer, or whose mail came back. Raises TooMany."""
    row = _locked(actor, reference)
    if row.confirmed_at is not None and row.bounced_at is None:
        raise NotAllowedNow(STILL_GOOD, code="A-40")
    with writing("notifications.ask"):
        row.confirmed_at, row.bounced_at, row.bounce = None, None, ""
        _ask(row, db.session.get_one(Organisation, row.organisation_id))
    _trace(actor, row, "asked")


def waiting(token: str) -> NotificationAddress:
    """The address a link is about, to be shown before confirming; NotAllowedNow when the link works no more."""
    row = db.session.scalar(
        select(NotificationAddress).where(
            NotificationAddress.token_digest == tokens.digest(token), NotificationAddress.removed_at.is_(None)
        )
    )
    if row is None or row.token_ends_at is None or row.token_ends_at <= clock.now():
        raise NotAllowedNow(GONE, code="A-40")
    return row


def confirm(token: str) -> NotificationAddress:
    """The owner of the mailbox says yes: from now on it is used. The link works once."""
    row = waiting(token)
    with writing("notifications.confirm"):
        row.confirmed_at, row.token_digest, row.token_ends_at = clock.now(), None, None
    mail_addresses.try_again(SCHEDULER, row.email)
    _trace(SCHEDULER, row, "confirmed")
    return row


def _own(actor: Actor) -> Organisation:
    access.require(actor, Permission.CONTRACT_INFO_WRITE)
    return contracting.own_organisation(actor)


def _locked(actor: Actor, reference: str) -> NotificationAddress:
    organisation = _own(actor)
    row = db.session.scalar(
        select(NotificationAddress)
        .where(
            NotificationAddress.reference == reference,
            NotificationAddress.organisation_id == organisation.id,
            NotificationAddress.removed_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _check(entry: AddressEntry, organisation_id: int, contract_id: int | None, except_id: int | None) -> None:
    found: list[Finding] = []
    if not is_email(entry.email.strip()):
        found.append(Finding("A-40", Severity.BLOCKS, BAD_ADDRESS, "email"))
    if entry.theme is not None and entry.theme not in {theme.code for theme in kinds.themes()}:
        found.append(Finding("A-40", Severity.BLOCKS, NO_SUCH_THEME, "theme"))
    others = db.session.scalars(
        select(NotificationAddress).where(
            NotificationAddress.organisation_id == organisation_id, NotificationAddress.removed_at.is_(None)
        )
    )
    new = Address(entry.email.strip(), entry.events, str(contract_id) if contract_id else None, entry.theme)
    found += check_address(new, [address_of(row) for row in others if row.id != except_id])
    if found:
        raise Findings(found)


def _refuse_flood(organisation_id: int) -> None:
    waiting_now = db.session.scalar(
        select(func.count())
        .select_from(NotificationAddress)
        .where(
            NotificationAddress.organisation_id == organisation_id,
            NotificationAddress.confirmed_at.is_(None),
            or_(
                NotificationAddress.removed_at.is_(None),
                NotificationAddress.added_at > clock.now() - timedelta(days=1),
            ),
        )
    )
    if (waiting_now or 0) >= UNCONFIRMED_AT_MOST:
        raise TooMany(TOO_MANY, most=UNCONFIRMED_AT_MOST)


def _refuse_often(email: str) -> None:
    asked = db.session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            OutboxMessage.subject_type == ADDRESS,
            OutboxMessage.template == CONFIRMATION,
            func.lower(OutboxMessage.recipient) == email.lower(),
            OutboxMessage.made_at > clock.now() - timedelta(days=1),
        )
    )
    if (asked or 0) >= ASKED_AT_MOST:
        raise TooMany(ASKED_OFTEN, most=ASKED_AT_MOST)


def _ask(row: NotificationAddress, organisation: Organisation) -> None:
    _refuse_often(row.email)
    token = tokens.new()
    row.token_digest, row.token_ends_at = tokens.digest(token), clock.now() + CONFIRM_WITHIN
    outbox.enqueue(
        CONFIRMATION,
        row.email,
        event_key=row.token_digest,
        subject_type=ADDRESS,
        subject_key=row.reference,
        parameters={"company": organisation.name, "path": f"/meldingen/bevestigen/{token}"},
        language=row.language,
    )


def _joined(events: Iterable[NotificationEvent]) -> str:
    return " ".join(event for event in NotificationEvent if event in set(events))


def _shown(events: frozenset[NotificationEvent], language: str) -> dict[str, str]:
    """What the two versions of a conflict say."""
    return {
        N_("Gebeurtenissen"): ", ".join(EVENT_LABELS[event] for event in NotificationEvent if event in events),
        N_("Taal van de mails"): language,
    }


def _trace(actor: Actor, row: NotificationAddress, act: str) -> None:
    audit.record(
        actor,
        AuditEvent.ADDRESS_CHANGED,
        "notification_address",
        row.reference,
        data={"act": act, "events": row.events.split(), "contract": row.contract_id},
        personal={"email": row.email},
    )
