"""The whole file of a contract as one ZIP, for either party: readable by people, and checkable without this program.

What the other party may not know is not in it: no drafts, no persons; the confidential annex is in the package of a
beheerder of the company only (C-046). It is written while it is read, so that its size does not matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.evidence import EVIDENCE_LABELS, shown_code
from domain.errors import N_, NotAllowedNow, NotFound, Unavailable
from integrations.documents import DocumentStoreDown
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.message import Conversation, Message
from models.outbox import DeliveryState
from models.public_contract import PublicContract
from services import audit
from services.connections import connections
from services.econtracting import access
from services.econtracting.archive import evidence_members, pages
from services.econtracting.archive.zip_stream import ZipStream
from services.econtracting.contracts import queries as contract_queries
from services.econtracting.documents import queries
from services.econtracting.documents.views import DocumentPage, FileView, VersionView
from services.econtracting.notifications import outcomes
from services.econtracting.proof import receipts
from services.messaging import reading
from services.messaging.reading import MessageView
from services.spreadsheets import as_csv

NOT_EVERYTHING = N_(
    "In dit pakket zitten stukken van alle thema's van de opdracht, en u leest ze niet allemaal. Vraag het pakket aan "
    "iemand die alles leest, of aan een beheerder."
)
NOT_NOW = N_("De bestanden kunnen nu niet opgehaald worden. Probeer het straks opnieuw.")
VERIFIER = Path(__file__).resolve().parents[3] / "static" / "verify" / "dossierloket_verify.py"
_UNSAFE = re.compile(r"[^\w.,()+ -]")
_README = """Dit pakket bevat de stukken, berichten, meldingen en bewijzen van opdracht {contract}.

Open index.html om te lezen. Controleer het pakket zonder internet en zonder Dossierloket:

    python3 dossierloket_verify.py <dit pakket>

Vergelijk de sleutel die dan getoond wordt met die op {address}.

