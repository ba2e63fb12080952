"""A term whose start was corrected (A-37): reckoned from the other instant in a row of its own, the old one stays."""

from __future__ import annotations

from datetime import datetime

from domain.actor import Actor
from domain.calendars import local_date
from domain.econtracting.terms import ALIVE, Term, TermKind, TermState, payment_term, step, term
from domain.errors import N_
from models.base import db
from models.contract_follow_up import ContractTerm, TermSuspension
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from services import clock
from services.econtracting import calendar_data
from services.econtracting.terms import rows, waiting

CORRECTED = N_("Het begin van de termijn is gecorrigeerd op {date}: {reason}")
INVOICE_MOVED = N_("De laatste dag voor de factuur is {date} geworden.")


def corrected(
    actor: Actor, document: FileDocument, version: DocumentVersion, at: datetime, reason: str
) -> list[ContractTerm]:
    """The version became consultable at another instant: what runs because of it starts then; gives the new terms.

    A term that stopped stays as it is. The caller holds the lock of the contract.
    """
    made = []
    with writing("terms.corrected"):
        for old in rows.of_file(document):
            if old.version_id == version.id and old.state in ALIVE:
                made.append(_from(actor, document, old, at, reason))
    return made


def _from(actor: Actor, document: FileDocument, old: ContractTerm, at: datetime, reason: str) -> ContractTerm:
    now = clock.now()
    new = rows.add(
        _reckoned(document, old, at),
        start_at=at,
        days=old.days,
        roll=old.roll,
        actor=actor,
        contract_id=old.contract_id,
        document_id=old.document_id,
        version_id=old.version_id,
        party=old.party,
        regime=old.regime,
    )
    db.session.flush()
    rows.tell(new, step(CORRECTED, f"start corrected {local_date(now)}", date=local_date(now), reason=reason))
    for one in rows.suspensions_of([old]).get(old.id, []):
        kept = {name: getattr(one, name) for name in ("starts_on", "ends_on", "reason", "made_at")}
        db.session.add(TermSuspension(term_id=new.id, **kept))
    before, old.state, old.met_at, old.replaced_by_id = old.effective_end, TermState.ENDED, now, new.id
    rows.changed(old, "correct", before, new.effective_end, actor)
    db.session.flush()
    if new.kind is TermKind.INVOICE:
        end = new.effective_end
        waiting.follow_invoice(document, step(INVOICE_MOVED, f"invoice until {end}", date=end))
    return new


def _reckoned(document: FileDocument, old: ContractTerm, at: datetime) -> Term:
    calendar = calendar_data.calendar()
    if old.kind is TermKind.PAYMENT:
        verified = rows.of_file(document, TermKind.VERIFICATION)[-1]
        return payment_term(verified.start_at, at, days=old.days, roll=old.roll, calendar=calendar)
    return term(old.kind, old.regime, at, days=old.days, roll=old.roll, calendar=calendar)
