"""Documents with files that were sent, and the records that prove it: what a chain is about."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from domain.actor import SCHEDULER, Actor
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Direction, VersionState
from domain.econtracting.evidence import EvidenceType, FileFacts, canonical
from models.contract_evidence import EvidenceRecord
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.public_contract import PublicContract
from services import clock, documents
from services.econtracting import kinds
from services.econtracting.proof import chain
from services.locks import lock_contract
from services.transaction import unit_of_work
from tests.factories.contracting import Somebody
from tests.factories.database import save, saved

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Sent:
    """A version that was sent, its document and files."""

    document: FileDocument
    version: DocumentVersion
    files: tuple[Attachment, ...]

    @property
    def facts(self) -> tuple[FileFacts, ...]:
        """The files as a record names them."""
        return tuple(FileFacts(one.name, one.size, one.media_type, one.digest) for one in self.files)


def kind(code: str = "SCHULDVORDERING") -> kinds.KindInUse:
    """A kind of document as it is shipped."""
    with unit_of_work():
        kinds.ensure()
        return kinds.in_use(code)


def append(contract: PublicContract, type: EvidenceType, at: datetime | None = None, **values: Any) -> EvidenceRecord:  # noqa: A002
    """A record, committed."""
    with unit_of_work():
        lock_contract(contract.id)
        return chain.append(contract, type, at or clock.now(), **values)


def sent(
    contract: PublicContract,
    by: Somebody | None = None,
    *contents: bytes,
    kind_code: str = "SCHULDVORDERING",
    content: dict[str, Any] | None = None,
    prove: bool = True,
) -> Sent:
    """A version the contractor sent, with a PDF for each of ``contents``, and its two records."""
    number, moment = next(_numbers), clock.now()
    document = saved(
        FileDocument(
            contract_id=contract.id,
            kind_code=kind_code,
            theme="BETALINGEN",
            direction=Direction.TO_AUTHORITY,
            number=number,
            title=f"Vordering {number}",
            claim_state=ClaimState.SUBMITTED,
        )
    )
    text = canonical(content or {"fields": {"nummer": str(number)}, "lines": []})
    version = saved(
        DocumentVersion(
            document_id=document.id,
            number=1,
            state=VersionState.SENT,
            kind_id=kind(kind_code).id,
            title=f"Vordering {number}",
            content=text,
            content_digest=chain.content_digest(text),
            made_at=moment,
            changed_at=moment,
            made_by_id=by.account.id if by else None,
            sent_by_id=by.account.id if by else None,
            sent_at=moment,
            consultable_at=moment,
        )
    )
    files = tuple(_file(version, place, one, by) for place, one in enumerate(contents or (b"%PDF-1.7 staat",)))
    made = Sent(document, version, files)
    if prove:
        prove_sent(contract, made, by)
    return made


def prove_sent(contract: PublicContract, made: Sent, by: Somebody | None = None) -> None:
    """The two records of a sending (6.1, T4)."""
    who: Actor = by.actor if by else SCHEDULER
    for type_ in (EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE):
        append(
            contract,
            type_,
            made.version.sent_at,
            document=made.document,
            version=made.version,
            files=made.facts,
            actor=who if type_ is EvidenceType.SUBMITTED else None,
        )


def _file(version: DocumentVersion, place: int, content: bytes, by: Somebody | None) -> Attachment:
    with unit_of_work():
        kept = documents.store(io.BytesIO(content), "application/pdf")
        digest, size = kept.digest, kept.size
    row = Attachment(
        version_id=version.id,
        position=place,
        name=f"vorderingsstaat-{place + 1}.pdf",
        media_type="application/pdf",
        size=size,
        digest=digest,
        state=AttachmentState.CLEAN,
        received_at=clock.now(),
        received_by_id=by.account.id if by else None,
        scanned_at=clock.now(),
    )
    save(row)
    return row
