"""The receipt (ontvangstbewijs) of a version that counts: the same for both parties, and without a person (C-046)."""

from __future__ import annotations

import json as jsons
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.calendars import BRUSSELS
from domain.dutch import long_date
from domain.econtracting.document_states import Direction
from domain.econtracting.evidence import EvidenceType, FileFacts, shown_code
from domain.errors import NotFound
from integrations.letters import laid_out, printable
from models.base import db
from models.contract_evidence import EvidenceRecord, TimeStamp
from models.file_document import DocumentVersion, FileDocument
from models.organisation import Organisation
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting import kinds
from services.econtracting.documents import queries

#: Which record proves that a version counts.
_PROVES = {Direction.TO_AUTHORITY: EvidenceType.SUBMITTED, Direction.TO_CONTRACTOR: EvidenceType.CONSULTABLE}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. ``digest`` is that of the record, ``content`` of the fields and lines of the version.

    ``sent_at`` is None for what the authority sends: only that it can be consulted counts then (C-051).
    """

    contract: str
    description: str
    authority: str
    contractor: str
    kind: str
    number: int
    version: int
    title: str
    direction: Direction
    sent_at: datetime | None
    consultable_at: datetime | None
    files: tuple[FileFacts, ...]
    position: int
    text: str
    code: str
    digest: str
    content: str
    seal: str
    key_id: str
    stamped_at: datetime | None
    stamped_by: str | None

    @property
    def counts_at(self) -> datetime:
        """The moment that counts."""
        found = self.sent_at if self.direction is Direction.TO_AUTHORITY else self.consultable_at
        assert found is not None
        return found

    @property
    def file_name(self) -> str:
        """A name to download it under, without its extension."""
        return f"ontvangstbewijs-{self.kind.lower().replace(' ', '-')}-{self.number}-versie-{self.version}"


def receipt(actor: Actor, version: str) -> Receipt:
    """The receipt of a version, by its reference. NotFound for who does not read it, and before it counts."""
    row = db.session.scalar(select(DocumentVersion).where(DocumentVersion.reference == version))
    if row is None:
        raise NotFound
    document = db.session.get_one(FileDocument, row.document_id)
    contract, _ = queries.locate(actor, document.reference)
    return of(contract, document, row)


def of(contract: PublicContract, document: FileDocument, version: DocumentVersion) -> Receipt:
    """The same for a version that was already found for its reader."""
    found = db.session.execute(
        select(EvidenceRecord, TimeStamp.stamped_at, TimeStamp.authority)
        .outerjoin(TimeStamp, TimeStamp.id == EvidenceRecord.time_stamp_id)
        .where(EvidenceRecord.version_id == version.id, EvidenceRecord.type == _PROVES[document.direction])
        .order_by(EvidenceRecord.sequence)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound
    record: EvidenceRecord = found[0]
    said = jsons.loads(record.text)
    return Receipt(
        contract=contract.number,
        description=contract.description,
        authority=", ".join(part for part in (_name(contract.authority_id), contract.unit) if part),
        contractor=_name(contract.contractor_id),
        kind=kinds.of(version.kind_id).name,
        number=document.number,
        version=version.number,
        title=version.title,
        direction=document.direction,
        sent_at=version.sent_at if document.direction is Direction.TO_AUTHORITY else None,
        consultable_at=version.consultable_at,
        files=tuple(FileFacts(one["name"], one["size"], one["type"], one["sha256"]) for one in said["files"]),
        position=record.sequence,
        text=record.text,
        code=record.code,
        digest=record.digest,
        content=said["detail"]["content"],
        seal=record.seal,
        key_id=record.key_id,
        stamped_at=found[1],
        stamped_by=found[2],
    )


def _name(organisation_id: int) -> str:
    found = db.session.get_one(Organisation, organisation_id)
    return f"{found.name} ({found.key})"


def pdf(actor: Actor, version: str) -> tuple[str, bytes]:
    """The receipt as PDF/A, with the name to download it under: the same bytes for both parties."""
    found = receipt(actor, version)
    return f"{found.file_name}.pdf", as_pdf(found)


def json(actor: Actor, version: str) -> tuple[str, bytes]:
    """The receipt as JSON, with the name to download it under."""
    found = receipt(actor, version)
    return f"{found.file_name}.json", as_json(found)


def as_json(found: Receipt) -> bytes:
    """The receipt for programs: ``record`` is the exact text that ``digest`` and ``seal`` are about."""
    content: dict[str, Any] = {
        "contract": found.contract,
        "authority": found.authority,
        "contractor": found.contractor,
        "kind": found.kind,
        "number": found.number,
        "version": found.version,
        "title": found.title,
        "sent_at": _both(found.sent_at),
        "consultable_at": _both(found.consultable_at),
        "content_sha256": found.content,
        "files": [
            {"name": one.name, "size": one.size, "type": one.media_type, "sha256": one.digest} for one in found.files
        ],
        "position": found.position,
        "code": shown_code(found.code),
        "record": found.text,
        "digest": found.digest,
        "seal": {"algorithm": "Ed25519", "key": found.key_id, "value": found.seal},
        "time_stamp": {"at": _both(found.stamped_at), "authority": found.stamped_by},
        "check": check_address(),
    }
    return jsons.dumps(content, ensure_ascii=False, indent=2).encode()


def as_pdf(found: Receipt) -> bytes:
    """The receipt for people."""
    return laid_out(
        "contract_receipt.typ",
        found.counts_at,
        {
            "title": "Ontvangstbewijs",
            "sender": "Dossierloket",
            "reference": shown_code(found.code),
            "columns": ["Gegeven", "Waarde"],
            "introduction": "Dit bewijst wat in deze opdracht bezorgd werd, en wanneer.",
            "facts": [[label, printable(value)] for label, value in _facts(found)],
            "files_title": "Bestanden",
            "no_files": "Er horen geen bestanden bij dit stuk.",
            "file_columns": ["Bestand", "Grootte", "SHA-256"],
            "files": [
                [printable(one.name), f"{one.size:,} bytes".replace(",", "."), one.digest] for one in found.files
            ],
            "proof_title": "Bewijs",
            "proof": [[label, printable(value)] for label, value in _proof(found)],
            "digests_title": "Controlegetallen (SHA-256)",
            "digests": [
                ["Van de inhoud van het stuk", found.content],
                ["Van het bewijs", found.digest],
                ["Sleutel van het zegel", found.key_id],
                ["Zegel (Ed25519)", found.seal],
            ],
            "check": f"Controleren kan iedereen, op {check_address()}: typ de code {shown_code(found.code)}, of kies "
            "een bestand om te zien of het nog hetzelfde is.",
        },
    )


def check_address() -> str:
    """The public page where anybody checks."""
    return f"{connections().settings.base_url}/bewijs"


def _facts(found: Receipt) -> list[tuple[str, str]]:
    facts = [
        ("Opdracht", f"{found.contract} – {found.description}"),
        ("Aanbesteder", found.authority),
        ("Opdrachtnemer", found.contractor),
        ("Stuk", f"{found.kind} {found.number}, versie {found.version}"),
        ("Titel", found.title),
    ]
    if found.sent_at is not None:
        facts += _moments("Verzonden", found.sent_at)
    if found.consultable_at is not None:
        facts += _moments("Raadpleegbaar", found.consultable_at)
    return facts


def _proof(found: Receipt) -> list[tuple[str, str]]:
    if found.stamped_at is None:
        stamp = "Nog niet gezet toen dit bewijs gemaakt werd; ze volgt vanzelf."
    else:
        stamp = f"{moment(found.stamped_at)}, door {found.stamped_by}"
    return [
        ("Code", shown_code(found.code)),
        ("Plaats in de keten", f"bewijs {found.position} van opdracht {found.contract}"),
        ("Tijdstempel (RFC 3161)", stamp),
    ]


def _moments(label: str, at: datetime) -> list[tuple[str, str]]:
    return [(label, moment(at)), (f"{label}, in UTC", utc(at))]


def moment(at: datetime) -> str:
    """To the millisecond in Brussels time, with the offset."""
    local = at.astimezone(BRUSSELS)
    offset = local.isoformat(timespec="seconds")[-6:]
    return f"{long_date(local.date())} om {local:%H:%M:%S},{local.microsecond // 1000:03d} (UTC{offset})"


def utc(at: datetime) -> str:
    """The same instant in UTC, as programs write it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _both(at: datetime | None) -> dict[str, str] | None:
    if at is None:
        return None
    return {"local": at.astimezone(BRUSSELS).isoformat(timespec="milliseconds"), "utc": utc(at)}
