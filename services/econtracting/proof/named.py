"""What records name outside themselves: the content of versions and messages, moments, and files in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from domain.econtracting.evidence import Break, EvidenceType, Fault
from integrations.documents import DocumentMissing, DocumentStoreDown
from services.connections import connections
from services.econtracting.proof.beside import Beside

_WITH_FILES = (EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE)


class Counts(Protocol):
    """Where the files that were read are counted."""

    files: int
    bytes: int


def millis(moment: datetime) -> str:
    """An instant as a record writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


class Named:
    """Holds what records name against what is there. ``proven``: the versions whose content and files a record names.

    ``files``: read every byte of the files; else only whether they are there. ``corrected``: the moment of versions
    that were corrected afterwards.
    """

    def __init__(self, counts: Counts, files: bool, corrected: Mapping[int, str]) -> None:
        self.proven: set[int] = set()
        self._counts = counts
        self._files = files
        self._corrected = corrected
        self._seen: set[str] = set()

    def problem(self, row: Any, said: Mapping[str, Any], beside: Beside) -> Break | None:
        """What does not hold of what one record names."""
        message = (said.get("detail") or {}).get("message")
        if row.version_id is not None:
            version = beside.versions[row.version_id]
            return self._version_problem(row, said, version) or self._file_problem(
                row, said, beside.attachments.get(row.version_id, [])
            )
        if isinstance(message, str) and row.type in _WITH_FILES:
            kept = beside.messages.get(message)
            if kept is None or _digest(kept.body) != said["detail"].get("content"):
                return Break(row.sequence, Fault.CONTENT)
            if kept.consultable_at is None or millis(kept.consultable_at) != said["at"]:
                return Break(row.sequence, Fault.MOMENT)
            return self._file_problem(row, said, beside.message_files.get(kept.id, []))
        return None

    def _version_problem(self, row: Any, said: Mapping[str, Any], version: Any) -> Break | None:
        digest = _digest(version.content)
        settled = version.content_digest or digest
        if digest != settled or (said.get("detail") or {}).get("content") != digest or said["title"] != version.title:
            return Break(row.sequence, Fault.CONTENT)
        moments = {EvidenceType.SUBMITTED: version.sent_at, EvidenceType.CONSULTABLE: version.consultable_at}
        if row.type in moments:
            self.proven.add(row.version_id)
            kept = moments[row.type]
            moved = self._corrected.get(row.version_id) if row.type is EvidenceType.CONSULTABLE else None
            if kept is None or millis(kept) != (moved or said["at"]):
                return Break(row.sequence, Fault.MOMENT)
        return None

    def _file_problem(self, row: Any, said: Mapping[str, Any], attachments: list[Any]) -> Break | None:
        if row.type not in _WITH_FILES:
            return None
        named = [(one["name"], one["size"], one["type"], one["sha256"]) for one in said["files"]]
        kept = [(one.name, one.size, one.media_type, one.digest) for one in attachments]
        if sorted(named) != sorted(kept):
            return Break(row.sequence, Fault.FILE_ADDED)
        for name, size, _, digest in named:
            fault = self._stored(digest, size)
            if fault is not None:
                return Break(row.sequence, fault, {"file": name})
        return None

    def _stored(self, digest: str, size: int) -> Fault | None:
        """What is wrong with a file in the store; each is read once."""
        if digest in self._seen:
            return None
        if not self._files:
            return self._there(digest, size)
        sha, read = hashlib.sha256(), 0
        try:
            for chunk in connections().documents.stream(digest):
                sha.update(chunk)
                read += len(chunk)
        except DocumentMissing:
            return Fault.FILE_MISSING
        except DocumentStoreDown:
            return Fault.STORE_DOWN
        if (sha.hexdigest(), read) != (digest, size):
            return Fault.FILE_CHANGED
        self._seen.add(digest)
        self._counts.files += 1
        self._counts.bytes += read
        return None

    @staticmethod
    def _there(digest: str, size: int) -> Fault | None:
        """What can be seen without reading the file."""
        try:
            kept = connections().documents.size(digest)
        except DocumentStoreDown:
            return Fault.STORE_DOWN
        if kept is None:
            return Fault.FILE_MISSING
        return None if kept == size else Fault.FILE_CHANGED


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
