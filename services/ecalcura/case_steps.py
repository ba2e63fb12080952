"""One step for several dossiers: what would happen to each, and taking it one by one (the edge commits each)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actor import Actor
from domain.ecalcura.declaration import REASON_REQUIRED, DossierStatus, Event, refusal
from domain.errors import N_, DomainError, InvalidValue
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier
from services import access
from services.ecalcura import case_page, declarations, dossiers

#: The steps that make sense for several dossiers at once. REOPEN_ONCE is one act per facility (A-10) and is not here.
TOGETHER = (
    Event.TAKE_INTO_AUDIT,
    Event.REOPEN,
    Event.REOPEN_FROM_AUDIT,
    Event.CLOSE_FROM_AUDIT,
    Event.RESTORE,
    Event.BLOCK,
    Event.BLOCK_AGAIN,
)
#: Most dossiers of one step: a page of the list, with room.
MOST = 200


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What a step would do to one dossier: ``refused`` says why not. ``version`` is what the person saw."""

    number: str
    facility_name: str
    status: DossierStatus
    version: int
    refused: DomainError | None

    @property
    def possible(self) -> bool:
        """Whether the step can be taken."""
        return self.refused is None


def preview(actor: Actor, event: Event, chosen: Sequence[str]) -> list[PreviewRow]:
    """What would happen to each chosen dossier, in the order of the choice; one statement.

    A choice is ``number`` or ``number:version`` (the version that was shown); what does not exist is left out.
    """
    access.require(actor, Permission.DOSSIER_DECIDE)
    seen = dict(_choice(text) for text in chosen[:MOST])
    who = dossiers.kind_of(actor)
    found = {}
    for row in db.session.execute(case_page.with_calendar().where(Dossier.number.in_(seen))):
        dossier, facility, situation = case_page.situated(row)
        refused = refusal(dossiers.facts_of(dossier), event, who, situation)
        version = seen[dossier.number] or dossier.version
        found[dossier.number] = PreviewRow(dossier.number, facility.name, dossier.status, version, refused)
    return [found[number] for number in seen if number in found]


def _choice(text: str) -> tuple[str, int | None]:
    number, _, version = text.replace("\0", "").partition(":")
    return number, int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None


def check_reason(event: Event, reason: str | None) -> None:
    """Raises InvalidValue at ``reason`` when the step needs one; asked once for all dossiers."""
    if REASON_REQUIRED[event] and not (reason or "").strip():
        raise InvalidValue(N_("Vul een reden in."), field="reason")


def take(actor: Actor, event: Event, row: PreviewRow, reason: str | None) -> Dossier:
    """Take the step for one dossier, if it still is what was seen; raises as ``declarations.fire`` does."""
    return declarations.fire(actor, row.number, event, reason, version=row.version)
