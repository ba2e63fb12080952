"""Mail of e-Contracting to desired addresses (part 8): the addresses, what is announced, and what came of it."""

from services.econtracting.notifications.announcing import announce

__all__ = ["announce"]
