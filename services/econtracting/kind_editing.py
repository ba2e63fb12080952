"""Changing the kinds of documents: one draft per kind, released by the authority that keeps them (A-07).

A released version never changes and documents keep theirs; a change is a new version, which acts for documents that
are made from then on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.dutch import moment
from domain.econtracting.kind_checks import check_kind
from domain.econtracting.kind_definitions import read, write
from domain.econtracting.kind_differences import Change, differences
from domain.econtracting.kinds import Kind
from domain.errors import N_, Conflict, Finding, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.file_document import DocumentKind, DocumentVersion
from models.gate import writing
from services import access, audit, clock
from services.connections import connections
from services.econtracting import kinds

CHANGED = N_("{who} heeft dit ontwerp gewijzigd op {at}. Kijk na wat er nu staat en bewaar opnieuw.")
GONE = N_("Dit ontwerp is er niet meer: het is vrijgegeven of weggegooid. Kijk na wat er nu geldt.")
TWICE = N_("Een collega heeft op hetzelfde moment een ontwerp gemaakt. Kijk na wat er nu staat.")
EXISTS = N_("Er is al een soort met de code {value}. Kies een andere code.")
SAME = N_("Dit ontwerp is gelijk aan versie {number}. Er is niets vrij te geven.")


@dataclass(frozen=True, slots=True)
class KindVersion:
    """One version as the pages show it. ``changes`` are the differences with the version before it.

    ``documents`` counts the versions of documents that were made with it.
    """

    code: str
    number: int
    version: int
    kind: Kind
    draft: bool
    in_use: bool
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    released_at: datetime | None
    released_by: str
    changes: tuple[Change, ...] = ()
    documents: int = 0


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind in the list: the version in use, if any, and its draft, if any."""

    code: str
    kind: Kind
    number: int | None
    draft: int | None
    versions: int


def may_change(actor: Actor) -> bool:
    """Whether the actor belongs to the authority that keeps the kinds; others of an authority may look."""
    return actor.may(Permission.AUTHORITY_KINDS) and actor.organisation_key == connections().settings.contracting_owner


def overview(actor: Actor) -> list[KindLine]:
    """Every kind, those out of use too. Two queries."""
    access.require(actor, Permission.AUTHORITY_KINDS)
    rows: dict[str, list[DocumentKind]] = {}
    for row in db.session.scalars(select(DocumentKind).order_by(DocumentKind.code, DocumentKind.number)):
        rows.setdefault(row.code, []).append(row)
    lines = []
    for code, versions in rows.items():
        released = [row for row in versions if row.released_at is not None]
        drafts = [row for row in versions if row.released_at is None]
        shown = (released or versions)[-1]
        lines.append(
            KindLine(
                code,
                read(shown.definition, shown.number),
                released[-1].number if released else None,
                drafts[-1].number if drafts else None,
                len(versions),
            )
        )
    themes = {theme.code: place for place, theme in enumerate(kinds.themes())}
    return sorted(lines, key=lambda line: (themes.get(line.kind.theme, 99), kinds.place_of(line.code), line.kind.name))


def versions_of(actor: Actor, code: str) -> list[KindVersion]:
    """Every version of a kind, newest first, with what changed in each; NotFound for an unknown code."""
    access.require(actor, Permission.AUTHORITY_KINDS)
    rows = list(db.session.scalars(select(DocumentKind).where(DocumentKind.code == code).order_by(DocumentKind.number)))
    if not rows:
        raise NotFound
    counted = db.session.execute(
        select(DocumentVersion.kind_id, func.count())
        .where(DocumentVersion.kind_id.in_([row.id for row in rows]))
        .group_by(DocumentVersion.kind_id)
    )
    used = {row[0]: row[1] for row in counted}
    newest = max((row.number for row in rows if row.released_at is not None), default=0)
    found: list[KindVersion] = []
    before: Kind | None = None
    for row in rows:
        kind = read(row.definition, row.number)
        changes = tuple(differences(before, kind))
        found.append(_view(row, kind, row.number == newest, changes, used.get(row.id, 0)))
        before = kind
    return found[::-1]


def start_of(actor: Actor, code: str) -> KindVersion:
    """What an editor opens with: the draft, else the version in use (its ``version`` is then 0)."""
    return versions_of(actor, code)[0]


def check(kind: Kind) -> list[Finding]:
    """Everything that is wrong with a definition, each finding at its field."""
    codes = db.session.scalars(select(DocumentKind.code).distinct())
    return check_kind(kind, [theme.code for theme in kinds.themes()], codes)


