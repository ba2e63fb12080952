"""Announce an event of a contract: rows of the outbox in the running transaction (8.3, 8.4).

A mail holds the event, the contract, the kind and number of the document and the moment; never an amount, a file, a
name of a person or a way in (A-39). Without any address nothing is sent, and nothing else changes (A-19, A-41).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from domain.econtracting.notifications import EVENT_LABELS, Address, NotificationEvent, recipients
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.message import NotificationAddress
from models.organisation import Organisation
from models.public_contract import PartySettings, PublicContract
from services import outbox
from services.econtracting import kinds

SUBJECT_TYPE = "public_contract"

_TEMPLATES = {
    NotificationEvent.NEW_CONTRACT: "contract_new",
    NotificationEvent.NEW_DOCUMENT: "contract_document",
    NotificationEvent.NEW_MESSAGE: "contract_message",
    NotificationEvent.ACTION_REOPENED: "contract_action_reopened",
    NotificationEvent.FROM_CONTRACTOR: "contract_from_contractor",
}


def announce(
    event: NotificationEvent,
    contract: PublicContract,
    *,
    document: FileDocument | None = None,
    theme: str | None = None,
    event_key: str,
    at: datetime,
) -> int:
    """Enqueue the mails of an event; gives how many. ``event_key`` makes a repeat the same mails.

    ``theme`` is that of the document when it is not given. ``at`` is the moment that counts, and is told.
    """
    theme = theme or (document.theme if document is not None else None)
    chosen = _of_authority(contract) if event is NotificationEvent.FROM_CONTRACTOR else _chosen(event, contract, theme)
    for one in chosen:
        outbox.enqueue(
            _TEMPLATES[event],
            one.email,
            event_key=f"{SUBJECT_TYPE} {contract.id} {event_key}",
            subject_type=SUBJECT_TYPE,
            subject_key=contract.id,
            parameters=_parameters(event, contract, document, at),
            language=one.language,
        )
    return len(chosen)


def _chosen(event: NotificationEvent, contract: PublicContract, theme: str | None) -> list[Address]:
    rows = db.session.scalars(
        select(NotificationAddress).where(
            NotificationAddress.organisation_id == contract.contractor_id,
            NotificationAddress.confirmed_at.is_not(None),
            NotificationAddress.removed_at.is_(None),
            or_(NotificationAddress.contract_id.is_(None), NotificationAddress.contract_id == contract.id),
        )
    )
    return recipients([address_of(row) for row in rows], event, str(contract.id), theme)


def address_of(row: NotificationAddress) -> Address:
    """A row as the rule reads it."""
    return Address(
        email=row.email,
        events=frozenset(NotificationEvent(event) for event in row.events.split()),
        contract=str(row.contract_id) if row.contract_id is not None else None,
        theme=row.theme,
        language=row.language,
        usable=row.confirmed_at is not None and row.removed_at is None and row.bounced_at is None,
    )


def _of_authority(contract: PublicContract) -> list[Address]:
    """The mailbox of the unit (A-38): the one of the authority, else the contact point of the contract."""
    settings = db.session.get(PartySettings, contract.authority_id)
    email = (settings.mailbox if settings is not None else "") or contract.contact_email
    return [Address(email, frozenset({NotificationEvent.FROM_CONTRACTOR}))] if email else []


def _parameters(
    event: NotificationEvent, contract: PublicContract, document: FileDocument | None, at: datetime
) -> dict[str, str]:
    """What the texts name; the way in is an address that asks to sign in."""
    parameters = {
        "number": contract.number,
        "title": contract.description,
        "at": at.isoformat(),
        "path": f"/econtracting/opdracht/{contract.reference}",
        "contact": contract.contact_email,
    }
    if document is not None:
        parameters |= {"document": f"{_kind_name(document)} {document.number}"}
        parameters["path"] = f"/econtracting/stuk/{document.reference}"
    else:
        parameters["document"] = EVENT_LABELS[event]
    if event is NotificationEvent.FROM_CONTRACTOR:
        parameters["path"] = f"/beheer/opdrachten/{contract.reference}"
        contractor = db.session.get_one(Organisation, contract.contractor_id)
        parameters["contractor"] = contractor.name
    return parameters


def _kind_name(document: FileDocument) -> str:
    kind_id = db.session.scalar(
        select(DocumentVersion.kind_id).where(DocumentVersion.document_id == document.id, DocumentVersion.latest)
    )
    return kinds.of(kind_id).name if kind_id is not None else document.title
