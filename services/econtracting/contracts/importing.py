"""Contracts from a CSV in two steps: read and shown, then made when the authority confirms, once.

What was read is kept as a ``ContractImport``. At the confirmation the rows are judged again beside what is there by
then; only rows that are new are made. A second confirmation finds that it was done and does nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.contract_data import (
    ContractData,
)
from domain.econtracting.contract_rows import COLUMNS, JudgedRow, RowResult, judge, read_table
from domain.errors import NotFound
from models.base import db
from models.gate import writing
from models.organisation import Organisation
from models.public_contract import ContractImport, PublicContract
from services import audit, clock
from services.econtracting import kinds
from services.econtracting.contracts import facts, making

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read: its rows with what becomes (or became) of each. ``made``: references of what was made."""

    reference: str
    file_name: str
    read_at: datetime
    taken_at: datetime | None
    rows: Sequence[JudgedRow]
    made: Mapping[str, str]

    @property
    def counts(self) -> Mapping[RowResult, int]:
        """How many rows there are of each kind, those that are not there included."""
        found = Counter(row.result for row in self.rows)
        return {result: found[result] for result in RowResult}


def read(actor: Actor, file_name: str, content: bytes) -> ContractImport:
    """Keep a file to look at; writes no contract. InvalidValue (``file``) when it cannot be one of contracts."""
    authority = making.authority_of(actor)
    rows = read_table(content)
    with writing("contracts.read"):
        kept = ContractImport(
            authority_id=authority.id,
            file_name=file_name[:200],
            content=json.dumps({"rows": rows}, ensure_ascii=False),
            digest=hashlib.sha256(content).hexdigest(),
            read_at=clock.now(),
            read_by_id=actor.account_id,
        )
        db.session.add(kept)
        db.session.flush()
    return kept


def reading(actor: Actor, reference: str) -> Reading:
    """A file that was read, judged beside what is there now, or as it was when it was taken; NotFound for another's."""
    authority = making.authority_of(actor)
    return _reading(_row(authority, reference), authority)


def take(actor: Actor, reference: str) -> Reading:
    """Make the contracts of the rows that are new, in one transaction. When it was done before, nothing happens."""
    authority = making.authority_of(actor)
    kept = _row(authority, reference, lock=True)
    found = _reading(kept, authority)
    if kept.taken_at is not None:
        return found
    made = _make(actor, authority, [row.data for row in found.rows if row.result is RowResult.NEW and row.data])
    with writing("contracts.take"):
        kept.taken_at = clock.now()
        kept.content = json.dumps(
            {
                "rows": [(row.number, dict(row.cells)) for row in found.rows],
                "results": [row.result.value for row in found.rows],
                "made": made,
            },
            ensure_ascii=False,
        )
    audit.record(
        actor,
        AuditEvent.PUBLIC_CONTRACTS_IMPORTED,
        "contract_import",
        kept.reference,
        data={
            "rows": len(found.rows),
            "taken": len(made),
            "rejected": found.counts[RowResult.REFUSED],
            "file_digest": kept.digest,
        },
    )
    return Reading(kept.reference, kept.file_name, kept.read_at, kept.taken_at, found.rows, made)


def _make(actor: Actor, authority: Organisation, wanted: Sequence[ContractData]) -> dict[str, str]:
    """The references of what was made, by number."""
    contractors: dict[str, Organisation] = {}
    for data in wanted:
        if data.contractor_number not in contractors:
            contractors[data.contractor_number] = making.contractor_of(data)
    made: dict[str, str] = {}
    for start in range(0, len(wanted), _BATCH):
        batch = [(data, contractors[data.contractor_number]) for data in wanted[start : start + _BATCH]]
        made |= {one.number: one.reference for one in making.add_all(actor, authority, batch)}
    return made


def _row(authority: Organisation, reference: str, *, lock: bool = False) -> ContractImport:
    statement = select(ContractImport).where(
        ContractImport.reference == reference, ContractImport.authority_id == authority.id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    kept = db.session.scalar(statement)
    if kept is None:
        raise NotFound
    return kept


def _reading(kept: ContractImport, authority: Organisation) -> Reading:
    content = json.loads(kept.content)
    rows = [(number, cells) for number, cells in content["rows"]]
    if kept.taken_at is None:
        return Reading(kept.reference, kept.file_name, kept.read_at, None, _judged(rows, authority), {})
    judged = [
        JudgedRow(number, RowResult(result), cells)
        for (number, cells), result in zip(rows, content["results"], strict=True)
    ]
    return Reading(kept.reference, kept.file_name, kept.read_at, kept.taken_at, judged, content["made"])


def _judged(rows: Sequence[tuple[int, Mapping[str, str]]], authority: Organisation) -> list[JudgedRow]:
    organisations = _organisations()
    return judge(
        rows,
        _known(authority, [" ".join(cells.get("opdrachtnummer", "").split()) for _, cells in rows]).get,
        {one.key: one.name for one in organisations},
        {one.key: making.IS_AUTHORITY for one in organisations if one.side == Side.AUTHORITY},
        facts.codes_in_use(),
        clock.today(),
    )


def _organisations() -> Sequence[Organisation]:
    """Every party that signed in or was named before; a few thousand at most."""
    return db.session.scalars(select(Organisation)).all()


def _known(authority: Organisation, numbers: Sequence[str]) -> dict[str, ContractData]:
    """The contracts of the authority with these numbers, as they would be typed; a few statements per 500."""
    found: dict[str, ContractData] = {}
    for start in range(0, len(numbers), _BATCH):
        contracts: Any = db.session.execute(
            select(PublicContract, Organisation)
            .join(Organisation, Organisation.id == PublicContract.contractor_id)
            .where(
                PublicContract.authority_id == authority.id,
                PublicContract.number.in_(numbers[start : start + _BATCH]),
            )
        ).all()
        codes = facts.kinds_of(contract.id for contract, _ in contracts)
        for contract, contractor in contracts:
            found[contract.number] = facts.data_of(contract, contractor, codes.get(contract.id, frozenset()))
    return found


def template() -> tuple[list[str], list[list[str]]]:
    """The titles and a row of the file to begin with, as cells."""
    codes = " ".join(one.kind.code for one in kinds.all_in_use())
    example = {
        "opdrachtnummer": "VOORBEELD/2026/001",
        "omschrijving": "Herstelling van het fietspad",
        "ondernemingsnummer": "0999.000.129",
        "naam_opdrachtnemer": "Wegenbouw Voorbeeld NV",
        "dienst": "Afdeling Wegenbouw",
        "type": "WERKEN",
        "grond": "BESTEK",
        "verwijzing": "Bestek 1M3D8J/26/01",
        "bekendmaking": "03/03/2025",
        "behandelingstermijn": "30",
        "ordernummer": "4500000001",
        "contact_naam": "Secretariaat Wegenbouw",
        "contact_email": "wegenbouw@voorbeeld.be",
        "contact_telefoon": "02 553 00 00",
        "soorten": codes,
    }
    return [*COLUMNS], [[example.get(column, "") for column in COLUMNS]]
