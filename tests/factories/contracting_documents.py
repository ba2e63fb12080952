"""Documents of a contract as people make them: drafted, with a file, checked and sent, answered by the authority."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

from domain.econtracting.rights import Level
from models.base import db
from models.contract_follow_up import ContractTerm
from models.file_document import Attachment, DocumentVersion, FileDocument, SendCheck
from models.public_contract import PublicContract
from services.econtracting import attachments, kinds
from services.econtracting.desk import release
from services.econtracting.documents import drafts, sending
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories.contracting import PAYMENTS, Somebody

__all__ = ["ContractTerm", "FileDocument", "SendCheck"]

CLAIM = {
    "number": "1",
    "period_from": "2025-02-01",
    "period_to": "2025-02-28",
    "amount": "84250,40",
    "vat": "21",
    "cumulative": "84250,40",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A contract with somebody who drafts (right 2), somebody who sends (right 3) and an official of the authority."""

    contract: PublicContract
    mila: Somebody
    karim: Somebody
    dirk: Somebody


def scene(theme: str = PAYMENTS, **contract: Any) -> Scene:
    """The usual people; one official does everything, so two people are not asked for."""
    with unit_of_work():
        kinds.ensure()
    made = make.public_contract(**contract)
    mila, karim = make.user(name="Mila Jacobs"), make.user(name="Karim El Amrani")
    dirk = make.official()
    make.settings(make.authority(), two_people=False)
    make.group(theme=theme, level=Level.DRAFT, members=[mila], contracts=[made], name="Opmakers van Wegenbouw")
    make.group(theme=theme, level=Level.SEND, members=[karim], contracts=[made], name="Verzenders van Wegenbouw")
    return Scene(made, mila, karim, dirk)


def pdf(text: str = "Vorderingsstaat") -> bytes:
    """A small PDF that is different for each text and tells nothing about a person."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    document.pages[0].Contents = document.make_stream(f"% {text}".encode())
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def draft(
    contract: PublicContract,
    by: Somebody,
    kind: str = "SCHULDVORDERING",
    typed: Mapping[str, str] | None = None,
    parent: FileDocument | None = None,
) -> DocumentVersion:
    """A draft with values; a complete claim unless said otherwise. Without files."""
    with unit_of_work():
        version = drafts.make(by.actor, contract, kind, parent)
    values = CLAIM if typed is None and kind == "SCHULDVORDERING" else typed or {}
    fill(version, by, values)
    return version


def fill(version: DocumentVersion, by: Somebody, typed: Mapping[str, str]) -> DocumentVersion:
    """Type values in a draft."""
    db.session.refresh(version)
    with unit_of_work():
        drafts.save(by.actor, version.reference, typed, None, version.version)
    return version


def attach(
    version: DocumentVersion, by: Somebody, *, slot: str = "statement", content: bytes | None = None
) -> Attachment:
    """A file with a draft, scanned."""
    document = db.session.get_one(FileDocument, version.document_id)
    contract = db.session.get_one(PublicContract, document.contract_id)
    with unit_of_work():
        return attachments.receive(
            by.actor,
            contract,
            version=db.session.get_one(DocumentVersion, version.id),
            slot=slot,
            name=f"{slot or 'bijlage'}.pdf",
            stream=io.BytesIO(content or pdf()),
        )


def complete(contract: PublicContract, by: Somebody) -> DocumentVersion:
    """A claim that can be sent."""
    version = draft(contract, by)
    attach(version, by)
    return version


def send(version: DocumentVersion, by: Somebody) -> DocumentVersion:
    """Check and send a draft."""
    with unit_of_work():
        check = sending.begin_check(by.actor, version.reference)
    with unit_of_work():
        return sending.send(by.actor, version.reference, check.key, check.digest)


def sent(contract: PublicContract, by: Somebody) -> FileDocument:
    """A claim that was sent."""
    version = send(complete(contract, by), by)
    return db.session.get_one(FileDocument, version.document_id)


def answer(
    contract: PublicContract, by: Somebody, kind: str, typed: Mapping[str, str], parent: FileDocument | None = None
) -> FileDocument:
    """A document of the authority, drafted and released by the same official."""
    version = draft(contract, by, kind, typed, parent)
    db.session.refresh(version)
    with unit_of_work():
        release.release(by.actor, version.reference, version.version)
    return db.session.get_one(FileDocument, version.document_id)


def review(scene_: Scene, claim: FileDocument, result: str = "AANVAARD", **typed: str) -> FileDocument:
    """The review of a claim, consultable."""
    accepted = {"accepted": "84250,40"} if result == "AANVAARD" else {}
    return answer(scene_.contract, scene_.dirk, "NAZICHT", {"result": result, **accepted, **typed}, claim)


def request(scene_: Scene, claim: FileDocument, amount: str = "84250,40") -> FileDocument:
    """The request for the invoice, consultable."""
    typed = {"order_number": scene_.contract.order_number, "amount": amount, "vat": "21"}
    return answer(scene_.contract, scene_.dirk, "FACTUURAANVRAAG", typed, claim)
