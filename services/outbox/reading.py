"""What was sent to whom, about what, with what result: the list of mail of the back office, and one mail as it left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor
from domain.calendars import BRUSSELS
from domain.errors import NotFound
from domain.permissions import Permission
from models.base import db
from models.outbox import DeliveryState, MailBounce, OutboxMessage
from models.public_contract import PublicContract
from services import access, listing, mail_texts
from services.listing import Capped, Order, Page, Position
from services.outbox import letters, resending
from services.outbox.digests import HIDDEN


class Result(StrEnum):
    """How a mail stands, as a person asks for it."""

    WAITING = "PENDING"
    DIGEST = "DIGEST"
    SENT = "SENT"
    BOUNCED = "BOUNCED"
    FAILED = "FAILED"


_PENDING = OutboxMessage.state == DeliveryState.PENDING
_STANDS: dict[Result, ColumnElement[bool]] = {
    Result.WAITING: and_(_PENDING, OutboxMessage.digest.is_(False)),
    Result.DIGEST: and_(_PENDING, OutboxMessage.digest.is_(True)),
    Result.SENT: and_(OutboxMessage.state == DeliveryState.SENT, OutboxMessage.bounced_at.is_(None)),
    Result.BOUNCED: OutboxMessage.bounced_at.is_not(None),
    Result.FAILED: OutboxMessage.state == DeliveryState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to list: a result, a template, a part of an address, what it is about, and the days it was made on.

    ``about`` is the number of a dossier, facility or contract, or how it begins. ``first`` and ``last`` are Brussels
    days, both included.
    """

    result: Result | None = None
    template: str = ""
    recipient: str = ""
    about: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail of the list. ``recipient`` is empty where the address is not told (C-046), and ``error`` None.

    ``about`` is the number of the dossier, facility or contract; empty for anything else.
    """

    id: int
    made_at: datetime
    recipient: str
    template: str
    subject_type: str
    about: str
    result: Result
    attempts: int
    sent_at: datetime | None
    next_attempt_at: datetime
    error: str | None
    bounced_at: datetime | None
    bounce: str
    can_resend: bool


@dataclass(frozen=True, slots=True)
class MailPage:
    """One mail: its row, and as it left unless its text is not told. A way in is never shown.

    ``bounces`` are (moment, status, permanent, channel); ``gathered_in`` the overview it was in; ``gathers`` how many
    mails are in it.
    """

    row: MailRow
    message_id: str
    language: str
    mail: mail_texts.Mail | None
    refusal: str | None
    bounces: tuple[tuple[datetime, str, bool, str], ...]
    gathered_in: int | None
    gathers: int


def mail_list(actor: Actor, wanted: Criteria, position: Position) -> Page[MailRow]:
    """Mail, the newest first; two statements.

    Of e-Contracting, newsletters and the helpdesk neither the address nor what a mail server answered is told, and no
    search finds it (C-046): the parties read their own with the contract.
    """
    access.require(actor, Permission.OUTBOX_READ)
    statement: Any = select(OutboxMessage)
    hidden = OutboxMessage.subject_type.in_(HIDDEN)
    if wanted.result is not None:
        statement = statement.where(_STANDS[wanted.result])
    if wanted.template:
        statement = statement.where(OutboxMessage.template == wanted.template)
    if wanted.recipient:
        found = listing.like(func.lower(OutboxMessage.recipient), wanted.recipient.lower())
        statement = statement.where(~hidden, found)
    if wanted.about:
        statement = statement.where(_about(wanted.about))
    if wanted.first is not None:
        statement = statement.where(OutboxMessage.made_at >= _midnight(wanted.first))
    if wanted.last is not None:
        statement = statement.where(OutboxMessage.made_at < _midnight(wanted.last + timedelta(days=1)))
    page = listing.page_of(statement, Order((OutboxMessage.id,), descending=True), position, name=f"mail {wanted}")
    messages = [row[0] for row in page.rows]
    numbers = _contract_numbers(messages)
    return Page(tuple(_row(one, numbers) for one in messages), page.cursors, page.number, page.more)


def mail_counts(actor: Actor) -> Mapping[Result, Capped]:
    """How many mails stand in each way, up to the cap; one statement."""
    access.require(actor, Permission.OUTBOX_READ)
    columns = [
        listing.capped_count(select(OutboxMessage.id).where(stands)).label(result.value.lower())
        for result, stands in _STANDS.items()
    ]
    row = db.session.execute(select(*columns)).one()
    return {result: Capped(row[place]) for place, result in enumerate(_STANDS)}


def mail_page(actor: Actor, message_id: int) -> MailPage:
    """One mail as it left, or will leave; NotFound."""
    access.require(actor, Permission.OUTBOX_READ)
    message = db.session.get(OutboxMessage, message_id)
    if message is None:
        raise NotFound
    bounces = db.session.execute(
        select(MailBounce.received_at, MailBounce.status, MailBounce.permanent, MailBounce.channel)
        .where(MailBounce.outbox_id == message_id)
        .order_by(MailBounce.id)
    )
    gathers = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.gathered_in_id == message_id)
    return MailPage(
        row=_row(message, _contract_numbers([message])),
        message_id=message.message_id,
        language=message.language,
        mail=_as_it_left(message),
        refusal=resending.why_not(message),
        bounces=tuple((row.received_at, row.status, row.permanent, row.channel) for row in bounces),
        gathered_in=message.gathered_in_id,
        gathers=(db.session.scalar(gathers) or 0) if message.template == letters.DIGEST else 0,
    )


def _as_it_left(message: OutboxMessage) -> mail_texts.Mail | None:
    if message.subject_type in HIDDEN:
        return None
    try:
        return letters.mail_of(
            letters.letter_of(message, letters.without_secrets(message.template, message.parameters))
        )
    except KeyError:  # erased since, or of a template that is no more
        return None


def _row(message: OutboxMessage, numbers: Mapping[str, str]) -> MailRow:
    hidden = message.subject_type in HIDDEN
    about = message.subject_key if message.subject_type in ("dossier", "facility") else ""
    if message.subject_type == "public_contract":
        about = numbers.get(message.subject_key, "")
    return MailRow(
        id=message.id,
        made_at=message.made_at,
        recipient="" if hidden else message.recipient,
        template=message.template,
        subject_type=message.subject_type,
        about=about,
        result=_result(message),
        attempts=message.attempts,
        sent_at=message.sent_at,
        next_attempt_at=message.next_attempt_at,
        error=None if hidden else message.error,
        bounced_at=message.bounced_at,
        bounce=message.bounce or "",
        can_resend=resending.why_not(message) is None,
    )


def _result(message: OutboxMessage) -> Result:
    if message.bounced_at is not None:
        return Result.BOUNCED
    if message.state is DeliveryState.PENDING:
        return Result.DIGEST if message.digest else Result.WAITING
    return Result(message.state.value)


def _about(typed: str) -> ColumnElement[bool]:
    """By the number as people know it; of a contract the row holds another key."""
    contracts = select(cast(PublicContract.id, String)).where(PublicContract.number == typed)
    return or_(
        and_(
            OutboxMessage.subject_type != "public_contract",
            OutboxMessage.subject_key.startswith(typed, autoescape=True),
        ),
        and_(OutboxMessage.subject_type == "public_contract", OutboxMessage.subject_key.in_(contracts)),
    )


def _contract_numbers(messages: list[OutboxMessage]) -> dict[str, str]:
    ids = {int(one.subject_key) for one in messages if one.subject_type == "public_contract"}
    if not ids:
        return {}
    rows = db.session.execute(select(PublicContract.id, PublicContract.number).where(PublicContract.id.in_(ids)))
    return {str(row.id): row.number for row in rows}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, BRUSSELS)
