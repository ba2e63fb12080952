"""Kinds of documents as data: definitions are checked where they are made, forms where they are filled in (3.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.econtracting.document_states import Direction
from domain.econtracting.kinds import Attachment, Field, FieldType, Kind, read_values

CLAIM = Kind(
    "SCHULDVORDERING",
    "Schuldvordering",
    "BETALINGEN",
    frozenset({Direction.TO_AUTHORITY}),
    fields=(
        Field("number", "Nummer", FieldType.WHOLE),
        Field("period_from", "Periode van", FieldType.DATE),
        Field("period_to", "Periode tot en met", FieldType.DATE, after="period_from"),
        Field("amount", "Bedrag exclusief btw", FieldType.AMOUNT),
        Field("vat", "Btw-regime", FieldType.CHOICE, options=(("21", "21 %"), ("MC", "Medecontractant"))),
        Field("final", "Eindvordering", FieldType.YES_NO, required=False),
        Field("note", "Opmerking", FieldType.TEXT, required=False),
    ),
    attachments=(Attachment("statement", "Vorderingsstaat"),),
)
TYPED: dict[str, str | None] = {
    "number": "3",
    "period_from": "2026-10-01",
    "period_to": "2026-10-31",
    "amount": "84.250,40",
    "vat": "21",
}


def test_a_form_is_read() -> None:
    values, found = read_values(CLAIM, TYPED | {"unknown": "x"})
    assert found == []
    assert values == {
        "number": 3,
        "period_from": date(2026, 10, 1),
        "period_to": date(2026, 10, 31),
        "amount": Decimal("84250.40"),
        "vat": "21",
        "final": False,
        "note": None,
    }


def test_everything_that_is_wrong_is_told_at_once() -> None:
    _, found = read_values(CLAIM, {"period_from": "31/10/2026", "amount": "-5", "vat": "6", "note": "x" * 201})
    assert [(one.field, str(one)) for one in found] == [
        ("number", "Vul Nummer in."),
        ("period_from", "Vul bij Periode van een geldige datum in."),
        ("period_to", "Vul Periode tot en met in."),
        ("amount", "Bedrag exclusief btw kan niet negatief zijn."),
        ("vat", "Kies bij Btw-regime een waarde uit de lijst."),
        ("note", "Hou Opmerking korter dan 200 tekens."),
    ]


def test_a_period_does_not_end_before_it_begins() -> None:
    _, found = read_values(CLAIM, TYPED | {"period_to": "2026-09-30"})
    assert [str(one) for one in found] == ["Periode tot en met kan niet vóór periode van liggen."]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1250,5", "1250.50"), ("€ 1 250,50", "1250.50"), ("1.250", "1250.00"), ("0", "0.00"), ("12,345", None)],
)
def test_amounts_as_people_type_them(typed: str, amount: str | None) -> None:
    values, found = read_values(CLAIM, TYPED | {"amount": typed})
    assert values["amount"] == (None if amount is None else Decimal(amount))
    assert bool(found) is (amount is None)


@pytest.mark.parametrize("typed", ["1.25,00", "1e9", "NaN", "∞", "--1", "1,2,3", "12.34", "99999999999999"])
def test_what_is_no_amount(typed: str) -> None:
    assert [one.field for one in read_values(CLAIM, TYPED | {"amount": typed})[1]] == ["amount"]


@given(st.dictionaries(st.sampled_from([field.name for field in CLAIM.fields]), st.none() | st.text(max_size=300)))
def test_whatever_is_typed_gives_values_or_findings(typed: dict[str, str | None]) -> None:
    values, found = read_values(CLAIM, typed)
    assert set(values) == {field.name for field in CLAIM.fields}
    assert {one.field for one in found} <= set(values)
