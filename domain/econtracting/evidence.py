"""Proof of what was exchanged, when and between which organisations (part 9): manifests, their chain, commitments.

A record is canonical JSON; its digest covers the digest of the record before it, so that changing, removing, inserting
or reordering one is found at its place. Who of the contractor did it is not in a record: only a salted digest is, and
the salt stays with the company (C-046).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.errors import N_

GENESIS = "0" * 64
FORMAT = 1


class EvidenceType(StrEnum):
    """What a record proves."""

    SUBMITTED = "INDIENING"
    SUBMISSION_REFUSED = "INDIENING_GEWEIGERD"
    CONSULTABLE = "RAADPLEEGBAAR"
    FIRST_CONSULTED = "EERSTE_RAADPLEGING"
    REOPENED = "HEROPEND"
    CORRECTED = "CORRECTIE"
    MAIL_SENT = "NOTIFICATIE_VERZONDEN"
    MAIL_FAILED = "NOTIFICATIE_MISLUKT"
    REMOVED = "VERWIJDERD_NA_BEWAARTERMIJN"


EVIDENCE_LABELS: dict[EvidenceType, str] = {
    EvidenceType.SUBMITTED: N_("Ingediend"),
    EvidenceType.SUBMISSION_REFUSED: N_("Indiening geweigerd"),
    EvidenceType.CONSULTABLE: N_("Raadpleegbaar"),
    EvidenceType.FIRST_CONSULTED: N_("Voor het eerst geraadpleegd"),
    EvidenceType.REOPENED: N_("Heropend"),
    EvidenceType.CORRECTED: N_("Gecorrigeerd"),
    EvidenceType.MAIL_SENT: N_("Melding verzonden"),
    EvidenceType.MAIL_FAILED: N_("Melding mislukt"),
    EvidenceType.REMOVED: N_("Verwijderd na de bewaartermijn"),
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a version: its name, size in bytes, media type and SHA-256 digest (hex)."""

    name: str
    size: int
    media_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one record says. ``contractor`` and ``authority`` are organisation keys; ``commitment`` hides the person."""

    type: EvidenceType
    sequence: int
    contract: str
    contractor: str
    authority: str
    at: datetime
    document: str | None = None
    kind: str | None = None
    version: int | None = None
    title: str | None = None
    files: tuple[FileFacts, ...] = ()
    commitment: str | None = None
    detail: Mapping[str, Any] | None = None


def canonical(value: Any) -> str:
    """The one JSON form that is hashed: sorted keys, no spaces, text as it is; no floats come in here."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def record(manifest: Manifest, previous: str) -> str:
    """The canonical text of a record on top of the digest before it; ValueError for an instant without offset."""
    if manifest.at.tzinfo is None:
        raise ValueError("an instant needs an offset")
    content: dict[str, Any] = {
        "format": FORMAT,
        "type": manifest.type.value,
        "sequence": manifest.sequence,
        "contract": manifest.contract,
        "contractor": manifest.contractor,
        "authority": manifest.authority,
        "at": manifest.at.isoformat(timespec="milliseconds"),
        "document": manifest.document,
        "kind": manifest.kind,
        "version": manifest.version,
        "title": manifest.title,
        "files": [
            {"name": one.name, "size": one.size, "type": one.media_type, "sha256": one.digest} for one in manifest.files
        ],
        "commitment": manifest.commitment,
        "detail": dict(manifest.detail) if manifest.detail is not None else None,
        "previous": previous,
    }
    return canonical(content)


def digest_of(text: str) -> str:
    """SHA-256 of a record, in hex: what the next record, the seal and the time-stamp are about."""
    return hashlib.sha256(text.encode()).hexdigest()


def commitment(salt: str, person: str) -> str:
    """What the shared record says instead of who it was: SHA-256 over the salt (hex of 32 bytes) and the person's key.

    The company keeps both and can show later who it was; without the salt nobody can try out keys.
    """
    return hashlib.sha256(bytes.fromhex(salt) + person.encode()).hexdigest()


class Fault(StrEnum):
    """What can be wrong at a place of a chain."""

    UNREADABLE = "unreadable"
    CHANGED = "changed"
    NOT_LINKED = "not linked"
    CUT_OFF = "cut off"
    SEAL = "seal"
    ROW = "row"
    CONTENT = "content"
    MOMENT = "moment"
    FILE_MISSING = "file missing"
    FILE_CHANGED = "file changed"
    FILE_ADDED = "file added or taken away"
    STORE_DOWN = "document store down"
    ANNEX = "annex"
    TIME_STAMP = "time-stamp"
    UNPROVEN = "version without proof"
    NOT_REMOVED = "removed without proof"


