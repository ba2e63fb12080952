"""The life of a request to correct what is held about somebody (E-153): asked by the person, kept by the facility.

The facility decides, because what is held is what it entered; the department can be asked along.
"""

from __future__ import annotations

from enum import StrEnum

from domain.ecalcura.declaration import DossierStatus
from domain.errors import N_, InvalidValue, NotAllowedNow


class CorrectionState(StrEnum):
    """Where a request to correct stands."""

    ASKED = "GEVRAAGD"
    TAKEN = "IN_BEHANDELING"
    CORRECTED = "VERBETERD"
    REFUSED = "GEWEIGERD"
    WITHDRAWN = "INGETROKKEN"


STATE_LABELS: dict[CorrectionState, str] = {
    CorrectionState.ASKED: N_("Gevraagd"),
    CorrectionState.TAKEN: N_("In behandeling"),
    CorrectionState.CORRECTED: N_("Verbeterd"),
    CorrectionState.REFUSED: N_("Geweigerd"),
    CorrectionState.WITHDRAWN: N_("Ingetrokken"),
}
OPEN_STATES = frozenset({CorrectionState.ASKED, CorrectionState.TAKEN})


class CorrectionAct(StrEnum):
    """What can be done with a request; the values stand in addresses."""

    TAKE = "behandelen"
    CORRECT = "verbeterd"
    REFUSE = "weigeren"
    WITHDRAW = "intrekken"


ACT_LABELS: dict[CorrectionAct, str] = {
    CorrectionAct.TAKE: N_("In behandeling nemen"),
    CorrectionAct.CORRECT: N_("Verbeterd"),
    CorrectionAct.REFUSE: N_("Weigeren"),
    CorrectionAct.WITHDRAW: N_("Intrekken"),
}
#: What each act asks of who does it.
ACT_HELP: dict[CorrectionAct, str] = {
    CorrectionAct.TAKE: N_("U kijkt na wat er bewaard wordt."),
    CorrectionAct.CORRECT: N_("U hebt het verbeterd. Zeg kort wat u wijzigde."),
    CorrectionAct.REFUSE: N_("U verbetert het niet. Uw personeelslid heeft recht op de reden."),
    CorrectionAct.WITHDRAW: N_("Uw personeelslid vraagt het niet meer."),
}
#: Without an answer these acts are refused.
NEEDS_ANSWER = frozenset({CorrectionAct.REFUSE})

TRANSITIONS: dict[tuple[CorrectionState, CorrectionAct], CorrectionState] = {
    (CorrectionState.ASKED, CorrectionAct.TAKE): CorrectionState.TAKEN,
    (CorrectionState.ASKED, CorrectionAct.CORRECT): CorrectionState.CORRECTED,
    (CorrectionState.ASKED, CorrectionAct.REFUSE): CorrectionState.REFUSED,
    (CorrectionState.ASKED, CorrectionAct.WITHDRAW): CorrectionState.WITHDRAWN,
    (CorrectionState.TAKEN, CorrectionAct.CORRECT): CorrectionState.CORRECTED,
    (CorrectionState.TAKEN, CorrectionAct.REFUSE): CorrectionState.REFUSED,
    (CorrectionState.TAKEN, CorrectionAct.WITHDRAW): CorrectionState.WITHDRAWN,
}

NOT_NOW = N_("Dit verzoek is al beslist of ingetrokken. Registreer een nieuw verzoek als er nog iets niet klopt.")
ANSWER_MISSING = N_("Vul in waarom u weigert: uw personeelslid heeft recht op de reden.")
WANTED_MISSING = N_("Vul in wat er moet staan.")
ALREADY_INVOLVED = N_("Het departement is al betrokken: het gesprek staat bij uw berichten.")


class CorrectionField(StrEnum):
    """What is wrong, as a choice; the values stand in rows."""

    NAME = "NAAM"
    BIRTH_DATE = "GEBOORTEDATUM"
    NATIONAL_NUMBER = "RIJKSREGISTERNUMMER"
    CONTRACT = "CONTRACT"
    HOURS = "UREN"
    QUALIFICATION = "KWALIFICATIE"
    CHOICE = "KEUZE"
    PERFORMANCE = "PRESTATIES"
    OTHER = "ANDERE"


FIELD_LABELS: dict[CorrectionField, str] = {
    CorrectionField.NAME: N_("Naam of voornaam"),
    CorrectionField.BIRTH_DATE: N_("Geboortedatum"),
    CorrectionField.NATIONAL_NUMBER: N_("Rijksregisternummer"),
    CorrectionField.CONTRACT: N_("Begin, einde of type van een contract"),
    CorrectionField.HOURS: N_("Uren of uren vervanging"),
    CorrectionField.QUALIFICATION: N_("Kwalificatie"),
    CorrectionField.CHOICE: N_("Eindeloopbaankeuze"),
    CorrectionField.PERFORMANCE: N_("Prestaties in een kwartaal"),
    CorrectionField.OTHER: N_("Iets anders"),
}
#: What comes from the person register: the facility cannot change it itself.
FROM_REGISTER = frozenset({CorrectionField.NAME, CorrectionField.BIRTH_DATE, CorrectionField.NATIONAL_NUMBER})


class Advice(StrEnum):
    """What the facility has to do first to correct something."""

    CORRECT = "CORRECT"
    REOPEN = "REOPEN"
    REGISTER = "REGISTER"


def after(state: CorrectionState, act: CorrectionAct, answer: str) -> CorrectionState:
    """The state after an act. NotAllowedNow when the table has no such step, InvalidValue without a needed answer."""
    target = TRANSITIONS.get((state, act))
    if target is None:
        raise NotAllowedNow(NOT_NOW)
    if act in NEEDS_ANSWER and not answer.strip():
        raise InvalidValue(ANSWER_MISSING, field="answer")
    return target


def acts(state: CorrectionState) -> tuple[CorrectionAct, ...]:
    """What can be done with a request in a state, in the order shown."""
    return tuple(act for act in CorrectionAct if (state, act) in TRANSITIONS)


def advice(field: str, quarter_status: DossierStatus | None) -> Advice:
    """How the facility corrects it: itself, after a reopening (T-04, T-06), or where the data come from."""
    if field in FROM_REGISTER:
        return Advice.REGISTER
    if quarter_status is None or quarter_status is DossierStatus.OPEN:
        return Advice.CORRECT
    return Advice.REOPEN
