"""Mail to who subscribed to outages (C-074): a planned one when it is published, an unexpected one when it opens and
when it is over, and every correction or withdrawal of what was mailed. One event, one mail for each subscriber.

A mail says which functions, from when and until when, with a link: nothing that somebody typed (E-154).
"""

from __future__ import annotations

from enum import StrEnum

from domain.econtracting.document_states import Function
from domain.news import Topic
from models.contract_follow_up import Outage
from services.news import telling


class Act(StrEnum):
    """What happened to a notice."""

    PUBLISH = "publish"
    END = "end"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


def tell(row: Outage, act: Act) -> int:
    """Ask for the mails about one act; gives how many subscribers there are."""
    parameters = {
        "functions": ["ALLES"] if len(row.functions.split()) == len(Function) else row.functions.split(),
        "start": row.starts_at.isoformat(),
        "end": row.ends_at.isoformat() if row.ends_at is not None else None,
        "path": f"/onbeschikbaarheden/{row.reference}",
    }
    return telling.tell(Topic.OUTAGES, _template(row, act), parameters, event_key=f"outage:{row.reference}:{act}")


def _template(row: Outage, act: Act) -> str:
    if act is Act.PUBLISH:
        if row.planned:
            return "outage_planned"
        return "outage_unexpected" if row.ends_at is None else "outage_over"
    return {Act.END: "outage_over", Act.CORRECT: "outage_corrected", Act.WITHDRAW: "outage_withdrawn"}[act]