FAULT_TEXTS: dict[Fault, str] = {
    Fault.UNREADABLE: N_("Bewijs {position} is geen leesbaar bewijs."),
    Fault.CHANGED: N_("De inhoud van bewijs {position} past niet bij zijn controlegetal."),
    Fault.NOT_LINKED: N_(
        "Bewijs {position} volgt niet op het bewijs ervoor: er werd iets weggelaten, ingevoegd of verplaatst."
    ),
    Fault.CUT_OFF: N_("Na bewijs {position} ontbreken bewijzen."),
    Fault.SEAL: N_("Het zegel van bewijs {position} klopt niet."),
    Fault.ROW: N_("Bij bewijs {position} staan andere gegevens dan in het bewijs zelf."),
    Fault.CONTENT: N_("De inhoud van het dossierstuk is niet meer die van bewijs {position}."),
    Fault.MOMENT: N_("Het moment bij het dossierstuk is niet dat van bewijs {position}."),
    Fault.FILE_MISSING: N_("Het bestand {file} van bewijs {position} ontbreekt."),
    Fault.FILE_CHANGED: N_("Het bestand {file} is niet meer dat van bewijs {position}."),
    Fault.FILE_ADDED: N_("De bestanden bij het dossierstuk zijn niet die van bewijs {position}."),
    Fault.STORE_DOWN: N_("Het bestand {file} van bewijs {position} kan nu niet gelezen worden."),
    Fault.ANNEX: N_("De vertrouwelijke bijlage van bewijs {position} klopt niet."),
    Fault.TIME_STAMP: N_("De tijdstempel van bewijs {position} klopt niet."),
    Fault.UNPROVEN: N_("Van versie {version} van dossierstuk {document} ontbreekt het bewijs."),
    Fault.NOT_REMOVED: N_("De inhoud werd verwijderd zonder bewijs daarvan."),
}


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold: the position from 1, what is wrong, and what the text names."""

    position: int
    fault: Fault
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The Dutch template of what is wrong."""
        return FAULT_TEXTS[self.fault]

    def __str__(self) -> str:
        return self.reason.format(position=self.position, **self.params)


class ChainReader:
    """Reads a chain record by record, from the first on, and says where it does not hold.

    ``content`` is what the last record that was read says.
    """

    def __init__(self, first: str = GENESIS) -> None:
        self.position = 0
        self.digest = first
        self.content: dict[str, Any] = {}

    def read(self, text: str, digest: str) -> Break | None:
        """The next record with the digest that is kept of it; after a break nothing more is to be read."""
        position = self.position + 1
        try:
            content = json.loads(text)
            named, sequence = content["previous"], content["sequence"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return Break(position, Fault.UNREADABLE)
        if digest_of(text) != digest:
            return Break(position, Fault.CHANGED)
        if named != self.digest or sequence != position:
            return Break(position, Fault.NOT_LINKED)
        self.position, self.digest, self.content = position, digest, content
        return None

    def end(self, head: tuple[int, str]) -> Break | None:
        """Whether what was read ends where it must: the last sequence and its digest."""
        if (self.position, self.digest) == head:
            return None
        return Break(self.position, Fault.CUT_OFF if self.position < head[0] else Fault.NOT_LINKED)


def check_chain(
    records: Iterable[tuple[str, str]], *, head: tuple[int, str] | None = None, first: str = GENESIS
) -> Break | None:
    """Read (text, digest) pairs in order: the first break, or None. ``head``: the last sequence and its digest."""
    reader = ChainReader(first)
    for text, digest in records:
        if found := reader.read(text, digest):
            return found
    return None if head is None else reader.end(head)


#: Crockford's base 32: no letter that is taken for a digit, or that makes a word.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10


def new_code(number: int) -> str:
    """The short code of a receipt, ten characters of Crockford's base 32, for a random number of 50 bits."""
    return "".join(_SIGNS[number >> 5 * place & 31] for place in range(_CODE_LENGTH))


def shown_code(code: str) -> str:
    """A code as people read it: in two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def read_code(typed: str) -> str | None:
    """The code somebody typed, whatever the spaces, dashes and case; O is read as 0, I and L as 1. None: no code."""
    signs = "".join(sign for sign in typed.upper() if not sign.isspace() and sign not in "-–—.")
    signs = signs.translate(str.maketrans("OIL", "011"))
    return signs if len(signs) == _CODE_LENGTH and all(sign in _SIGNS for sign in signs) else None


def merkle_root(digests: Sequence[str]) -> str:
    """One digest over many, for one time-stamp; leaves and nodes differ. GENESIS when there are none."""
    row = [_leaf(digest) for digest in digests]
    while len(row) > 1:
        row = _above(row)
    return row[0] if row else GENESIS


def merkle_paths(digests: Sequence[str]) -> list[list[tuple[str, str]]]:
    """For each digest its way up to the root: which side the other node is on (``L`` or ``R``), and that node."""
    paths: list[list[tuple[str, str]]] = [[] for _ in digests]
    row, span = [_leaf(digest) for digest in digests], 1
    while len(row) > 1:
        for place, path in enumerate(paths):
            node = place // span
            other = node ^ 1
            if other < len(row):
                path.append(("L" if other < node else "R", row[other]))
        row, span = _above(row), span * 2
    return paths


def root_over(digest: str, path: Iterable[tuple[str, str]]) -> str:
    """The root that a digest and its way up lead to; ValueError for a path that is none."""
    node = _leaf(digest)
    for side, other in path:
        if side not in ("L", "R"):
            raise ValueError(side)
        node = _node(other, node) if side == "L" else _node(node, other)
    return node


def _leaf(digest: str) -> str:
    return hashlib.sha256(b"\x00" + bytes.fromhex(digest)).hexdigest()


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left + right)).hexdigest()


def _above(row: list[str]) -> list[str]:
    """The row of nodes above; one that is left alone goes up as it is."""
    pairs = [_node(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)]
    return pairs + ([row[-1]] if len(row) % 2 else [])
