"""Reading an electronic invoice: UBL 2.1 Invoice and CreditNote as Peppol BIS Billing 3.0 uses them.

The file comes from outside and is trusted in nothing: its size, depth and number of elements are limited while it is
read, a DOCTYPE is refused (so there are no entities), nothing is fetched, includes and stylesheets are not followed.
Only what is needed to know the invoice again is read; the bytes themselves stay as they came.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import IO, Any

from lxml import etree

from domain.econtracting.invoice_matching import (
    EURO,
    InvoiceFacts,
    InvoiceParty,
    authority_key,
    enterprise_key,
)
from domain.errors import N_, Finding, Severity

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 40
MAX_ELEMENTS = 200_000
MAX_LENGTH = 200
_CHUNK = 64 * 1024

_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
_CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
_AMOUNT = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,2}0*)?")
_RATE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?")
#: Schemes of identifiers: the Belgian enterprise number, and the Belgian VAT number.
_ENTERPRISE, _VAT = "0208", "9925"

TOO_LARGE = N_("Het bestand is groter dan {max} MB. Dat is te groot voor een elektronische factuur.")
EMPTY = N_("Het bestand is leeg.")
NOT_XML = N_("Dit is geen leesbaar XML-bestand. Kies het bestand van de elektronische factuur zelf, niet de PDF.")
HOSTILE = N_(
    "Dit XML-bestand heeft een DOCTYPE of is te diep of te groot opgebouwd. Een Peppol-factuur heeft dat niet."
)
NOT_UBL = N_("Dit is geen factuur of creditnota in UBL 2.1.")
MISSING = N_("In de factuur ontbreekt {what}.")
TWICE = N_("In de factuur staat {what} meer dan één keer.")
BAD = N_("In de factuur is {what} niet geldig: '{text}'.")
SUM_DIFFERS = N_("De bedragen op de factuur tellen niet juist op. Reken ze na voor u betaalt.")
KEYS_DIFFER = N_("De verkoper staat met verschillende ondernemingsnummers op de factuur: {keys}.")
NO_ENDPOINT = N_("Het elektronische adres van {who} ontbreekt.")

_NUMBER, _DAY, _CURRENCY = N_("het factuurnummer"), N_("de factuurdatum"), N_("de munt")
_SELLER, _BUYER = N_("de verkoper"), N_("de koper")
_EXCLUSIVE, _PAYABLE, _TOTAL = N_("het bedrag exclusief btw"), N_("het te betalen bedrag"), N_("het totaal")
_TAX, _OTHER, _REFERENCE = N_("het btw-bedrag"), N_("een bedrag"), N_("een verwijzing")


class InvoiceRefused(Exception):
    """The file is no invoice that can be read: a Dutch template with its values, for the person who chose the file."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**self.params)


