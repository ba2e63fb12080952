"""Which data of a quarter count for a calculation: submitted, or closed ex officio (T-05, T-08, A-37)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ecalcura.campaign import FallbackBasis
from domain.ecalcura.dossier_states import DossierFacts, DossierStatus, Event


class UsedBasis(StrEnum):
    """Where the counting data come from (``gebruikte_basis``): submitted, or closed ex officio."""

    SUBMITTED = "INGEDIEND"
    EX_OFFICIO = "AMBTSHALVE"


class SnapshotSource(StrEnum):
    """What to do to get the counting data when a quarter is blocked."""

    EMPTY = "EMPTY"
    """Nothing was ever entered: an empty stub (A-09)."""
    LAST_SAVED = "LAST_SAVED"
    """Make a new ex officio snapshot of the last saved data."""
    LAST_SUBMITTED = "LAST_SUBMITTED"
    """Use the snapshot of the last submission; make none."""
    LAST_EX_OFFICIO = "LAST_EX_OFFICIO"
    """Use the snapshot of the first blocking on 16 October; make none."""


@dataclass(frozen=True, slots=True)
class BlockBasis:
    """What counts after a blocking, and how that is called."""

    source: SnapshotSource
    used: UsedBasis


def basis_when_blocking(facts: DossierFacts) -> BlockBasis:
    """T-05: the last saved data, also when an earlier submission was reopened; an empty stub if never opened (A-09)."""
    if facts.status is None:
        return BlockBasis(SnapshotSource.EMPTY, UsedBasis.EX_OFFICIO)
    return BlockBasis(SnapshotSource.LAST_SAVED, UsedBasis.EX_OFFICIO)


def basis_when_blocking_again(facts: DossierFacts, fallback: FallbackBasis) -> BlockBasis:
    """T-08: the last submission if any, else the 16 October snapshot; by parameter (A-11) what was saved last."""
    if fallback is FallbackBasis.LAST_SAVED:
        return BlockBasis(SnapshotSource.LAST_SAVED, UsedBasis.EX_OFFICIO)
    if facts.submitted_before:
        return BlockBasis(SnapshotSource.LAST_SUBMITTED, UsedBasis.SUBMITTED)
    return BlockBasis(SnapshotSource.LAST_EX_OFFICIO, UsedBasis.EX_OFFICIO)


def basis_of_event(event: Event) -> UsedBasis | None:
    """What a snapshot taken with an event is: a closing by the case manager (T-11) confirms as a submission does.

    ``None`` for an event that confirms nothing.
    """
    if event in (Event.SUBMIT, Event.CLOSE_FROM_AUDIT):
        return UsedBasis.SUBMITTED
    return UsedBasis.EX_OFFICIO if event in (Event.BLOCK, Event.BLOCK_AGAIN) else None


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """An immutable copy of a quarter. A closing by the case manager (T-11) is SUBMITTED too."""

    reference: str
    basis: UsedBasis
    taken_at: datetime


def counting_snapshot(
    status: DossierStatus | None, used: UsedBasis | None, snapshots: Iterable[SnapshotFacts]
) -> SnapshotFacts | None:
    """The snapshot a calculation reads, or ``None`` when the quarter takes no part (A-37, L-05).

    CLOSED: the last submission. BLOCKED: the last one of its used basis. AUDIT: the last of all, with a warning to the
    case manager. OPEN or never opened: none.
    """
    if status is None or status is DossierStatus.OPEN:
        return None
    if status is DossierStatus.CLOSED:
        used = UsedBasis.SUBMITTED
    elif status is DossierStatus.AUDIT:
        used = None
    fitting = [snapshot for snapshot in snapshots if used is None or snapshot.basis is used]
    return max(fitting, key=lambda snapshot: snapshot.taken_at, default=None)
