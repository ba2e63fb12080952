"""Releases: what went, or will go, live, and whether the manual tells it already (C-007, C-063)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Findings, InvalidValue, NotAllowedNow, NotFound
from domain.news import check_number, check_text
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.news import Release
from services import audit, clock
from services.listing import Order, Page, Position, page_of
from services.news.keepers import require

CHANGED = N_("Een collega heeft dit intussen gewijzigd. Kijk na wat er nu staat.")
TAKEN = N_("Deze versie staat al in de lijst.")
OUT = N_("Deze versie is al gepubliceerd.")
ORDER = Order((Release.released_on, Release.id), descending=True)


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release as typed. ``changes`` is Markdown."""

    number: str
    released_on: date | None
    title: str
    changes: str
    in_manual: bool


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release on a page. ``coming``: its day is not there yet."""

    reference: str
    version: int
    number: str
    released_on: date
    title: str
    changes: str
    in_manual: bool
    published_at: datetime | None
    coming: bool


def published(position: Position) -> Page[ReleaseView]:
    """The releases for anybody, the newest first."""
    return _page(select(Release).where(Release.published_at.is_not(None)), position, "releases")


def one(number: str) -> ReleaseView:
    """A published release by its number; NotFound."""
    row = db.session.scalar(select(Release).where(Release.number == number, Release.published_at.is_not(None)))
    if row is None:
        raise NotFound
    return view_of(row)


def listed(actor: Actor, position: Position) -> Page[ReleaseView]:
    """Every release for who writes them, drafts too."""
    require(actor, Permission.NEWS_MANAGE)
    return _page(select(Release), position, "releases:office")


def choices(actor: Actor) -> Sequence[tuple[str, str]]:
    """Reference and name of the releases an issue can tell about: the last fifty."""
    require(actor, Permission.NEWS_MANAGE)
    found = db.session.execute(
        select(Release.reference, Release.number, Release.title).order_by(*ORDER.clauses()).limit(50)
    )
    return [(reference, f"{number} – {title}") for reference, number, title in found]


def get(actor: Actor, reference: str) -> ReleaseView:
    """One release for who writes them; NotFound."""
    require(actor, Permission.NEWS_MANAGE)
    return view_of(_row(reference))


def add(actor: Actor, entry: ReleaseEntry) -> Release:
    """Note a release; only its writers see it until it is published. Findings, or InvalidValue at ``number``."""
    require(actor, Permission.NEWS_MANAGE)
    day = _checked(entry)
    with writing("releases.add"):
        row = Release(
            number=entry.number.strip(),
            released_on=day,
            title=entry.title.strip(),
            changes=entry.changes.strip(),
            in_manual=entry.in_manual,
            changed_at=clock.now(),
            changed_by=actor.name,
        )
        _kept(row)
    _trace(actor, row, "added")
    return row


def change(actor: Actor, reference: str, version: int, entry: ReleaseEntry) -> Release:
    """Change a release, published or not: what the manual tells comes later. Findings, InvalidValue, Conflict."""
    require(actor, Permission.NEWS_MANAGE)
    row = _row(reference)
    day = _checked(entry)
    if row.version != version:
        raise Conflict(CHANGED)
    with writing("releases.change"):
        row.number, row.released_on, row.title = entry.number.strip(), day, entry.title.strip()
        row.changes, row.in_manual = entry.changes.strip(), entry.in_manual
        row.changed_at, row.changed_by = clock.now(), actor.name
        _kept(row)
    _trace(actor, row, "changed")
    return row


def publish(actor: Actor, reference: str, version: int) -> Release:
    """From now on everybody sees it. NotAllowedNow when that is so already."""
    require(actor, Permission.NEWS_MANAGE)
    row = _row(reference)
    if row.published_at is not None:
        raise NotAllowedNow(OUT)
    if row.version != version:
        raise Conflict(CHANGED)
    with writing("releases.publish"):
        row.published_at = clock.now()
    _trace(actor, row, "published")
    return row


def view_of(row: Release) -> ReleaseView:
    """A row as pages read it."""
    return ReleaseView(
        reference=row.reference,
        version=row.version,
        number=row.number,
        released_on=row.released_on,
        title=row.title,
        changes=row.changes,
        in_manual=row.in_manual,
        published_at=row.published_at,
        coming=row.released_on > clock.today(),
    )


def _page(statement: Select[Release], position: Position, name: str) -> Page[ReleaseView]:
    page = page_of(statement, ORDER, position, name=name)
    return Page(tuple(view_of(row[0]) for row in page.rows), page.cursors, page.number, page.more)


def _row(reference: str) -> Release:
    row = db.session.scalar(select(Release).where(Release.reference == reference))
    if row is None:
        raise NotFound
    return row


def _checked(entry: ReleaseEntry) -> date:
    findings = check_number(entry.number.strip()) + check_text(entry.title, entry.changes, body_field="changes")
    if findings:
        raise Findings(findings)
    if entry.released_on is None:
        raise InvalidValue(N_("Vul de datum in waarop de versie live gaat."), code="C-063", field="released_on")
    return entry.released_on


def _kept(row: Release) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise InvalidValue(TAKEN, code="C-063", field="number") from None


def _trace(actor: Actor, row: Release, act: str) -> None:
    digest = sha256(f"{row.released_on}\n{row.title}\n{row.changes}\n{row.in_manual}".encode()).hexdigest()
    data = {"act": act, "number": row.number, "digest": digest}
    audit.record(actor, AuditEvent.RELEASE_CHANGED, "release", row.reference, data=data)
