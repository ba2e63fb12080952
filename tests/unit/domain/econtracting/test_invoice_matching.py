"""Laying an invoice beside what was asked (A-48): the outcomes, and what holds for every invoice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.econtracting.invoice_matching import (
    Earlier,
    InvoiceFacts,
    InvoiceOutcome,
    InvoiceParty,
    Request,
    enterprise_key,
    match,
)

SELLER, OTHER, BUYER = "0999000129", "0999000228", "0999004186"
KEYS = frozenset({"OVO009902", BUYER})
ASKED = Request(7, SELLER, "4500012345", "MOW/2026/014", Decimal("84250.40"), True)
INVOICE = InvoiceFacts(
    number="F2026-17",
    issued_on=date(2026, 11, 16),
    credit_note=False,
    seller=InvoiceParty("Wegenbouw Voorbeeld NV", (SELLER,)),
    buyer=InvoiceParty("Departement MOW", (BUYER,)),
    orders=("4500012345",),
    contract_number="",
    amount=Decimal("84250.40"),
    payable=Decimal("101942.98"),
)
MATCH, AMOUNT, NOT_ASKED, DUPLICATE = (
    InvoiceOutcome.MATCH,
    InvoiceOutcome.OTHER_AMOUNT,
    InvoiceOutcome.NOT_ASKED,
    InvoiceOutcome.DUPLICATE,
)


def outcome(invoice: InvoiceFacts, requests: list[Request] | None = None, earlier: list[Earlier] | None = None) -> Any:
    found = match(invoice, KEYS, [ASKED] if requests is None else requests, earlier or [])
    assert str(found)
    return found.outcome, found.request


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"orders": ("nergens", "45-000 12345")},
        {"contract_number": "mow 2026 014"},
        {"buyer": InvoiceParty("MOW", ("OVO009902",))},
        {"seller": InvoiceParty("x", (SELLER, OTHER))},
    ],
)
def test_what_was_asked_matches(changes: dict[str, Any]) -> None:
    assert outcome(replace(INVOICE, **changes)) == (MATCH, 7)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": Decimal("84250.41")}, (AMOUNT, 7)),
        ({"amount": Decimal("-84250.40"), "credit_note": True}, (AMOUNT, 7)),
        ({"currency": "USD"}, (AMOUNT, 7)),
        ({"orders": ("1",)}, (NOT_ASKED, None)),
        ({"orders": ()}, (NOT_ASKED, None)),
        ({"contract_number": "MOW/2026/015"}, (NOT_ASKED, None)),
        ({"seller": InvoiceParty("x", (OTHER, SELLER))}, (NOT_ASKED, None)),
        ({"seller": InvoiceParty("x", ())}, (NOT_ASKED, None)),
        ({"buyer": InvoiceParty("x", (OTHER,))}, (NOT_ASKED, None)),
        ({"buyer": InvoiceParty("x", ())}, (NOT_ASKED, None)),
    ],
)
def test_what_does_not_fit_says_so(changes: dict[str, Any], expected: Any) -> None:
    assert outcome(replace(INVOICE, **changes)) == expected


def test_a_credit_note_fits_a_negative_request() -> None:
    """A-48: credit notes by sign."""
    asked = replace(ASKED, amount=Decimal("-84250.40"))
    assert outcome(replace(INVOICE, credit_note=True, amount=Decimal("-84250.40")), [asked]) == (MATCH, 7)
    assert outcome(INVOICE, [asked]) == (AMOUNT, 7)


def test_a_credit_note_nobody_asked_names_its_invoice() -> None:
    credit = replace(INVOICE, number="C1", credit_note=True, amount=Decimal("-5.00"), credits=("F2026-17",))
    found = match(credit, KEYS, [replace(ASKED, waits=False)], [])
    assert found.outcome is NOT_ASKED
    assert "F2026-17" in str(found)


@pytest.mark.parametrize("number", ["F2026-17", "f2026-17", "F 2026-17"])
def test_the_same_number_of_the_same_seller_is_double(number: str) -> None:
    earlier = [Earlier(number, SELLER, False, 7)]
    assert outcome(INVOICE, [replace(ASKED, waits=False)], earlier) == (DUPLICATE, 7)


def test_the_same_number_of_another_seller_or_of_a_credit_note_is_not() -> None:
    assert outcome(INVOICE, None, [Earlier("F2026-17", OTHER, False, None)]) == (MATCH, 7)
    assert outcome(INVOICE, None, [Earlier("F2026-17", SELLER, True, None)]) == (MATCH, 7)


def test_a_second_invoice_for_what_was_invoiced_is_double() -> None:
    earlier = [Earlier("F2026-16", SELLER, False, 7)]
    assert outcome(INVOICE, [replace(ASKED, waits=False)], earlier) == (DUPLICATE, 7)


def test_one_order_number_for_several_claims() -> None:
    """The amount decides; without an equal one the oldest open request is meant."""
    requests = [
        replace(ASKED, key=9),
        replace(ASKED, key=8, amount=Decimal("10.00")),
        replace(ASKED, key=3, waits=False),
    ]
    assert outcome(INVOICE, requests) == (MATCH, 9)
    assert outcome(replace(INVOICE, amount=Decimal("10.00")), requests) == (MATCH, 8)
    assert outcome(replace(INVOICE, amount=Decimal("11.00")), requests) == (AMOUNT, 8)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("0999000129", SELLER), ("BE0999000129", SELLER), ("BE 0999.000.129", SELLER), ("999000129", SELLER)),
        *(("0999000128", None), ("", None), ("OVO009902", None), ("NL999000129", None)),
    ],
)
def test_enterprise_numbers_as_invoices_write_them(text: str, key: str | None) -> None:
    assert enterprise_key(text) == key


AMOUNTS = st.decimals(min_value=-1000, max_value=1000, places=2)
REQUESTS = st.lists(
    st.builds(
        Request,
        st.integers(1, 50),
        st.sampled_from([SELLER, OTHER]),
        st.sampled_from(["4500012345", "77"]),
        st.sampled_from(["A", "B"]),
        AMOUNTS,
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)
INVOICES = st.builds(
    lambda amount, seller, orders, contract, number: replace(
        INVOICE,
        amount=amount,
        credit_note=amount < 0,
        seller=InvoiceParty("x", (seller,)),
        orders=tuple(orders),
        contract_number=contract,
        number=number,
    ),
    AMOUNTS,
    st.sampled_from([SELLER, OTHER]),
    st.lists(st.sampled_from(["4500012345", "77", "0"]), max_size=2),
    st.sampled_from(["", "A", "B", "C"]),
    st.sampled_from(["1", "2"]),
)
NUMBERS, SELLERS = st.sampled_from(["1", "2", "3"]), st.sampled_from([SELLER, OTHER])
EARLIER = st.lists(st.builds(Earlier, NUMBERS, SELLERS, st.booleans(), st.none() | st.integers(1, 50)), max_size=4)


@given(INVOICES, REQUESTS, EARLIER)
def test_a_match_is_exactly_what_was_asked(
    invoice: InvoiceFacts, requests: list[Request], earlier: list[Earlier]
) -> None:
    found = match(invoice, KEYS, requests, earlier)
    if found.outcome is MATCH:
        asked = next(one for one in requests if one.key == found.request)
        assert asked.waits
        assert (asked.seller, asked.amount) == (invoice.seller.key, invoice.amount)
        assert asked.order_number in invoice.orders
        assert invoice.contract_number in ("", asked.contract_number)
    if found.outcome is NOT_ASKED:
        assert found.request is None


@given(INVOICES, REQUESTS, EARLIER)
def test_the_order_of_what_is_known_does_not_count(
    invoice: InvoiceFacts, requests: list[Request], earlier: list[Earlier]
) -> None:
    found = match(invoice, KEYS, requests, earlier)
    again = match(invoice, KEYS, requests[::-1], earlier[::-1])
    assert (found.outcome, found.message) == (again.outcome, again.message)


@given(INVOICES, REQUESTS)
def test_an_invoice_that_was_kept_is_double_the_second_time(invoice: InvoiceFacts, requests: list[Request]) -> None:
    found = match(invoice, KEYS, requests, [])
    kept = Earlier(invoice.number, invoice.seller.key, invoice.credit_note, found.request)
    assert match(invoice, KEYS, requests, [kept]).outcome is DUPLICATE
