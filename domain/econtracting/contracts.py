"""What a public contract is made of (part 3): its type, its ground, and how long it lives."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_


class ContractType(StrEnum):
    """What is delivered."""

    WORKS = "WERKEN"
    SUPPLIES = "LEVERINGEN"
    SERVICES = "DIENSTEN"


CONTRACT_TYPE_LABELS: dict[ContractType, str] = {
    ContractType.WORKS: N_("Werken"),
    ContractType.SUPPLIES: N_("Leveringen"),
    ContractType.SERVICES: N_("Diensten"),
}


class Ground(StrEnum):
    """Why it is exchanged here: imposed by the tender specifications, or agreed by addendum (C-018, C-019)."""

    SPECIFICATIONS = "BESTEK"
    ADDENDUM = "BIJAKTE"


GROUND_LABELS: dict[Ground, str] = {
    Ground.SPECIFICATIONS: N_("Bestek"),
    Ground.ADDENDUM: N_("Bijakte"),
}


class ContractState(StrEnum):
    """Whether documents are still exchanged: only in an active contract."""

    ACTIVE = "ACTIEF"
    CLOSED = "AFGESLOTEN"
    ARCHIVED = "GEARCHIVEERD"


CONTRACT_STATE_LABELS: dict[ContractState, str] = {
    ContractState.ACTIVE: N_("Actief"),
    ContractState.CLOSED: N_("Afgesloten"),
    ContractState.ARCHIVED: N_("Gearchiveerd"),
}
