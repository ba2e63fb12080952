"""Lists of threads, for every side: filters, pages by key, and the counts that stand beside a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from domain.actor import Actor
from domain.calendars import Quarter
from domain.folding import words_of
from domain.messaging import MANY, Only
from models.base import db
from models.file_document import FileDocument
from models.message import Conversation, Desk, Message, MessageSide
from models.organisation import Facility, Sector
from models.public_contract import PublicContract
from services import listing
from services.econtracting import access
from services.listing import Capped, Order, Page, Position
from services.messaging import scope
from services.messaging.scope import Scope

_NEWEST = Order((Conversation.last_at, Conversation.id), descending=True)
OURS, THEIRS = "OURS", "THEIRS"
#: In a filter: threads of a facility that are about no quarter; threads that lie on no desk.
GENERAL = NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for. ``contract`` is a reference, ``contract_words`` are of its number or description;
    ``facility`` an HCO number, ``sector`` a code of ``models.organisation.Sector``, ``quarter`` ``2026K1`` or GENERAL.

    ``desks`` are keys of desks, with None for what lies on no desk; ``written_by`` the account of who sent in it.
    """

    search: str = ""
    only: Only | None = None
    theme: str = ""
    contract: str = ""
    contract_words: str = ""
    facility: str = ""
    sector: str = ""
    quarter: str = ""
    desks: Collection[int | None] | None = None
    written_by: int | None = None


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in a list. ``awaiting`` is OURS or THEIRS when an answer is waited for; ``unread`` goes up to 100.

    What it is about: a ``contract`` (reference) with perhaps a document, or a ``facility`` (HCO number), perhaps with a
    quarter, lying on a ``desk`` (its name).
    """

    reference: str
    subject: str
    theme: str
    contract: str | None
    contract_number: str | None
    document: str | None
    document_title: str | None
    last_at: datetime
    messages: int
    unread: int
    awaiting: str | None
    has_draft: bool
    facility: str | None = None
    facility_name: str | None = None
    quarter: Quarter | None = None
    desk: str | None = None


def inbox(actor: Actor, criteria: Criteria = Criteria(), position: Position = Position()) -> Page[ThreadRow]:
    """A page of the threads that are there for the actor, the newest first; one statement beside the rights.

    Forbidden without the role that reads messages (E-008); NotFound for a side that has none.
    """
    within = scope.scope_of(actor)
    statement = _rows(actor, within).where(*_filters(actor, within, criteria))
    page = listing.page_of(statement, _NEWEST, position, name=f"threads {actor.account_id} {within.side} {criteria}")
    return Page(tuple(_row(within, row) for row in page.rows), page.cursors, page.number, page.more)


def newest(actor: Actor, limit: int, criteria: Criteria = Criteria()) -> tuple[ThreadRow, ...]:
    """The first few threads of the inbox, for an overview; one statement."""
    within = scope.scope_of(actor)
    statement = _rows(actor, within).where(*_filters(actor, within, criteria)).order_by(*_NEWEST.clauses()).limit(limit)
    return tuple(_row(within, row) for row in db.session.execute(statement))


def count(actor: Actor, criteria: Criteria = Criteria()) -> Capped:
    """How many threads ``inbox`` has, up to the cap."""
    within = scope.scope_of(actor)
    found = ids(actor, within).where(*_filters(actor, within, criteria))
    return Capped(db.session.scalar(select(listing.capped_count(found))) or 0)


def neighbours(actor: Actor, criteria: Criteria, reference: str) -> tuple[str | None, str | None]:
    """The threads before and after one in the list of ``inbox``, by reference; two statements, by key."""
    within = scope.scope_of(actor)
    key = db.session.execute(
        select(Conversation.last_at, Conversation.id).where(Conversation.reference == reference)
    ).one_or_none()
    if key is None:
        return None, None
    found = ids(actor, within).where(*_filters(actor, within, criteria)).with_only_columns(Conversation.reference)
    before, after = listing.neighbours(found, _NEWEST)
    bound = _NEWEST.bound(tuple(key))
    return db.session.scalar(before, bound), db.session.scalar(after, bound)


def unread_count(actor: Actor) -> int:
    """How many messages the actor has not read, up to MANY + 1, in one statement; 0 without the role (E-008)."""
    if not scope.reads_messages(actor):
        return 0
    within = scope.scope_of(actor)
    found = (
        scope.joined(select(Message.id).join(Conversation, Message.conversation_id == Conversation.id), actor)
        .where(within.condition, scope.something_unread(), scope.unread(within.side, actor.account_id))
        .limit(MANY + 1)
    )
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def awaiting_count(actor: Actor) -> int:
    """How many threads wait for an answer of the actor's side, up to MANY + 1, in one statement."""
    if not scope.reads_messages(actor):
        return 0
    within = scope.scope_of(actor)
    found = ids(actor, within).where(Conversation.awaiting == within.side).limit(MANY + 1)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def threads(actor: Actor, contract: PublicContract, document: FileDocument | None = None) -> list[ThreadRow]:
    """Every thread of a contract (or one document) that the actor reads, newest first; for what holds them all."""
    standing = access.standing(actor, contract)
    within = Scope(scope.own_side(actor), Conversation.contract_id == contract.id)
    statement = _rows(actor, within)
    if document is not None:
        statement = statement.where(Conversation.document_id == document.id)
    rows = db.session.execute(statement.order_by(*_NEWEST.clauses()))
    return [_row(within, row) for row in rows if standing.reads(row.Conversation.theme)]


