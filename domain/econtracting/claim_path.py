"""The path of a claim as both parties see it at a glance: where it stands, what came before, who is to move (6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.econtracting.actions import ActionParty
from domain.econtracting.claims import CLAIM_LABELS, ClaimState
from domain.errors import N_


class Place(StrEnum):
    """Where a step lies: behind us, here, ahead, or it will not come any more."""

    DONE = "done"
    HERE = "here"
    AHEAD = "ahead"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of the path; ``at`` is the last time it was reached, when that is known."""

    state: ClaimState
    label: str
    place: Place
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimPath:
    """The whole path. ``turn``: who is to move, with what is expected; nobody at the end."""

    state: ClaimState
    label: str
    steps: tuple[PathStep, ...]
    turn: ActionParty | None
    expected: str

    @property
    def number(self) -> int:
        """The step we are at, from 1."""
        return next((place for place, step in enumerate(self.steps, 1) if step.place is Place.HERE), len(self.steps))


_S = ClaimState
_START = (_S.DRAFT, _S.SUBMITTED, _S.IN_REVIEW)
_END = (_S.INVOICE_ASKED, _S.INVOICE_RECEIVED, _S.PAID)
#: What the review can say; before there is one the path shows the word for a good outcome.
_OUTCOMES = (_S.ACCEPTED, _S.ACCEPTED_WITH_CHANGES, _S.REFUSED, _S.MORE_ASKED)

_TURN: Mapping[ClaimState, tuple[ActionParty, str]] = {
    _S.DRAFT: (ActionParty.CONTRACTOR, N_("De opdrachtnemer maakt de schuldvordering op en verzendt ze.")),
    _S.SUBMITTED: (ActionParty.AUTHORITY, N_("De aanbesteder kijkt de schuldvordering na.")),
    _S.IN_REVIEW: (ActionParty.AUTHORITY, N_("De aanbesteder kijkt de schuldvordering na.")),
    _S.ACCEPTED: (ActionParty.AUTHORITY, N_("De aanbesteder vraagt de factuur.")),
    _S.ACCEPTED_WITH_CHANGES: (ActionParty.AUTHORITY, N_("De aanbesteder vraagt de factuur.")),
    _S.MORE_ASKED: (ActionParty.CONTRACTOR, N_("De opdrachtnemer bezorgt een nieuwe versie.")),
    _S.INVOICE_ASKED: (ActionParty.CONTRACTOR, N_("De opdrachtnemer dient de factuur in.")),
    _S.INVOICE_RECEIVED: (ActionParty.AUTHORITY, N_("De aanbesteder betaalt.")),
}
_OVER: Mapping[ClaimState, str] = {
    _S.REFUSED: N_("De schuldvordering is geweigerd. De opdrachtnemer kan een nieuwe maken."),
    _S.PAID: N_("De schuldvordering is betaald."),
    _S.CLOSED: N_("Deze schuldvordering is afgesloten."),
}


def path(state: ClaimState, reached: Mapping[ClaimState, datetime] | None = None) -> ClaimPath:
    """The path of a claim in a state; ``reached`` says when each state was entered last."""
    moments = dict(reached or {})
    outcome = _outcome(state, moments)
    order = (*_START, outcome, *_END)
    here = len(order) if state is _S.CLOSED else order.index(state)
    over = state is _S.REFUSED or (state is _S.CLOSED and outcome in (_S.REFUSED, _S.MORE_ASKED))
    steps = []
    for position, one in enumerate(order):
        if over and one in _END:
            place = Place.NEVER
        elif position == here:
            place = Place.HERE
        else:
            place = Place.DONE if position < here else Place.AHEAD
        at = moments.get(one) if place in (Place.DONE, Place.HERE) else None
        steps.append(PathStep(one, CLAIM_LABELS[one], place, at))
    if state is _S.CLOSED:
        steps.append(PathStep(_S.CLOSED, CLAIM_LABELS[_S.CLOSED], Place.HERE, moments.get(_S.CLOSED)))
    turn, expected = _TURN.get(state, (None, _OVER.get(state, "")))
    return ClaimPath(state, CLAIM_LABELS[state], tuple(steps), turn, expected)


def _outcome(state: ClaimState, moments: Mapping[ClaimState, datetime]) -> ClaimState:
    """The word for the fourth step: how the review ended, as far as we are; otherwise that it may be accepted."""
    if state in _OUTCOMES:
        return state
    if state in _START:
        return _S.ACCEPTED
    known = [one for one in _OUTCOMES if one in moments]
    return max(known, key=lambda one: moments[one]) if known else _S.ACCEPTED
