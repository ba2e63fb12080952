"""The calendar of a person for the campaign: the last days of a facility, or those of the department.

Like that of contracts (services.econtracting.calendar_feed): 256 random bits in the address, kept as SHA-256, and it
can be taken back. The roles are those of the last sign-in; a block acts at once. No person and no amount is in it.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import Select, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import quarters_of, start_of_day
from domain.ecalcura import calendar_days
from domain.ecalcura.calendar_days import SUMMARIES, CampaignDay
from domain.ecalcura.campaign import DueKind, PeriodCalendar
from domain.ecalcura.declaration import DossierStatus
from domain.errors import NotFound
from domain.permissions import Permission, Role
from integrations import icalendar
from models.base import db
from models.campaign import CampaignFeed
from models.gate import writing
from models.identity import Account
from models.organisation import Facility
from models.reference import ReferencePeriod
from services import access, audit, clock, tokens
from services.connections import connections
from services.ecalcura import dossiers, queries
from services.ecalcura.queries import OverviewPeriod
from services.econtracting.calendar_feed import REMINDERS, SEEN_WITHIN, FeedView
from services.identity import blocks

PRODUCT = "-//Dossierloket//eCalcura//NL"
NAME = "Termijnen eCalcura"
#: Days that are longer ago are not told any more.
TOLD_AFTER = timedelta(days=60)


def of(actor: Actor) -> FeedView | None:
    """The calendar of the actor; None when there is none."""
    _require(actor)
    row = db.session.scalar(_own(actor).limit(1))
    return None if row is None else FeedView(row.made_at, row.fetched_at)


def renew(actor: Actor) -> str:
    """A new address, shown once; the one before no longer works. Gives the token that is in it."""
    _require(actor)
    token = tokens.new()
    now = clock.now()
    with writing("campaign_feed.renew"):
        before = _revoke_all(actor)
        db.session.add(
            CampaignFeed(
                token_digest=tokens.digest(token),
                account_id=actor.account_id,
                facility_id=actor.facility_id,
                roles=_roles(actor),
                seen_at=now,
                made_at=now,
            )
        )
    _trace(actor, "renew" if before else "make")
    return token


def revoke(actor: Actor) -> None:
    """Take the address back; NotFound when there is none."""
    _require(actor)
    with writing("campaign_feed.revoke"):
        if not _revoke_all(actor):
            raise NotFound
    _trace(actor, "revoke")


def seen(actor: Actor) -> None:
    """Bring the roles of the actor's calendar up to date, at sign-in."""
    if actor.side not in (Side.FACILITY, Side.DEPARTMENT) or actor.account_id is None:
        return
    with writing("campaign_feed.seen"):
        for row in db.session.scalars(_own(actor)):
            row.roles, row.seen_at = _roles(actor), clock.now()


def text(token: str) -> str:
    """The calendar behind an address. NotFound when it is unknown, revoked, or opens nothing any more."""
    actor = _holder(token)
    events = _of_facility(actor) if actor.side is Side.FACILITY else _of_department()
    return icalendar.calendar(NAME, PRODUCT, events)


def unnoted(token: str) -> bool:
    """Whether it is worth noting that a program fetches the calendar: once an hour is enough."""
    row = _feed(token)
    return row is not None and (row.fetched_at is None or clock.now() - row.fetched_at > timedelta(hours=1))


def fetched(token: str) -> None:
    """Note that a program fetched the calendar; needs a writing transaction."""
    row = _feed(token)
    if row is not None:
        with writing("campaign_feed.fetched"):
            row.fetched_at = clock.now()


def _require(actor: Actor) -> None:
    needed = Permission.ECALCURA_READ if actor.side is Side.FACILITY else Permission.DOSSIER_REVIEW
    access.require(actor, needed)
    if actor.account_id is None:
        raise NotFound


def _roles(actor: Actor) -> str:
    return " ".join(sorted(actor.roles))


def _own(actor: Actor) -> Select[CampaignFeed]:
    """The addresses of the actor that work, the newest first."""
    return (
        select(CampaignFeed)
        .where(
            CampaignFeed.account_id == actor.account_id,
            CampaignFeed.facility_id.is_(None)
            if actor.facility_id is None
            else CampaignFeed.facility_id == actor.facility_id,
            CampaignFeed.revoked_at.is_(None),
        )
        .order_by(CampaignFeed.id.desc())
    )


