"""Every table, so that metadata is complete for migrations and tests."""

from models import (
    audit,
    background_job,
    campaign,
    compensation,
    declaration,
    document,
    identity,
    letter,
    organisation,
    outbox,
    payment,
    personnel,
    reference,
)
from models.base import Base, db

__all__ = [
    "Base",
    "audit",
    "background_job",
    "campaign",
    "compensation",
    "db",
    "declaration",
    "document",
    "identity",
    "letter",
    "organisation",
    "outbox",
    "payment",
    "personnel",
    "reference",
]
