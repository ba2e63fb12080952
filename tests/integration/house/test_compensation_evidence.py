"""``evidence verify`` reads derivations, parameters and amounts again, and the files of letters and payments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ecalcura.calculation_states import CalculationKind
from models.all import db
from models.compensation import Calculation, CalculationDerivation
from models.letter import Letter
from models.payment import PaymentLine, PaymentOrder
from services import evidence, transaction
from services.ecalcura import derivations, letters, payment_orders
from tests.factories import compensation
from tests.factories.compensation import DEFINITIVE_AT, PROVISIONAL_AT, RELEASER, STARTER
from tests.support.databases import PreparedDatabase

pytestmark = pytest.mark.usefixtures("settled")


@pytest.fixture
def settled(database: PreparedDatabase, at: Callable[[str], datetime]) -> None:
    """One facility through a whole campaign: both calculations, the letter, the payment and its file."""
    at(PROVISIONAL_AT)
    it = compensation.household()
    compensation.released([it])
    at(DEFINITIVE_AT)
    (definitive,) = compensation.released([it], CalculationKind.DEFINITIVE)
    with transaction.unit_of_work():
        letters.for_calculation(RELEASER, db.session.get_one(Calculation, definitive.id))
    at("2025-01-28T10:00:00+01:00")
    with transaction.unit_of_work():
        reference = payment_orders.make(STARTER, date(2025, 1, 31)).reference
    with transaction.unit_of_work():
        payment_orders.release(RELEASER, reference)
    report = evidence.verify()
    assert (report.calculations, report.broken) == (2, ())
    assert report.parameter_sets >= 1
    assert report.files >= 2


def alter(statement: Any, **values: Any) -> None:
    """Somebody with access to the database itself, going round every rule."""
    with db.engine.begin() as connection:
        connection.execute(statement, values)
    db.session.rollback()
    db.session.expire_all()


@pytest.mark.parametrize("place", [0, 1, 40, -5, -1])
def test_one_changed_byte_of_a_derivation_is_found(place: int) -> None:
    row = db.session.scalars(sa.select(CalculationDerivation).order_by(CalculationDerivation.calculation_id)).all()[-1]
    content = bytearray(row.content)
    content[place] ^= 1
    key = row.calculation_id
    table = CalculationDerivation.__table__
    alter(sa.update(table).where(table.c.calculation_id == key).values(content=bytes(content)))
    assert evidence.verify().broken == (f"calculation {key}: changed",)


def test_a_derivation_that_is_gone_is_found() -> None:
    alter(sa.text("DELETE FROM calculation_derivation"))
    (broken,) = evidence.verify().broken
    assert broken.endswith(": missing")


def test_a_derivation_swapped_with_its_digest_is_found() -> None:
    """Another one with the right digest beside it: the chain names the one that was communicated."""
    key = db.session.scalars(sa.select(Calculation.id).order_by(Calculation.id.desc())).first()
    content, digest = derivations.write_advance(derivations.AdvanceDerivation(Decimal(1), None, None, None))
    alter(sa.text("UPDATE calculation_derivation SET content = :c WHERE calculation_id = :id"), c=content, id=key)
    assert evidence.verify().broken == (f"calculation {key}: changed",)
    alter(sa.text("UPDATE calculation SET digest = :digest WHERE id = :id"), digest=digest, id=key)
    (broken,) = evidence.verify().broken
    assert broken.startswith("calculation.communicated of audit entry")


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE calculation SET total = total + 1", "calculation.communicated of audit entry"),
        ("UPDATE calculation SET digest = NULL", "calculation.communicated of audit entry"),
        ("UPDATE calculation SET communicated_at = NULL", "calculation.communicated of audit entry"),
        ("UPDATE payment_line SET paid = paid + 1", "payment.booked of audit entry"),
        ("UPDATE payment_line SET balance_after = 5", "payment.booked of audit entry"),
        ("UPDATE payment_order SET state = 'CANCELLED'", "payment.ordered of audit entry"),
        ("UPDATE parameter_set SET content = content || ' '", "parameter set"),
    ],
)
def test_an_altered_amount_is_found(statement: str, place: str) -> None:
    alter(sa.text(statement))
    broken = evidence.verify().broken
    assert any(one.startswith(place) for one in broken), broken


def test_a_letter_or_payment_file_that_is_another_one_is_found() -> None:
    """The files themselves are read by their digest; a row that names another file is found by the chain."""
    letter = db.session.scalars(sa.select(Letter)).one()
    order = db.session.scalars(sa.select(PaymentOrder)).one()
    assert order.total == db.session.scalars(sa.select(PaymentLine.paid)).one() > Decimal(0)
    digest = order.file_digest
    alter(sa.text("UPDATE letter SET file_digest = :digest WHERE id = :id"), digest=digest, id=letter.id)
    (broken,) = evidence.verify().broken
    assert broken.startswith("letter.made of audit entry")


@pytest.mark.parametrize("table", ["letter", "payment_order"])
def test_a_changed_file_of_a_letter_or_a_payment_is_found(database: PreparedDatabase, table: str) -> None:
    digest = db.session.scalar(sa.text(f"SELECT file_digest FROM {table}"))
    (path,) = [one for one in (database.settings.instance / "documents").rglob("*") if one.name == digest]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))
    assert evidence.verify().broken == (f"file {digest}: changed",)
