"""Realistic data in bulk, for measuring at scale: made from a seed, written past the use cases, proof included.

The one place beside ``services.transaction`` that ends transactions: a load of millions of rows is written in parts.
Nobody else may be at work meanwhile, because the audit chain goes on from its head.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from sqlalchemy import delete, insert, select

from domain.errors import N_, InvalidValue
from models.audit import AuditHead
from models.base import db
from models.organisation import Facility
from models.transaction_mode import writer_mode
from services import audit, clock, reference_lists, transaction
from services.volume import declarations, parties
from services.volume.declarations import DossierRows
from services.volume.parties import Staff
from services.volume.plan import Dossiers, VolumePlan
from services.volume.writer import BulkWriter, bulk_writer

LOADED_BEFORE = N_("Er zijn al meetgegevens in deze databank. Begin met een lege databank.")

_TABLES = (
    *("facility", "contact_person", "contact_theme", "bank_account", "certificate"),
    *("staff_member", "contract", "end_of_career_choice"),
    *("dossier", "dossier_event", "performance", "audit_entry"),
)


def load(
    *, organisations: int, dossiers: int, seed: int, tell: Callable[[str], object] = lambda _line: None
) -> dict[str, int | float]:
    """Load so many organisations and dossiers, with staff, contracts, performances, timelines and audit entries.

    ``tell`` gets a line for each part. Gives how many rows of each table were written, and the seconds. The same
    figures and seed give the same rows on the same day. Raises InvalidValue when such data are there already.
    """
    plan = VolumePlan(organisations, dossiers, seed, clock.now())
    started = monotonic()
    if db.session.scalar(select(Facility.id).where(Facility.hco_number == parties.hco_number(0))) is not None:
        raise InvalidValue(LOADED_BEFORE)
    with transaction.unit_of_work():
        reference_lists.ensure()
        reference_lists.ensure(sorted({quarter.reference_period for quarter in plan.quarters}))
    db.session.remove()
    token = writer_mode.set(True)
    try:
        with bulk_writer(db.engine, _TABLES, tell) as writer:
            _write(writer, plan)
    finally:
        writer_mode.reset(token)
    seconds = round(monotonic() - started, 1)
    return {"organisations": organisations, "facilities": plan.facilities, **writer.counts, "seconds": seconds}


def _write(writer: BulkWriter, plan: VolumePlan) -> None:
    made = Dossiers(plan)
    first = {name: writer.first_key(name) for name in _TABLES}
    facility, suffix = first["facility"], "" if writer.sqlite else "+00"
    since = f"2000-01-01 08:00:00.000000{suffix}"
    writer.write("facility", parties.FACILITY, parties.facilities(plan, facility))
    writer.write("contact_person", parties.CONTACT, parties.contacts(plan, first["contact_person"], facility))
    writer.write("contact_theme", parties.THEME, parties.themes(plan, first["contact_person"]))
    writer.write("bank_account", parties.ACCOUNT, parties.accounts(plan, first["bank_account"], facility, since))
    writer.write("certificate", parties.CERTIFICATE, parties.certificates(plan, first["certificate"], facility, since))
    staff = Staff(plan, facility, (first["staff_member"], first["contract"], first["end_of_career_choice"]))
    writer.write("staff_member", parties.STAFF, staff.members())
    writer.write("contract", parties.CONTRACT, staff.contracts())
    writer.write("end_of_career_choice", parties.CHOICE, staff.choices())
    rows = DossierRows(made, first["dossier"], facility, suffix)
    writer.write("dossier", declarations.DOSSIER, rows.rows())
    writer.write("dossier_event", declarations.EVENT, rows.timeline(first["dossier_event"]))
    writer.write("performance", declarations.PERFORMANCE, rows.performances(first["contract"]))
    _write_audit(writer, rows)


def _write_audit(writer: BulkWriter, rows: DossierRows) -> None:
    """Go on from the head of the chain, and put the new head there."""
    head = writer.connection.execute(select(AuditHead.sequence, AuditHead.digest)).one_or_none()
    sequence, digest = (0, audit.GENESIS) if head is None else (head.sequence, head.digest)
    writer.connection.commit()
    writer.write("audit_entry", declarations.AUDIT, rows.audit(sequence, digest))
    writer.connection.execute(delete(AuditHead))
    writer.connection.execute(insert(AuditHead).values(id=1, sequence=rows.sequence, digest=rows.digest))
    writer.connection.commit()
