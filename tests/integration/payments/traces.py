"""What payments left in the audit chain."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from models.all import db
from models.audit import AuditEntry


def traced(event: str) -> list[dict[str, Any]]:
    """The data of every trace of an event, oldest first."""
    rows = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == event).order_by(AuditEntry.sequence))
    return [json.loads(row) for row in rows]