--
This package holds the documents, messages, notifications and proof of contract {contract}.
Open index.html to read. Check it as above; compare the key it shows with the one on {address}.
"""


def require(actor: Actor, contract: PublicContract) -> None:
    """Go on only for who reads everything in the contract. NotFound when it is not there, NotAllowedNow otherwise."""
    access.contract_for(actor, contract.reference)
    standing = access.standing(actor, contract)
    themes = set(db.session.scalars(select(FileDocument.theme).where(FileDocument.contract_id == contract.id)))
    themes |= set(db.session.scalars(select(Conversation.theme).where(Conversation.contract_id == contract.id)))
    if not all(standing.reads(theme) for theme in themes) or not (themes or standing.sees):
        raise NotAllowedNow(NOT_EVERYTHING, code="C-036")


def traced(actor: Actor, contract: PublicContract) -> None:
    """Leave the trace of an export, in the running transaction."""
    records = db.session.scalar(
        select(func.count()).select_from(EvidenceRecord).where(EvidenceRecord.contract_id == contract.id)
    )
    data = {"contract": contract.number, "records": records or 0, "as": "zip"}
    audit.record(actor, AuditEvent.EVIDENCE_EXPORTED, "public_contract", contract.reference, data=data)


def size_of(contract: PublicContract) -> int:
    """About how many bytes the files of a contract have together."""
    versions = (
        select(DocumentVersion.id)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.contract_id == contract.id)
    )
    messages = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.contract_id == contract.id)
    )
    total = db.session.scalar(
        select(func.sum(Attachment.size)).where(
            Attachment.version_id.in_(versions) | Attachment.message_id.in_(messages)
        )
    )
    return int(total or 0)


def export(actor: Actor, contract: PublicContract) -> Iterator[bytes]:
    """The package, in pieces. Raises as ``require`` does, before the first piece; changes nothing."""
    require(actor, contract)
    return _Export(actor, contract).pieces()


class _Export:
    """One package while it is made."""

    def __init__(self, actor: Actor, contract: PublicContract) -> None:
        self.actor = actor
        self.contract = contract
        self.head = evidence_members.head_of(contract.id)
        self.out = ZipStream()
        self.places: dict[str, str] = {}
        self.listed: list[tuple[str, str, str, str, str, str]] = []

    def pieces(self) -> Iterator[bytes]:
        words = {"contract": self.contract.number, "address": receipts.check_address()}
        yield from self.out.add("LEES_MIJ.txt", _README.format(**words).encode())
        yield from self.out.add("dossierloket_verify.py", VERIFIER.read_bytes())
        for line in reversed(queries.documents_of(self.actor, self.contract)):
            yield from self._document(queries.document(self.actor, line.reference))
        yield from self._messages()
        yield from self._mails()
        # only a beheerder may know who of the company it was, as on the page that asks a reason
        named = self.actor.side is Side.CONTRACTOR and access.standing(self.actor, self.contract).manages
        yield from evidence_members.add(self.out, self.contract, self.head, self.places, annex=named)
        yield from self.out.add("index.csv", as_csv(_COLUMNS, self.listed))
        yield from self.out.add("index.html", self._index())
        yield from evidence_members.seal(self.out)
        yield from self.out.end()

    def _document(self, document: DocumentPage) -> Iterator[bytes]:
        """Its versions that count, oldest first, each with its fields, files and receipt."""
        for version in reversed(document.versions):
            if version.counts_at is None:
                continue
            folder = f"stukken/{document.kind_code.lower()}-{document.number}/versie-{version.number}"
            files: list[tuple[str, str]] = []
            for place, file in enumerate((one for one in version.files if one.state is AttachmentState.CLEAN), start=1):
                name = f"bestanden/{place:02d}-{_plain(file.name)}"
                yield from self._file(f"{folder}/{name}", file)
                files.append((file.name, name))
            yield from self.out.add(f"{folder}/stuk.json", _as_json(document, version))
            yield from self.out.add(f"{folder}/stuk.html", pages.version_page(document, version, files))
            yield from self._receipt(folder, version)
            moment = receipts.moment(version.counts_at)
            row = (document.kind_name, str(document.number), str(version.number), version.title, moment)
            self.listed.append((*row, f"{folder}/stuk.html"))

    def _file(self, name: str, file: FileView | Attachment) -> Iterator[bytes]:
        """A file as it is kept; of one that is gone its place stays empty, and the verifier says so."""
        store = connections().documents
        try:
            if not store.exists(file.digest):
                return
            self.places.setdefault(file.digest, name)
            yield from self.out.add(name, store.stream(file.digest))
        except DocumentStoreDown:
            raise Unavailable(NOT_NOW) from None

    def _receipt(self, folder: str, version: VersionView) -> Iterator[bytes]:
        try:
            found = receipts.receipt(self.actor, version.reference)
        except NotFound:
            return
        yield from self.out.add(f"{folder}/ontvangstbewijs.pdf", receipts.as_pdf(found))
        yield from self.out.add(f"{folder}/ontvangstbewijs.json", receipts.as_json(found))

    def _messages(self) -> Iterator[bytes]:
        threads: list[dict[str, Any]] = []
        shown: list[str] = []
        for place, row in enumerate(reversed(reading.threads(self.actor, self.contract)), start=1):
            if not row.messages:
                continue
            told = []
            shown.append(pages.heading(row.subject))
            for number, message in enumerate(reading.thread(self.actor, row.reference, everything=True).messages, 1):
                files = []
                for file in (one for one in message.attachments if one.state is AttachmentState.CLEAN):
                    name = f"berichten/{place}-{number}-{file.position + 1:02d}-{_plain(file.name)}"
                    yield from self._file(name, file)
                    files.append((file.name, name.removeprefix("berichten/")))
                told.append(_message(message, files))
                shown.append(_message_shown(message, files))
            threads.append({"subject": row.subject, "theme": row.theme, "messages": told})
        if threads:
            yield from self.out.add("berichten/berichten.json", _dumped(threads))
            yield from self.out.add("berichten/berichten.html", pages.page("Berichten", *shown))

    def _mails(self) -> Iterator[bytes]:
        rows = [
            (one.event, one.document, one.made_at, one.sent_at, _OUTCOMES[one.outcome], one.recipient)
            for one in outcomes.mails(self.actor, self.contract)
        ]
        columns = ("Melding", "Over", "Gemaakt", "Verzonden", "Stand", "Adres")
        if rows:
            yield from self.out.add("meldingen.csv", as_csv(columns, rows))

    def _index(self) -> bytes:
        head = contract_queries.header_of(self.actor, self.contract)
        records = db.session.execute(
            select(EvidenceRecord.sequence, EvidenceRecord.type, EvidenceRecord.at, EvidenceRecord.code)
            .where(EvidenceRecord.contract_id == self.contract.id, EvidenceRecord.sequence <= self.head.sequence)
            .order_by(EvidenceRecord.sequence)
            .limit(_SHOWN_RECORDS)
        )
        proof = [
            [str(row.sequence), EVIDENCE_LABELS[row.type], receipts.moment(row.at), shown_code(row.code)]
            for row in records
        ]
        documents = [[*map(escape, row[:5]), pages.link("Openen", row[5])] for row in self.listed]
        parts = [
            pages.facts(
                [
                    ("Omschrijving", head.description),
                    ("Aanbesteder", ", ".join(part for part in (head.authority_name, head.unit) if part)),
                    ("Opdrachtnemer", f"{head.contractor_name} ({head.contractor_key})"),
                    ("Bestelnummer", head.order_number),
                ]
            ),
            pages.heading("Dossierstukken"),
            pages.table((*_COLUMNS[:5], "Stuk"), documents) if documents else pages.paragraph("Er zijn geen stukken."),
        ]
        names = {one.name for one in self.out.members}
        for title, place in (("Berichten", "berichten/berichten.html"), ("Meldingen per mail", "meldingen.csv")):
            if place in names:
                parts += [pages.heading(title), f"<p>{pages.link(place, place)}</p>"]
        parts += [
            pages.heading("Bewijzen"),
            pages.paragraph("Alle bewijzen staan in evidence/records.jsonl; dossierloket_verify.py controleert ze."),
            pages.table(("Nr.", "Wat", "Wanneer", "Code"), proof),
        ]
        return pages.page(f"Opdracht {self.contract.number}", *parts)


_COLUMNS = ("Soort", "Nummer", "Versie", "Titel", "Telt vanaf", "Plaats")
_SHOWN_RECORDS = 2000
_OUTCOMES = {
    DeliveryState.PENDING: "nog niet verzonden",
    DeliveryState.SENT: "verzonden",
    DeliveryState.FAILED: "mislukt",
}


def _plain(name: str) -> str:
    """A name that every system takes, not longer than fits."""
    cleaned = _UNSAFE.sub("_", name).strip(". ") or "bestand"
    stem, dot, ending = cleaned.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:10]}" if dot else cleaned[:80]


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()


def _as_json(document: DocumentPage, version: VersionView) -> bytes:
    return _dumped(
        {
            "contract": document.contract_number,
            "kind": document.kind_code,
            "kind_name": document.kind_name,
            "number": document.number,
            "version": version.number,
            "title": version.title,
            "state": version.state.value,
            "counts_at": version.counts_at.isoformat() if version.counts_at else None,
            "consultable_at": version.consultable_at.isoformat() if version.consultable_at else None,
            "fields": [{"name": one.name, "label": one.label, "text": one.text} for one in version.fields],
            "lines": [dict(line) for line in version.lines],
            "files": [{"name": one.name, "size": one.size, "sha256": one.digest} for one in version.files],
            "content_sha256": version.digest,
        }
    )


def _message(message: MessageView, files: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "from": message.author,
        "sent_at": message.sent_at.isoformat(),
        "consultable_at": message.consultable_at.isoformat() if message.consultable_at else None,
        "body": message.body,
        "files": [name for _, name in files],
    }


def _message_shown(message: MessageView, files: list[tuple[str, str]]) -> str:
    told = f"<p><strong>{escape(message.author)}</strong>, {escape(receipts.moment(message.sent_at))}</p>"
    attached = "".join(f"<li>{pages.link(name, place)}</li>" for name, place in files)
    return f'{told}<p class="message">{escape(message.body)}</p>' + (f"<ul>{attached}</ul>" if attached else "")
