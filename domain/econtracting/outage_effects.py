"""What an outage does to moments and terms, in words for everybody (7.5, A-36). The rules: ``document_states``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from domain.econtracting.document_states import Function
from domain.econtracting.outage_notices import Notice
from domain.errors import N_

WITHDRAWN = N_(
    "Dit bericht is ingetrokken: het telt niet meer. Een termijn die er al door verlengd was, blijft verlengd."
)
REPLACED = N_(
    "Dit bericht is verbeterd: wat het met termijnen doet, leest u bij het bericht dat ervoor in de plaats kwam."
)
PLANNED = N_("Gepland onderhoud verlengt geen enkele termijn.")
CONSULTING = N_(
    "Wat de aanbesteder vrijgeeft terwijl aanmelden of raadplegen niet lukt, is raadpleegbaar vanaf het einde van de "
    "onbeschikbaarheid. Dat tijdstip telt."
)
SENDING_OPEN = N_(
    "Lukt verzenden minstens {hours} uur niet, dan wordt een termijn van een opdrachtnemer waarvan de laatste dag "
    "daarin valt, verlengd tot het einde van de eerste werkdag na het herstel. Dat gebeurt zodra het einde bekend is."
)
SENDING_LONG = N_(
    "Een termijn van een opdrachtnemer waarvan de laatste dag in deze onbeschikbaarheid valt, is verlengd tot het "
    "einde van de eerste werkdag na het herstel. De verlenging staat bij de termijn, met dit bericht als reden."
)
SENDING_SHORT = N_("Verzenden lukte minder dan {hours} uur niet: daardoor is geen enkele termijn verlengd.")
SENDING_WORKED = N_("Verzenden bleef mogelijk: daardoor is geen enkele termijn verlengd.")


@dataclass(frozen=True, slots=True)
class Effect:
    """A sentence with its parameters."""

    message: str
    params: dict[str, int] = field(default_factory=dict)


def effects(notice: Notice, *, least: timedelta, withdrawn: bool = False, replaced: bool = False) -> tuple[Effect, ...]:
    """What a notice does; ``least`` is how long sending must have been impossible to prolong a term."""
    if withdrawn or replaced:
        return (Effect(WITHDRAWN if withdrawn else REPLACED),)
    found = [Effect(PLANNED)] if notice.planned else [_sending(notice, least)]
    if notice.functions & {Function.SIGN_IN, Function.CONSULT}:
        found.append(Effect(CONSULTING))
    return tuple(found)


def _sending(notice: Notice, least: timedelta) -> Effect:
    hours = {"hours": round(least / timedelta(hours=1))}
    if Function.SEND not in notice.functions:
        return Effect(SENDING_WORKED)
    if notice.ends_at is None:
        return Effect(SENDING_OPEN, hours)
    return Effect(SENDING_LONG) if notice.ends_at - notice.starts_at >= least else Effect(SENDING_SHORT, hours)
