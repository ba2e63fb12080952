"""What the tests of mail have in common: asking for one, reading the rows, and reports of what came back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from models.all import db
from models.outbox import OutboxMessage
from services import outbox, transaction

SOFIE = "sofie@linde.example.be"


def ask(event: str = "e", recipient: str = SOFIE, template: str = "dossier_reopened", **values: Any) -> None:
    """One mail of a committed change."""
    values = {"subject_type": "dossier", "subject_key": "71000012-2024K1", "parameters": {"quarter": "2024K1"}} | values
    with transaction.unit_of_work():
        outbox.enqueue(template, recipient, event_key=event, **values)


def rows() -> list[OutboxMessage]:
    """Every mail, as it is now."""
    db.session.rollback()
    statement = sa.select(OutboxMessage).order_by(OutboxMessage.id).execution_options(populate_existing=True)
    return list(db.session.scalars(statement))


def report(message_id: str, status: str = "5.1.1") -> bytes:
    """What a mail server writes about a mail it could not deliver (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mx\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; somebody@else.example\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {message_id}\r\n\r\nx\r\n--b--\r\n"
    ).encode()
