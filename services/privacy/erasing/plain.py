"""Classes whose rows end by their own moment: those of one quarter of the year end together, e.g. ``2023K4``.

Rows of a facility of which everything is held stay; when it is let go they are announced anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, or_, select

from domain.calendars import Quarter, local_date, start_of_day
from domain.erasing import Needed, kept_until, subject_of
from domain.helpdesk import TicketState
from domain.privacy import OPEN_STATES
from domain.retention import RetentionClass
from models.audit import AuditEntry, AuditPersonalValue, OrganisationView
from models.base import db
from models.campaign import CampaignFeed
from models.contract_follow_up import CalendarFeed
from models.helpdesk import HelpTicket
from models.identity import AccessRefusal, Account
from models.message import NotificationAddress
from models.news import Subscription
from models.organisation import Facility
from models.outbox import DeliveryState, MailBounce, OutboxMessage
from models.personnel import RegisterLookup
from models.privacy import CorrectionRequest, ErasureNotice
from services import clock
from services.identity.blocks import any_block
from services.privacy.erasing.base import Eraser, Subject, Tally, delete_rows, empty_rows, nobody_holds


@dataclass(frozen=True)
class Rows:
    """Rows of one table: from which moment they count, which of them, and what is emptied (nothing: deleted).

    ``whose`` says that a row is of a ``Facility``, where that can be known.
    """

    model: Any
    key: Any
    moment: Any
    which: tuple[Any, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    joined: Any = None
    whose: ColumnElement[bool] | None = None

    def selecting(self, *columns: Any) -> Select[Any]:
        """A selection of these rows."""
        statement = select(*columns).select_from(self.model)
        if self.joined is not None:
            statement = statement.join(*self.joined)
        if self.whose is not None:
            statement = statement.where(nobody_holds(self.whose))
        return statement.where(*self.which)

    def between(self, first: datetime, last: datetime) -> list[Any]:
        """The keys of the rows from one instant until another."""
        return list(db.session.scalars(self.selecting(self.key).where(self.moment >= first, self.moment < last)))


class Plain(Eraser):
    """Quarters of a class that is of nobody in particular."""

    def __init__(self, which: RetentionClass, *tables: Rows) -> None:
        self._class, self._tables = which, tables

    def subjects(self, limit: date, most: int) -> Sequence[Subject]:
        """The quarters that are over before ``limit``, with rows that no notice covers now."""
        covered = {
            subject_of(key)
            for key in db.session.scalars(
                select(ErasureNotice.subject_key).where(
                    ErasureNotice.retention_class == self._class.value, ErasureNotice.erased_at.is_(None)
                )
            )
        }
        found: list[Subject] = []
        after: datetime | None = None
        while len(found) < most:
            moments = [moment for rows in self._tables if (moment := _oldest(rows, after)) is not None]
            quarter = Quarter.of(local_date(min(moments))) if moments else None
            if quarter is None or quarter.end >= limit:
                break
            if str(quarter) not in covered:
                found.append(Subject(str(quarter), None, kept_until(self._class, quarter.end)))
            after = start_of_day(quarter.next().start)
        return found

    def needed(self, notice: ErasureNotice) -> Needed:
        """Nothing: what is still open is not among the rows."""
        return Needed()

    def erase(self, notice: ErasureNotice, proof_id: int, tally: Tally) -> None:
        """The rows of the quarter."""
        quarter = Quarter.parse(subject_of(notice.subject_key))
        first, last = start_of_day(quarter.start), start_of_day(quarter.next().start)
        for rows in self._tables:
            keys = rows.between(first, last)
            if not rows.emptied:
                delete_rows(rows.model, rows.key, keys, tally)
                continue
            values = {name: clock.now() if value is NOW else value for name, value in rows.emptied.items()}
            empty_rows(rows.model, rows.key, keys, values, tally)


#: Mail of contracts ends with the contract (A-43).
_CONTRACTING = ("public_contract", "notification_address")
#: What the key of an erased account begins with.
ERASED_KEY = "gewist-"
#: In place of a value: the moment of erasing.
NOW = object()


def _oldest(rows: Rows, after: datetime | None) -> datetime | None:
    statement = rows.selecting(rows.moment)
    if after is not None:
        statement = statement.where(rows.moment >= after)
    found: datetime | None = db.session.scalar(statement.order_by(rows.moment).limit(1))
    return found


_NO_NAME: Mapping[str, Any] = {"given_name": "", "family_name": "", "language": None}
_NO_PERSON: Mapping[str, Any] = {
    **_NO_NAME,
    "account_key": literal(ERASED_KEY) + cast(Account.id, String),
    "national_number_digest": None,
}
#: A block acts on an account that is found again by its key: as long as it holds, key and digest stay.
_BLOCKED = any_block(Account.id)
_ABOUT_DOSSIERS = AuditEntry.subject_key.startswith(Facility.hco_number + "-")
_SIGNED_IN_FOR = (
    exists()
    .where(AuditEntry.actor_id == Account.id, AuditEntry.organisation_key == Facility.hco_number)
    .correlate(Account, Facility)
)
_NO_QUESTION: Mapping[str, Any] = {
    "name": "",
    "email": "",
    "phone": "",
    "subject": "",
    "body": "",
    "browser": "",
    "answer": "",
    "account_id": None,
}
#: Sent, or tried for the last time: a mail that waited long counts from then.
_LEFT_AT = func.coalesce(
    OutboxMessage.sent_at, OutboxMessage.next_attempt_at, OutboxMessage.made_at, type_=OutboxMessage.made_at.type
)
_SUBSCRIBED = func.coalesce(Subscription.ended_at, Subscription.asked_at, type_=Subscription.asked_at.type)

ERASERS: dict[RetentionClass, Eraser] = {
    one._class: one
    for one in (
        Plain(
            RetentionClass.CORRECTIONS,
            Rows(
                CorrectionRequest,
                CorrectionRequest.id,
                CorrectionRequest.decided_at,
                (CorrectionRequest.state.not_in(OPEN_STATES), CorrectionRequest.national_number != ""),
                {"national_number": "", "wanted": "", "answer": "", "registered_by": "", "decided_by": ""},
                whose=CorrectionRequest.facility_id == Facility.id,
            ),
        ),
        Plain(
            RetentionClass.AUDIT,
            Rows(
                AuditPersonalValue,
                AuditPersonalValue.id,
                AuditEntry.at,
                (AuditPersonalValue.erased_at.is_(None),),
                {"value": None, "erased_at": NOW},
                (AuditEntry, AuditEntry.sequence == AuditPersonalValue.sequence),
                or_(AuditEntry.organisation_key == Facility.hco_number, _ABOUT_DOSSIERS),
            ),
        ),
        Plain(
            RetentionClass.LOOK_UPS,
            Rows(
                RegisterLookup,
                RegisterLookup.id,
                RegisterLookup.at,
                whose=RegisterLookup.organisation_key == Facility.hco_number,
            ),
        ),
        Plain(
            RetentionClass.VIEWS,
            Rows(
                OrganisationView,
                OrganisationView.id,
                OrganisationView.first_at,
                whose=OrganisationView.organisation_key == Facility.hco_number,
            ),
        ),
        Plain(
            RetentionClass.ACCOUNTS,
            Rows(
                Account,
                Account.id,
                Account.last_seen_at,
                (~_BLOCKED, Account.account_key.not_like(ERASED_KEY + "%")),
                _NO_PERSON,
                whose=_SIGNED_IN_FOR,
            ),
            Rows(
                Account,
                Account.id,
                Account.last_seen_at,
                (_BLOCKED, or_(Account.given_name != "", Account.family_name != "")),
                _NO_NAME,
                whose=_SIGNED_IN_FOR,
            ),
        ),
        Plain(
            RetentionClass.TICKETS,
            Rows(
                HelpTicket,
                HelpTicket.id,
                HelpTicket.changed_at,
                (HelpTicket.state == TicketState.DONE, HelpTicket.body != ""),
                _NO_QUESTION,
                whose=HelpTicket.organisation_key == Facility.hco_number,
            ),
        ),
        Plain(
            RetentionClass.MAIL,
            Rows(
                OutboxMessage,
                OutboxMessage.id,
                _LEFT_AT,
                (
                    OutboxMessage.state != DeliveryState.PENDING,
                    OutboxMessage.recipient != "",
                    OutboxMessage.subject_type.not_in(_CONTRACTING),
                ),
                {"recipient": "", "parameters": "{}", "error": None, "bounce": ""},
                whose=or_(
                    OutboxMessage.subject_key == Facility.hco_number,
                    OutboxMessage.subject_key.startswith(Facility.hco_number + "-"),
                ),
            ),
            Rows(MailBounce, MailBounce.id, MailBounce.received_at, (MailBounce.recipient != "",), {"recipient": ""}),
        ),
        Plain(
            RetentionClass.REFUSALS,
            Rows(
                AccessRefusal,
                AccessRefusal.code,
                AccessRefusal.at,
                whose=AccessRefusal.organisation_key == Facility.hco_number,
            ),
        ),
        Plain(
            RetentionClass.SUBSCRIPTIONS,
            Rows(
                Subscription,
                Subscription.id,
                _SUBSCRIBED,
                (or_(Subscription.ended_at.is_not(None), Subscription.confirmed_at.is_(None)),),
            ),
            Rows(
                NotificationAddress,
                NotificationAddress.id,
                NotificationAddress.removed_at,
                (NotificationAddress.removed_at.is_not(None),),
            ),
        ),
        Plain(
            RetentionClass.FEEDS,
            Rows(
                CampaignFeed,
                CampaignFeed.id,
                CampaignFeed.revoked_at,
                (CampaignFeed.revoked_at.is_not(None),),
                whose=CampaignFeed.facility_id == Facility.id,
            ),
            Rows(CalendarFeed, CalendarFeed.id, CalendarFeed.revoked_at, (CalendarFeed.revoked_at.is_not(None),)),
        ),
    )
}
