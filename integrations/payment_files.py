"""Files of transfers for the bank: ISO 20022 pain.001, a SEPA credit transfer in euro.

Version pain.001.001.09 is that of the customer guidelines of the European Payments Council (EPC132-08) since November
2023; banks take pain.001.001.03 only for as long as they support what came before. The file holds no personal data: the
beneficiary is the holder of a facility's account, the text names the period and the HCO number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from domain.calendars import BRUSSELS

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
MEDIA_TYPE = "application/xml"

#: The largest SEPA credit transfer.
LARGEST = Decimal("999999999.99")

_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
_WRITTEN_OUT = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"&": "+", "’": "'", "‘": "'", "–": "-", "—": "-", "_": "-", ";": ",", "@": "(at)"}
)


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account is debited; ``bic`` is empty when the bank finds it by itself."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One payment. ``reference`` is the EndToEndId the bank gives back; ``text`` is shown to the beneficiary."""

    reference: str
    amount: Decimal
    name: str
    iban: str
    text: str


def sepa_text(text: str, longest: int) -> str:
    """A text in the characters every SEPA bank takes, accents dropped, at most so long; never empty."""
    plain = unicodedata.normalize("NFKD", text.translate(_WRITTEN_OUT))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = " ".join(_NOT_SEPA.sub(" ", plain).split())
    while "//" in plain:
        plain = plain.replace("//", "/")
    return plain[:longest].strip(" /") or "-"


def write(
    *, message: str, made_at: datetime, execute_on: date, payer: Payer, transfers: Sequence[CreditTransfer]
) -> bytes:
    """The file of one order, UTF-8. ``message`` is its reference; the same input gives the same bytes.

    Raises ValueError for what no order holds: no transfers, an amount out of range, a reference twice or malformed.
    """
    _check(message, transfers)
    total = sum((one.amount for one in transfers), Decimal(0))
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    root = _add(document, "CstmrCdtTrfInitn")
    header = _add(root, "GrpHdr")
    _add(header, "MsgId", message)
    _add(header, "CreDtTm", made_at.astimezone(BRUSSELS).isoformat(timespec="seconds"))
    _totals(header, len(transfers), total)
    _add(_add(header, "InitgPty"), "Nm", sepa_text(payer.name, 70))
    batch = _add(root, "PmtInf")
    _add(batch, "PmtInfId", message)
    _add(batch, "PmtMtd", "TRF")
    # one entry per payment on the statement, so that each gets its own memo date
    _add(batch, "BtchBookg", "false")
    _totals(batch, len(transfers), total)
    _add(_add(_add(batch, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(batch, "ReqdExctnDt"), "Dt", execute_on.isoformat())
    _add(_add(batch, "Dbtr"), "Nm", sepa_text(payer.name, 70))
    _account(batch, "DbtrAcct", payer.iban)
    institution = _add(_add(batch, "DbtrAgt"), "FinInstnId")
    if payer.bic:
        _add(institution, "BICFI", payer.bic)
    else:
        _add(_add(institution, "Othr"), "Id", "NOTPROVIDED")
    _add(batch, "ChrgBr", "SLEV")
    for transfer in transfers:
        _transfer(batch, transfer)
    written: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _check(message: str, transfers: Sequence[CreditTransfer]) -> None:
    references = [message, *(one.reference for one in transfers)]
    if not transfers:
        raise ValueError("an order without transfers")
    if any(not re.fullmatch(r"[A-Za-z0-9-]{1,35}", reference) for reference in references):
        raise ValueError("a reference the bank would refuse")
    if len(set(references[1:])) != len(transfers):
        raise ValueError("a reference twice")
    if any(not 0 < one.amount <= LARGEST or one.amount != one.amount.quantize(Decimal("0.01")) for one in transfers):
        raise ValueError("an amount the bank would refuse")


def _transfer(batch: etree._Element, transfer: CreditTransfer) -> None:
    one = _add(batch, "CdtTrfTxInf")
    _add(_add(one, "PmtId"), "EndToEndId", transfer.reference)
    _add(_add(one, "Amt"), "InstdAmt", f"{transfer.amount:.2f}").set("Ccy", "EUR")
    _add(_add(one, "Cdtr"), "Nm", sepa_text(transfer.name, 70))
    _account(one, "CdtrAcct", transfer.iban)
    _add(_add(one, "RmtInf"), "Ustrd", sepa_text(transfer.text, 140))


def _totals(parent: etree._Element, count: int, total: Decimal) -> None:
    _add(parent, "NbOfTxs", str(count))
    _add(parent, "CtrlSum", f"{total:.2f}")


def _account(parent: etree._Element, name: str, iban: str) -> None:
    _add(_add(_add(parent, name), "Id"), "IBAN", iban)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child
