"""What somebody reads before a draft of the authority is handed over or released: the draft, what goes with it.

Colleagues of the authority are named; nobody of the contractor is in here (C-046).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting import document_content
from domain.econtracting import reviews as rules
from domain.econtracting.document_content import Shown
from domain.econtracting.document_states import Direction, VersionState
from domain.errors import DomainError, Finding, NotFound
from domain.permissions import Permission
from models.base import db
from models.file_document import Attachment, DocumentEvent, FileDocument
from services.access import require
from services.econtracting import attachments, claims
from services.econtracting.desk import lookup, release, reviews
from services.econtracting.documents.queries import names_of
from services.econtracting.documents.versions import Opened


@dataclass(frozen=True, slots=True)
class Note:
    """What a releaser wrote when a draft went back."""

    at: datetime
    text: str
    who: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft to read. ``version`` is the counter that releasing it names; ``editor`` changed it last."""

    opened: Opened
    reference: str
    version: int
    title: str
    kind_code: str
    kind_name: str
    fields: Sequence[Shown]
    files: Sequence[Attachment]
    findings: Sequence[Finding]
    editor: str
    changed_at: datetime
    ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckPage:
    """Drafts that go together (a review and its request), and whether the reader may release them now.

    ``refusal``: why this person may not, apart from what is not complete. ``alone``: nobody else looked at it.
    """

    drafts: Sequence[DraftView]
    claim: FileDocument | None
    claimed: Decimal | None
    accepted: Decimal | None
    difference: Decimal | None
    notes: Sequence[Note]
    blocking: Sequence[Finding]
    warnings: Sequence[Finding]
    refusal: DomainError | None
    may_release: bool
    may_draft: bool
    alone: bool

    @property
    def handed_over(self) -> bool:
        """Whether everything is ready for a releaser."""
        return all(one.ready_at is not None for one in self.drafts)


def check_page(actor: Actor, reference: str) -> CheckPage:
    """A draft with what goes with it; NotFound for one of the contractor, or for what is no draft any more."""
    require(actor, Permission.AUTHORITY_DESK)
    found = together(actor, reference)
    ready = release.readiness(actor, found)
    names = names_of(one for draft in found if (one := release.last_editor(draft.version)) is not None)
    views = [_view(one, names, ready) for one in found]
    claim = claims.claim_of(found[0].document)
    claimed = claim.claimed if claim is not None else None
    accepted = reviews.accepted_of(claim) if claim is not None else None
    blocking = ready.blocking
    return CheckPage(
        drafts=views,
        claim=claim,
        claimed=claimed,
        accepted=accepted,
        difference=rules.difference(claimed, accepted),
        notes=notes_of([one.version.id for one in found]),
        blocking=blocking,
        warnings=[one for one in ready.findings if one not in blocking],
        refusal=ready.refusal,
        may_release=actor.may(Permission.AUTHORITY_RELEASE),
        may_draft=actor.may(Permission.AUTHORITY_DRAFT),
        alone=any(release.last_editor(one.version) == actor.account_id for one in found),
    )


def _view(found: Opened, names: dict[int, str], ready: release.Readiness) -> DraftView:
    version = found.version
    mine = {one.reference for one in attachments.of_version(version.id)} | {f.name for f in found.kind.fields}
    return DraftView(
        opened=found,
        reference=version.reference,
        version=version.version,
        title=version.title,
        kind_code=found.kind.code,
        kind_name=found.kind.name,
        fields=document_content.shown(found.kind, version.content),
        files=attachments.of_version(version.id),
        findings=[one for one in ready.findings if one.subject in mine or one.field in mine],
        editor=names.get(release.last_editor(version) or 0, ""),
        changed_at=version.changed_at,
        ready_at=version.ready_at,
    )


def together(actor: Actor, reference: str, *, lock: bool = False) -> list[Opened]:
    """A draft with the one that is released with it: a review first, then the request for its invoice."""
    found = lookup.version(actor, reference, lock=lock)
    if found.document.direction is not Direction.TO_CONTRACTOR or found.version.state is not VersionState.DRAFT:
        raise NotFound
    order = (claims.REVIEW, claims.REQUEST)
    claim = claims.claim_of(found.document) if found.kind.code in order else None
    if claim is None:
        return [found]
    chosen = {found.kind.code: found}
    other = next(code for code in order if code != found.kind.code)
    companion = reviews.draft_of(claim, other)
    if companion is not None:
        chosen[other] = lookup.version(actor, companion.reference)
    return [chosen[code] for code in order if code in chosen]


def notes_of(version_ids: Sequence[int]) -> list[Note]:
    """What was written when drafts went back, the newest first: for colleagues only."""
    rows = db.session.execute(
        select(DocumentEvent.at, DocumentEvent.detail, DocumentEvent.account_id)
        .where(DocumentEvent.version_id.in_(version_ids), DocumentEvent.act == release.SENT_BACK)
        .order_by(DocumentEvent.id.desc())
    ).all()
    names = names_of(row.account_id for row in rows if row.account_id is not None)
    return [Note(row.at, json.loads(row.detail).get("note", ""), names.get(row.account_id or 0, "")) for row in rows]