def make(actor: Actor, definition: Kind) -> DocumentKind:
    """Make a new kind, as a draft. InvalidValue when its code is taken, Findings for what is wrong."""
    _require_owner(actor)
    if db.session.scalar(select(DocumentKind.id).where(DocumentKind.code == definition.code).limit(1)) is not None:
        raise InvalidValue(EXISTS, code="A-07", field="code", value=definition.code)
    return _add(actor, definition, 1)


def save(actor: Actor, definition: Kind, version: int) -> DocumentKind:
    """Keep a changed definition as the draft of its kind, which is made when there is none.

    ``version`` is that of the draft that was shown, 0 when the version in use was. Conflict when somebody else changed
    or released it meanwhile; Findings for what is wrong, all at once.
    """
    _require_owner(actor)
    newest = _locked(definition.code)
    if newest.released_at is not None:
        if version != 0:
            raise Conflict(GONE, code="CONFLICT")
        return _add(actor, definition, newest.number + 1)
    _require_version(newest, version)
    _require_right(definition)
    text = write(definition)
    if text == newest.definition:
        return newest
    with writing("kinds.save"):
        newest.definition = text
        newest.changed_at, newest.changed_by = clock.now(), actor.name[:160]
    _trace(actor, AuditEvent.DOCUMENT_KIND_CHANGED, newest)
    return newest


def release(actor: Actor, code: str, version: int) -> DocumentKind:
    """Release the draft of a kind: from now on new documents are made with it.

    NotAllowedNow when nothing is different from the version in use; Findings when other kinds changed meanwhile.
    """
    _require_owner(actor)
    draft = _locked(code)
    if draft.released_at is not None:
        raise Conflict(GONE, code="CONFLICT")
    _require_version(draft, version)
    _require_right(read(draft.definition, draft.number))
    before = db.session.execute(
        select(DocumentKind.number, DocumentKind.definition)
        .where(DocumentKind.code == code, DocumentKind.number < draft.number)
        .order_by(DocumentKind.number.desc())
        .limit(1)
    ).one_or_none()
    if before is not None and before.definition == draft.definition:
        raise NotAllowedNow(SAME, code="A-07", number=before.number)
    with writing("kinds.release"):
        draft.released_at, draft.released_by = clock.now(), actor.name[:160]
    _trace(actor, AuditEvent.DOCUMENT_KIND_RELEASED, draft)
    return draft


def discard(actor: Actor, code: str, version: int) -> None:
    """Throw a draft away; a kind that was never released is gone then. Nothing was ever made with a draft."""
    _require_owner(actor)
    draft = _locked(code)
    if draft.released_at is not None:
        raise Conflict(GONE, code="CONFLICT")
    _require_version(draft, version)
    _trace(actor, AuditEvent.DOCUMENT_KIND_CHANGED, draft, digest="")
    with writing("kinds.discard"):
        db.session.delete(draft)


def _require_owner(actor: Actor) -> None:
    access.require(actor, Permission.AUTHORITY_KINDS)
    if not may_change(actor):
        raise Forbidden(Permission.AUTHORITY_KINDS)


def _require_version(row: DocumentKind, version: int) -> None:
    if row.version != version:
        raise Conflict(CHANGED, code="CONFLICT", who=row.changed_by, at=moment(row.changed_at))


def _require_right(definition: Kind) -> None:
    found = check(definition)
    if found:
        raise Findings(found)


def _locked(code: str) -> DocumentKind:
    """The newest version of a kind, released or not, locked."""
    row = db.session.scalar(
        select(DocumentKind)
        .where(DocumentKind.code == code)
        .order_by(DocumentKind.number.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _add(actor: Actor, definition: Kind, number: int) -> DocumentKind:
    _require_right(definition)
    now, name = clock.now(), actor.name[:160]
    row = DocumentKind(
        code=definition.code,
        number=number,
        definition=write(definition),
        made_at=now,
        made_by=name,
        changed_at=now,
        changed_by=name,
    )
    try:
        with writing("kinds.make"):
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise Conflict(TWICE, code="CONFLICT") from None
    _trace(actor, AuditEvent.DOCUMENT_KIND_CHANGED, row)
    return row


def _trace(actor: Actor, event: AuditEvent, row: DocumentKind, digest: str | None = None) -> None:
    said = hashlib.sha256(row.definition.encode()).hexdigest() if digest is None else digest
    audit.record(
        actor,
        event,
        "document_kind",
        f"{row.code}/{row.number}",
        data={"code": row.code, "number": row.number, "digest": said},
    )


def _view(row: DocumentKind, kind: Kind, in_use: bool, changes: Sequence[Change], documents: int) -> KindVersion:
    return KindVersion(
        row.code,
        row.number,
        row.version if row.released_at is None else 0,
        kind,
        row.released_at is None,
        in_use,
        row.made_at,
        row.made_by,
        row.changed_at,
        row.changed_by,
        row.released_at,
        row.released_by,
        tuple(changes),
        documents,
    )
