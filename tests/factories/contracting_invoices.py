"""Electronic invoices as sellers send them over Peppol: UBL 2.1 written out, in the variants the standard allows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

SELLER, BUYER = "0999000129", "0999004186"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


def _basic(tag: str, text: str, **attributes: str) -> str:
    """A leaf, like ``<cbc:ID>4500012345</cbc:ID>``."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<cbc:{tag}{given}>{escape(text)}</cbc:{tag}>"


def _group(tag: str, *parts: str) -> str:
    """A group of elements, like ``<cac:Party>…</cac:Party>``."""
    return f"<cac:{tag}>{''.join(parts)}</cac:{tag}>\n"


_VAT = _group("TaxScheme", _basic("ID", "VAT"))


def _party(key: str, name: str, scheme: str) -> str:
    """A party by its enterprise number (0208) or only by its VAT number (9925)."""
    number = key if scheme == "0208" else f"BE{key}"
    legal = [_basic("RegistrationName", name)]
    if scheme == "0208":
        legal.append(_basic("CompanyID", key, schemeID="0208"))
    return _group(
        "Party",
        _basic("EndpointID", number, schemeID=scheme),
        _group("PartyName", _basic("Name", name)),
        _group("PostalAddress", _basic("CityName", "Gent"), _group("Country", _basic("IdentificationCode", "BE"))),
        _group("PartyTaxScheme", _basic("CompanyID", f"BE{key}"), _VAT),
        _group("PartyLegalEntity", *legal),
        _group("Contact", _basic("Name", "Contactpersoon Verkoop"), _basic("ElectronicMail", "verkoop@example.be")),
    )


def invoice(
    number: str = "F2026-17",
    *,
    credit_note: bool = False,
    seller: str = SELLER,
    seller_name: str = "Wegenbouw Voorbeeld NV",
    buyer: str = BUYER,
    scheme: str = "0208",
    order: str | None = "4500012345",
    buyer_reference: str | None = None,
    contract: str | None = None,
    issued_on: str = "2024-09-16",
    parts: Sequence[tuple[str, str]] = (("84250.40", "21"),),
    allowance: str = "0.00",
    charge: str = "0.00",
    prepaid: str = "0.00",
    rounding: str = "0.00",
    currency: str = "EUR",
    corrects: str | None = None,
    extra: str = "",
) -> bytes:
    """The XML of an invoice or credit note. ``parts``: the amount of each line with its VAT rate in percent.

    ``corrects`` is the invoice a credit note refers to; ``extra`` goes between the parties and the totals as it is.
    """
    root = "CreditNote" if credit_note else "Invoice"
    lines = sum((Decimal(amount) for amount, _ in parts), Decimal(0))
    exclusive = lines - Decimal(allowance) + Decimal(charge)
    bases: dict[str, Decimal] = {}
    for amount, rate in parts:
        bases[rate] = bases.get(rate, Decimal(0)) + Decimal(amount)
    first = next(iter(bases))
    bases[first] += Decimal(charge) - Decimal(allowance)
    taxes = {rate: (base * Decimal(rate) / 100).quantize(Decimal("0.01")) for rate, base in bases.items()}
    inclusive = exclusive + sum(taxes.values())

    def money(tag: str, amount: Decimal | str) -> str:
        return _basic(tag, f"{Decimal(amount):.2f}", currencyID=currency)

    def category(rate: str) -> str:
        return _group("TaxCategory", _basic("ID", "S"), _basic("Percent", rate), _VAT)

    changes = [
        _group("AllowanceCharge", _basic("ChargeIndicator", says), money("Amount", amount), category(first))
        for says, amount in (("false", allowance), ("true", charge))
        if Decimal(amount)
    ]
    optional = (
        ("AllowanceTotalAmount", allowance),
        ("ChargeTotalAmount", charge),
        ("PrepaidAmount", prepaid),
        ("PayableRoundingAmount", rounding),
    )
    total = _group(
        "LegalMonetaryTotal",
        money("LineExtensionAmount", lines),
        money("TaxExclusiveAmount", exclusive),
        money("TaxInclusiveAmount", inclusive),
        *(money(tag, amount) for tag, amount in optional if Decimal(amount)),
        money("PayableAmount", inclusive - Decimal(prepaid) + Decimal(rounding)),
    )
    tax = _group(
        "TaxTotal",
        money("TaxAmount", sum(taxes.values(), Decimal(0))),
        *(
            _group("TaxSubtotal", money("TaxableAmount", bases[rate]), money("TaxAmount", taxes[rate]), category(rate))
            for rate in bases
        ),
    )
    quantity = "CreditedQuantity" if credit_note else "InvoicedQuantity"
    body = [
        _group(
            f"{root}Line",
            _basic("ID", str(place)),
            _basic(quantity, "1", unitCode="C62"),
            money("LineExtensionAmount", amount),
            _group("Item", _basic("Name", "Werken")),
            _group("Price", money("PriceAmount", amount)),
        )
        for place, (amount, _) in enumerate(parts, start=1)
    ]
    references = [
        _basic("BuyerReference", buyer_reference) if buyer_reference else "",
        _group("OrderReference", _basic("ID", order)) if order else "",
        _group("BillingReference", _group("InvoiceDocumentReference", _basic("ID", corrects))) if corrects else "",
        _group("ContractDocumentReference", _basic("ID", contract)) if contract else "",
    ]
    namespaces = f'xmlns="{_UBL}{root}-2" xmlns:cac="{_UBL}CommonAggregateComponents-2"'
    content = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {namespaces} xmlns:cbc="{_UBL}CommonBasicComponents-2">\n',
        _basic("CustomizationID", _CUSTOMIZATION),
        _basic("ProfileID", _PROFILE),
        _basic("ID", number),
        _basic("IssueDate", issued_on),
        _basic("DocumentCurrencyCode", currency),
        *references,
        _group("AccountingSupplierParty", _party(seller, seller_name, scheme)),
        _group("AccountingCustomerParty", _party(buyer, "Departement MOW (test)", scheme)),
        extra,
        *changes,
        tax,
        total,
        *body,
        f"</{root}>\n",
    ]
    return "".join(content).encode()
