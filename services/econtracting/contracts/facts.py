"""A contract as the data it was made from: to compare with what is typed, and to trace what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from domain.calendars import BRUSSELS, local_date
from domain.econtracting.contract_data import (
    LENGTHS,
    ContractData,
)
from domain.econtracting.terms import regime_of
from models.base import db
from models.organisation import Organisation
from models.public_contract import ContractKind, PublicContract
from services.econtracting import kinds

#: What is kept as it was typed.
_PLAIN = tuple(
    name
    for name in (*LENGTHS, "type", "ground", "published_on", "processing_days")
    if name not in ("contractor_name", "contact_email")
)


def kinds_of(contract_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The codes of the kinds of some contracts; one statement."""
    found: dict[int, set[str]] = {}
    rows = db.session.execute(
        select(ContractKind.contract_id, ContractKind.kind_code).where(ContractKind.contract_id.in_(list(contract_ids)))
    )
    for contract_id, code in rows:
        found.setdefault(contract_id, set()).add(code)
    return {contract_id: frozenset(codes) for contract_id, codes in found.items()}


def data_of(contract: PublicContract, contractor: Organisation, codes: frozenset[str]) -> ContractData:
    """The data of a contract as an authority would type them today."""
    regime = None if contract.regime is regime_of(contract.published_on) else contract.regime
    later = contract.visible_since is not None and contract.visible_since > contract.made_at
    return ContractData(
        **{name: getattr(contract, name) for name in _PLAIN},
        contact_email=contract.contact_email,
        contractor_number=contractor.key,
        contractor_name=contractor.name,
        regime=regime,
        kinds=codes,
        visible_from=local_date(contract.visible_since) if later and contract.visible_since else None,
    )


def values_of(data: ContractData) -> dict[str, Any]:
    """The columns of a contract for checked data; the parties, the kinds and ``visible_since`` stand apart."""
    return {
        **{name: getattr(data, name) for name in _PLAIN},
        "contact_email": data.contact_email,
        "regime": data.regime_in_force,
    }


def visible_since(data: ContractData, now: datetime) -> datetime:
    """From when the contractor sees it: at once, or from the beginning of the chosen day in Brussels."""
    if data.visible_from is None:
        return now
    return max(now, datetime.combine(data.visible_from, time(), BRUSSELS))


def changes(before: ContractData, after: ContractData) -> list[str]:
    """The fields that differ."""
    names = [*ContractData.__dataclass_fields__]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def traced(data: ContractData, fields: Iterable[str]) -> Mapping[str, Any]:
    """Some fields as text for the audit trail."""
    return {name: _plain(getattr(data, name)) for name in fields}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def codes_in_use() -> frozenset[str]:
    """The codes of the kinds a contract can exchange now."""
    return frozenset(one.kind.code for one in kinds.all_in_use())
