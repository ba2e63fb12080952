"""The phase of a reference period in words: what a facility can expect now."""

from __future__ import annotations

from flask_babel import gettext

from blueprints.pages import long_date
from domain.ecalcura.campaign import Phase, Situation
from domain.errors import N_

#: Looks of the tag that names the phase.
TONES = {Phase.ENTRY: "info", Phase.POSTPONEMENT: "warning", Phase.CORRECTION: "warning"}

_TEXTS = {
    Phase.ENTRY: N_("U kunt de kwartalen invullen en indienen tot en met {deadline}."),
    Phase.POSTPONEMENT: N_(
        "De wettelijke termijn liep tot en met {deadline}. U kunt nog indienen tot en met {postponed}; "
        "op {blocking} start de berekening."
    ),
    Phase.CALCULATION: N_("Het Departement Zorg maakt de voorlopige berekening. Intussen kunt u niets wijzigen."),
    Phase.CORRECTION: N_(
        "U kreeg de voorlopige berekening. Van {first} tot en met {last} kunt u de kwartalen één keer laten heropenen "
        "en opnieuw indienen."
    ),
    Phase.CLOSING: N_(
        "De termijn om te verbeteren liep tot en met {last}. Het Departement Zorg maakt de definitieve berekening."
    ),
    Phase.DEFINITIVE: N_("De definitieve berekening is gemaakt. U kunt in deze periode niets meer wijzigen."),
}

#: After the reopening that is allowed was granted: no invitation to ask another one (V-65).
_REOPENED = N_(
    "U kreeg de voorlopige berekening en de kwartalen werden heropend. Wat heropend is, kunt u tot en met {last} "
    "wijzigen en opnieuw indienen."
)


def phase_text(situation: Situation) -> str:
    """One or two sentences with the dates of the facility."""
    calendar, window = situation.calendar, situation.window
    dates = {
        "deadline": long_date(calendar.statutory_deadline),
        "postponed": long_date(calendar.postponed_until),
        "blocking": long_date(calendar.blocking_on),
        "first": long_date(window[0]) if window else "",
        "last": long_date(window[1]) if window else "",
    }
    used = situation.phase is Phase.CORRECTION and situation.reopenings_used > 0 and not situation.may_reopen_once
    return gettext(_REOPENED if used else _TEXTS[situation.phase]).format(**dates)