def _revoke_all(actor: Actor) -> int:
    found = db.session.scalars(_own(actor).with_for_update()).all()
    for row in found:
        row.revoked_at = clock.now()
    return len(found)


def _trace(actor: Actor, act: str) -> None:
    audit.record(actor, AuditEvent.CALENDAR_FEED_CHANGED, "account", actor.account_id or 0, data={"act": act})


def _feed(token: str) -> CampaignFeed | None:
    if not tokens.well_formed(token):
        return None
    return db.session.scalar(
        select(CampaignFeed).where(CampaignFeed.token_digest == tokens.digest(token), CampaignFeed.revoked_at.is_(None))
    )


def _holder(token: str) -> Actor:
    """Whose calendar it is, as last seen and not blocked; NotFound for anything else."""
    feed = _feed(token)
    if feed is None or feed.seen_at < clock.now() - SEEN_WITHIN:
        raise NotFound
    account = db.session.get_one(Account, feed.account_id)
    facility = db.session.get(Facility, feed.facility_id) if feed.facility_id is not None else None
    actor = Actor(
        account_id=feed.account_id,
        side=Side.DEPARTMENT if facility is None else Side.FACILITY,
        organisation_key="" if facility is None else facility.hco_number,
        organisation_name="" if facility is None else facility.name,
        name=f"{account.given_name} {account.family_name}".strip(),
        roles=frozenset(Role(role) for role in feed.roles.split()),
        facility_id=feed.facility_id,
    )
    opens = Permission.DOSSIER_REVIEW if facility is None else Permission.ECALCURA_READ
    if not actor.may(opens) or blocks.is_blocked(actor.account_id, actor.organisation_key):
        raise NotFound
    return actor


def _of_facility(actor: Actor) -> list[icalendar.Event]:
    facility, overview = access.own_facility(actor), queries.overview(actor)
    about = f"{facility.name} (HCO-nummer {facility.hco_number})"
    if not overview.can_see_dossiers:
        days = {code: [calendar_days.payment(calendar)] for code, calendar in _calendars()}
    else:
        days = {
            one.code: calendar_days.of_facility(one.situation, all_submitted=_submitted(one))
            for one in sorted(overview.periods, key=lambda one: one.code)
        }
    return [event for code, found in days.items() for event in _events(found, code, about, "ecalcura/", actor)]


def _calendars() -> list[tuple[str, PeriodCalendar]]:
    rows = db.session.scalars(select(ReferencePeriod).order_by(ReferencePeriod.code))
    return [(row.code, dossiers.calendar_of(row.code, row)) for row in rows]


def _submitted(period: OverviewPeriod) -> bool:
    """Whether nothing is left to submit in the period: what is due is not that, and every quarter is closed."""
    if period.due is not None and period.due.kind in (DueKind.SUBMIT, DueKind.SUBMIT_IN_POSTPONEMENT):
        return False
    return all(row.dossier is not None and row.dossier.status is DossierStatus.CLOSED for row in period.rows)


def _of_department() -> list[icalendar.Event]:
    return [
        event
        for code, calendar in _calendars()
        for event in _events(calendar_days.of_department(calendar), code, "Alle voorzieningen", "beheer/campagne/")
    ]


def _events(
    days: list[CampaignDay], period: str, about: str, path: str, actor: Actor | None = None
) -> list[icalendar.Event]:
    today = clock.today()
    base = connections().settings.base_url
    whose = actor.organisation_key if actor is not None else "departement"
    return [
        icalendar.Event(
            uid=f"{one.kind.value}-{period}-{whose}@{urlsplit(base).hostname}",
            day=one.day,
            summary=f"{SUMMARIES[one.kind]}: {period}",
            description=f"Referentieperiode {period}\n{about}\nDe laatste dag telt volledig mee, tot middernacht.",
            changed_at=start_of_day(today),
            sequence=max(0, (today - quarters_of(period)[0].start).days),
            url=f"{base}/{path}",
            reminders=REMINDERS if one.reminds and not one.settled else (),
            cancelled=one.settled,
        )
        for one in days
        if one.day >= today - TOLD_AFTER
    ]
