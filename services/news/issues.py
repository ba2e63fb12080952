"""Issues of the newsletter: written, looked at, published once and never changed after (C-073).

A mistake in a published issue is put right in a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import local_date
from domain.errors import N_, Conflict, Findings, NotAllowedNow, NotFound
from domain.news import IssueKind, Topic, check_text, issue_kind
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.news import NewsIssue, Release
from services import audit, clock
from services.listing import Order, Page, Position, page_of
from services.news import telling
from services.news.keepers import require

CHANGED = N_("Een collega heeft dit intussen gewijzigd. Kijk na wat er nu staat.")
OUT = N_("Deze nieuwsbrief is gepubliceerd en verandert niet meer. Zet een verbetering in een nieuwe nieuwsbrief.")
NO_RELEASE = N_("Kies een versie uit de lijst.")
_BY_NUMBER = Order((NewsIssue.number,), descending=True)
_BY_ID = Order((NewsIssue.id,), descending=True)
_TEMPLATES = {
    IssueKind.ANNOUNCES: "news_announcement",
    IssueKind.REPORTS: "news_report",
    IssueKind.NEWS: "news_issue",
}


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """An issue as typed. ``body`` is Markdown; ``release`` the reference of the release it tells about."""

    title: str
    body: str
    release: str | None = None


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue on a page. ``number`` is None for a draft; ``kind`` is what it is to its release on that day.

    ``release_open``: the release has a page of its own already.
    """

    reference: str
    version: int
    number: int | None
    title: str
    body: str
    published_at: datetime | None
    changed_at: datetime
    changed_by: str
    kind: IssueKind
    release: str | None
    release_number: str | None
    release_on: date | None
    release_open: bool


def published(position: Position) -> Page[IssueView]:
    """The archive for anybody, the newest first."""
    return _page(_rows().where(NewsIssue.number.is_not(None)), _BY_NUMBER, position, "news")


def newest() -> IssueView | None:
    """The last issue that was published."""
    found = db.session.execute(_rows().where(NewsIssue.number.is_not(None)).order_by(NewsIssue.number.desc()).limit(1))
    row = found.one_or_none()
    return None if row is None else view_of(row[0], row[1])


def of_release(number: str) -> list[IssueView]:
    """The published issues that tell of a release, the first one first."""
    found = _rows().where(NewsIssue.number.is_not(None), Release.number == number).order_by(NewsIssue.number)
    return [view_of(row[0], row[1]) for row in db.session.execute(found)]


def one(number: int) -> IssueView:
    """A published issue by its number; NotFound."""
    row = db.session.execute(_rows().where(NewsIssue.number == number)).one_or_none()
    if row is None:
        raise NotFound
    return view_of(row[0], row[1])


def listed(actor: Actor, position: Position) -> Page[IssueView]:
    """Every issue for who writes them, drafts too."""
    require(actor, Permission.NEWS_MANAGE)
    return _page(_rows(), _BY_ID, position, "news:office")


def get(actor: Actor, reference: str) -> IssueView:
    """One issue for who writes them; NotFound."""
    require(actor, Permission.NEWS_MANAGE)
    row = db.session.execute(_rows().where(NewsIssue.reference == reference)).one_or_none()
    if row is None:
        raise NotFound
    return view_of(row[0], row[1])


def add(actor: Actor, entry: IssueEntry) -> NewsIssue:
    """Begin a draft. Findings when something in it is wrong."""
    require(actor, Permission.NEWS_MANAGE)
    release = _checked(entry)
    with writing("news.add"):
        row = NewsIssue(
            title=entry.title.strip(),
            body=entry.body.strip(),
            release_id=release,
            changed_at=clock.now(),
            changed_by=actor.name,
        )
        db.session.add(row)
        db.session.flush()
    return row


def change(actor: Actor, reference: str, version: int, entry: IssueEntry) -> NewsIssue:
    """Change a draft. Findings, Conflict, NotAllowedNow for what was published."""
    require(actor, Permission.NEWS_MANAGE)
    row = _draft(reference, version)
    release = _checked(entry)
    with writing("news.change"):
        row.title, row.body, row.release_id = entry.title.strip(), entry.body.strip(), release
        row.changed_at, row.changed_by = clock.now(), actor.name
    return row


def remove(actor: Actor, reference: str, version: int) -> None:
    """Throw a draft away. Conflict, NotAllowedNow for what was published."""
    require(actor, Permission.NEWS_MANAGE)
    row = _draft(reference, version)
    with writing("news.remove"):
        db.session.delete(row)


def publish(actor: Actor, reference: str, version: int) -> NewsIssue:
    """Give it the next number, show it to everybody, and mail the subscribers. It is never changed after.

    Conflict when somebody else was first, NotAllowedNow when it is published already.
    """
    require(actor, Permission.NEWS_MANAGE)
    row = _draft(reference, version)
    release = db.session.get(Release, row.release_id) if row.release_id is not None else None
    last = db.session.scalar(select(func.max(NewsIssue.number))) or 0
    try:
        with writing("news.publish"):
            row.number, row.published_at = last + 1, clock.now()
    except IntegrityError:  # a colleague published another at this moment
        raise Conflict(CHANGED) from None
    kind = issue_kind(release.released_on if release is not None else None, clock.today())
    parameters = {"number": row.number, "path": f"/nieuws/{row.number}"}
    if release is not None:
        parameters |= {"release": release.number, "on": release.released_on.isoformat()}
    count = telling.tell(Topic.NEWS, _TEMPLATES[kind], parameters, event_key=f"news:{row.reference}")
    digest = sha256(f"{row.title}\n{row.body}".encode()).hexdigest()
    data = {"number": row.number, "digest": digest, "subscribers": count}
    audit.record(actor, AuditEvent.ISSUE_PUBLISHED, "news_issue", row.reference, data=data)
    return row


def view_of(row: NewsIssue, release: Release | None) -> IssueView:
    """A row as pages read it."""
    day = local_date(row.published_at) if row.published_at is not None else clock.today()
    return IssueView(
        reference=row.reference,
        version=row.version,
        number=row.number,
        title=row.title,
        body=row.body,
        published_at=row.published_at,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        kind=issue_kind(release.released_on if release is not None else None, day),
        release=release.reference if release is not None else None,
        release_number=release.number if release is not None else None,
        release_on=release.released_on if release is not None else None,
        release_open=release is not None and release.published_at is not None,
    )


def _rows() -> Select[NewsIssue, Release]:
    return select(NewsIssue, Release).outerjoin(Release, Release.id == NewsIssue.release_id)


def _page(statement: Any, order: Order, position: Position, name: str) -> Page[IssueView]:
    page = page_of(statement, order, position, name=name)
    return Page(tuple(view_of(row[0], row[1]) for row in page.rows), page.cursors, page.number, page.more)


def _draft(reference: str, version: int) -> NewsIssue:
    row = db.session.scalar(
        select(NewsIssue)
        .where(NewsIssue.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.published_at is not None:
        raise NotAllowedNow(OUT, code="C-073")
    if row.version != version:
        raise Conflict(CHANGED)
    return row


def _checked(entry: IssueEntry) -> int | None:
    """What is wrong as Findings; else the key of the release."""
    findings = check_text(entry.title, entry.body)
    if findings:
        raise Findings(findings)
    if not entry.release:
        return None
    key = db.session.scalar(select(Release.id).where(Release.reference == entry.release))
    if key is None:
        raise NotFound
    return key
