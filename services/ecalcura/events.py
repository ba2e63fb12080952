"""The trace of a step of a dossier: a line on its timeline, an entry in the audit chain, mail to the contacts."""

from __future__ import annotations

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import N_
from domain.organisation import THEME_ECALCURA
from models.base import db
from models.declaration import Dossier, DossierEvent, DossierSnapshot
from services import audit, clock, outbox
from services.organisations.contacts import addresses_for

#: Steps that are no change of status, beside the events of the transition table.
NOTHING_DECLARED = "NOTHING_DECLARED"
NOTHING_WITHDRAWN = "NOTHING_WITHDRAWN"
LETTER_SENT = "LETTER_SENT"

_STEPS: dict[str, str] = {
    Event.OPEN_NEW: N_("Dossier aangemaakt"),
    NOTHING_DECLARED: N_("'Niets aan te geven' bevestigd"),
    NOTHING_WITHDRAWN: N_("'Niets aan te geven' ingetrokken"),
    LETTER_SENT: N_("Brief verstuurd: niet ingediend"),
    Event.SUBMIT: N_("Ingediend"),
    Event.REOPEN: N_("Heropend"),
    Event.REOPEN_ONCE: N_("Heropend na de voorlopige berekening"),
    Event.BLOCK: N_("Ambtshalve geblokkeerd"),
    Event.BLOCK_AGAIN: N_("Opnieuw geblokkeerd"),
    Event.TAKE_INTO_AUDIT: N_("In audit genomen"),
    Event.REOPEN_FROM_AUDIT: N_("Opnieuw opengesteld na audit"),
    Event.CLOSE_FROM_AUDIT: N_("Afgesloten na audit"),
    Event.RESTORE: N_("Audit beëindigd zonder wijziging"),
}

#: What the contact persons are told of (E-046); the mail itself names the quarter and nothing personal (E-154).
_MAIL: dict[str, str] = {
    Event.TAKE_INTO_AUDIT: "dossier_in_audit",
    Event.REOPEN: "dossier_reopened",
    Event.REOPEN_ONCE: "dossier_reopened",
    Event.REOPEN_FROM_AUDIT: "dossier_reopened",
    Event.CLOSE_FROM_AUDIT: "dossier_closed",
    Event.RESTORE: "dossier_restored",
}


def record(
    actor: Actor,
    dossier: Dossier,
    event: str,
    before: DossierStatus | None,
    *,
    reason: str | None = None,
    detail: str | None = None,
    snapshot: DossierSnapshot | None = None,
    request_id: int | None = None,
) -> DossierEvent:
    """Put a step on the timeline and in the audit chain. Inside a use case, after the dossier was changed."""
    row = DossierEvent(
        dossier_id=dossier.id,
        at=clock.now(),
        event=str(event),
        from_status=before.value if before else None,
        to_status=dossier.status.value,
        actor_side=actor.side.value,
        actor_name=actor.name[:160],
        reason=reason,
        detail=detail,
        snapshot_id=snapshot.id if snapshot else None,
        request_id=request_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        AuditEvent.DOSSIER_STATE,
        "dossier",
        dossier.number,
        data={
            "event": str(event),
            "from": before.value if before else None,
            "to": dossier.status.value,
            "snapshot": snapshot.digest if snapshot else None,
        },
        personal={"reason": reason} if reason else None,
    )
    return row


def tell_contacts(dossier: Dossier, row: DossierEvent) -> None:
    """Queue the mail of a step, if it has one, for every contact person of the theme; one step is one mail each."""
    template = _MAIL.get(row.event)
    if template is None:
        return
    for address in addresses_for(dossier.facility_id, THEME_ECALCURA):
        outbox.enqueue(
            template,
            address,
            event_key=f"dossier-event-{row.id}",
            subject_type="dossier",
            subject_key=dossier.number,
            parameters={"quarter": str(dossier.quarter), "period": dossier.period_code},
        )


def label(event: str) -> str:
    """What happened, in Dutch, as the timeline tells it."""
    return _STEPS[event]