def read(source: bytes | IO[bytes]) -> bytes:
    """The bytes of a file, at most ``MAX_BYTES``; raises InvoiceRefused for more or for nothing."""
    content = source[: MAX_BYTES + 1] if isinstance(source, bytes) else source.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvoiceRefused(TOO_LARGE, max=MAX_BYTES // 1024 // 1024)
    if not content.strip():
        raise InvoiceRefused(EMPTY)
    return content


def parse(content: bytes) -> InvoiceFacts:
    """What an invoice or credit note says; raises InvoiceRefused for what cannot be read or leaves room for doubt."""
    root = _tree(read(content))
    if root.tag not in (_INVOICE, _CREDIT_NOTE):
        raise InvoiceRefused(NOT_UBL)
    credit = root.tag == _CREDIT_NOTE
    sign = -1 if credit else 1
    remarks: list[Finding] = []
    currency = _text(root, f"{_CBC}DocumentCurrencyCode", _CURRENCY) or EURO
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise InvoiceRefused(BAD, what=_CURRENCY, text=currency)
    seller = _party(root, f"{_CAC}AccountingSupplierParty", _SELLER, remarks)
    buyer = _party(root, f"{_CAC}AccountingCustomerParty", _BUYER, remarks)
    if len({key for key in seller.keys if not authority_key(key)}) > 1:
        remarks.append(_remark(KEYS_DIFFER, keys=", ".join(dict.fromkeys(seller.keys))))
    amount, payable, prepaid, tax = _totals(root, currency, remarks)
    contract = _one(root, f"{_CAC}ContractDocumentReference", _REFERENCE)
    return InvoiceFacts(
        number=_needed(_text(root, f"{_CBC}ID", _NUMBER), _NUMBER),
        issued_on=_date(_needed(_text(root, f"{_CBC}IssueDate", _DAY), _DAY), _DAY),
        due_on=_due(root),
        credit_note=credit,
        seller=seller,
        buyer=buyer,
        orders=_orders(root),
        contract_number=_text(contract, f"{_CBC}ID", _REFERENCE) or "",
        amount=sign * amount,
        payable=sign * payable,
        prepaid=sign * prepaid,
        tax=None if tax is None else sign * tax,
        currency=currency,
        rates=_rates(root, sign),
        credits=tuple(
            number
            for one in root.findall(f"{_CAC}BillingReference")[:20]
            if (number := _text(one.find(f"{_CAC}InvoiceDocumentReference"), f"{_CBC}ID", _REFERENCE))
        ),
        remarks=tuple(remarks),
    )


def _tree(content: bytes) -> Any:
    """The root element, read in pieces so that what is too deep or too much stops at once."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = elements = 0
    root: Any = None
    try:
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
            for event, element in parser.read_events():
                if event == "end":
                    depth -= 1
                    continue
                if root is None:
                    root = element
                    if element.getroottree().docinfo.doctype:
                        raise InvoiceRefused(HOSTILE)
                depth, elements = depth + 1, elements + 1
                if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
                    raise InvoiceRefused(HOSTILE)
        root = parser.close()
    except (etree.LxmlError, ValueError, LookupError, AssertionError) as error:
        if "<!DOCTYPE" in content[:4096].decode("utf-8", "ignore"):
            raise InvoiceRefused(HOSTILE) from error
        raise InvoiceRefused(NOT_XML) from error
    tree = root.getroottree()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise InvoiceRefused(HOSTILE)
    return root


def _one(parent: Any, tag: str, what: str) -> Any:
    """The only child with a tag, or None; two of them are refused, because programs would choose differently."""
    if parent is None:
        return None
    found = parent.findall(tag)
    if len(found) > 1:
        raise InvoiceRefused(TWICE, what=what)
    return found[0] if found else None


def _text(parent: Any, tag: str, what: str) -> str | None:
    element = _one(parent, tag, what)
    if element is None:
        return None
    if len(element):
        raise InvoiceRefused(BAD, what=what, text="…")
    text = " ".join((element.text or "").split())
    if len(text) > MAX_LENGTH or not text.isprintable():
        raise InvoiceRefused(BAD, what=what, text="".join(one for one in text[:40] if one.isprintable()))
    return text or None


def _needed(text: str | None, what: str) -> str:
    if text is None:
        raise InvoiceRefused(MISSING, what=what)
    return text


def _date(text: str, what: str) -> date:
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            pass
    raise InvoiceRefused(BAD, what=what, text=text[:40])


def _due(root: Any) -> date | None:
    text = _text(root, f"{_CBC}DueDate", _DAY)
    return None if text is None else _date(text, _DAY)


def _orders(root: Any) -> tuple[str, ...]:
    """The order reference and the buyer's reference; ``NA`` says that there is none."""
    order = _text(_one(root, f"{_CAC}OrderReference", _REFERENCE), f"{_CBC}ID", _REFERENCE)
    buyer = _text(root, f"{_CBC}BuyerReference", _REFERENCE)
    return tuple(dict.fromkeys(one for one in (order, buyer) if one and one.upper() not in ("NA", "N/A")))


def _party(root: Any, tag: str, who: str, remarks: list[Finding]) -> InvoiceParty:
    """A party by its keys: the legal entity first, then VAT, other identifiers, and where it gets its messages.

    Nothing of a contact person is read.
    """
    party = _one(_one(root, tag, who), f"{_CAC}Party", who)
    if party is None:
        raise InvoiceRefused(MISSING, what=who)
    legal = _one(party, f"{_CAC}PartyLegalEntity", who)
    endpoint = _one(party, f"{_CBC}EndpointID", who)
    if endpoint is None:
        remarks.append(_remark(NO_ENDPOINT, who=who))
    identifiers = [_one(legal, f"{_CBC}CompanyID", who)]
    identifiers += [one.find(f"{_CBC}CompanyID") for one in party.findall(f"{_CAC}PartyTaxScheme")[:5]]
    identifiers += [one.find(f"{_CBC}ID") for one in party.findall(f"{_CAC}PartyIdentification")[:10]]
    keys = [key for one in (*identifiers, endpoint) if one is not None and (key := _key(one)) is not None]
    name = _text(legal, f"{_CBC}RegistrationName", who) or _text(
        _one(party, f"{_CAC}PartyName", who), f"{_CBC}Name", who
    )
    return InvoiceParty(name or "", tuple(dict.fromkeys(keys)))


def _key(identifier: Any) -> str | None:
    """The enterprise number or OVO code in an identifier; of another scheme only what cannot be anything else."""
    text, scheme = (identifier.text or "").strip()[:MAX_LENGTH], identifier.get("schemeID")
    if scheme in (_ENTERPRISE, _VAT, None, "", "BE:EN", "BE:VAT"):
        return authority_key(text) or enterprise_key(text)
    return authority_key(text)


def _money(parent: Any, tag: str, what: str, currency: str) -> Decimal | None:
    element = _one(parent, f"{_CBC}{tag}", what)
    text = _text(parent, f"{_CBC}{tag}", what)
    if element is None or text is None:
        return None
    if not _AMOUNT.fullmatch(text) or element.get("currencyID", currency) != currency:
        raise InvoiceRefused(BAD, what=what, text=f"{text[:40]} {element.get('currencyID', '')[:10]}".strip())
    return Decimal(text).quantize(Decimal("0.01"))


def _totals(root: Any, currency: str, remarks: list[Finding]) -> tuple[Decimal, Decimal, Decimal, Decimal | None]:
    """Excl. VAT, to be paid, paid before, VAT; a remark when they do not add up (EN 16931 BR-CO-10 to BR-CO-16)."""
    total = _one(root, f"{_CAC}LegalMonetaryTotal", _TOTAL)
    if total is None:
        raise InvoiceRefused(MISSING, what=_TOTAL)

    def money(tag: str, what: str = _OTHER) -> Decimal | None:
        return _money(total, tag, what, currency)

    exclusive, payable = money("TaxExclusiveAmount", _EXCLUSIVE), money("PayableAmount", _PAYABLE)
    if exclusive is None:
        raise InvoiceRefused(MISSING, what=_EXCLUSIVE)
    if payable is None:
        raise InvoiceRefused(MISSING, what=_PAYABLE)
    lines, inclusive = money("LineExtensionAmount"), money("TaxInclusiveAmount")
    zero = Decimal(0)
    less, more = money("AllowanceTotalAmount") or zero, money("ChargeTotalAmount") or zero
    prepaid, rounding = money("PrepaidAmount") or zero, money("PayableRoundingAmount") or zero
    taxes = [_money(one, "TaxAmount", _TAX, currency) for one in _tax_totals(root, currency)]
    tax = next((one for one in taxes if one is not None), None)
    sums = [lines is None or lines - less + more == exclusive]
    sums.append(inclusive is None or tax is None or exclusive + tax == inclusive)
    sums.append(inclusive is None or inclusive - prepaid + rounding == payable)
    if not all(sums):
        remarks.append(_remark(SUM_DIFFERS))
    return exclusive, payable, prepaid, tax


def _tax_totals(root: Any, currency: str) -> list[Any]:
    """The totals of VAT in the currency of the invoice; there can be a second one in another currency."""
    found = []
    for one in root.findall(f"{_CAC}TaxTotal")[:5]:
        said = one.find(f"{_CBC}TaxAmount")
        if said is not None and said.get("currencyID") == currency:
            found.append(one)
    return found


def _rates(root: Any, sign: int) -> tuple[tuple[Decimal, Decimal], ...]:
    """The VAT rates with the amount each is reckoned on."""
    found: list[tuple[Decimal, Decimal]] = []
    for part in root.findall(f"{_CAC}TaxTotal/{_CAC}TaxSubtotal")[:50]:
        base, percent = part.find(f"{_CBC}TaxableAmount"), part.find(f"{_CAC}TaxCategory/{_CBC}Percent")
        rate, amount = ("" if one is None else (one.text or "").strip() for one in (percent, base))
        if _RATE.fullmatch(rate) and _AMOUNT.fullmatch(amount):
            found.append((Decimal(rate).normalize() + 0, sign * Decimal(amount).quantize(Decimal("0.01"))))
    return tuple(found)


def _remark(message: str, **params: Any) -> Finding:
    return Finding("A-48", Severity.WARNING, message, params=params)
