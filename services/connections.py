"""The outside world as this installation is connected to it: one of each, made at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations.documents import DocumentStore
from integrations.mail import Mailer, mailer_of
from integrations.mailboxes import Mailbox, mailbox_of
from integrations.person_register import PersonRegister, register_of
from integrations.saml import ServiceProvider, service_provider
from integrations.scanner import Scanner, scanner_of
from integrations.seals import Seals, seals_of
from integrations.time_stamps import TimeStamps, time_stamps_of


@dataclass
class Connections:
    """What services and jobs talk to outside the database."""

    documents: DocumentStore
    mailer: Mailer
    register: PersonRegister
    saml: ServiceProvider
    scanner: Scanner
    seals: Seals
    time_stamps: TimeStamps
    settings: Any
    bounces: Mailbox | None = None


_connected: Connections | None = None


def connect(settings: Any) -> Connections:
    """Make the parts that the settings name (``config.Settings``)."""
    global _connected
    _connected = Connections(
        documents=DocumentStore(settings.document_store),
        mailer=mailer_of(settings.mail_url, settings.mail_from),
        register=register_of(settings.extra.get("ELOKET_PERSON_REGISTER")),
        saml=service_provider(settings),
        scanner=scanner_of(settings.scanner, scanning=settings.scanning),
        seals=seals_of(settings),
        time_stamps=time_stamps_of(settings),
        settings=settings,
        bounces=mailbox_of(settings.bounces),
    )
    return _connected


def connections() -> Connections:
    """The connected parts; RuntimeError before ``connect``."""
    if _connected is None:
        raise RuntimeError("not connected")
    return _connected
