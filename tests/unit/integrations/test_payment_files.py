"""The pain.001 file: its shape by a schema of what is used, its totals, its characters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from integrations.payment_files import CreditTransfer, Payer, sepa_text, write

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("pain_001_used.xsd")))
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
PAYER = Payer("Departement Zorg", "BE68539007547034", "GKCCBEBB")
TRANSFER = CreditTransfer(
    "Ab3dEf6hIj9kLm2n",
    Decimal("8229.59"),
    "PVT De Brug vzw",
    "BE71096123456769",
    "eCalcura eindeloopbaan 2024-2025 Voorschot 1 HCO 71000012",
)
MADE_AT = datetime(2025, 1, 29, 9, 30, tzinfo=UTC)


def made(*transfers: CreditTransfer, payer: Payer = PAYER) -> etree._Element:
    content = write(
        message="Order12345678901",
        made_at=MADE_AT,
        execute_on=date(2025, 1, 31),
        payer=payer,
        transfers=transfers or (TRANSFER,),
    )
    document = etree.fromstring(content)
    SCHEMA.assertValid(document)
    return document


def test_the_file_of_one_payment_says_what_was_ordered() -> None:
    document = made()
    texts = {
        path: document.xpath(f"string(//p:{path.replace('/', '/p:')})", namespaces=NAMES)
        for path in (
            "GrpHdr/MsgId",
            "GrpHdr/CreDtTm",
            "GrpHdr/NbOfTxs",
            "GrpHdr/CtrlSum",
            "PmtInf/PmtInfId",
            "PmtInf/CtrlSum",
            "PmtInf/ReqdExctnDt/Dt",
            "PmtInf/Dbtr/Nm",
            "PmtInf/DbtrAcct/Id/IBAN",
            "PmtInf/DbtrAgt/FinInstnId/BICFI",
            "CdtTrfTxInf/PmtId/EndToEndId",
            "CdtTrfTxInf/Amt/InstdAmt",
            "CdtTrfTxInf/Cdtr/Nm",
            "CdtTrfTxInf/CdtrAcct/Id/IBAN",
            "CdtTrfTxInf/RmtInf/Ustrd",
        )
    }
    assert list(texts.values()) == [
        "Order12345678901",
        "2025-01-29T10:30:00+01:00",
        "1",
        "8229.59",
        "Order12345678901",
        "8229.59",
        "2025-01-31",
        "Departement Zorg",
        "BE68539007547034",
        "GKCCBEBB",
        "Ab3dEf6hIj9kLm2n",
        "8229.59",
        "PVT De Brug vzw",
        "BE71096123456769",
        "eCalcura eindeloopbaan 2024-2025 Voorschot 1 HCO 71000012",
    ]


def test_without_bic_the_bank_finds_its_own() -> None:
    document = made(payer=replace(PAYER, bic=""))
    assert document.xpath("string(//p:DbtrAgt//p:Othr/p:Id)", namespaces=NAMES) == "NOTPROVIDED"
    assert not document.xpath("//p:CdtrAgt", namespaces=NAMES)


@settings(deadline=None)  # forty payments are written and validated in each example
@given(
    amounts=st.lists(st.integers(1, 99_999_999_999), min_size=1, max_size=40),
    name=st.text(max_size=100),
    text=st.text(max_size=200),
)
def test_control_sums_and_counts_are_those_of_the_payments_whatever_the_names(
    amounts: list[int], name: str, text: str
) -> None:
    transfers = [
        CreditTransfer(f"line{place}", Decimal(cents).scaleb(-2), name, TRANSFER.iban, text)
        for place, cents in enumerate(amounts)
    ]
    document = made(*transfers)
    paid = [Decimal(found.text) for found in document.iterfind(".//p:InstdAmt", NAMES)]
    assert paid == [one.amount for one in transfers]
    assert {found.text for found in document.iterfind(".//p:NbOfTxs", NAMES)} == {str(len(transfers))}
    assert {Decimal(found.text) for found in document.iterfind(".//p:CtrlSum", NAMES)} == {sum(paid)}


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("Bewoners & Co – ’t Huis", 70, "Bewoners + Co - 't Huis"),
        ("Zorghuis Ève œuvre Straße", 70, "Zorghuis Eve oeuvre Strasse"),
        ("a//b\n\tc<script>", 70, "a/b c script"),
        ("/begint en eindigt/", 70, "begint en eindigt"),
        ("養老院", 70, "-"),
        ("x" * 80, 70, "x" * 70),
        ("abc /def", 5, "abc"),
    ],
)
def test_characters_are_those_of_sepa(text: str, longest: int, expected: str) -> None:
    assert sepa_text(text, longest) == expected


@given(text=st.text(), longest=st.integers(1, 140))
def test_sepa_text_is_never_empty_too_long_or_refused(text: str, longest: int) -> None:
    found = sepa_text(text, longest)
    assert 1 <= len(found) <= longest
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
    assert "//" not in found
    assert not found.startswith("/")
    assert not found.endswith("/")


@pytest.mark.parametrize(
    "transfers",
    [
        [],
        [TRANSFER, TRANSFER],
        [replace(TRANSFER, amount=Decimal("0.00"))],
        [replace(TRANSFER, amount=Decimal("-1.00"))],
        [replace(TRANSFER, amount=Decimal("0.005"))],
        [replace(TRANSFER, amount=Decimal("1000000000.00"))],
        [replace(TRANSFER, reference="met spatie")],
        [replace(TRANSFER, reference="")],
        [replace(TRANSFER, reference="x" * 36)],
    ],
)
def test_what_the_bank_would_refuse_is_never_written(transfers: list[CreditTransfer]) -> None:
    with pytest.raises(ValueError, match=r"order|reference|amount"):
        write(message="M", made_at=MADE_AT, execute_on=date(2025, 1, 31), payer=PAYER, transfers=transfers)


def test_the_same_order_gives_the_same_bytes() -> None:
    assert etree.tostring(made()) == etree.tostring(made())
