"""Mail as rows: ``enqueue`` in a use case, ``take`` and ``settle`` in the worker. At least once, one Message-ID.

``digests`` gathers what waits for an overview, ``bounces`` notes what came back, ``resending`` and ``reading`` are the
back office, ``letters`` makes the message.
"""

from __future__ import annotations

from services.outbox.enqueueing import NO_ADDRESS, enqueue
from services.outbox.resending import resend, resend_some
from services.outbox.sending import LEASE, MAX_ATTEMPTS, backlog, settle, take

__all__ = ["LEASE", "MAX_ATTEMPTS", "NO_ADDRESS", "backlog", "enqueue", "resend", "resend_some", "settle", "take"]
