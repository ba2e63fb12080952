"""What an organisation reads about who looked at its data (E-153, E-154): kinds of looks, desks and words.

A look is by the department or a helpdesk; it is told with its desk and never with the name of an official.
"""

from __future__ import annotations

from enum import StrEnum

from domain.audit_events import AuditEvent
from domain.errors import N_
from domain.permissions import Role


class ViewKind(StrEnum):
    """What kind of thing was looked at; the values stand in addresses."""

    DOSSIER = "dossier"
    FACILITY = "voorziening"
    STAFF = "personeel"
    PERSON_FILE = "inzage"
    AMOUNT = "bedragen"
    LETTER = "brieven"
    REPORT = "rapporten"
    LOOK_UP = "opzoekingen"
    EXPORT = "bestanden"


KIND_LABELS: dict[ViewKind, str] = {
    ViewKind.DOSSIER: N_("Aangifte bekeken"),
    ViewKind.FACILITY: N_("Organisatiegegevens bekeken"),
    ViewKind.STAFF: N_("Personeelsgegevens bekeken"),
    ViewKind.PERSON_FILE: N_("Alles over één persoon bekeken"),
    ViewKind.AMOUNT: N_("Bedragen bekeken"),
    ViewKind.LETTER: N_("Brief geopend"),
    ViewKind.REPORT: N_("Rapport bekeken"),
    ViewKind.LOOK_UP: N_("Opgezocht"),
    ViewKind.EXPORT: N_("Meegenomen in een bestand"),
}

#: Which events of the audit log are of a kind.
EVENTS: dict[ViewKind, tuple[AuditEvent, ...]] = {
    ViewKind.DOSSIER: (AuditEvent.DOSSIER_VIEWED,),
    ViewKind.FACILITY: (AuditEvent.FACILITY_VIEWED,),
    ViewKind.STAFF: (AuditEvent.STAFF_VIEWED, AuditEvent.NATIONAL_NUMBER_REVEALED),
    ViewKind.PERSON_FILE: (AuditEvent.PERSON_FILE_VIEWED,),
    ViewKind.AMOUNT: (AuditEvent.AMOUNT_VIEWED,),
    ViewKind.LETTER: (AuditEvent.LETTER_VIEWED,),
    ViewKind.REPORT: (AuditEvent.REPORT_VIEWED,),
    ViewKind.LOOK_UP: (AuditEvent.LOOKED_UP,),
    ViewKind.EXPORT: (AuditEvent.EXPORTED,),
}
_KIND_OF = {event.value: kind for kind, events in EVENTS.items() for event in events}

#: What is told of the desk somebody sat at.
DESK_LABELS: dict[str, str] = {
    Role.EL_DOSSIERBEHEERDER.value: N_("Departement Zorg – dossierbeheerder"),
    Role.EL_HELPDESK.value: N_("Helpdesk e-loket"),
    Role.EC_HELPDESK.value: N_("Helpdesk e-Contracting"),
}
OTHER_DESK = N_("Departement Zorg")

#: What a text was taken for that was looked up.
LOOK_UP_LABELS: dict[str, str] = {
    "national_number": N_("op een rijksregisternummer"),
    "dossier": N_("op een dossiernummer"),
    "quarter": N_("op een kwartaal"),
    "refusal": N_("op een code van 'geen toegang'"),
    "facility_number": N_("op een nummer van uw voorziening"),
    "enterprise_number": N_("op uw ondernemingsnummer"),
    "contract_number": N_("op een nummer van een opdracht"),
    "words": N_("op woorden"),
}


def kind_of(event: str) -> ViewKind:
    """The kind of an event that can be a look."""
    return _KIND_OF[event]


def desk_label(role: str) -> str:
    """The desk behind a role, as the organisation reads it."""
    return DESK_LABELS.get(role, OTHER_DESK)
