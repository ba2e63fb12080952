"""What can be the matter with a file that was uploaded, from its receipt until it may be fetched."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_


class AttachmentState(StrEnum):
    """Where an uploaded file stands. Only a CLEAN one can be fetched or sent."""

    RECEIVED = "ONTVANGEN"
    CLEAN = "IN_ORDE"
    INFECTED = "BESMET"
    REFUSED = "GEWEIGERD"


ATTACHMENT_STATE_LABELS: dict[AttachmentState, str] = {
    AttachmentState.RECEIVED: N_("Wordt nagekeken op virussen"),
    AttachmentState.CLEAN: N_("Nagekeken"),
    AttachmentState.INFECTED: N_("Besmet: verwijderd"),
    AttachmentState.REFUSED: N_("Geweigerd"),
}
