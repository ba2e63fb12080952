"""One contract of the demonstration and what its two parties do in it, through the use cases themselves."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import xlsxwriter
from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting.contract_data import ContractData
from domain.econtracting.contracts import ContractType, Ground
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.public_contract import PublicContract
from services import clock
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.story import Story
from services.econtracting import attachments, kinds
from services.econtracting.archive import retention
from services.econtracting.contracts import changing, making
from services.econtracting.desk import release, reopening, reviews
from services.econtracting.documents import drafts, sending
from services.econtracting.invoices import deciding, receiving
from services.messaging import places, writing

_DAY = timedelta(days=1)


@dataclass
class Scene:
    """A contract with who works on it. ``made`` maps a name to the reference of a document, once it is made."""

    story: Story
    calendar: DemoCalendar
    entry: dict[str, Any]
    sender: Actor
    drafter: Actor
    office: Actor
    releaser: Actor
    contract: str = ""
    made: dict[str, str] = field(default_factory=dict)
    invoices: dict[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        """What a claim of this contract asks, in euro excl. VAT."""
        return Decimal(self.entry["amount"])

    def days_ago(self, days: int) -> date:
        """A working day about so many days before the demonstration is loaded."""
        return min(working_day(self.calendar.today - days * _DAY), self.calendar.today)

    def on(self, days: int, hour: int, act: Callable[..., object], *values: Any, minute: int = 0) -> None:
        """Put an act down on a working day about so many days ago."""
        self.story.on(at(self.days_ago(days), hour, minute), partial(act, *values))

    def row(self) -> PublicContract:
        """The contract as it is now."""
        return db.session.scalars(select(PublicContract).where(PublicContract.reference == self.contract)).one()

    # -- the authority ------------------------------------------------------------------------------------------

    def make_contract(self, published_on: date, contractor: str, unit: str, contact: tuple[str, str]) -> None:
        """The authority makes the contract (C-005)."""
        entry = self.entry
        data = ContractData(
            number=entry["number"],
            description=entry["description"],
            contractor_number=contractor,
            type=ContractType(entry["type"]),
            ground=Ground(entry["ground"]),
            ground_reference=entry["ground_reference"],
            published_on=published_on,
            unit=unit,
            order_number=entry["order_number"],
            contact_name=contact[0],
            contact_email=contact[1],
            contact_phone="02 553 00 00",
            kinds=frozenset(one.kind.code for one in kinds.all_in_use()),
        )
        self.contract = making.make(self.office, data).reference

    def take_up(self, name: str) -> None:
        """Start the review of a claim (T7)."""
        reviews.start(self.office, self.made[name])

    def review(self, name: str, result: str, accepted: Decimal | None, reasons: str = "") -> None:
        """Review a claim and release the result."""
        version = reviews.begin(self.office, self.made[name])
        typed = {"result": result, "accepted": _comma(accepted), "reasons": reasons, "report_number": ""}
        self._release(version, typed)

    def ask_invoice(self, name: str, amount: Decimal) -> None:
        """Ask the invoice of an accepted claim."""
        version = reviews.begin_request(self.office, self.made[name])
        typed = {
            "order_number": self.entry["order_number"],
            "amount": _comma(amount),
            "vat": "21",
            "booking_reference": "",
            "latest_date": "",
        }
        self._release(version, typed)
        self.made[f"request {name}"] = _document_of(version).reference

    def receive_invoice(self, name: str, number: int) -> None:
        """The invoice of a claim comes in, as it was asked."""
        asked = receiving.waiting_request(self.office, self.made[name])
        amount = asked.claim.accepted or self.amount
        total = (amount * Decimal("1.21")).quantize(Decimal("0.01"))
        issued_on = clock.today()
        received = receiving.register(
            self.office, self.made[name], f"{self.entry['order_number'][-5:]}-{number}", issued_on, amount, total
        )
        self.invoices[name] = received.reference

    def pay(self, name: str, days: int) -> None:
        """The invoice is paid."""
        deciding.pay(self.office, self.invoices[name], self.days_ago(days))

    def settle(self, name: str) -> None:
        """The claim that was paid is closed."""
        deciding.close(self.office, self.invoices[name])

    def write_to_contractor(self, kind: str, typed: dict[str, str], file: str = "") -> None:
        """Make and release a document that answers nothing."""
        version = drafts.make(self.office, self.row(), kind)
        if file:
            self._attach(self.office, version, file)
        self._release(version, typed)

    def reopen(self, name: str, reason: str) -> None:
        """Ask a new version of what the contractor sent (T9)."""
        reopening.reopen(self.releaser, self.made[name], reason)

    def close(self, accepted_on: date) -> None:
        """Close the contract on its final acceptance."""
        changing.close(self.office, self.contract, accepted_on)

    def erase(self) -> None:
        """Remove the contents after the retention term (A-43)."""
        retention.erase(self.office, self.contract, self.entry["number"])

    def _release(self, version: DocumentVersion, typed: dict[str, str]) -> None:
        reviews.keep(self.office, version.reference, typed, version.version)
        db.session.flush()
        release.release(self.releaser, version.reference, version.version)

    # -- the contractor -----------------------------------------------------------------------------------------

    def draft_claim(self, name: str, number: int, months_ago: int, amount: Decimal) -> None:
        """Draft a claim with its progress statement."""
        version = drafts.make(self.drafter, self.row(), "SCHULDVORDERING")
        self.made[name] = _document_of(version).reference
        self._fill(version, number, months_ago, amount)

    def send(self, name: str) -> None:
        """Check and send a draft."""
        document = db.session.scalars(select(FileDocument).where(FileDocument.reference == self.made[name])).one()
        version = _latest(document)
        check = sending.begin_check(self.sender, version.reference)
        db.session.flush()
        sending.send(self.sender, version.reference, check.key, check.digest)

    def new_version(self, name: str, number: int, months_ago: int, amount: Decimal) -> None:
        """Draft a new version of what was reopened."""
        document = db.session.scalars(select(FileDocument).where(FileDocument.reference == self.made[name])).one()
        self._fill(drafts.new_version(self.drafter, document), number, months_ago, amount)

    def write_to_authority(self, kind: str, typed: dict[str, str], name: str) -> None:
        """Draft and send a document other than a claim."""
        version = drafts.make(self.sender, self.row(), kind)
        self.made[name] = _document_of(version).reference
        drafts.save(self.sender, version.reference, typed, None, version.version)
        self.send(name)

    def message(self, who: Actor, subject: str, body: str, awaits: bool = False) -> None:
        """Write and send a message about the contract."""
        place = places.contract_place(who, self.contract)
        draft = writing.start(who, place, subject, body, awaits_reply=awaits)
        writing.send(who, draft.reference, body, awaits, draft.version)

    def _fill(self, version: DocumentVersion, number: int, months_ago: int, amount: Decimal) -> None:
        first, last = _month(self.calendar.today, months_ago)
        typed = {
            "number": str(number),
            "period_from": first.isoformat(),
            "period_to": last.isoformat(),
            "amount": _comma(amount),
            "vat": "MC",
            "cumulative": _comma(amount * number),
            "final": "",
            "note": "",
        }
        drafts.save(self.drafter, version.reference, typed, None, version.version)
        self._attach(self.drafter, version, f"vorderingsstaat {number}.xlsx", "statement", amount)

    def _attach(
        self, who: Actor, version: DocumentVersion, name: str, slot: str = "", amount: Decimal = Decimal(0)
    ) -> None:
        stream = io.BytesIO(_statement(self.entry["number"], amount))
        if not attachments.of_version(version.id):
            attachments.receive(who, self.row(), version=version, slot=slot, name=name, stream=stream)


def _statement(number: str, amount: Decimal) -> bytes:
    """A small progress statement as a spreadsheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": clock.now().replace(tzinfo=None)})
        sheet = workbook.add_worksheet("Vorderingsstaat")
        sheet.write_row(0, 0, ["Post", "Omschrijving", "Eenheid", "Hoeveelheid", "Eenheidsprijs", "Bedrag"])
        first = (amount * Decimal("0.6")).quantize(Decimal("0.01"))
        for place, (text, part) in enumerate((("Werken van de periode", first), ("Overige", amount - first)), start=1):
            sheet.write_row(place, 0, [f"{number}.{place}", text, "TP", 1, str(part), str(part)])
    return target.getvalue()


def _comma(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}".replace(".", ",")


def _month(today: date, months_ago: int) -> tuple[date, date]:
    """First and last day of a whole month so many months before this one."""
    last = today.replace(day=1) - _DAY
    for _ in range(months_ago - 1):
        last = last.replace(day=1) - _DAY
    return last.replace(day=1), last


def _document_of(version: DocumentVersion) -> FileDocument:
    return db.session.get_one(FileDocument, version.document_id)


def _latest(document: FileDocument) -> DocumentVersion:
    return db.session.scalars(
        select(DocumentVersion).where(DocumentVersion.document_id == document.id, DocumentVersion.latest)
    ).one()
