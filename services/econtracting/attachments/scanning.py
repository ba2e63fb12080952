"""What could not be scanned when it came in is scanned as soon as a scanner answers; until then nobody can fetch it."""

from __future__ import annotations

import structlog
from sqlalchemy import exists, func, select

from domain.actor import SCHEDULER
from domain.audit_events import AuditEvent
from domain.econtracting.attachments import BEYOND_SCAN, GONE, AttachmentState
from integrations.documents import DocumentDamaged, DocumentMissing, DocumentStoreDown
from integrations.scanner import ScannerDown, Verdict
from models.base import db
from models.document import StoredFile
from models.file_document import Attachment
from models.gate import writing
from services import audit, clock, documents, transaction
from services.connections import connections
from services.econtracting.attachments.receiving import infected
from services.econtracting.attachments.verdicts import verdict_on

log = structlog.get_logger("scanning")
AT_ONCE = 20
"""How many files one look scans: the worker has other work too."""


def waiting() -> int:
    """How many files wait to be scanned."""
    found = select(func.count()).select_from(Attachment).where(Attachment.state == AttachmentState.RECEIVED)
    return db.session.scalar(found) or 0


def scan_waiting() -> int:
    """Scan what waits, each in a transaction of its own; gives how many got their verdict. Stops without a scanner.

    Also clears away what an infected file left when this was interrupted.
    """
    done = 0
    for digest in _waiting_digests():
        try:
            outcome = _outcome(digest)
        except (ScannerDown, DocumentStoreDown) as down:
            log.warning("files wait to be scanned", kind=type(down).__name__)
            break
        with transaction.unit_of_work():
            done += _settle(digest, outcome)
    left = _infected_and_there()
    db.session.rollback()
    if left:
        with transaction.unit_of_work():
            for digest in left:
                documents.leave(digest)
    return done


def _waiting_digests() -> list[str]:
    db.session.rollback()
    found = select(Attachment.digest).where(Attachment.state == AttachmentState.RECEIVED).order_by(Attachment.id)
    digests = list(dict.fromkeys(db.session.scalars(found.limit(AT_ONCE))))
    db.session.rollback()
    return digests


def _infected_and_there() -> list[str]:
    kept = exists().where(StoredFile.digest == Attachment.digest)
    return list(
        db.session.scalars(
            select(Attachment.digest).distinct().where(Attachment.state == AttachmentState.INFECTED, kept)
        )
    )


def _outcome(digest: str) -> Verdict | str:
    """What the scanner says of stored content, or why it cannot be scanned at all."""
    try:
        with connections().documents.opened(digest) as content:
            verdict = verdict_on(content)
    except (DocumentMissing, DocumentDamaged):
        return GONE
    return BEYOND_SCAN if verdict.beyond_limits else verdict


def _settle(digest: str, outcome: Verdict | str) -> int:
    rows = list(
        db.session.scalars(
            select(Attachment).where(Attachment.digest == digest, Attachment.state == AttachmentState.RECEIVED)
        )
    )
    if not rows:
        return 0
    if isinstance(outcome, Verdict) and outcome.signature is not None:
        infected(SCHEDULER, rows[0].reference, digest, outcome.signature)
        return len(rows)
    for row in rows:
        with writing("attachments.scan"):
            row.scanned_at = clock.now()
            if isinstance(outcome, str):
                row.state, row.refusal = AttachmentState.REFUSED, outcome
            else:
                row.state = AttachmentState.CLEAN
        trace = {"act": f"SCANNED_{row.state.name}", "before": digest, "after": digest}
        audit.record(SCHEDULER, AuditEvent.ATTACHMENT_CHANGED, "attachment", row.reference, data=trace)
    if isinstance(outcome, str):
        documents.leave(digest)
    return len(rows)
