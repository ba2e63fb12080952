"""The calendar of a person: terms of what the person may see now, at an address that can be taken back.

The address holds 256 random bits and is kept as SHA-256, so that a leaked table opens nothing. Rights are asked of the
rows at each call: who is blocked, lost the role or the group gets nothing, and that looks the same as an address that
never was. No name of a person and no amount is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Select, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import start_of_day
from domain.econtracting.actions import ActionParty
from domain.econtracting.term_clock import TermClock, clock
from domain.econtracting.terms import ALIVE, TERM_LABELS, TermState
from domain.errors import NotFound
from domain.permissions import Permission
from integrations import icalendar
from models.base import db
from models.contract_follow_up import CalendarFeed, ContractTerm, TermSuspension
from models.contract_rights import WorkRelation
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import audit, tokens
from services import clock as time
from services.connections import connections
from services.econtracting import access
from services.econtracting.readable import only_readable
from services.econtracting.terms import rows
from services.identity import blocks

PRODUCT = "-//Dossierloket//e-Contracting//NL"
NAME = "Termijnen e-Contracting"
#: Days before the last day on which a calendar reminds.
REMINDERS = (7, 2)
#: How long a term that stopped is still told, so that calendars take it away.
TOLD_AFTER = timedelta(days=60)
#: A calendar works as long as its holder signs in so often: only then is it known which roles the person still has.
SEEN_WITHIN = timedelta(days=100)
#: The most terms in one calendar: those that end last.
MOST = 1000
_EPOCH = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
_PARTY = {ActionParty.CONTRACTOR: "opdrachtnemer", ActionParty.AUTHORITY: "aanbesteder"}


@dataclass(frozen=True, slots=True)
class FeedView:
    """The calendar of somebody: since when there is one, and when a program last fetched it."""

    made_at: datetime
    fetched_at: datetime | None


def of(actor: Actor) -> FeedView | None:
    """The calendar of the actor for the organisation; None when there is none."""
    row = _row(actor)
    return None if row is None else FeedView(row.made_at, row.fetched_at)


def renew(actor: Actor) -> str:
    """A new address, shown once; the one before no longer works. Gives the token that is in it."""
    _require(actor)
    organisation = access.own_organisation(actor)
    if actor.account_id is None:
        raise NotFound
    token = tokens.new()
    with writing("calendar_feed.renew"):
        before = _revoke_all(actor)
        db.session.add(
            CalendarFeed(
                token_digest=tokens.digest(token),
                account_id=actor.account_id,
                organisation_id=organisation.id,
                made_at=time.now(),
            )
        )
        _trace(actor, "renew" if before else "make")
    return token


def revoke(actor: Actor) -> None:
    """Take the address back; NotFound when there is none."""
    _require(actor)
    with writing("calendar_feed.revoke"):
        if not _revoke_all(actor):
            raise NotFound
        _trace(actor, "revoke")


def _revoke_all(actor: Actor) -> int:
    """Take back every address of the person for the organisation: two made at once too. Gives how many."""
    found = db.session.scalars(_own(actor).with_for_update()).all()
    for row in found:
        row.revoked_at = time.now()
    return len(found)


def _require(actor: Actor) -> None:
    if actor.side not in (Side.CONTRACTOR, Side.AUTHORITY):
        raise NotFound


def _row(actor: Actor) -> CalendarFeed | None:
    return db.session.scalar(_own(actor).limit(1))


def _own(actor: Actor) -> Select[CalendarFeed]:
    """The addresses that work, the newest first."""
    return (
        select(CalendarFeed)
        .where(
            CalendarFeed.account_id == actor.account_id,
            CalendarFeed.organisation_id == access.own_organisation(actor).id,
            CalendarFeed.revoked_at.is_(None),
        )
        .order_by(CalendarFeed.id.desc())
    )


def _trace(actor: Actor, act: str) -> None:
    audit.record(actor, AuditEvent.CALENDAR_FEED_CHANGED, "account", actor.account_id or 0, data={"act": act})


def text(token: str) -> str:
    """The calendar behind an address, as text. NotFound when it is unknown, revoked, or opens nothing any more."""
    return icalendar.calendar(NAME, PRODUCT, _events(_holder(token)))


def address(token: str) -> str:
    """The address that holds a token, at our own address."""
    return f"{connections().settings.base_url}/agenda/{token}.ics"


def unnoted(token: str) -> bool:
    """Whether it is worth noting that a program fetches the calendar: once an hour is enough."""
    row = _feed(token)
    return row is not None and (row.fetched_at is None or time.now() - row.fetched_at > timedelta(hours=1))


def fetched(token: str) -> None:
    """Note that a program fetched the calendar; needs a writing transaction."""
    row = _feed(token)
    if row is not None:
        with writing("calendar_feed.fetched"):
            row.fetched_at = time.now()


def _feed(token: str) -> CalendarFeed | None:
    if not tokens.well_formed(token):
        return None
    return db.session.scalar(
        select(CalendarFeed).where(CalendarFeed.token_digest == tokens.digest(token), CalendarFeed.revoked_at.is_(None))
    )


def _holder(token: str) -> Actor:
    """Whose calendar it is, as last seen and not blocked; NotFound for anything else."""
    feed = _feed(token)
    relation = None
    if feed is not None:
        relation = db.session.scalar(
            select(WorkRelation).where(
                WorkRelation.account_id == feed.account_id, WorkRelation.organisation_id == feed.organisation_id
            )
        )
    if relation is None:
        raise NotFound
    if relation.last_seen_at < time.now() - SEEN_WITHIN:
        raise NotFound  # the roles are those of the last sign-in: who left does not sign in to lose them
    actor = access.actor_of(relation)
    opens = {Side.CONTRACTOR: Permission.CONTRACTS_READ, Side.AUTHORITY: Permission.AUTHORITY_DESK}.get(actor.side)
    if opens is None or not actor.may(opens) or blocks.is_blocked(actor.account_id, actor.organisation_key):
        raise NotFound
    return actor


def _events(actor: Actor) -> list[icalendar.Event]:
    """The terms of what the holder reads now: those that run, and those that stopped not long ago."""
    now, today = time.now(), time.today()
    query = (
        select(ContractTerm, PublicContract, FileDocument, DocumentVersion.reference)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .join(DocumentVersion, DocumentVersion.id == ContractTerm.version_id)
        .where(
            ContractTerm.replaced_by_id.is_(None),
            (ContractTerm.state.in_(ALIVE)) | (ContractTerm.met_at >= now - TOLD_AFTER),
            only_readable(actor, FileDocument.theme),
        )
        .order_by(ContractTerm.expires_at.desc(), ContractTerm.id)
        .limit(MOST)
    )
    found = db.session.execute(query).all()
    waits = rows.suspensions_of([term for term, _, _, _ in found])
    return [
        _event(actor, term, contract, document, version, waits.get(term.id, []), today)
        for term, contract, document, version in reversed(found)
    ]


def _event(
    actor: Actor,
    term: ContractTerm,
    contract: PublicContract,
    document: FileDocument,
    version: str,
    waits: Sequence[TermSuspension],
    today: date,
) -> icalendar.Event:
    base = connections().settings.base_url
    door = "econtracting/opdracht" if actor.side is Side.CONTRACTOR else "beheer/opdrachten"
    stands = clock(rows.facts_of(term, waits), today)
    label = TERM_LABELS[term.kind]
    waiting = " (klok staat stil)" if stands.paused and stands.alive else ""
    mine = (
        "" if (term.party is ActionParty.CONTRACTOR) == (actor.side is Side.CONTRACTOR) else f" ({_PARTY[term.party]})"
    )
    return icalendar.Event(
        uid=f"{term.kind.value.lower()}-{version}@{urlsplit(base).hostname}",
        day=term.effective_end,
        summary=f"{label}{mine}: {contract.number}{waiting}",
        description=_told(stands, term, contract, document),
        changed_at=_changed(term, stands, waits),
        sequence=max(0, int((_changed(term, stands, waits) - _EPOCH).total_seconds())),
        url=f"{base}/{door}/{contract.reference}",
        reminders=() if waiting else REMINDERS,
        cancelled=term.state in (TermState.ENDED, TermState.NEVER_STARTED, TermState.MET),
    )


def _changed(term: ContractTerm, stands: TermClock, waits: Sequence[TermSuspension]) -> datetime:
    """The last change that a calendar has to know; a wait that began by itself is one too."""
    if stands.paused and stands.alive and stands.since is not None:
        return max(term.changed_at, start_of_day(stands.since))
    return term.changed_at


def _told(stands: TermClock, term: ContractTerm, contract: PublicContract, document: FileDocument) -> str:
    """What a calendar shows under the title: no person, no amount, and nothing that changes by the day."""
    lines = [
        f"Opdracht {contract.number}: {contract.description}",
        f"Stuk: {document.title}",
        f"Aan zet: {_PARTY[term.party]}",
    ]
    if stands.paused and stands.alive:
        lines.append(f"De klok staat stil: {stands.why} De laatste dag is nog niet gekend.")
    elif stands.alive:
        lines.append("De laatste dag telt volledig mee, tot middernacht.")
    return "\n".join(lines)
