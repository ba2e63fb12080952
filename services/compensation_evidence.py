"""Are the amounts still those that were communicated? Derivations, parameter sets and what the audit chain names.

Each derivation is read in full and compared with its digest; then every entry of the chain that names an amount, a set
of parameters or a file is compared with the row it is about.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.ecalcura.payment_states import OrderState
from models.audit import AuditEntry
from models.base import db
from models.compensation import Calculation, CalculationDerivation, ParameterSet
from models.letter import Letter
from models.organisation import Facility
from models.payment import BankStatement, PaymentLine, PaymentOrder
from services.ecalcura import derivations, parameter_sets

_Data = Mapping[str, Any]


def check_calculations() -> tuple[int, str | None]:
    """How many derivations were read, and the first that is missing or changed."""
    count = 0
    statement = (
        select(Calculation.id, Calculation.digest, CalculationDerivation.content)
        .outerjoin(CalculationDerivation, CalculationDerivation.calculation_id == Calculation.id)
        .where(Calculation.digest.is_not(None), CalculationDerivation.erased_in_id.is_(None))
        .order_by(Calculation.id)
    )
    with closing(db.session.execute(statement.execution_options(yield_per=25))) as rows:
        for row in rows:
            problem = "missing" if row.content is None else _changed(row.content, row.digest)
            if problem:
                return count, f"calculation {row.id}: {problem}"
            count += 1
    return count, None


def _changed(content: bytes, digest: str) -> str | None:
    try:
        same = derivations.digest_of(content) == digest
    except zlib.error:
        same = False
    return None if same else "changed"


def check_parameters() -> tuple[int, str | None]:
    """How many parameter sets were read, and the first whose text is not what its digest says."""
    count = 0
    for row in db.session.execute(
        select(ParameterSet.id, ParameterSet.content, ParameterSet.digest).order_by(ParameterSet.id)
    ):
        if parameter_sets.digest_of(row.content) != row.digest:
            return count, f"parameter set {row.id}: changed"
        count += 1
    return count, None


def check_named() -> str | None:
    """The first entry of the audit chain that names an amount, a set or a file that is gone or something else now."""
    checks: Mapping[AuditEvent, tuple[Callable[[], dict[Any, Any]], Callable[[str, _Data], Any]]] = {
        AuditEvent.CALCULATION_COMMUNICATED: (
            _communicated,
            lambda key, data: (
                (key, data["period"], data["kind"], data["number"], data["parameters"]),
                (data["total"], data["digest"]),
            ),
        ),
        AuditEvent.PAYMENT_BOOKED: (
            _booked,
            lambda _, data: (
                data["calculation"],
                tuple(data[name] for name in ("calculated", "paid", "before", "after")),
            ),
        ),
        AuditEvent.PAYMENT_ORDERED: (
            _orders,
            lambda key, data: (key, data["file_digest"]) if data["act"] == "RELEASED" else None,
        ),
        AuditEvent.PARAMETERS_RELEASED: (_parameters, lambda key, data: (key, data["digest"])),
        AuditEvent.LETTER_MADE: (_letters, lambda key, data: (key, data["file_digest"])),
        AuditEvent.STATEMENT_IMPORTED: (_statements, lambda key, data: (key, data["file_digest"])),
    }
    for event, (held, named) in checks.items():
        statement = select(AuditEntry.sequence, AuditEntry.subject_key, AuditEntry.data)
        ordered = statement.where(AuditEntry.event == event).order_by(AuditEntry.sequence)
        now = held()
        with closing(db.session.execute(ordered.execution_options(yield_per=1000))) as rows:
            for row in rows:
                wanted = named(row.subject_key, json.loads(row.data))
                if wanted is not None and now.get(wanted[0]) != wanted[1]:
                    return f"{event} of audit entry {row.sequence}: {'changed' if wanted[0] in now else 'missing'}"
    return None


def _communicated() -> dict[Any, Any]:
    rows = db.session.execute(
        select(
            Facility.hco_number,
            Calculation.period_code,
            Calculation.kind,
            Calculation.number,
            ParameterSet.digest,
            Calculation.total,
            Calculation.digest,
        )
        .join(Facility, Facility.id == Calculation.facility_id)
        .join(ParameterSet, ParameterSet.id == Calculation.parameter_set_id)
        .where(Calculation.communicated_at.is_not(None))
    )
    return {
        (hco, period, kind.value, number, parameters): (str(total), digest)
        for hco, period, kind, number, parameters, total, digest in rows
    }


def _booked() -> dict[Any, Any]:
    rows = db.session.execute(
        select(
            Calculation.reference,
            PaymentLine.calculated,
            PaymentLine.paid,
            PaymentLine.balance_before,
            PaymentLine.balance_after,
        ).join(PaymentLine, PaymentLine.calculation_id == Calculation.id)
    )
    return {reference: tuple(map(str, amounts)) for reference, *amounts in rows}


def _orders() -> dict[Any, Any]:
    released = PaymentOrder.state == OrderState.RELEASED
    return _pairs(select(PaymentOrder.reference, PaymentOrder.file_digest).where(released))


def _parameters() -> dict[Any, Any]:
    released = ParameterSet.status.in_(parameter_sets.IN_FORCE)
    return _pairs(select(ParameterSet.reference, ParameterSet.digest).where(released))


def _letters() -> dict[Any, Any]:
    return _pairs(select(Letter.reference, Letter.file_digest))


def _statements() -> dict[Any, Any]:
    return _pairs(select(BankStatement.reference, BankStatement.file_digest))


def _pairs(statement: Any) -> dict[Any, Any]:
    return dict(db.session.execute(statement).all())
