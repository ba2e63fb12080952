"""What an installation decides about terms: which kinds move their last day, and how long an outage must last."""

from __future__ import annotations

from datetime import timedelta

from domain.econtracting.terms import DEFAULT_ROLL, TermKind
from services.connections import connections


def rolls(kind: TermKind) -> bool:
    """Whether the last day of a kind moves to a working day (A-29); ``ELOKET_TERMS_ROLL`` names the kinds that do."""
    named = connections().settings.extra.get("ELOKET_TERMS_ROLL")
    if named is None:
        return DEFAULT_ROLL[kind]
    return kind.value in {word.strip().upper() for word in named.split(",")}


def outage_threshold() -> timedelta:
    """How long sending must have been impossible before it prolongs a term (A-36): ``ELOKET_OUTAGE_HOURS``, else 4."""
    return timedelta(hours=int(connections().settings.extra.get("ELOKET_OUTAGE_HOURS") or 4))
