"""What an installation decides about terms: which kinds move their last day, and how long an outage must last."""

from __future__ import annotations

from datetime import timedelta

from domain.econtracting.terms import TermKind
from services.connections import connections


def rolls(kind: TermKind) -> bool:
    """Whether the last day of a kind moves to a working day (A-29): those of ``ELOKET_TERMS_ROLL``."""
    return kind.value in connections().settings.terms_roll


def outage_threshold() -> timedelta:
    """How long sending must have been impossible before it prolongs a term (A-36): ``ELOKET_OUTAGE_HOURS``."""
    return timedelta(hours=connections().settings.outage_hours)
