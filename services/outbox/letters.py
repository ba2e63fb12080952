"""A row as a mail: text and HTML of its template, or the overview of the rows that were gathered in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from domain.calendars import BRUSSELS
from models.base import db
from models.outbox import OutboxMessage
from services import mail_texts, secret_links
from services.connections import connections

DIGEST = "digest"
"""The template of an overview: its text is that of the mails gathered in it."""
LISTED_AT_MOST = 100
"""Mails that one overview lists; of the rest it says how many there are."""
FORGOTTEN = "/…"
"""What stands where a way in was, once the mail has left."""


class _WholeLinks(EmailPolicy):
    """A link in a header stays as it is: folded it would be encoded, and no mail program would find it (RFC 8058)."""

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}"
        return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]


_POLICY = _WholeLinks()


@dataclass(frozen=True, slots=True)
class Letter:
    """What a row says, apart from the transaction it was read in. ``gathered``: (template, parameters) in order."""

    id: int
    template: str
    parameters: Mapping[str, Any]
    language: str
    recipient: str
    message_id: str
    made_at: datetime
    gathered: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    more: int = 0


def letter_of(row: OutboxMessage, parameters: str | None = None) -> Letter:
    """A row with what was gathered in it. ``parameters`` (JSON) in place of those of the row."""
    gathered, count = _gathered(row.id) if row.template == DIGEST else ((), 0)
    return Letter(
        row.id,
        row.template,
        json.loads(parameters if parameters is not None else row.parameters),
        row.language,
        row.recipient,
        row.message_id,
        row.made_at,
        gathered,
        count - len(gathered),
    )


def _gathered(digest_id: int) -> tuple[tuple[tuple[str, Mapping[str, Any]], ...], int]:
    mine = OutboxMessage.gathered_in_id == digest_id
    rows = db.session.execute(
        select(OutboxMessage.template, OutboxMessage.parameters, func.count().over().label("all"))
        .where(mine)
        .order_by(OutboxMessage.id)
        .limit(LISTED_AT_MOST)
    ).all()
    return tuple((row.template, json.loads(row.parameters)) for row in rows), int(rows[0].all) if rows else 0


def mail_of(letter: Letter) -> mail_texts.Mail:
    """Its words. KeyError for a template or parameter that is not there."""
    address = connections().settings.base_url
    if letter.template == DIGEST:
        return mail_texts.digest(letter.gathered, language=letter.language, address=address, more=letter.more)
    return mail_texts.compose(letter.template, letter.parameters, language=letter.language, address=address)


def message_of(letter: Letter) -> EmailMessage:
    """The message as it leaves: text, and the same as HTML.

    The same row always makes the same message, so that a repeat can be recognised and dropped on the way. ValueError
    for a header that would be two.
    """
    letter = replace(letter, parameters=secret_links.completed(letter.parameters))
    connected, mail = connections(), mail_of(letter)
    message = EmailMessage(policy=_POLICY)
    message["From"] = connected.mailer.sender
    message["To"] = letter.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(letter.made_at.astimezone(BRUSSELS))
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe := letter.parameters.get("unsubscribe"):
        message["List-Unsubscribe"] = f"<{connected.settings.base_url}{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body)
    message.add_alternative(mail.html, subtype="html")
    message["Content-Language"] = mail.language
    # not a new one at each attempt
    message.set_boundary(f"=_{sha256(letter.message_id.encode()).hexdigest()[:40]}")
    return message


def without_secrets(template: str, parameters: str, *, sent: bool = True) -> str:
    """Parameters (JSON) as they may be kept and shown: no way in stands in them.

    The link that unsubscribes stays while the mail has not been ``sent``: it may be tried again.
    """
    values, kind = json.loads(parameters), mail_texts.TEMPLATES.get(template)
    secret = set(kind.secret if kind is not None else ()) | ({"unsubscribe"} if sent else set())
    if not secret & set(values):
        return parameters
    kept = {name: FORGOTTEN if name in secret else value for name, value in values.items()}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)
