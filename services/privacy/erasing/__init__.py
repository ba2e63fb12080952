"""What erasing means per class (domain.retention): which subjects end, what still needs them, and the act."""

from __future__ import annotations

from domain.retention import RetentionClass
from services.privacy.erasing import messages, plain, staff
from services.privacy.erasing.base import Eraser

ERASERS: dict[RetentionClass, Eraser] = {
    RetentionClass.STAFF: staff.Staff(),
    RetentionClass.MESSAGES: messages.Messages(),
    **plain.ERASERS,
}

__all__ = ["ERASERS"]
