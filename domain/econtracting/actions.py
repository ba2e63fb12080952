"""Open tasks of one party in a contract (6.3, A-01): what opens, closes and reopens them."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_


class ActionParty(StrEnum):
    """Whose task it is: the contractor or the authority."""

    CONTRACTOR = "ON"
    AUTHORITY = "AB"


class ActionType(StrEnum):
    """What is to be done."""

    MAKE_CLAIM = "SCHULDVORDERING_OPMAKEN"
    REVIEW = "NAZICHT_UITVOEREN"
    SEND_INVOICE = "FACTUUR_INDIENEN"
    SUPPLEMENT = "AANVULLING_BEZORGEN"
    TAKE_NOTE = "KENNIS_NEMEN"


ACTION_LABELS: dict[ActionType, str] = {
    ActionType.MAKE_CLAIM: N_("Schuldvordering opmaken"),
    ActionType.REVIEW: N_("Nazicht uitvoeren"),
    ActionType.SEND_INVOICE: N_("Factuur indienen"),
    ActionType.SUPPLEMENT: N_("Aanvulling bezorgen"),
    ActionType.TAKE_NOTE: N_("Kennis nemen"),
}

#: Who has the task.
PARTY_OF: dict[ActionType, ActionParty] = {
    ActionType.MAKE_CLAIM: ActionParty.CONTRACTOR,
    ActionType.REVIEW: ActionParty.AUTHORITY,
    ActionType.SEND_INVOICE: ActionParty.CONTRACTOR,
    ActionType.SUPPLEMENT: ActionParty.CONTRACTOR,
    ActionType.TAKE_NOTE: ActionParty.CONTRACTOR,
}

#: Which tasks come first in a list: those somebody or a term waits for, then what is to be read, then what may be made.
URGENCY: tuple[ActionType, ...] = (
    ActionType.SEND_INVOICE,
    ActionType.SUPPLEMENT,
    ActionType.REVIEW,
    ActionType.TAKE_NOTE,
    ActionType.MAKE_CLAIM,
)


class ActionState(StrEnum):
    """Where a task stands; REOPENED is open again, with a reason."""

    OPEN = "OPEN"
    DONE = "UITGEVOERD"
    REOPENED = "HEROPEND"
    LAPSED = "VERVALLEN"


ACTION_STATE_LABELS: dict[ActionState, str] = {
    ActionState.OPEN: N_("Open"),
    ActionState.DONE: N_("Uitgevoerd"),
    ActionState.REOPENED: N_("Heropend"),
    ActionState.LAPSED: N_("Vervallen"),
}

#: States in which something is to be done.
WAITING: frozenset[ActionState] = frozenset({ActionState.OPEN, ActionState.REOPENED})
