"""Files of documents and messages of a contract: receiving, cleaning, scanning, and who may fetch which."""

from services.econtracting.attachments.changing import remove, rename, strip
from services.econtracting.attachments.reading import (
    facts,
    last_stored_and_scanned,
    of_message,
    of_version,
    open_content,
    problems,
)
from services.econtracting.attachments.receiving import Arrived, receive, take_in
from services.econtracting.attachments.scanning import scan_waiting, waiting

__all__ = [
    "Arrived",
    "facts",
    "last_stored_and_scanned",
    "of_message",
    "of_version",
    "open_content",
    "problems",
    "receive",
    "remove",
    "rename",
    "scan_waiting",
    "strip",
    "take_in",
    "waiting",
]
