"""Laying a received invoice beside the invoice that was asked (A-48).

The key is seller, buyer and order number, and the contract number when the invoice names one; the amount excl. VAT must
be the one that was asked. A credit note counts by its sign: it can only be what was asked as a negative amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.dutch import euro
from domain.errors import N_, Finding, InvalidValue
from domain.folding import fold
from domain.identifiers import parse_enterprise_number

EURO = "EUR"


class InvoiceOutcome(StrEnum):
    """How a received invoice fits what was asked (A-48)."""

    MATCH = "MATCH"
    OTHER_AMOUNT = "BEDRAG_WIJKT_AF"
    NOT_ASKED = "GEEN_AANVRAAG"
    DUPLICATE = "DUBBEL"


OUTCOME_LABELS: Mapping[InvoiceOutcome, str] = {
    InvoiceOutcome.MATCH: N_("Klopt met de aanvraag"),
    InvoiceOutcome.OTHER_AMOUNT: N_("Bedrag wijkt af"),
    InvoiceOutcome.NOT_ASKED: N_("Geen aanvraag"),
    InvoiceOutcome.DUPLICATE: N_("Dubbel"),
}


@dataclass(frozen=True, slots=True)
class InvoiceParty:
    """A seller or a buyer as an invoice names it: its name and its keys, the one that weighs most first.

    A key is an enterprise number of ten digits or, for an authority, an OVO code.
    """

    name: str
    keys: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key that counts; empty when the invoice gives none that can be read."""
        return self.keys[0] if self.keys else ""


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What an invoice or credit note says. Amounts in its currency, negative for what is credited.

    ``amount`` is excl. VAT after allowances and charges, ``payable`` what is still to be paid incl. VAT. ``orders`` are
    the order reference and the buyer's reference, in that order. ``credits`` are the invoices it refers to.
    """

    number: str
    issued_on: date
    credit_note: bool
    seller: InvoiceParty
    buyer: InvoiceParty
    orders: tuple[str, ...]
    contract_number: str
    amount: Decimal
    payable: Decimal
    currency: str = EURO
    tax: Decimal | None = None
    prepaid: Decimal = Decimal(0)
    due_on: date | None = None
    rates: tuple[tuple[Decimal, Decimal], ...] = ()
    credits: tuple[str, ...] = ()
    remarks: tuple[Finding, ...] = ()

    @property
    def order_number(self) -> str:
        """The order number people look for first."""
        return self.orders[0] if self.orders else ""


@dataclass(frozen=True, slots=True)
class Request:
    """An invoice that was asked. ``waits``: its claim still waits for the invoice. ``amount`` in euro excl. VAT."""

    key: int
    seller: str
    order_number: str
    contract_number: str
    amount: Decimal
    waits: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """An invoice that was received before and not rejected. ``request`` is set when it was the one that was asked."""

    number: str
    seller: str
    credit_note: bool
    request: int | None


@dataclass(frozen=True, slots=True)
class Matched:
    """The outcome, the request it is about, and why, in one sentence with its values."""

    outcome: InvoiceOutcome
    request: int | None
    message: str
    params: Mapping[str, Any]

    def __str__(self) -> str:
        return self.message.format(**self.params)


FITS = N_("Het bedrag, het ordernummer en de partijen kloppen met de factuuraanvraag.")
SAME_NUMBER = N_("Factuur {number} van deze verkoper is al ontvangen.")
ALREADY = N_("Voor deze aanvraag is al een factuur ontvangen.")
OTHER_BUYER = N_("De factuur is niet aan uw organisatie gericht.")
NO_SELLER = N_("De factuur noemt geen ondernemingsnummer van de verkoper dat gelezen kan worden.")
NO_ORDER = N_("De factuur noemt geen ordernummer.")
UNKNOWN_ORDER = N_("Er is geen factuur gevraagd aan deze verkoper met ordernummer {order}.")
OTHER_CONTRACT = N_("De factuur noemt opdracht {contract}; met ordernummer {order} is daar geen factuur gevraagd.")
AMOUNT_DIFFERS = N_("Gefactureerd is {amount} exclusief btw; gevraagd werd {asked}.")
OTHER_CURRENCY = N_("De factuur is in {currency}; gevraagd werd {asked}.")
CREDITS = N_("Deze creditnota hoort bij factuur {numbers}; er is geen creditnota gevraagd.")


def match(
    invoice: InvoiceFacts, buyers: frozenset[str], requests: Iterable[Request], earlier: Iterable[Earlier]
) -> Matched:
    """How an invoice fits. ``buyers`` are the keys of the authority that reads it, the rest is its own.

    The first that holds: the same invoice was received before; nothing was asked; the invoice that was asked is there
    already; the amount differs; it fits. Among several open requests with one order number the equal amount decides,
    else the oldest one.
    """
    known = list(earlier)
    for one in known:
        same = (number_key(one.number), one.seller, one.credit_note)
        if same == (number_key(invoice.number), invoice.seller.key, invoice.credit_note) and invoice.seller.key:
            return Matched(InvoiceOutcome.DUPLICATE, one.request, SAME_NUMBER, {"number": invoice.number})
    reason = _not_ours(invoice, buyers)
    if reason is not None:
        return Matched(InvoiceOutcome.NOT_ASKED, None, reason, {})
    orders = {order_key(one) for one in invoice.orders}
    asked = [one for one in requests if one.seller == invoice.seller.key and order_key(one.order_number) in orders]
    if invoice.contract_number:
        named = [one for one in asked if order_key(one.contract_number) == order_key(invoice.contract_number)]
        if asked and not named:
            params = {"contract": invoice.contract_number, "order": invoice.order_number}
            return Matched(InvoiceOutcome.NOT_ASKED, None, OTHER_CONTRACT, params)
        asked = named
    return _among(invoice, sorted(asked, key=lambda one: one.key), known)


def _not_ours(invoice: InvoiceFacts, buyers: frozenset[str]) -> str | None:
    if not buyers & set(invoice.buyer.keys):
        return OTHER_BUYER
    if not invoice.seller.key:
        return NO_SELLER
    return None if invoice.orders else NO_ORDER


def _among(invoice: InvoiceFacts, asked: list[Request], earlier: list[Earlier]) -> Matched:
    waiting = [one for one in asked if one.waits]
    if not waiting:
        answered = {one.request for one in earlier}
        over = next((one for one in asked if one.key in answered and one.amount == invoice.amount), None)
        if over is not None:
            return Matched(InvoiceOutcome.DUPLICATE, over.key, ALREADY, {})
        if invoice.credit_note and invoice.credits:
            return Matched(InvoiceOutcome.NOT_ASKED, None, CREDITS, {"numbers": ", ".join(invoice.credits)})
        return Matched(InvoiceOutcome.NOT_ASKED, None, UNKNOWN_ORDER, {"order": invoice.order_number})
    if invoice.currency != EURO:
        first = waiting[0]
        params = {"currency": invoice.currency, "asked": euro(first.amount)}
        return Matched(InvoiceOutcome.OTHER_AMOUNT, first.key, OTHER_CURRENCY, params)
    equal = next((one for one in waiting if one.amount == invoice.amount), None)
    if equal is not None:
        return Matched(InvoiceOutcome.MATCH, equal.key, FITS, {})
    first = waiting[0]
    params = {"amount": euro(invoice.amount), "asked": euro(first.amount)}
    return Matched(InvoiceOutcome.OTHER_AMOUNT, first.key, AMOUNT_DIFFERS, params)


def order_key(text: str) -> str:
    """An order or contract number as it is compared: case, spaces and signs between do not count."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


def number_key(text: str) -> str:
    """The number of an invoice as it is compared: case and spaces do not count."""
    return fold(text).replace(" ", "")


def enterprise_key(text: str) -> str | None:
    """The ten digits of an enterprise number as invoices write it, like ``BE0999.000.129``; None for anything else."""
    try:
        return parse_enterprise_number(text.strip())
    except InvalidValue:
        return None


def authority_key(text: str) -> str | None:
    """The OVO code of an authority, as ``OVO009902``; None for anything else."""
    code = text.strip().upper()
    return code if re.fullmatch(r"OVO[0-9]{6}", code) else None
