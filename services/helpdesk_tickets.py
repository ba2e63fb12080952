"""Questions to the technical helpdesk: asked by anybody, signed in or not; answered by the helpdesk of the theme.

A question gets a short code to read out. Who asked reads the answer after signing in; who was not signed in is called
or mailed back by the helpdesk, outside the application. Mail says that something is there, never what (E-154).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from domain import helpdesk as rules
from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.calendars import BRUSSELS
from domain.errors import Findings, NotFound, TooMany
from domain.helpdesk import Question, TicketState, TicketTheme
from domain.own_path import own_path
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.helpdesk import HelpTicket
from services import access, audit, clock, outbox
from services.connections import connections
from services.listing import Order, Page, Position, page_of

_SUBJECT = "ticket"
_NEWEST = Order((HelpTicket.id,), descending=True)


@dataclass(frozen=True, slots=True)
class TicketData:
    """A question with what came along: the ``page`` it came from, the ``refusal_code`` of "geen toegang", the browser.

    ``client`` is the network address of who is not signed in, for the limit only; it is not kept. ``theme`` is what
    who is not signed in chose.
    """

    subject: str
    body: str
    name: str = ""
    email: str = ""
    phone: str = ""
    page: str = ""
    refusal_code: str = ""
    browser: str = ""
    theme: TicketTheme | None = None
    client: str = ""
    language: str | None = None


def open(actor: Actor | None, data: TicketData) -> HelpTicket:  # noqa: A001 - the word for it
    """Keep a question and, when an address was given, mail its code. The caller commits.

    Raises Findings for what is wrong in it, TooMany when the client or the person asked too often (E-155).
    """
    found = rules.check_question(
        Question(data.subject, data.body, data.name, data.email, data.phone), signed_in=actor is not None
    )
    if found:
        raise Findings(found)
    client = "" if actor is not None else _digest(data.client)
    _refuse_flood(actor, client)
    mailed = actor is not None or _mailed_today(data.email) < rules.MAILS_TO_ONE
    now = clock.now()
    with writing("tickets.open"):
        row = HelpTicket(
            code=_new_code(),
            opened_at=now,
            changed_at=now,
            account_id=actor.account_id if actor is not None else None,
            organisation_key=actor.organisation_key if actor is not None else None,
            name=actor.name if actor is not None else " ".join(data.name.split()),
            email=data.email.strip(),
            phone=" ".join(data.phone.split()),
            page=_page(data.page),
            refusal_code=rules.read_refusal_code(data.refusal_code),
            subject=" ".join(data.subject.split()),
            body=data.body.strip(),
            browser=" ".join(data.browser.split())[: rules.MAX_BROWSER],
            theme=rules.theme_of(actor, data.theme),
            client=client,
            language=data.language,
            state=TicketState.NEW,
        )
        db.session.add(row)
    audit.record(
        actor or SCHEDULER,
        AuditEvent.TICKET_OPENED,
        _SUBJECT,
        row.code,
        data={"code": row.code, "refusal": row.refusal_code, "signed_in": actor is not None},
    )
    if mailed:
        tell(row, "ticket_opened" if actor is not None else "ticket_opened_unknown", "opened")
    return row


def _mailed_today(email: str) -> int:
    """How many questions of who was not signed in gave an address: nobody's mailbox is flooded through us."""
    same = func.lower(HelpTicket.email) == email.strip().lower()
    return _count(same, HelpTicket.client != "", HelpTicket.opened_at > clock.now() - timedelta(days=1))


def _page(path: str) -> str:
    """The page a question came from: a path of our own without its parameters, which may say too much."""
    return (own_path(path.partition("?")[0].partition("#")[0]) or "")[: rules.MAX_PAGE]


def _new_code() -> str:
    """A code nobody has, of characters that do not sound alike."""
    while True:
        letters = "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(6))
        code = f"HV-{letters[:3]}-{letters[3:]}"
        if db.session.scalar(select(HelpTicket.id).where(HelpTicket.code == code)) is None:
            return code


def _digest(client: str) -> str:
    """A network address of today: the same client gives the same digest until midnight, and nobody can turn it back."""
    day = clock.now().astimezone(BRUSSELS).date().isoformat()
    key = connections().settings.secret_key.encode()
    return hmac.new(key, f"ticket\n{day}\n{client}".encode(), hashlib.sha256).hexdigest()


def _refuse_flood(actor: Actor | None, client: str) -> None:
    recent = [HelpTicket.opened_at > clock.now() - timedelta(days=1)]
    if actor is not None:
        if _count(HelpTicket.account_id == actor.account_id, *recent) >= rules.OF_A_PERSON:
            raise TooMany(rules.TOO_MANY, code="E-155")
        return
    if _count(HelpTicket.client == client, *recent) >= rules.OF_A_CLIENT:
        raise TooMany(rules.TOO_MANY, code="E-155")
    if _count(HelpTicket.client != "", *recent) >= rules.OF_ALL_UNKNOWN:
        raise TooMany(rules.TOO_MANY_OF_ALL, code="E-155")


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(HelpTicket).where(*conditions)) or 0


def tell(row: HelpTicket, template: str, event: str) -> None:
    """A mail with the code and nothing of what was asked or answered."""
    if row.email:
        outbox.enqueue(
            template,
            row.email,
            event_key=f"{row.code}:{event}",
            subject_type=_SUBJECT,
            subject_key=row.code,
            parameters={"code": row.code},
            language=row.language or "nl",
        )


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """A question as who asked it sees it: no name of who answers."""

    code: str
    reference: str
    subject: str
    body: str
    state: TicketState
    opened_at: datetime
    changed_at: datetime
    refusal_code: str | None
    answer: str


def own(actor: Actor, position: Position) -> Page[OwnTicket]:
    """The questions a person asked for the organisation they are signed in for, the newest first."""
    access.require(actor, Permission.HOME)
    statement = select(HelpTicket).where(*_of(actor))
    page = page_of(statement, _NEWEST, position, name=f"tickets.own.{actor.account_id}.{actor.organisation_key}")
    return replace(page, rows=tuple(_own(row.HelpTicket) for row in page.rows))


def own_ticket(actor: Actor, reference: str) -> OwnTicket:
    """One question of one's own; NotFound for any other."""
    access.require(actor, Permission.HOME)
    row = db.session.scalar(select(HelpTicket).where(HelpTicket.reference == reference, *_of(actor)))
    if row is None:
        raise NotFound
    return _own(row)


def _of(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return HelpTicket.account_id == actor.account_id, HelpTicket.organisation_key == actor.organisation_key


def _own(row: HelpTicket) -> OwnTicket:
    return OwnTicket(
        code=row.code,
        reference=row.reference,
        subject=row.subject,
        body=row.body,
        state=row.state,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        refusal_code=row.refusal_code,
        answer=row.answer,
    )
