"""What a list of dossiers is about, as it stands in the address: search text, filters and order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.declaration import DossierStatus
from domain.ecalcura.risk import RiskLevel
from domain.errors import InvalidValue
from models.organisation import Sector

_QUARTER = re.compile(r"20\d{2}K[1-4]")


class Sort(StrEnum):
    """What a list of dossiers can be sorted by: CHANGED and RISK always, the others when few enough are left."""

    CHANGED = "gewijzigd"
    NUMBER = "nummer"
    FACILITY = "voorziening"
    SUBMITTED = "ingediend"
    RISK = "risico"
    STAKE = "inzet"


@dataclass(frozen=True)
class Criteria:
    """What the list is about. ``search`` is what was typed; ``facility`` an HCO number or words of a facility.

    ``risk`` leaves out what weighs less; then the heaviest stands first unless another order is asked.
    """

    search: str = ""
    status: DossierStatus | None = None
    quarter: Quarter | None = None
    period: str | None = None
    sector: Sector | None = None
    facility: str = ""
    risk: RiskLevel | None = None
    sort: Sort = Sort.CHANGED
    descending: bool = True

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Criteria:
        """From the words of an address; what is not understood is left out, so that no address is an error."""
        sort = values.get("sorteer", "")
        wanted = _member(Sort, sort.removeprefix("-"))
        risk = _member(RiskLevel, values.get("risico", ""))
        risk = None if risk is RiskLevel.LOW else risk
        return cls(
            search=_typed(values.get("zoek", "")),
            status=_member(DossierStatus, values.get("status", "")),
            quarter=_quarter(values.get("kwartaal", "")),
            period=_period(values.get("periode", "")),
            sector=_member(Sector, values.get("sector", "")),
            facility=_typed(values.get("voorziening", "")),
            risk=risk,
            sort=wanted or (Sort.RISK if risk else Sort.CHANGED),
            descending=sort.startswith("-") if wanted else True,
        )

    def address(self) -> dict[str, str]:
        """The words of the address that ``read`` gives back as this; defaults are left out."""
        values = {
            "zoek": self.search,
            "status": self.status or "",
            "kwartaal": str(self.quarter or ""),
            "periode": self.period or "",
            "sector": self.sector or "",
            "voorziening": self.facility,
            "risico": self.risk or "",
            "sorteer": ("-" if self.descending else "") + self.sort,
        }
        if values["sorteer"] == ("-risico" if self.risk else "-gewijzigd"):
            values["sorteer"] = ""
        return {name: str(value) for name, value in values.items() if value}

    @property
    def shows_risk(self) -> bool:
        """Whether the list is about what to look at first."""
        return self.risk is not None or self.sort in (Sort.RISK, Sort.STAKE)

    @property
    def filtered(self) -> bool:
        """Whether anything is left out of the list."""
        return self.address().keys() - {"sorteer"} != set()


def _member(kind: Any, value: str) -> Any:
    return kind(value) if value in set(kind) else None


def _typed(value: str) -> str:
    return " ".join(value.replace("\0", " ").split())[:100]


def _quarter(value: str) -> Quarter | None:
    return Quarter.parse(value) if _QUARTER.fullmatch(value) else None


def _period(value: str) -> str | None:
    try:
        quarters_of(value)
    except InvalidValue:
        return None
    return value
