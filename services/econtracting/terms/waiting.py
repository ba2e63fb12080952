"""Terms that wait: the payer's while the invoice is missing (D-10), and any term that is suspended by hand.

When an invoice was asked, the wait of the payer is noted at once, from the day after the last day for the invoice: it
acts by itself when that day comes, and goes when the invoice is in time. So nothing has to run at midnight.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.calendars import local_date
from domain.econtracting.suspensions import INVOICE_LATE, IRREGULAR_INVOICE, NO_INVOICE, extended
from domain.econtracting.terms import ALIVE, PAYERS, Step, TermKind, TermState, step
from models.base import db
from models.contract_follow_up import ContractTerm, TermSuspension
from models.file_document import FileDocument
from models.gate import writing
from services import clock
from services.econtracting import calendar_data
from services.econtracting.terms import rows, stopping

_DAY = timedelta(days=1)
_INVOICE_WAITS = (NO_INVOICE, IRREGULAR_INVOICE)


def suspend(term: ContractTerm, on: date, reason: str) -> TermSuspension:
    """The term does not run from a day on, that day included; ``reason`` is read by both sides."""
    with writing("terms.suspend"):
        row = TermSuspension(term_id=term.id, starts_on=on, ends_on=None, reason=reason, made_at=clock.now())
        db.session.add(row)
        rows.changed(term, "suspend", term.effective_end, on)
    return row


def resume(term: ContractTerm, on: date) -> None:
    """What the term waited for came on a day: that day still does not count. The end moves accordingly."""
    with writing("terms.resume"):
        for row in _open(term):
            _close(row, on)
        _reckon(term)


def _open(term: ContractTerm) -> list[TermSuspension]:
    return [row for row in rows.suspensions_of([term]).get(term.id, []) if row.ends_on is None]


def _close(row: TermSuspension, on: date) -> None:
    """End a wait; one that never began goes away."""
    if on < row.starts_on:
        db.session.delete(row)
        db.session.flush()
    else:
        row.ends_on = on


def _reckon(term: ContractTerm, *steps: Step) -> None:
    """The end with what the suspensions add, told in steps after those that stand there."""
    waits = rows.stretches(rows.suspensions_of([term]).get(term.id, []))
    found = extended(term.start_date, term.nominal_end, waits, roll=term.roll, calendar=calendar_data.calendar())
    if found.effective_end != term.effective_end:
        rows.tell(term, *steps, *found.steps)
        rows.move_end(term, found.effective_end, act="resume")


def join(document: FileDocument) -> None:
    """Note the wait of the payer for the invoice that was asked, once both terms are there."""
    payer = _payer(document)
    invoice = _invoice(document)
    if payer is None or invoice is None or invoice.state not in ALIVE:
        return
    waits = [row for row in _open(payer) if row.reason in _INVOICE_WAITS]
    if not waits:
        suspend(payer, invoice.effective_end + _DAY, NO_INVOICE)


def follow_invoice(document: FileDocument, why: Step) -> None:
    """The last day for the invoice moved by an explicit event: the payer waits from the day after the new one."""
    payer, invoice = _payer(document), _invoice(document)
    if payer is None or invoice is None:
        return
    first = invoice.effective_end + _DAY
    for row in rows.suspensions_of([payer]).get(payer.id, []):
        if row.reason in _INVOICE_WAITS and row.starts_on != first:
            row.starts_on = first
            if row.ends_on is not None and row.ends_on < first:
                db.session.delete(row)
    db.session.flush()
    _reckon(payer, why)


def _payer(document: FileDocument) -> ContractTerm | None:
    return next(iter(rows.of_file(document, *PAYERS, alive=True)), None)


def _invoice(document: FileDocument) -> ContractTerm | None:
    """The term of the last invoice that was asked."""
    found = rows.of_file(document, TermKind.INVOICE)
    return found[-1] if found else None


def invoice_received(document: FileDocument, at: datetime) -> None:
    """A good invoice came: its term is met, and the payer's runs again, longer by the days the invoice was late."""
    on = local_date(at)
    with writing("terms.invoice_received"):
        invoice = _invoice(document)
        if invoice is not None:
            stopping.stop(invoice, TermState.MET, at)
        payer = _payer(document)
        if payer is None:
            return
        for row in _open(payer):
            if row.reason in _INVOICE_WAITS:
                late = (on - row.starts_on).days + 1
                _close(row, on)
                if late > 0:
                    _reckon(payer, step(INVOICE_LATE, f"invoice {late} days late", days=late))


def invoice_rejected(document: FileDocument, at: datetime) -> None:
    """The invoice was not regular: it counts as not having come, so the payer's clock waits for a good one.

    The contractor gets no new five days: the term of the invoice runs on, or is over, as it was.
    """
    with writing("terms.invoice_rejected"):
        invoice = _invoice(document)
        if invoice is None or invoice.state is not TermState.MET:
            return
        before, invoice.state, invoice.met_at = invoice.state, TermState.RUNNING, None
        rows.changed(invoice, "reopen", before.value, invoice.state.value)
        payer = _payer(document)
        if payer is not None and not any(row.reason in _INVOICE_WAITS for row in _open(payer)):
            suspend(payer, invoice.effective_end + _DAY, IRREGULAR_INVOICE)
