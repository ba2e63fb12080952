"""A ZIP that is written while it is read: nothing of it is kept but the names and digests of its members."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: The oldest moment a ZIP can hold; a fixed one, so that the same file always makes the same package.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_STORED_AS_IS = (".pdf", ".zip", ".png", ".jpg", ".jpeg", ".docx", ".xlsx", ".odt", ".ods", ".heic")


@dataclass(frozen=True, slots=True)
class Member:
    """A member as it was written."""

    name: str
    size: int
    digest: str


class _Sink:
    """Takes what the ZIP writes until somebody fetches it. It cannot go back, so the ZIP never tries."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def fetch(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


class ZipStream:
    """Add members one after another and pass on the pieces that come out; ``end`` gives the last ones."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, allowZip64=True)  # type: ignore[call-overload]
        self.members: list[Member] = []

    def add(self, name: str, content: bytes | Iterable[bytes]) -> Iterator[bytes]:
        """Write a member; gives the pieces of the ZIP so far. ValueError for a name that was used."""
        if name in self._zip.NameToInfo:
            raise ValueError(name)
        info = zipfile.ZipInfo(name, _MOMENT)
        info.external_attr = 0o644 << 16
        as_is = name.lower().endswith(_STORED_AS_IS)
        info.compress_type = zipfile.ZIP_STORED if as_is else zipfile.ZIP_DEFLATED
        sha, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for piece in (content,) if isinstance(content, bytes) else content:
                sha.update(piece)
                size += len(piece)
                member.write(piece)
                if out := self._sink.fetch():
                    yield out
        self.members.append(Member(name, size, sha.hexdigest()))
        yield self._sink.fetch()

    def end(self) -> Iterator[bytes]:
        """The index of the ZIP."""
        self._zip.close()
        yield self._sink.fetch()
