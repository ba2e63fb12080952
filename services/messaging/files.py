"""The files of a message: what stops its sending, and what its proof says of them."""

from __future__ import annotations

from domain.econtracting.attachments import AttachmentState
from domain.econtracting.evidence import FileFacts
from domain.errors import N_, Finding, Severity
from models.file_document import Attachment
from services.econtracting import attachments

NOT_SCANNED = N_("De bijlage '{name}' wordt nog nagekeken op virussen. Verzend het bericht zodra dat klaar is.")
NOT_IN_ORDER = N_("De bijlage '{name}' kan niet verzonden worden. Verwijder ze, of laad een andere op.")


def of(message_id: int) -> list[Attachment]:
    """The files of a message, in their order."""
    return attachments.of_message(message_id)


def problems(message_id: int) -> list[Finding]:
    """What stops the sending: a file that is not looked at yet, or that is not in order."""
    return [
        Finding(
            "T4",
            Severity.BLOCKS,
            NOT_SCANNED if file.state is AttachmentState.RECEIVED else NOT_IN_ORDER,
            "files",
            params={"name": file.name},
        )
        for file in of(message_id)
        if file.state is not AttachmentState.CLEAN
    ]


def facts(message_id: int) -> tuple[FileFacts, ...]:
    """The files as a record of proof names them."""
    return tuple(FileFacts(file.name, file.size, file.media_type, file.digest) for file in of(message_id))
