"""Electronic invoices: every variant that Peppol allows is read, hostile and broken files are refused (A-48)."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import ubl
from integrations.ubl import InvoiceRefused, parse
from tests.factories.contracting_invoices import BUYER, SELLER, invoice


def refusal(content: bytes) -> str:
    with pytest.raises(InvoiceRefused) as refused:
        parse(content)
    return str(refused.value)


def test_an_invoice_is_read() -> None:
    found = parse(invoice(contract="MOW/2026/014", buyer_reference="Dienst Wegen"))
    assert (found.number, found.issued_on, found.credit_note) == ("F2026-17", date(2024, 9, 16), False)
    assert (found.seller.key, found.seller.name) == (SELLER, "Wegenbouw Voorbeeld NV")
    assert found.buyer.key == BUYER
    assert found.orders == ("4500012345", "Dienst Wegen")
    assert found.contract_number == "MOW/2026/014"
    assert (found.amount, found.tax, found.payable) == (Decimal("84250.40"), Decimal("17692.58"), Decimal("101942.98"))
    assert found.remarks == ()


def test_a_credit_note_counts_below_zero() -> None:
    found = parse(invoice(credit_note=True, corrects="F2026-16"))
    assert (found.credit_note, found.amount, found.payable) == (True, Decimal("-84250.40"), Decimal("-101942.98"))
    assert found.credits == ("F2026-16",)


@pytest.mark.parametrize("scheme", ["0208", "9925"])
def test_a_party_is_known_by_its_enterprise_or_vat_number(scheme: str) -> None:
    found = parse(invoice(scheme=scheme))
    assert (found.seller.keys, found.buyer.keys) == ((SELLER,), (BUYER,))


def test_only_the_reference_of_the_buyer_is_enough() -> None:
    assert parse(invoice(order=None, buyer_reference="4500012345")).orders == ("4500012345",)
    assert parse(invoice(order="NA", buyer_reference="4500012345")).orders == ("4500012345",)
    assert parse(invoice(order=None)).orders == ()


def test_allowances_charges_rates_prepayment_and_rounding() -> None:
    found = parse(
        invoice(
            parts=(("1000.00", "21"), ("200.00", "6"), ("50.00", "0")),
            allowance="100.00",
            charge="25.50",
            prepaid="300.00",
            rounding="0.02",
        )
    )
    assert found.amount == Decimal("1175.50")
    assert [(int(rate), str(base)) for rate, base in found.rates] == [(21, "925.50"), (6, "200.00"), (0, "50.00")]
    assert found.tax == Decimal("206.36")
    assert (found.prepaid, found.payable) == (Decimal("300.00"), Decimal("1081.88"))
    assert found.remarks == ()


def test_an_authority_is_known_by_its_ovo_code() -> None:
    endpoint = b'<cbc:EndpointID schemeID="0208">0999004186</cbc:EndpointID>'
    more = b"<cac:PartyIdentification><cbc:ID>OVO009902</cbc:ID></cac:PartyIdentification>"
    assert parse(invoice().replace(endpoint, endpoint + more)).buyer.keys == (BUYER, "OVO009902")


def test_amounts_that_do_not_add_up_are_told() -> None:
    content = invoice().replace(b">101942.98</cbc:PayableAmount>", b">101942.99</cbc:PayableAmount>")
    assert [str(one) for one in parse(content).remarks] == [
        "De bedragen op de factuur tellen niet juist op. Reken ze na voor u betaalt."
    ]


def test_a_seller_with_two_numbers_is_told_and_the_legal_entity_counts() -> None:
    endpoint = b'<cbc:EndpointID schemeID="0208">'
    found = parse(invoice().replace(endpoint + b"0999000129", endpoint + b"0999000228", 1))
    assert found.seller.key == SELLER
    assert "verschillende ondernemingsnummers" in str(found.remarks[0])


def test_nothing_of_a_contact_person_is_read() -> None:
    assert "Contactpersoon" not in repr(parse(invoice()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_declared_encoding_counts(encoding: str) -> None:
    text = invoice(seller_name="Hébert & Zonen").decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert parse(text.encode(encoding)).seller.name == "Hébert & Zonen"


def with_doctype(declaration: str, use: str = "F1") -> bytes:
    text = invoice(number="NUMMER").decode().replace("NUMMER", use)
    return text.replace("?>\n", f"?>\n<!DOCTYPE Invoice [{declaration}]>\n", 1).encode()


LAUGHS = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "content",
    [
        with_doctype(LAUGHS, "&j;"),
        with_doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        with_doctype('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
        with_doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;'),
        with_doctype(""),
        invoice(extra="<cac:X>" * 60 + "</cac:X>" * 60),
        invoice(extra="<cac:X/>" * 200_001),
    ],
    ids=["laughs", "file", "http", "parameter", "empty", "deep", "many"],
)
def test_a_hostile_file_is_refused(content: bytes) -> None:
    assert refusal(content) == ubl.HOSTILE


def test_what_the_parser_itself_stops_is_refused_too() -> None:
    assert refusal(with_doctype(LAUGHS, "&j;").decode().replace("UTF-8", "UTF-16").encode("utf-16"))
    assert refusal(invoice(extra="<cac:X>" * 5000 + "</cac:X>" * 5000))


def test_a_hundred_megabytes_are_not_read() -> None:
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size: int = -1) -> bytes:
            Endless.asked += size
            return b" " * size

    with pytest.raises(InvoiceRefused) as refused:
        ubl.read(Endless())  # type: ignore[arg-type]
    assert "groter dan 10 MB" in str(refused.value)
    assert Endless.asked == ubl.MAX_BYTES + 1
    assert "groter dan 10 MB" in refusal(b"<a>" + b"x" * 100 * 1024 * 1024 + b"</a>")


def test_includes_and_stylesheets_are_not_followed(tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("GEHEIM")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    content = invoice(extra=include).replace(
        b"?>\n", f'?>\n<?xml-stylesheet type="text/xsl" href="{secret.as_uri()}"?>\n'.encode(), 1
    )
    assert "GEHEIM" not in repr(parse(content))
    inside = invoice().replace(b"<cbc:ID>F2026-17</cbc:ID>", f"<cbc:ID>{include}</cbc:ID>".encode())
    assert "het factuurnummer" in refusal(inside)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 not an invoice",
        b"<Invoice",
        b"\x00\x01\x02",
        b"\xff\xfe\x00\x01",
        invoice().replace(b'encoding="UTF-8"', b'encoding="klingon"'),
        invoice(seller_name="é").replace(b'encoding="UTF-8"', b'encoding="us-ascii"'),
        invoice()[:-20],
        invoice() + b"<more/>",
    ],
)
def test_what_is_no_xml_is_refused(content: bytes) -> None:
    assert "geen leesbaar XML" in refusal(content)


@pytest.mark.parametrize("content", [b"", b"  \n\t "])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content) == "Het bestand is leeg."


def test_other_xml_is_refused() -> None:
    assert "UBL 2.1" in refusal(b"<Invoice/>")
    assert "UBL 2.1" in refusal(invoice().replace(b"xsd:Invoice-2", b"xsd:Order-2"))


NUMBER = "<cbc:ID>F2026-17</cbc:ID>"
AMOUNT = ">84250.40</cbc:TaxExclusiveAmount>"
BAD_AMOUNT = "het bedrag exclusief btw niet geldig"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (NUMBER, "", "ontbreekt het factuurnummer"),
        (NUMBER, NUMBER + NUMBER, "staat het factuurnummer meer dan één keer"),
        (NUMBER, f"<cbc:ID>{'9' * 201}</cbc:ID>", "het factuurnummer niet geldig"),
        ("2024-09-16", "16/09/2024", "de factuurdatum niet geldig"),
        ("2024-09-16", "2024-02-30", "de factuurdatum niet geldig"),
        (AMOUNT, AMOUNT.replace(".", ","), BAD_AMOUNT),
        (AMOUNT, AMOUNT.replace("84250.40", "1e5"), BAD_AMOUNT),
        (AMOUNT, AMOUNT.replace("84250.40", "84250.405"), BAD_AMOUNT),
        (f'"EUR"{AMOUNT}', f'"USD"{AMOUNT}', BAD_AMOUNT),
        ("cac:LegalMonetaryTotal", "cac:Other", "ontbreekt het totaal"),
        ("cac:AccountingSupplierParty", "cac:Other", "ontbreekt de verkoper"),
        ("cac:AccountingCustomerParty", "cac:Other", "ontbreekt de koper"),
        (">EUR</cbc:DocumentCurrencyCode>", ">euro</cbc:DocumentCurrencyCode>", "de munt niet geldig"),
    ],
)
def test_what_is_missing_or_double_is_told(before: str, after: str, told: str) -> None:
    text = invoice().decode()
    assert before in text
    assert told in refusal(text.replace(before, after).encode())


@given(st.binary(max_size=400))
def test_whatever_a_file_holds_is_an_invoice_or_a_refusal(content: bytes) -> None:
    with pytest.raises(InvoiceRefused):
        parse(content)


@given(st.integers(0, len(invoice()) - 1), st.integers(0, 255))
def test_an_invoice_with_a_changed_byte_is_read_or_refused(place: int, byte: int) -> None:
    content = bytearray(invoice())
    content[place] = byte
    with suppress(InvoiceRefused):
        assert parse(bytes(content)).number
