"""What pages show of a document: plain values, the same for both parties, without a person of the other one (C-046)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.econtracting.attachments import AttachmentState
from domain.econtracting.claim_path import ClaimPath
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_content import Difference, Shown
from domain.econtracting.document_states import Direction, VersionState


@dataclass(frozen=True, slots=True)
class People:
    """Who did what with a version: for colleagues of the same organisation only (A-12); never for the other party."""

    made_by: str = ""
    changed_by: str = ""
    sent_by: str = ""


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a version; its content is fetched by its reference. ``digest`` is SHA-256, hex."""

    reference: str
    slot: str
    name: str
    media_type: str
    size: int
    digest: str
    state: AttachmentState


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version as a party reads it.

    ``counts_at`` is the moment that counts for terms (C-050, C-051); ``sent_at`` and ``consultable_at`` are the two
    legal moments; ``code`` is the short code of the proof of it. ``changes``: what is different from the version
    before. ``people`` is None for the other party.
    """

    reference: str
    number: int
    title: str
    state: VersionState
    state_label: str
    fields: Sequence[Shown]
    lines: Sequence[Mapping[str, Any]]
    files: Sequence[FileView]
    changes: Sequence[Difference]
    digest: str | None
    changed_at: datetime | None
    ready_at: datetime | None
    sent_at: datetime | None
    released_at: datetime | None
    consultable_at: datetime | None
    counts_at: datetime | None
    first_consulted_at: datetime | None
    code: str | None
    people: People | None

    @property
    def is_draft(self) -> bool:
        """Whether it is still being made."""
        return self.state is VersionState.DRAFT


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened. ``counts``: terms are reckoned from this moment. ``who``: for the own side only."""

    at: datetime
    message: str
    params: Mapping[str, Any]
    version: int | None
    counts: bool
    who: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A document that this one answers, or that answers it."""

    reference: str
    title: str
    kind_code: str
    state_label: str
    counts_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with everything both parties may know of it. ``own``: the reader's side made it.

    ``may_draft`` and ``may_send`` are the rights of the reader at this moment. ``claim`` is the path of the claim the
    document is about, ``claim_reference`` that claim.
    """

    reference: str
    contract: str
    contract_number: str
    contract_description: str
    kind_code: str
    kind_name: str
    theme: str
    direction: Direction
    number: int
    title: str
    own: bool
    versions: Sequence[VersionView]
    timeline: Sequence[TimelineEntry]
    claim: ClaimPath | None
    claim_reference: str | None
    claimed: Decimal | None
    accepted: Decimal | None
    parent: Related | None
    answers: Sequence[Related]
    may_draft: bool
    may_send: bool
    active: bool

    @property
    def current(self) -> VersionView:
        """The version that counts now; a draft when nothing was sent yet."""
        return next((one for one in self.versions if not one.is_draft), self.versions[0])

    @property
    def draft(self) -> VersionView | None:
        """The draft colleagues work on, or None."""
        return next((one for one in self.versions if one.is_draft), None)

    @property
    def can_renew(self) -> bool:
        """Whether a new version can be begun: it was reopened and nobody did yet."""
        return self.own and self.active and self.draft is None and self.current.state is VersionState.REOPENED


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in the list of a contract. ``readable`` is False for a beheerder who does not read content (A-13).

    ``draft``: a version is being made; ``ready_at`` when it was handed over; ``changed_by`` for colleagues only.
    ``fresh``: sent by the other party, and never opened by the reader's side.
    """

    reference: str
    kind_code: str
    kind_name: str
    theme: str
    title: str
    direction: Direction
    own: bool
    state: VersionState
    state_label: str
    claim_state: ClaimState | None
    claim_label: str | None
    versions: int
    draft: str | None
    ready_at: datetime | None
    changed_at: datetime | None
    changed_by: str
    sent_at: datetime | None
    consultable_at: datetime | None
    counts_at: datetime | None
    fresh: bool
    parent: str | None
    readable: bool