def quarters(actor: Actor) -> list[Quarter]:
    """The quarters that threads of the actor's facility are about, the newest first: what a filter offers."""
    within = scope.scope_of(actor)
    found = ids(actor, within).with_only_columns(Conversation.quarter).where(Conversation.quarter.is_not(None))
    return sorted((Quarter.parse(one) for one in db.session.scalars(found.distinct()) if one), reverse=True)


def ids(actor: Actor, within: Scope) -> Select[Any]:
    """The keys of the threads that are there for the actor, with their contract and facility (outer joined)."""
    return (
        scope.joined(select(Conversation.id).select_from(Conversation), actor)
        .outerjoin(Facility, Facility.id == Conversation.facility_id)
        .where(within.condition, scope.shown(within.side))
    )


def _rows(actor: Actor, within: Scope) -> Any:
    """Threads with their counts. One that has nothing to show to this side is not there."""
    unread = (
        select(func.count())
        .select_from(Message)
        .where(scope.unread(within.side, actor.account_id))
        .correlate(Conversation, scope.READ)
        .scalar_subquery()
    )
    return (
        ids(actor, within)
        .with_only_columns(
            Conversation,
            PublicContract.reference.label("contract"),
            PublicContract.number.label("contract_number"),
            FileDocument.reference.label("document"),
            FileDocument.title.label("document_title"),
            Facility.hco_number,
            Facility.name.label("facility_name"),
            Desk.name.label("desk"),
            unread.label("unread"),
            scope.own_unsent(within.side, sent=False).label("drafting"),
            scope.own_unsent(within.side, sent=True).label("underway"),
        )
        .outerjoin(FileDocument, FileDocument.id == Conversation.document_id)
        .outerjoin(Desk, Desk.id == Conversation.desk_id)
    )


def _filters(actor: Actor, within: Scope, criteria: Criteria) -> list[Any]:
    found: list[Any] = []
    match criteria.only:
        case Only.UNREAD:
            unread = exists().where(scope.unread(within.side, actor.account_id)).correlate(Conversation, scope.READ)
            found += [scope.something_unread(), unread]
        case Only.OURS:
            found.append(Conversation.awaiting == within.side)
        case Only.THEIRS:
            found.append(Conversation.awaiting == _OTHER[within.side])
        case Only.DRAFTS:
            found.append(scope.own_unsent(within.side, sent=False))
    if criteria.theme:
        found.append(Conversation.theme == criteria.theme)
    if criteria.contract:
        found.append(PublicContract.reference == criteria.contract)
    found += [listing.like(PublicContract.search_text, word) for word in words_of(criteria.contract_words)]
    if criteria.facility:
        found.append(Facility.hco_number == criteria.facility)
    if criteria.sector:
        found.append(Facility.sector == Sector(criteria.sector))
    if criteria.quarter:
        general = Conversation.quarter.is_(None)
        found.append(general if criteria.quarter == GENERAL else Conversation.quarter == criteria.quarter)
    if criteria.desks is not None:
        on_one = Conversation.desk_id.in_([key for key in criteria.desks if key is not None])
        found.append(or_(on_one, Conversation.desk_id.is_(None)) if None in criteria.desks else on_one)
    if criteria.written_by is not None:
        found.append(
            exists().where(
                Message.conversation_id == Conversation.id,
                Message.author_id == criteria.written_by,
                Message.side != MessageSide.SYSTEM,
                Message.sent_at.is_not(None),
            )
        )
    return found + [_says(word) for word in words_of(criteria.search)]


_OTHER = {MessageSide.COUNTER: MessageSide.OFFICE, MessageSide.OFFICE: MessageSide.COUNTER}


def _says(word: str) -> Any:
    return or_(
        listing.like(func.lower(Conversation.subject), word),
        listing.like(Conversation.search_text, word),
        listing.like(PublicContract.search_text, word),
        listing.like(Facility.search_text, word),
    )


def _row(within: Scope, row: Any) -> ThreadRow:
    conversation: Conversation = row.Conversation
    return ThreadRow(
        reference=conversation.reference,
        subject=conversation.subject,
        theme=conversation.theme,
        contract=row.contract,
        contract_number=row.contract_number,
        document=row.document,
        document_title=row.document_title,
        last_at=conversation.last_at,
        messages=conversation.messages + row.underway,
        unread=row.unread,
        awaiting=awaiting_of(conversation, within.side),
        has_draft=row.drafting,
        facility=row.hco_number,
        facility_name=row.facility_name,
        quarter=Quarter.parse(conversation.quarter) if conversation.quarter else None,
        desk=row.desk,
    )


def awaiting_of(conversation: Conversation, side: MessageSide) -> str | None:
    """Whose answer is waited for, seen from a side."""
    if conversation.awaiting is None:
        return None
    return OURS if conversation.awaiting is side else THEIRS
