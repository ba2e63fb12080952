"""Whether the beheerders of an enterprise read the content of documents without being in a group (A-13)."""

from __future__ import annotations

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict
from models.base import db
from models.gate import writing
from models.organisation import Organisation
from models.public_contract import PartySettings
from services import audit
from services.econtracting.rights import guard


def set_manager_reads(actor: Actor, reads: bool, version: int) -> bool:
    """Switch it for the actor's enterprise; False when it stands so already. Conflict when changed in between."""
    entry = guard.managing(actor)
    db.session.get_one(Organisation, entry.organisation_id, with_for_update=True)
    row = db.session.get(PartySettings, entry.organisation_id, populate_existing=True)
    before = True if row is None else row.manager_reads
    if before == reads:
        return False
    if version != (0 if row is None else row.version):
        raise Conflict(N_("Een collega heeft deze instelling intussen gewijzigd. Kijk ze opnieuw na."))
    with writing("rights.manager_reads"):
        if row is None:
            row = PartySettings(organisation_id=entry.organisation_id)
            db.session.add(row)
        row.manager_reads = reads
    audit.record(
        actor,
        AuditEvent.PARTY_SETTINGS_CHANGED,
        "organisation",
        actor.organisation_key,
        data={"fields": ["manager_reads"]},
        personal={"before": {"manager_reads": before}, "after": {"manager_reads": reads}},
    )
    return True
