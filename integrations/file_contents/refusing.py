"""What makes a file refused, whatever its type, and the limits of unpacking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.econtracting.attachments import BOMB, INSIDE
from domain.errors import Finding, Findings, InvalidValue, Severity

MAX_DEPTH = 3
"""ZIP in ZIP in ZIP, and no deeper."""
MAX_ENTRIES = 5000
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_PART = 64 * 1024 * 1024
"""The largest part of a document that is looked into, unpacked, in bytes."""


@dataclass(slots=True)
class Room:
    """What may still be unpacked of one file that was brought, however deep it sits: small files multiply."""

    left: int = MAX_UNPACKED
    entries: int = MAX_ENTRIES

    def take(self, size: int) -> None:
        """Note that something is unpacked, in bytes. Raises InvalidValue when it is too much."""
        self.left -= size
        self.entries -= 1
        if self.left < 0 or self.entries < 0:
            raise refused(BOMB, "BOMB")


def refused(message: str, code: str, **params: Any) -> InvalidValue:
    """The refusal of a file, with what to do about it."""
    return InvalidValue(message, code=code, field="file", **params)


def inside(name: str, error: InvalidValue | Findings) -> Findings:
    """The refusal of a file in another one: which, and why."""
    told = Finding("INSIDE", Severity.BLOCKS, INSIDE, "file", params={"name": name[:80]})
    if isinstance(error, Findings):
        return Findings([told, *error.findings])
    return Findings([told, Finding(error.code or "", Severity.BLOCKS, error.message, "file", params=error.params)])
