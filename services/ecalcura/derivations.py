"""What a calculation leaves behind: the case, what it was read from, and every value that followed (3.12, part 7).

One canonical JSON document per calculation, compressed; its SHA-256 stands on the calculation and in the audit chain.
Contracts and choices stand in it once and rows refer to their place, because four quarters mostly say the same. What
was written reads back to equal values, so that an amount is explained, and computed again, years later.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.compensation import Case
from domain.ecalcura.compensation_result import Compensation
from services.ecalcura import derivation_case, derivation_outcome

#: Raised when the form of the document changes; an old one is still read for what it is.
FORMAT = 1
#: Fast and small enough: the rows look very much alike.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class QuarterSource:
    """From where the data of a quarter came. ``dossier`` is its number; no copy was read when ``digest`` is None."""

    quarter: Quarter
    dossier: str | None = None
    snapshot_id: int | None = None
    digest: str | None = None
    basis: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonName:
    """How somebody is called in the explanation."""

    last_name: str
    first_name: str

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


@dataclass(frozen=True, slots=True)
class Sources:
    """What a calculation read: the copies of the quarters, the parameter set, and how the people are called.

    The certificates, with the days of their notifications (E-103, A-24), are in the case. ``names`` by the reference
    of the person.
    """

    hco_number: str
    facility_name: str
    quarters: tuple[QuarterSource, ...]
    parameter_set_id: int | None = None
    parameter_number: int | None = None
    parameter_digest: str | None = None
    names: Mapping[str, PersonName] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Derivation:
    """A calculation with everything that led to it. Who may see the names is checked by who asks for it."""

    case: Case
    compensation: Compensation
    sources: Sources

    @property
    def names(self) -> Mapping[str, PersonName]:
        """The people, by the reference the case and the outcome use."""
        return self.sources.names


@dataclass(frozen=True, slots=True)
class AdvanceDerivation:
    """How an advance came about (A-20): a percentage of the base, which is that of ``base_period`` if any."""

    amount: Decimal
    base_amount: Decimal | None
    percentage: Decimal | None
    base_period: str | None
    parameter_set_id: int | None = None
    parameter_number: int | None = None
    parameter_digest: str | None = None


class UnknownFormat(ValueError):
    """The document is of a form that this version of the program does not know."""


def write(case: Case, compensation: Compensation, sources: Sources) -> tuple[bytes, str]:
    """The compressed document and the SHA-256 (hex) of what it holds."""
    written, places = derivation_case.written(case)
    return _packed(
        {
            "format": FORMAT,
            "case": written,
            "sources": _written_sources(sources),
            "outcome": derivation_outcome.written(compensation, places),
        }
    )


def read(content: bytes) -> Derivation:
    """The document back as values; UnknownFormat for one this version does not know."""
    held = _unpacked(content, "outcome")
    case = derivation_case.read(held["case"])
    outcome = derivation_outcome.read(held["outcome"], case, derivation_case.contracts(held["case"]))
    return Derivation(case, outcome, _read_sources(held["sources"]))


def write_advance(advance: AdvanceDerivation) -> tuple[bytes, str]:
    """The same for an advance, which has no lines."""
    return _packed(
        {
            "format": FORMAT,
            "advance": {
                "amount": str(advance.amount),
                "base_amount": None if advance.base_amount is None else str(advance.base_amount),
                "percentage": None if advance.percentage is None else str(advance.percentage),
                "base_period": advance.base_period,
                "parameters": [advance.parameter_set_id, advance.parameter_number, advance.parameter_digest],
            },
        }
    )


def read_advance(content: bytes) -> AdvanceDerivation:
    """The derivation of an advance."""
    held = _unpacked(content, "advance")["advance"]
    base, percentage = (None if held[name] is None else Decimal(held[name]) for name in ("base_amount", "percentage"))
    set_id, number, digest = held["parameters"]
    return AdvanceDerivation(Decimal(held["amount"]), base, percentage, held["base_period"], set_id, number, digest)


def digest_of(content: bytes) -> str:
    """The SHA-256 (hex) of a stored document, to compare with what the calculation says."""
    return hashlib.sha256(zlib.decompress(content)).hexdigest()


def _packed(document: Mapping[str, Any]) -> tuple[bytes, str]:
    data = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return zlib.compress(data, _LEVEL), hashlib.sha256(data).hexdigest()


def _unpacked(content: bytes, part: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(zlib.decompress(content))
    if held.get("format") != FORMAT or part not in held:
        raise UnknownFormat(f"format {held.get('format')}")
    return held


def _written_sources(sources: Sources) -> dict[str, Any]:
    return {
        "hco_number": sources.hco_number,
        "facility": sources.facility_name,
        "parameters": [sources.parameter_set_id, sources.parameter_number, sources.parameter_digest],
        "quarters": [
            [
                str(one.quarter),
                one.dossier,
                one.snapshot_id,
                one.digest,
                one.basis,
                None if one.taken_at is None else one.taken_at.isoformat(),
            ]
            for one in sources.quarters
        ],
        "names": {reference: [name.last_name, name.first_name] for reference, name in sources.names.items()},
    }


def _read_sources(raw: Mapping[str, Any]) -> Sources:
    set_id, number, parameter_digest = raw["parameters"]
    return Sources(
        raw["hco_number"],
        raw["facility"],
        tuple(
            QuarterSource(
                Quarter.parse(quarter),
                dossier,
                snapshot_id,
                digest,
                basis,
                None if taken_at is None else datetime.fromisoformat(taken_at),
            )
            for quarter, dossier, snapshot_id, digest, basis, taken_at in raw["quarters"]
        ),
        set_id,
        number,
        parameter_digest,
        {reference: PersonName(*name) for reference, name in raw["names"].items()},
    )
