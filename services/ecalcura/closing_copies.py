"""Which copy of a dossier counts after a step of the case manager or the scheduler: a new one, or an earlier one."""

from __future__ import annotations

from sqlalchemy import select

from domain.actor import Actor
from domain.ecalcura.basis import SnapshotSource, basis_of_event, basis_when_blocking, basis_when_blocking_again
from domain.ecalcura.declaration import DossierFacts, DossierStatus, Event
from domain.errors import N_, NotAllowedNow
from models.base import db
from models.declaration import Dossier, DossierSnapshot
from services.ecalcura import snapshots
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import lines

EDITED_IN_AUDIT = N_(
    "Tijdens de audit zijn prestaties gewijzigd. Kies 'Afsluiten' om ze te laten tellen, of zet de waarden eerst terug."
)


def choose(actor: Actor, found: Found, event: Event, facts: DossierFacts) -> DossierSnapshot | None:
    """Take or choose the copy that counts after an event, and say on what basis (T-05, T-08, T-11)."""
    dossier = found.dossier
    if event is Event.RESTORE:
        _unchanged_since_snapshot(found, facts)
        return None
    basis = basis_of_event(event)
    if basis is None:
        return None
    source = SnapshotSource.LAST_SAVED
    if event is Event.BLOCK:
        chosen = basis_when_blocking(facts)
        source, basis = chosen.source, chosen.used
    elif event is Event.BLOCK_AGAIN:
        chosen = basis_when_blocking_again(facts, found.situation.calendar.fallback_basis)
        source, basis = chosen.source, chosen.used
    if source is SnapshotSource.LAST_SAVED:
        held = snapshots.certificates_in(found.facility.id, dossier.quarter)
        own_lines = lines(dossier, found.parameters)
        snapshot: DossierSnapshot | None = snapshots.take(
            actor, found, event, own_lines, held, by=actor.organisation_name
        )
    else:
        snapshot = _last_snapshot(dossier, source)
    dossier.basis = basis.value
    dossier.snapshot_id = snapshot.id if snapshot else None
    return snapshot


def _last_snapshot(dossier: Dossier, source: SnapshotSource) -> DossierSnapshot | None:
    confirmed = [Event.SUBMIT.value, Event.CLOSE_FROM_AUDIT.value]
    wanted = confirmed if source is SnapshotSource.LAST_SUBMITTED else [Event.BLOCK.value]
    return db.session.scalar(
        select(DossierSnapshot)
        .where(DossierSnapshot.dossier_id == dossier.id, DossierSnapshot.event.in_(wanted))
        .order_by(DossierSnapshot.sequence.desc())
        .limit(1)
    )


def _unchanged_since_snapshot(found: Found, facts: DossierFacts) -> None:
    """T-12 puts the status back without change: what counts and what is shown must not come apart."""
    snapshot = snapshots.counting(found.dossier)
    if facts.previous_status is DossierStatus.OPEN or snapshot is None:
        return
    if not snapshots.same_performances(snapshot, lines(found.dossier, found.parameters)):
        raise NotAllowedNow(EDITED_IN_AUDIT, code="T-12")
