"""Statements of the bank: look first, then take the memo dates over; the same file is taken once (N-10).

Between the preview and taking over, the file stays in the document store under its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.bank_matching import Match, OrderedLine, Outcome, match
from domain.ecalcura.payment_states import OrderState
from domain.errors import NotFound
from domain.permissions import Permission
from integrations import statement_files
from models.base import db
from models.document import StoredFile
from models.gate import writing
from models.organisation import Facility
from models.payment import BankStatement, BankStatementEntry, PaymentLine, PaymentOrder
from services import access, audit, clock, documents
from services.batches import in_batches
from services.ecalcura.memo_dates import earliest

#: The largest file that is read.
MAX_BYTES = statement_files.MAX_BYTES
MEDIA_TYPES = {statement_files.CAMT: "application/xml", statement_files.CSV: "text/csv"}
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. ``already`` is the statement when the same file was taken over before."""

    digest: str
    format: str
    matches: tuple[Match, ...]
    already: BankStatement | None

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many transfers have each outcome, those that occur only."""
        found = {outcome: sum(one.outcome is outcome for one in self.matches) for outcome in Outcome}
        return {outcome: count for outcome, count in found.items() if count}

    @property
    def matched(self) -> int:
        """How many lines would get a memo date."""
        return self.counts.get(Outcome.MATCHED, 0)


def preview(actor: Actor, data: bytes) -> Preview:
    """What taking this file over would do; writes nothing. Raises InvalidValue (``file``) with what to do."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    return _judged(data, lock=False)[0]


def keep(actor: Actor, data: bytes) -> Preview:
    """The preview of a file that is kept until it is taken over. Raises as ``preview`` does, and Unavailable."""
    found = preview(actor, data)
    documents.store(data, MEDIA_TYPES[found.format])
    return found


def take_over(actor: Actor, digest: str, file_name: str) -> BankStatement:
    """Date the lines that the file matches, all at once or none; the same file again gives what it gave before.

    Raises NotFound for a file that was not kept, InvalidValue (``file``) as ``preview`` does.
    """
    access.require(actor, Permission.PAYMENTS_MANAGE)
    data = documents.read(digest)[1]
    # two people with the same file: the second waits here and then finds it taken over
    db.session.execute(select(StoredFile.digest).where(StoredFile.digest == digest).with_for_update()).all()
    found, lines = _judged(data, lock=True)
    if found.already is not None:
        return found.already
    dated = [one for one in found.matches if one.outcome is Outcome.MATCHED]
    with writing("bank_statements.take_over"):
        statement = BankStatement(
            file_digest=digest,
            file_name=file_name[:160],
            format=found.format,
            imported_at=clock.now(),
            imported_by=actor.name[:160],
            entries=len(found.matches),
            matched=len(dated),
        )
        db.session.add(statement)
        db.session.flush()
        if found.matches:
            db.session.execute(insert(BankStatementEntry), _entries(statement, found.matches, lines))
        if dated:
            db.session.execute(
                update(PaymentLine),
                [
                    {
                        "id": lines[one.line.reference].id,
                        "value_date": one.transfer.value_date,
                        "value_source": found.format,
                    }
                    for one in dated
                    if one.line is not None
                ],
            )
    for one in dated:
        assert one.line is not None
        assert one.transfer.value_date is not None
        audit.record(
            actor,
            AuditEvent.PAYMENT_DATED,
            "payment_line",
            one.line.reference,
            data={"value_date": one.transfer.value_date.isoformat(), "source": found.format},
        )
    audit.record(
        actor,
        AuditEvent.STATEMENT_IMPORTED,
        "bank_statement",
        statement.reference,
        data={
            "format": found.format,
            "entries": statement.entries,
            "matched": statement.matched,
            "file_digest": digest,
        },
    )
    return statement


def find(actor: Actor, reference: str) -> BankStatement:
    """A statement that was taken over; NotFound otherwise."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    row = db.session.scalar(select(BankStatement).where(BankStatement.reference == reference))
    if row is None:
        raise NotFound
    return row


def facilities_of(references: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """HCO number, name and period of the lines with these references."""
    found = {}
    for batch in in_batches(sorted(set(references)), _BATCH):
        rows = db.session.execute(
            select(PaymentLine.reference, Facility.hco_number, Facility.name, PaymentLine.period_code)
            .join(Facility, Facility.id == PaymentLine.facility_id)
            .where(PaymentLine.reference.in_(batch))
        )
        for reference, hco, name, period in rows:
            found[reference] = (hco, name, period)
    return found


def _judged(data: bytes, *, lock: bool) -> tuple[Preview, dict[str, PaymentLine]]:
    statement = statement_files.read(data)
    digest = hashlib.sha256(data).hexdigest()
    rows = _lines({one.end_to_end for one in statement.transfers if one.end_to_end}, lock=lock)
    already = db.session.scalar(select(BankStatement).where(BankStatement.file_digest == digest))
    ordered = {
        line.reference: OrderedLine(
            line.reference,
            line.paid,
            line.iban,
            order is not None and order.state is OrderState.RELEASED,
            earliest(line, order),
            line.value_date,
        )
        for line, order in rows
    }
    matches = match(statement.transfers, ordered, clock.today())
    lines = {line.reference: line for line, _ in rows}
    return Preview(digest, statement.format, tuple(matches), already), lines


def _lines(references: set[str], *, lock: bool) -> list[tuple[PaymentLine, PaymentOrder | None]]:
    """The lines with these references and their orders; with ``lock`` their facilities wait until the commit."""
    found: list[tuple[PaymentLine, PaymentOrder | None]] = []
    batches = list(in_batches(sorted(reference for reference in references if len(reference) <= 16), _BATCH))
    if lock:
        facility_ids: set[int] = set()
        for batch in batches:
            facility_ids |= set(
                db.session.scalars(select(PaymentLine.facility_id).where(PaymentLine.reference.in_(batch)))
            )
        for some in in_batches(sorted(facility_ids), _BATCH):
            db.session.execute(
                select(Facility.id).where(Facility.id.in_(some)).order_by(Facility.id).with_for_update(key_share=True)
            ).all()
    for batch in batches:
        rows = db.session.execute(
            select(PaymentLine, PaymentOrder)
            .outerjoin(PaymentOrder, PaymentOrder.id == PaymentLine.order_id)
            .where(PaymentLine.reference.in_(batch))
            .execution_options(populate_existing=True)
        )
        found.extend((row.PaymentLine, row.PaymentOrder) for row in rows)
    return found


def _entries(statement: BankStatement, matches: Iterable[Match], lines: dict[str, PaymentLine]) -> list[dict[str, Any]]:
    """The rows of a statement. The account of a transfer that is not ours may be somebody's own: it is not kept."""
    return [
        {
            "statement_id": statement.id,
            "position": position,
            "end_to_end": one.transfer.end_to_end,
            "amount": one.transfer.amount,
            "value_date": one.transfer.value_date,
            "iban": None if one.line is None else one.transfer.iban,
            "outcome": one.outcome.value,
            "payment_line_id": None if one.line is None else lines[one.line.reference].id,
            "detail": one.detail,
        }
        for position, one in enumerate(matches, start=1)
    ]
