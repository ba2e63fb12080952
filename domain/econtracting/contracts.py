"""What a public contract is made of (part 3): its type, its ground, and how long it lives."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from domain.errors import N_, InvalidValue, NotAllowedNow


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


CLOSED_ALREADY = N_("Deze opdracht is afgesloten: er verandert niets meer aan.")
TERMS_RUN = N_(
    "Er lopen nog termijnen. Zolang ze lopen, veranderen de termijnregels van de opdracht niet: "
    "een stuk houdt de regels waarmee het begon."
)
TERMS_TO_END = N_("Er lopen nog termijnen in deze opdracht. Sluit ze af nadat die beëindigd zijn.")
NOT_PUBLISHED = N_("Er zijn vrijgegeven stukken die de opdrachtnemer nog niet kan raadplegen. Wacht tot dat kan.")
ACCEPTED_LATER = N_("De definitieve oplevering kan niet na vandaag liggen.")
ACCEPTED_EARLIER = N_("De definitieve oplevering kan niet vóór de bekendmaking van de opdracht liggen.")
ACCEPTED_MISSING = N_("Vul de datum van de definitieve oplevering in.")

#: What decides how terms are reckoned: does not change while terms run.
TERM_FIELDS: frozenset[str] = frozenset({"published_on", "regime", "processing_days"})


def may_change(state: ContractState, changed: Collection[str], *, terms_run: bool) -> None:
    """Whether these fields may change now; NotAllowedNow otherwise (a document keeps the regime it began with)."""
    if state is not ContractState.ACTIVE:
        raise NotAllowedNow(CLOSED_ALREADY, code="C-004")
    if terms_run and TERM_FIELDS & set(changed):
        raise NotAllowedNow(TERMS_RUN, code="A-55")


def may_close(
    state: ContractState,
    published_on: date,
    accepted_on: date | None,
    today: date,
    *,
    terms_run: bool,
    unpublished: bool,
) -> date:
    """The date of final acceptance when the contract may be closed now.

    InvalidValue at ``accepted_on``; NotAllowedNow when it is closed already, while terms run, and while something that
    was released is not consultable yet.
    """
    if state is not ContractState.ACTIVE:
        raise NotAllowedNow(CLOSED_ALREADY, code="C-004")
    if accepted_on is None:
        raise InvalidValue(ACCEPTED_MISSING, field="accepted_on")
    if accepted_on > today:
        raise InvalidValue(ACCEPTED_LATER, field="accepted_on")
    if accepted_on < published_on:
        raise InvalidValue(ACCEPTED_EARLIER, field="accepted_on")
    if terms_run:
        raise NotAllowedNow(TERMS_TO_END, code="C-004")
    if unpublished:
        raise NotAllowedNow(NOT_PUBLISHED, code="C-051")
    return accepted_on
