"""What a calculation and a round of calculations can be (3.12, items of the campaign)."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_


class CalculationKind(StrEnum):
    """What is calculated (``soort``)."""

    ADVANCE_1 = "VOORSCHOT_1"
    ADVANCE_2 = "VOORSCHOT_2"
    PROVISIONAL = "VOORLOPIG"
    DEFINITIVE = "DEFINITIEF"
    RECALCULATION = "HERBEREKENING"
    CORRECTION = "CORRECTIE"


KIND_LABELS: dict[CalculationKind, str] = {
    CalculationKind.ADVANCE_1: N_("Voorschot 1"),
    CalculationKind.ADVANCE_2: N_("Voorschot 2"),
    CalculationKind.PROVISIONAL: N_("Voorlopige berekening"),
    CalculationKind.DEFINITIVE: N_("Definitieve berekening"),
    CalculationKind.RECALCULATION: N_("Herberekening"),
    CalculationKind.CORRECTION: N_("Correctieberekening"),
}


class CalculationStatus(StrEnum):
    """Where one calculation stands: made but not told, communicated, or no longer valid."""

    DRAFT = "CONCEPT"
    COMMUNICATED = "GECOMMUNICEERD"
    LAPSED = "VERVALLEN"


CALCULATION_LABELS: dict[CalculationStatus, str] = {
    CalculationStatus.DRAFT: N_("Concept"),
    CalculationStatus.COMMUNICATED: N_("Gecommuniceerd"),
    CalculationStatus.LAPSED: N_("Vervallen"),
}


class RoundState(StrEnum):
    """Where a round stands. READY is the dry run: everything computed and checked, nothing told to anybody."""

    QUEUED = "QUEUED"
    CALCULATING = "CALCULATING"
    READY = "READY"
    RELEASED = "RELEASED"
    ROLLED_BACK = "ROLLED_BACK"
    STOPPED = "STOPPED"


ROUND_LABELS: dict[RoundState, str] = {
    RoundState.QUEUED: N_("Wacht om te starten"),
    RoundState.CALCULATING: N_("Wordt berekend"),
    RoundState.READY: N_("Klaar om na te kijken"),
    RoundState.RELEASED: N_("Vrijgegeven"),
    RoundState.ROLLED_BACK: N_("Teruggedraaid"),
    RoundState.STOPPED: N_("Gestopt"),
}


class ParameterSetStatus(StrEnum):
    """A set of parameters: being written, released by a second person, used in a communicated calculation (part 8)."""

    DRAFT = "ONTWERP"
    RELEASED = "VRIJGEGEVEN"
    USED = "GEBRUIKT"


PARAMETER_SET_LABELS: dict[ParameterSetStatus, str] = {
    ParameterSetStatus.DRAFT: N_("Ontwerp"),
    ParameterSetStatus.RELEASED: N_("Vrijgegeven"),
    ParameterSetStatus.USED: N_("Gebruikt"),
}
