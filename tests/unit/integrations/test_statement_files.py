"""Reading statements: camt.053 of two versions, CSV, and files that are broken or mean harm."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ecalcura.bank_matching import Transfer
from domain.errors import InvalidValue
from integrations import statement_files
from integrations.statement_files import read

IBAN = "BE71096123456769"


def camt(entries: str, version: str = "08", head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr>'
        "<MsgId>1</MsgId></GrpHdr><Stmt><Id>S1</Id>"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(
    reference: str = "Ab3dEf6hIj9kLm2n",
    amount: str = "8229.59",
    *,
    direction: str = "DBIT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    day: str = "<ValDt><Dt>2025-01-31</Dt></ValDt>",
    currency: str = "EUR",
    iban: str = IBAN,
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>2025-02-01</Dt></BookgDt>{day}<NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>"
        f"<RltdPties><Cdtr><Pty><Nm>Voorziening</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>{iban}</IBAN></Id></CdtrAcct>"
        "</RltdPties></TxDtls></NtryDtls></Ntry>"
    )


EXPECTED = Transfer("Ab3dEf6hIj9kLm2n", Decimal("8229.59"), date(2025, 1, 31), IBAN)


@pytest.mark.parametrize(
    ("version", "status"), [("08", "<Sts><Cd>BOOK</Cd></Sts>"), ("02", "<Sts>BOOK</Sts>"), ("13", "")]
)
def test_camt_053_of_each_version(version: str, status: str) -> None:
    found = read(camt(entry(status=status), version))
    assert (found.format, found.transfers) == ("camt.053", (EXPECTED,))


def test_a_batch_of_several_payments_gives_each_with_its_own_amount() -> None:
    def details(reference: str, amount: str) -> str:
        return (
            f'<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>'
            f"<RltdPties><CdtrAcct><Id><IBAN>{IBAN}</IBAN></Id></CdtrAcct></RltdPties></TxDtls>"
        )

    batch = (
        '<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        "<ValDt><DtTm>2025-01-31T08:00:00+01:00</DtTm></ValDt><NtryDtls>"
        f"{details('een', '10.00')}{details('twee', '20')}</NtryDtls></Ntry>"
    )
    assert [(one.end_to_end, one.amount, one.value_date) for one in read(camt(batch)).transfers] == [
        ("een", Decimal("10.00"), date(2025, 1, 31)),
        ("twee", Decimal("20.00"), date(2025, 1, 31)),
    ]


def test_a_batch_without_amounts_per_payment_is_refused_because_nothing_is_guessed() -> None:
    details = "<TxDtls><Refs><EndToEndId>a</EndToEndId></Refs></TxDtls>"
    batch = f'<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><NtryDtls>{details * 2}</NtryDtls></Ntry>'
    with pytest.raises(InvalidValue, match="Verrichting"):
        read(camt(batch))


def test_only_booked_entries_count_and_money_that_came_in_without_our_reference_is_left_out() -> None:
    pending = entry("wacht", status="<Sts><Cd>PDNG</Cd></Sts>")
    older_pending = entry("wacht", status="<Sts>PDNG</Sts>")
    received = entry("NOTPROVIDED", direction="CRDT")
    returned = entry("terug", direction="CRDT")
    found = read(camt(pending + older_pending + received + returned)).transfers
    assert [(one.end_to_end, one.incoming) for one in found] == [("terug", True)]


def test_value_date_falls_back_on_the_booking_date() -> None:
    assert read(camt(entry(day=""))).transfers[0].value_date == date(2025, 2, 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (entry(amount="veel"), "het bedrag"),
        (entry(amount="NaN"), "het bedrag"),
        (entry(amount="-1.00"), "het bedrag"),
        (entry(amount="1.005"), "het bedrag"),
        (entry(amount="1" * 40), "het bedrag"),
        (entry(day="<ValDt><Dt>2025-02-30</Dt></ValDt>"), "de valutadatum"),
        (entry(day="<ValDt><Dt>gisteren</Dt></ValDt>"), "de valutadatum"),
    ],
)
def test_an_entry_that_cannot_be_read_refuses_the_whole_file(wrong: str, message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read(camt(entry("goed") + wrong))
    assert "Verrichting 2" in str(refused.value)
    assert message in str(refused.value)
    assert refused.value.field == "file"


LAUGHS = '<!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
HOSTILE = {
    "entities": camt(entry("&c;"), head=LAUGHS),
    "a file of the machine": camt(entry("&x;"), head='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "a document type from outside": camt(entry(), head='<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "a hidden document type": camt(entry(), head="<!DOCTYPE d>").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "another encoding": camt(entry()).decode().replace("UTF-8", "UTF-7").encode(),
    "too deep": camt("<a>" * 5000 + "</a>" * 5000),
    "too many": camt("<a/>" * (statement_files.MAX_TAGS + 1)),
    "too large": b"<" + b"x" * statement_files.MAX_BYTES,
    "cut off": camt(entry())[:-30],
    "not XML": b"<html",
    "another message": camt(entry()).replace(b"camt.053", b"camt.054"),
    "no namespace": b"<Document><BkToCstmrStmt/></Document>",
    "nothing": b"",
    "spaces": b" \n ",
    "zeros": b"\0" * 100,
    "a picture": b"\x89PNG\r\n\x1a\n\xff\xfe\x00",
    "words": b"dit is geen afschrift",
    "columns missing": b"referentie;bedrag\nx;1,00\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_broken_or_hostile_file_is_refused_with_what_to_do(what: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read(HOSTILE[what])
    assert refused.value.field == "file"
    assert str(refused.value)
    assert "passwd" not in str(refused.value)
    assert "root:x" not in str(refused.value)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for content in (data, b"<" + data, b"referentie;bedrag;valutadatum;iban\n" + data):
        with suppress(InvalidValue):
            assert len(read(content).transfers) <= len(content)


@given(changed=st.integers(0, 400), to=st.integers(0, 255))
def test_a_changed_byte_never_breaks_the_reader(changed: int, to: int) -> None:
    data = bytearray(camt(entry()))
    data[changed % len(data)] = to
    with suppress(InvalidValue):
        read(bytes(data))


def test_a_csv_as_a_spreadsheet_writes_it() -> None:
    text = (
        "\ufeffIBAN;Valutadatum;Omschrijving;Bedrag;Referentie\r\n"
        "BE71 0961 2345 6769;31/01/2025;x;-8.229,59;Ab3dEf6hIj9kLm2n\r\n"
        ";;;;\r\n"
        "BE71096123456769;2025-01-31;x;1234.5;twee\r\n"
        ";;x;1.000;drie\r\n"
        ";;x;+10,00;vier\r\n"
    )
    found = read(text.encode()).transfers
    assert found[0] == EXPECTED
    assert [(one.end_to_end, one.amount, one.value_date, one.iban, one.incoming) for one in found[1:]] == [
        ("twee", Decimal("1234.50"), date(2025, 1, 31), IBAN, False),
        ("drie", Decimal("1000.00"), None, None, False),
        ("vier", Decimal("10.00"), None, None, True),
    ]


@pytest.mark.parametrize("row", ["x;1,0,0;2025-01-31;", "x;1e5;;", "x;;;", "x;1,00;31/02/2025;", "x;1,00;morgen;"])
def test_a_csv_row_that_cannot_be_read_refuses_the_whole_file(row: str) -> None:
    with pytest.raises(InvalidValue, match="Verrichting 2"):
        read(f"referentie;bedrag;valutadatum;iban\na;1,00;2025-01-31;\n{row}\n".encode())
