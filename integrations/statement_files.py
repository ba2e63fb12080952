"""Statements of the bank: ISO 20022 camt.053 (any version) and CSV, read without trusting them.

A file is refused as a whole, with what to do about it, before anything is taken from it: a document type, entities, an
encoding trick, a file that is too large, another message, an amount or a date that is none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from domain.ecalcura.bank_matching import Transfer
from domain.errors import N_, InvalidValue

#: A statement with ten thousand payments of ours stays below this.
MAX_BYTES = 8 * 1024 * 1024
MAX_TAGS = 800_000
MAX_ENTRIES = 10_000

CAMT = "camt.053"
CSV = "CSV"

TOO_LARGE = N_("Het bestand is te groot: hoogstens 8 MB en 10.000 verrichtingen. Vraag de bank een afschrift per dag.")
EMPTY = N_("Het bestand is leeg. Kies het afschrift dat u bij de bank hebt opgehaald.")
NOT_XML = N_("Dit is geen leesbaar XML-bestand. Haal het afschrift (camt.053) opnieuw op bij de bank.")
HOSTILE = N_("Dit XML-bestand bevat een documenttype (DTD) of entiteiten. Zulke bestanden lezen we om veiligheid niet.")
NOT_CAMT = N_("Dit is geen rekeningafschrift. Kies een camt.053-bestand van de bank, of een CSV-bestand.")
NO_COLUMNS = N_("De eerste rij van het CSV-bestand moet de kolommen referentie, bedrag, valutadatum en iban noemen.")
BAD_ENTRY = N_("Verrichting {position}: {what} is niet leesbaar. Er is niets overgenomen.")
AMOUNT = N_("het bedrag")
DATE = N_("de valutadatum")

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d{2}")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*|Z|[+-]\d{2}:\d{2})?")
_DUTCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_XML_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,5})?")
_CSV_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})*(?:,\d{1,2})?|\d{1,13}(?:[.,]\d{1,2})?")
_COLUMNS = ("referentie", "bedrag", "valutadatum", "iban")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file says: its format and our outgoing transfers (and returned ones), in its order."""

    format: str
    transfers: tuple[Transfer, ...]


def read(data: bytes) -> Statement:
    """The transfers of a statement. Raises InvalidValue (``file``) with what to do; nothing is half read."""
    if len(data) > MAX_BYTES:
        raise _refused(TOO_LARGE)
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise _refused(EMPTY)
    if text.startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\x3c\x00")):
        return Statement(CAMT, _bounded(_camt(data)))
    return Statement(CSV, _bounded(_csv(data)))


def _refused(message: str, **params: object) -> InvalidValue:
    return InvalidValue(message, code="STATEMENT", field="file", **params)


def _bounded(transfers: Iterator[Transfer]) -> tuple[Transfer, ...]:
    found: list[Transfer] = []
    for transfer in transfers:
        if len(found) == MAX_ENTRIES:
            raise _refused(TOO_LARGE)
        found.append(transfer)
    return tuple(found)


def _camt(data: bytes) -> Iterator[Transfer]:
    root = _parsed(data)
    match = re.fullmatch(r"\{(.*)\}Document", root.tag) if isinstance(root.tag, str) else None
    if match is None or not _NAMESPACE.fullmatch(match[1]):
        raise _refused(NOT_CAMT)
    names = {"c": match[1]}
    position = 0
    for entry in root.iterfind("c:BkToCstmrStmt/c:Stmt/c:Ntry", names):
        if _status(entry, names) not in (None, "BOOK"):
            continue
        details = entry.findall("c:NtryDtls/c:TxDtls", names)
        for one in details or [entry]:
            position += 1
            transfer = _camt_transfer(entry, one, len(details), names, position)
            if not transfer.incoming or transfer.end_to_end:
                yield transfer


def _parsed(data: bytes) -> etree._Element:
    """The root of a document without a document type; entities are never resolved and nothing is fetched."""
    if data.count(b"<") > MAX_TAGS:
        raise _refused(TOO_LARGE)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refused(HOSTILE)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise _refused(NOT_XML) from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None or info.doctype:
        raise _refused(HOSTILE)
    if (info.encoding or "UTF-8").upper() not in ("UTF-8", "US-ASCII", "ASCII", "ISO-8859-1"):
        raise _refused(NOT_XML)
    return root


