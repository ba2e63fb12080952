"""What waits for somebody and what is new, in all themes: one table of counts, each asked of who may see it only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.actor import Actor, Side
from domain.permissions import Permission
from services import access, back_office, clock, helpdesk_answering, mail_preferences
from services.ecalcura import letter_archive, reopening_list
from services.econtracting.contracts import mine
from services.econtracting.desk import worklist
from services.econtracting.desk.worklist import Due, Pile
from services.listing import Capped
from services.messaging import reading
from services.privacy import announced, correction_reading

#: So long a letter counts as new on the start page, and so many are shown.
NEW_FOR, LETTERS = timedelta(days=30), 3


class WorkKind(StrEnum):
    """What waits, or is new; in the order in which it asks attention."""

    REVIEWS_LATE = "REVIEWS_LATE"
    REVIEWS_THIS_WEEK = "REVIEWS_THIS_WEEK"
    AWAITED_ANSWERS = "AWAITED_ANSWERS"
    UNREAD_MESSAGES = "UNREAD_MESSAGES"
    UNREAD_DOCUMENTS = "UNREAD_DOCUMENTS"
    REOPENING_REQUESTS = "REOPENING_REQUESTS"
    DOCUMENTS_TO_RELEASE = "DOCUMENTS_TO_RELEASE"
    CORRECTION_REQUESTS = "CORRECTION_REQUESTS"
    NEW_TICKETS = "NEW_TICKETS"
    FAILED_MAIL = "FAILED_MAIL"
    BOUNCING_ADDRESSES = "BOUNCING_ADDRESSES"
    ERASURE_NOTICES = "ERASURE_NOTICES"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """So many of something; the count goes up to a cap."""

    kind: WorkKind
    count: Capped


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A new letter to the facility: what it is about, for which reference period, and since when it is there."""

    reference: str
    subject: str
    period: str
    made_at: datetime


def items(actor: Actor) -> list[WorkItem]:
    """What waits for the actor, of every kind that the actor has to do with, also when there is none of it."""
    return [
        WorkItem(kind, count(actor))
        for kind, side, needed, count in _COUNTS
        if (side is None or actor.side is side) and actor.may(needed)
    ]


def new_letters(actor: Actor) -> list[NewLetter]:
    """The letters to the actor's facility of the last thirty days that the actor may open, the newest first."""
    if actor.side is not Side.FACILITY or not actor.may(Permission.HISTORY_READ):
        return []
    since = clock.now() - NEW_FOR
    letters = letter_archive.of_facility(actor, access.own_facility_id(actor), since=since, limit=2 * LETTERS)
    return [
        NewLetter(letter.reference, letter.subject, letter.period_code, letter.made_at)
        for letter in letters
        if letter_archive.may_open(actor, letter)
    ][:LETTERS]


def _unread(actor: Actor) -> Capped:
    return Capped(reading.unread_count(actor))


def _awaited(actor: Actor) -> Capped:
    return Capped(reading.awaiting_count(actor))


def _late(actor: Actor) -> Capped:
    return worklist.due_counts(actor)[Due.LATE]


def _this_week(actor: Actor) -> Capped:
    return worklist.due_counts(actor)[Due.WEEK]


def _to_release(actor: Actor) -> Capped:
    return worklist.counts(actor)[Pile.RELEASE]


def _corrections(actor: Actor) -> Capped:
    return Capped(correction_reading.open_count(actor))


def _bouncing(actor: Actor) -> Capped:
    return Capped(len(mail_preferences.bouncing(actor)))


def _erasures(actor: Actor) -> Capped:
    return Capped(announced.waiting_count(actor))


def _failed_mail(actor: Actor) -> Capped:
    return back_office.waiting_counts(actor)["failed"]


_COUNTS: tuple[tuple[WorkKind, Side | None, Permission, Callable[[Actor], Capped]], ...] = (
    (WorkKind.REVIEWS_LATE, Side.AUTHORITY, Permission.AUTHORITY_DESK, _late),
    (WorkKind.REVIEWS_THIS_WEEK, Side.AUTHORITY, Permission.AUTHORITY_DESK, _this_week),
    (WorkKind.AWAITED_ANSWERS, None, Permission.MESSAGES, _awaited),
    (WorkKind.AWAITED_ANSWERS, None, Permission.MESSAGES_OFFICE, _awaited),
    (WorkKind.UNREAD_MESSAGES, None, Permission.MESSAGES, _unread),
    (WorkKind.UNREAD_MESSAGES, None, Permission.MESSAGES_OFFICE, _unread),
    (WorkKind.UNREAD_DOCUMENTS, Side.CONTRACTOR, Permission.DOCUMENTS_READ, mine.unread_documents),
    (WorkKind.REOPENING_REQUESTS, None, Permission.DOSSIER_DECIDE, reopening_list.waiting_count),
    (WorkKind.DOCUMENTS_TO_RELEASE, Side.AUTHORITY, Permission.AUTHORITY_RELEASE, _to_release),
    (WorkKind.CORRECTION_REQUESTS, Side.FACILITY, Permission.PERSON_FILE, _corrections),
    (WorkKind.NEW_TICKETS, None, Permission.TICKETS_MANAGE, helpdesk_answering.new_count),
    (WorkKind.BOUNCING_ADDRESSES, Side.FACILITY, Permission.CONTACTS_WRITE, _bouncing),
    (WorkKind.BOUNCING_ADDRESSES, Side.CONTRACTOR, Permission.RIGHTS_MANAGE, _bouncing),
    (WorkKind.ERASURE_NOTICES, None, Permission.RETENTION_MANAGE, _erasures),
    (WorkKind.FAILED_MAIL, None, Permission.OUTBOX_READ, _failed_mail),
)
