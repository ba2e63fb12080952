"""Every table, so that metadata is complete for migrations and tests."""

from models import audit, declaration, document, identity, organisation, outbox, personnel, reference
from models.base import Base, db

__all__ = [
    "Base",
    "audit",
    "db",
    "declaration",
    "document",
    "identity",
    "organisation",
    "outbox",
    "personnel",
    "reference",
]
