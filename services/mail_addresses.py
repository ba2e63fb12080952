"""What an address prefers (language, once a day) and whether mail to it comes back. No row is no preference.

Mail that follows from work is still tried at an address that bounces; overviews and newsletters stop. Whoever changes
or confirms the address, or says to try again, takes the mark away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from domain.actor import Actor
from domain.audit_events import AuditEvent
from models.base import db
from models.gate import writing
from models.outbox import DeliveryState, MailAddress, OutboxMessage
from models.upserts import upsert
from services import audit, clock

_BY_SERVER = "SMTP "
"""How the bounce begins that a mail server told at once; a mail it takes later takes it back."""
_NO_MAILBOX = re.compile(r"SMTP 55[013]")


@dataclass(frozen=True, slots=True)
class Preference:
    """``language`` None: no choice was made. ``digest``: one overview a day. ``bounced_at`` while mail comes back."""

    language: str | None = None
    digest: bool = False
    bounced_at: datetime | None = None
    bounce: str = ""


def folded(email: str) -> str:
    """An address as its row is found, whatever the case it was typed in."""
    return email.strip().lower()[:254]


def preference(email: str) -> Preference:
    """What an address prefers; the defaults when nobody chose."""
    return preferences([email]).get(folded(email), Preference())


def preferences(emails: list[str]) -> dict[str, Preference]:
    """What several addresses prefer, by folded address; one statement. Those without a row are absent."""
    columns = (MailAddress.email, MailAddress.language, MailAddress.digest, MailAddress.bounced_at, MailAddress.bounce)
    rows = db.session.execute(select(*columns).where(MailAddress.email.in_({folded(one) for one in emails})))
    return {row.email: Preference(row.language, row.digest, row.bounced_at, row.bounce) for row in rows}


def is_bouncing(email: str) -> bool:
    """Whether mail to it comes back for good: overviews and newsletters stop, the rest is still tried."""
    return preference(email).bounced_at is not None


def choose(actor: Actor, email: str, *, language: str | None, digest: bool) -> None:
    """Keep what an address prefers; the last one wins. What waits for an overview leaves when none is wanted any more.

    The caller has checked that the address is one of the actor's organisation.
    """
    before = preference(email)
    fields = [
        name
        for name, old, new in (("language", before.language, language), ("digest", before.digest, digest))
        if old != new
    ]
    if not fields:
        return
    with writing("mail_addresses.choose"):
        _keep(email, language=language, digest=digest)
        if not digest:
            db.session.execute(
                update(OutboxMessage)
                .where(
                    OutboxMessage.recipient.in_({email, folded(email)}),
                    OutboxMessage.state == DeliveryState.PENDING,
                    OutboxMessage.digest.is_(True),
                    OutboxMessage.gathered_in_id.is_(None),
                )
                .values(digest=False)
                .execution_options(synchronize_session=False)
            )
    _trace(actor, email, fields)


def came_back(email: str, bounce: str) -> None:
    """Mark an address: mail to it comes back. ``bounce`` is the code; the first moment stays."""
    if not email:
        return
    marked = preference(email).bounced_at
    with writing("mail_addresses.came_back"):
        _keep(email, bounced_at=marked or clock.now(), bounce=bounce[:300])


def answered(email: str, error: str | None) -> None:
    """What a mail server said to a mail that is settled: no such mailbox marks the address, taking it clears that."""
    if error is not None:
        if _NO_MAILBOX.match(error):
            came_back(email, error)
        return
    db.session.execute(
        update(MailAddress)
        .where(MailAddress.email == folded(email), MailAddress.bounce.startswith(_BY_SERVER))
        .values(bounced_at=None, bounce="", changed_at=clock.now())
    )


def try_again(actor: Actor, email: str) -> None:
    """Take the mark of an address away: it was changed, confirmed, or somebody mended the mailbox."""
    if not is_bouncing(email):
        return
    with writing("mail_addresses.try_again"):
        _keep(email, bounced_at=None, bounce="")
    _trace(actor, email, ["bounce"])


def _keep(email: str, **values: object) -> None:
    """One statement: somebody else may be making the row at this moment."""
    values["changed_at"] = clock.now()
    db.session.execute(
        upsert(MailAddress)
        .values(**({"email": folded(email), "digest": False, "bounce": ""} | values))
        .on_conflict_do_update(index_elements=["email"], set_=values)
    )


def _trace(actor: Actor, email: str, fields: list[str]) -> None:
    row = db.session.scalar(select(MailAddress.id).where(MailAddress.email == folded(email)))
    audit.record(
        actor,
        AuditEvent.MAIL_PREFERENCE_CHANGED,
        "mail_address",
        row or 0,
        data={"fields": fields},
        personal={"email": folded(email)},
    )