def _status(entry: etree._Element, names: dict[str, str]) -> str | None:
    """The status of an entry: text in older versions, a code below it in newer ones."""
    return _text(entry, "c:Sts", names) or _text(entry, "c:Sts/c:Cd", names)


def _camt_transfer(
    entry: etree._Element, one: etree._Element, details: int, names: dict[str, str], position: int
) -> Transfer:
    amount = _amount_of(entry, one, details, names)
    if amount is None or not _XML_AMOUNT.fullmatch((amount.text or "").strip()):
        raise _refused(BAD_ENTRY, position=position, what=AMOUNT)
    day = next(
        (
            text
            for path in ("c:ValDt/c:Dt", "c:ValDt/c:DtTm", "c:BookgDt/c:Dt", "c:BookgDt/c:DtTm")
            if (text := _text(entry, path, names))
        ),
        None,
    )
    direction = _text(one, "c:CdtDbtInd", names) or _text(entry, "c:CdtDbtInd", names)
    reference = _text(one, "c:Refs/c:EndToEndId", names)
    currency = (amount.get("Ccy") or "EUR")[:3]
    return Transfer(
        end_to_end=None if reference is None or reference == "NOTPROVIDED" else reference[:60],
        amount=_cents((amount.text or "").strip(), currency, position),
        value_date=None if day is None else _date(day, position),
        iban=_iban(_text(one, "c:RltdPties/c:CdtrAcct/c:Id/c:IBAN", names)),
        currency=currency,
        incoming=direction != "DBIT",
    )


def _amount_of(
    entry: etree._Element, one: etree._Element, details: int, names: dict[str, str]
) -> etree._Element | None:
    """The amount of one transfer: its own; that of the entry only when the entry is one transfer."""
    for path in ("c:Amt", "c:AmtDtls/c:TxAmt/c:Amt", "c:AmtDtls/c:InstdAmt/c:Amt"):
        found = one.find(path, names)
        if found is not None:
            return found
    return entry.find("c:Amt", names) if details <= 1 else None


def _text(parent: etree._Element, path: str, names: dict[str, str]) -> str | None:
    found = parent.findtext(path, None, names)
    return found.strip() or None if found else None


def _csv(data: bytes) -> Iterator[Transfer]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(NO_COLUMNS) from None
    if "\0" in text:
        raise _refused(NO_COLUMNS)
    rows = csv.reader(io.StringIO(text), delimiter=";")
    try:
        header = [cell.strip().lower() for cell in next(rows, [])]
        if not set(_COLUMNS) <= set(header):
            raise _refused(NO_COLUMNS)
        places = [header.index(name) for name in _COLUMNS]
        position = 0
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            position += 1
            reference, amount, day, iban = (row[place].strip() if place < len(row) else "" for place in places)
            yield _csv_transfer(reference, amount, day, iban, position)
    except csv.Error:
        raise _refused(NO_COLUMNS) from None


def _csv_transfer(reference: str, amount: str, day: str, iban: str, position: int) -> Transfer:
    typed = amount.removeprefix("€").strip()
    outgoing = typed.startswith("-")
    typed = typed.lstrip("+-").strip()
    if not _CSV_AMOUNT.fullmatch(typed):
        raise _refused(BAD_ENTRY, position=position, what=AMOUNT)
    if "," in typed or re.fullmatch(r"\d{1,3}(\.\d{3})+", typed):
        typed = typed.replace(".", "").replace(",", ".")
    incoming = not outgoing and amount.removeprefix("€").strip().startswith("+")
    return Transfer(
        end_to_end=reference[:60] or None,
        amount=_cents(typed, "EUR", position),
        value_date=_date(day, position) if day else None,
        iban=_iban(iban or None),
        incoming=incoming,
    )


def _cents(text: str, currency: str, position: int) -> Decimal:
    """An amount with two decimals; euro with more is a broken file, another currency is only shown."""
    cents = Decimal(text).quantize(Decimal("0.01"))
    if currency == "EUR" and cents != Decimal(text):
        raise _refused(BAD_ENTRY, position=position, what=AMOUNT)
    return cents


def _iban(text: str | None) -> str | None:
    return "".join(text.split()).upper()[:34] if text else None


def _date(text: str, position: int) -> date:
    try:
        if match := _ISO_DATE.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DUTCH_DATE.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        pass
    raise _refused(BAD_ENTRY, position=position, what=DATE)


__all__ = ["CAMT", "CSV", "MAX_BYTES", "Statement", "read"]
