"""Asking for a mail: a row of the same commit as the change that causes it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import func, literal, select

from domain.organisation import is_email
from models.base import db
from models.gate import writing
from models.outbox import DeliveryState, MailAddress, OutboxMessage
from models.upserts import upsert
from services import clock, mail_addresses, mail_texts
from services.outbox.letters import without_secrets

log = structlog.get_logger("outbox")

NO_ADDRESS = "no address"
"""Why a mail to something that is no address has failed."""


def enqueue(
    template: str,
    recipient: str,
    *,
    event_key: str,
    subject_type: str,
    subject_key: str | int,
    parameters: Mapping[str, Any] | None = None,
    language: str | None = None,
    at_once: bool = False,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Add one mail to the running transaction.

    ``event_key`` names the event that causes it: the same event, template and recipient make one mail, however often
    it is enqueued. ``parameters`` hold no personal data (E-154); ``unsubscribe`` among them, a path of ours, is where
    one click ends it (RFC 8058). ``language`` None is what the address prefers. One that is not ``at_once``, here or
    by its template, waits for the overview of an address that wants one a day. ``headers`` may name the two of
    unsubscribing only. A text that cannot be written is a KeyError. A recipient that is no address never breaks the
    use case: its mail has failed from the start.
    """
    values = dict(parameters or {}) | _unsubscribing(headers)
    mail_texts.compose(template, values, language=language or "nl")
    to = mail_texts.clean(recipient, longest=254)
    reachable = to == recipient and is_email(to)
    if not reachable:
        log.warning("mail to no address", template=template, subject=subject_type)
    email = mail_addresses.folded(to)
    written = json.dumps(values, ensure_ascii=False, sort_keys=True)
    gathers = not (at_once or mail_texts.TEMPLATES[template].at_once) and reachable
    now = clock.now()
    with writing("outbox.enqueue"):
        # one statement: somebody else may be enqueuing the same at this moment
        db.session.execute(
            upsert(OutboxMessage)
            .values(
                # A digest: cut off, two long addresses would count as one.
                dedupe_key=sha256(f"{template}\n{event_key}\n{recipient}".encode(errors="replace")).hexdigest(),
                message_id=f"<{secrets.token_hex(16)}@dossierloket>",
                recipient=to,
                language=language or _preferred(MailAddress.language, email, "nl"),
                template=template,
                parameters=written if reachable else without_secrets(template, written),
                subject_type=subject_type,
                subject_key=str(subject_key),
                state=DeliveryState.PENDING if reachable else DeliveryState.FAILED,
                error=None if reachable else NO_ADDRESS,
                made_at=now,
                next_attempt_at=now,
                digest=_preferred(MailAddress.digest, email, False) if gathers else False,
            )
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
        )


def _preferred(column: Any, email: str, otherwise: Any) -> Any:
    """What the row of the address says, read in the statement that uses it."""
    chosen = select(column).where(MailAddress.email == email).scalar_subquery()
    return func.coalesce(chosen, literal(otherwise))


def _unsubscribing(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers of RFC 8058 as the parameter they are kept as: the address without what comes before its path."""
    if not headers:
        return {}
    if not {"List-Unsubscribe"} <= set(headers) <= {"List-Unsubscribe", "List-Unsubscribe-Post"}:
        raise ValueError("a mail takes no other headers than those of unsubscribing")
    parts = urlsplit(headers["List-Unsubscribe"].strip("<> "))
    return {"unsubscribe": parts.path + (f"?{parts.query}" if parts.query else "")}
