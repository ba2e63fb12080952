"""The start page: which themes somebody opens here, and what is open or due (E-011)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from domain.access_chain import AccessExplanation, AccessFacts, explain
from domain.actor import Actor
from domain.ecalcura.declaration import DossierStatus
from domain.permissions import Permission
from services import work_items
from services.ecalcura import case_queries
from services.ecalcura.case_criteria import Criteria
from services.econtracting import actions
from services.econtracting.actions import WaitingAction
from services.econtracting.contracts import mine, office
from services.econtracting.contracts.mine import ThemeCounts
from services.econtracting.terms import reading as terms
from services.econtracting.terms.reading import TermView
from services.facility_tasks import FacilityTasks, facility_tasks
from services.listing import Capped, Position
from services.work_items import NewLetter, WorkItem


class Theme(StrEnum):
    """What somebody can open from the start page."""

    ECALCURA = "ECALCURA"
    ECONTRACTING = "ECONTRACTING"
    CONTRACTING_DESK = "CONTRACTING_DESK"
    BACK_OFFICE = "BACK_OFFICE"
    LOOK_UP = "LOOK_UP"
    CONTRACT_LOOK_UP = "CONTRACT_LOOK_UP"


@dataclass(frozen=True, slots=True)
class StartPage:
    """What the start page shows. ``contracting`` is what waits in e-Contracting, on either side.

    ``items`` are what waits and what is new, ``letters`` those of the last thirty days; ``statuses``, for a case
    manager, how many dossiers stand in each status, up to a cap. ``contract_tasks`` and ``contract_terms`` are the
    first of a contractor's person, over all contracts.
    ``how_to`` explains how to get a role to who has none that opens anything (E-007).
    """

    themes: tuple[Theme, ...]
    facility: FacilityTasks | None = None
    items: Sequence[WorkItem] = ()
    statuses: Mapping[DossierStatus, Capped] = field(default_factory=dict)
    letters: Sequence[NewLetter] = ()
    contracting: ThemeCounts | None = None
    how_to: AccessExplanation | None = None
    contract_tasks: Sequence[WaitingAction] = ()
    contract_terms: Sequence[TermView] = ()


#: So many tasks and terms of contracts stand on the start page; the list of contracts tells the others.
SHOWN = 5

_THEMES = (
    (Theme.ECALCURA, Permission.ECALCURA_READ),
    (Theme.ECONTRACTING, Permission.CONTRACTS_READ),
    (Theme.CONTRACTING_DESK, Permission.AUTHORITY_DESK),
    (Theme.LOOK_UP, Permission.LOOK_UP),
    (Theme.CONTRACT_LOOK_UP, Permission.CONTRACTS_LOOK_UP),
    (Theme.BACK_OFFICE, Permission.DOSSIER_REVIEW),
)

#: In the order in which they ask attention.
_FOLLOWED = (DossierStatus.AUDIT, DossierStatus.OPEN, DossierStatus.CLOSED, DossierStatus.BLOCKED)


def start_page(actor: Actor) -> StartPage:
    """The themes the actor's roles open, with what waits there."""
    themes = tuple(theme for theme, permission in _THEMES if actor.may(permission))
    explained = None if themes or actor.roles else explain(AccessFacts.of_actor(actor))
    return StartPage(
        themes=themes,
        facility=facility_tasks(actor) if Theme.ECALCURA in themes else None,
        items=work_items.items(actor),
        statuses=_statuses(actor) if actor.may(Permission.DOSSIER_REVIEW) else {},
        letters=work_items.new_letters(actor),
        contracting=_contracting(actor, themes),
        how_to=explained,
        contract_tasks=actions.waiting(actor, limit=SHOWN) if Theme.ECONTRACTING in themes else (),
        contract_terms=terms.nearest(actor, SHOWN) if Theme.ECONTRACTING in themes else (),
    )


def _contracting(actor: Actor, themes: tuple[Theme, ...]) -> ThemeCounts | None:
    if Theme.ECONTRACTING in themes:
        return mine.theme_counts(actor)
    return office.theme_counts(actor) if Theme.CONTRACTING_DESK in themes else None


def _statuses(actor: Actor) -> dict[DossierStatus, Capped]:
    counts = case_queries.dossier_list(actor, Criteria(), Position()).counts
    return {status: counts[status] for status in _FOLLOWED if status in counts}
