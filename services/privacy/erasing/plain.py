"""Classes whose rows end by their own moment: those of one quarter of the year end together, e.g. ``2023K4``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, or_, select

from domain.calendars import Quarter, local_date, start_of_day
from domain.helpdesk import TicketState
from domain.privacy import OPEN_STATES
from domain.retention import Needed, RetentionClass, kept_until
from models.audit import AuditEntry, AuditPersonalValue, OrganisationView
from models.base import db
from models.campaign import CampaignFeed
from models.contract_follow_up import CalendarFeed
from models.helpdesk import HelpTicket
from models.identity import AccessRefusal, Account
from models.message import NotificationAddress
from models.news import Subscription
from models.outbox import DeliveryState, MailBounce, OutboxMessage
from models.personnel import RegisterLookup
from models.privacy import CorrectionRequest, ErasureNotice
from services import clock
from services.privacy.erasing.base import Eraser, Subject, Tally, delete_rows, empty_rows


@dataclass(frozen=True)
class Rows:
    """Rows of one table: from which moment they count, which of them, and what is emptied (nothing: deleted)."""

    model: Any
    key: Any
    moment: Any
    which: tuple[Any, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    joined: Any = None

    def selecting(self, *columns: Any) -> Select[Any]:
        """A selection of these rows."""
        statement = select(*columns).select_from(self.model)
        if self.joined is not None:
            statement = statement.join(*self.joined)
        return statement.where(*self.which)

    def between(self, first: datetime, last: datetime) -> list[Any]:
        """The keys of the rows from one instant until another."""
        return list(db.session.scalars(self.selecting(self.key).where(self.moment >= first, self.moment < last)))


class Plain(Eraser):
    """Quarters of a class that is of nobody in particular."""

    def __init__(self, which: RetentionClass, *tables: Rows) -> None:
        self._class, self._tables = which, tables

    def subjects(self, limit: date, most: int) -> Sequence[Subject]:
        """The first quarter that is over before ``limit`` and after the last one that was announced."""
        last = db.session.scalar(
            select(func.max(ErasureNotice.subject_key)).where(ErasureNotice.retention_class == self._class.value)
        )
        after = start_of_day(Quarter.parse(last).next().start) if last else None
        moments = [moment for rows in self._tables if (moment := _oldest(rows, after)) is not None]
        if not moments:
            return []
        quarter = Quarter.of(local_date(min(moments)))
        if quarter.end >= limit:
            return []
        return [Subject(str(quarter), None, kept_until(self._class, quarter.end))]

    def needed(self, notice: ErasureNotice) -> Needed:
        """Nothing: what is still open is not among the rows."""
        return Needed()

    def erase(self, notice: ErasureNotice, proof_id: int, tally: Tally) -> None:
        """The rows of the quarter."""
        quarter = Quarter.parse(notice.subject_key)
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
#: In place of a value: the moment of erasing.
NOW = object()


def _oldest(rows: Rows, after: datetime | None) -> datetime | None:
    statement = rows.selecting(rows.moment)
    if after is not None:
        statement = statement.where(rows.moment >= after)
    found: datetime | None = db.session.scalar(statement.order_by(rows.moment).limit(1))
    return found


_NO_NAME: Mapping[str, Any] = {
    "given_name": "",
    "family_name": "",
    "account_key": literal("gewist-") + cast(Account.id, String),
    "national_number_digest": None,
    "language": None,
}
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
            ),
        ),
        Plain(RetentionClass.LOOK_UPS, Rows(RegisterLookup, RegisterLookup.id, RegisterLookup.at)),
        Plain(RetentionClass.VIEWS, Rows(OrganisationView, OrganisationView.id, OrganisationView.first_at)),
        Plain(
            RetentionClass.ACCOUNTS,
            Rows(Account, Account.id, Account.last_seen_at, (Account.family_name != "",), _NO_NAME),
        ),
        Plain(
            RetentionClass.TICKETS,
            Rows(
                HelpTicket,
                HelpTicket.id,
                HelpTicket.changed_at,
                (HelpTicket.state == TicketState.DONE, HelpTicket.body != ""),
                _NO_QUESTION,
            ),
        ),
        Plain(
            RetentionClass.MAIL,
            Rows(
                OutboxMessage,
                OutboxMessage.id,
                OutboxMessage.made_at,
                (
                    OutboxMessage.state != DeliveryState.PENDING,
                    OutboxMessage.recipient != "",
                    OutboxMessage.subject_type.not_in(_CONTRACTING),
                ),
                {"recipient": "", "parameters": "{}", "error": None, "bounce": ""},
            ),
            Rows(MailBounce, MailBounce.id, MailBounce.received_at, (MailBounce.recipient != "",), {"recipient": ""}),
        ),
        Plain(RetentionClass.REFUSALS, Rows(AccessRefusal, AccessRefusal.code, AccessRefusal.at)),
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
            Rows(CampaignFeed, CampaignFeed.id, CampaignFeed.revoked_at, (CampaignFeed.revoked_at.is_not(None),)),
            Rows(CalendarFeed, CalendarFeed.id, CalendarFeed.revoked_at, (CalendarFeed.revoked_at.is_not(None),)),
        ),
    )
}
