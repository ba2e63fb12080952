"""Messages of eCalcura: the threads of a facility whose last message is of one year end together (class MESSAGES)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select

from domain.calendars import local_date, start_of_day
from domain.erasing import Needed, kept_until, subject_of
from domain.retention import RetentionClass
from models.base import db
from models.file_document import Attachment
from models.message import Conversation, Message, MessageRead
from models.organisation import Facility
from models.privacy import ErasureNotice
from services import documents
from services.locks import lock_facility
from services.privacy.erasing.base import (
    Eraser,
    Subject,
    Tally,
    announced,
    delete_rows,
    empty_rows,
    entries_about,
    erase_values,
)


class Messages(Eraser):
    """Years of facilities."""

    def subjects(self, limit: date, most: int) -> Sequence[Subject]:
        """The years of facilities that ended before ``limit``, with texts that no notice covers now."""
        oldest = db.session.scalar(select(func.min(Conversation.last_at)).where(*_KEPT))
        found: list[Subject] = []
        for year in range(local_date(oldest).year if oldest else limit.year, limit.year):
            key = Facility.hco_number + f" {year}"
            rows = db.session.execute(
                select(Facility.id, key.label("key"))
                .where(
                    exists().where(Conversation.facility_id == Facility.id, *_KEPT, *_in(year)),
                    ~exists().where(
                        ErasureNotice.facility_id == Facility.id,
                        ErasureNotice.erased_at.is_(None),
                        announced(RetentionClass.MESSAGES, key),
                    ),
                )
                .order_by(Facility.id)
                .limit(most - len(found))
            )
            until = kept_until(RetentionClass.MESSAGES, date(year, 12, 31))
            found += [Subject(row.key, row.id, until) for row in rows]
            if len(found) == most:
                break
        return found

    def needed(self, notice: ErasureNotice) -> Needed:
        """Threads that wait for an answer."""
        waiting = select(func.count(Conversation.id)).where(*_own(notice), Conversation.awaiting.is_not(None))
        return Needed(requests=db.session.scalar(waiting) or 0)

    def erase(self, notice: ErasureNotice, proof_id: int, tally: Tally) -> None:
        """Texts, subjects and files of the threads; who wrote when stays, without the person."""
        lock_facility(notice.facility_id)
        threads = list(db.session.scalars(select(Conversation.id).where(*_own(notice))))
        rows = db.session.execute(
            select(Message.id, Message.reference).where(Message.conversation_id.in_(threads))
        ).all()
        messages = [row.id for row in rows]
        files = db.session.execute(
            select(Attachment.id, Attachment.digest, Attachment.stripped_from).where(
                Attachment.message_id.in_(messages)
            )
        ).all()
        for file in files:
            documents.leave(file.digest)
            if file.stripped_from is not None:
                documents.leave(file.stripped_from)
        delete_rows(Attachment, Attachment.id, [file.id for file in files], tally)
        read = list(db.session.scalars(select(MessageRead.id).where(MessageRead.conversation_id.in_(threads))))
        delete_rows(MessageRead, MessageRead.id, read, tally)
        empty_rows(Message, Message.id, messages, {"body": "", "author_id": None, "parameters": "{}"}, tally)
        empty_rows(Conversation, Conversation.id, threads, {"subject": "", "search_text": ""}, tally)
        erase_values(entries_about("message", [row.reference for row in rows]), tally)


#: Threads of facilities that still have their text; those of contracts end with the contract (A-43).
_KEPT = (Conversation.facility_id.is_not(None), Conversation.subject != "")


def _in(year: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.last_at >= start_of_day(date(year, 1, 1)),
        Conversation.last_at < start_of_day(date(year + 1, 1, 1)),
    )


def _own(notice: ErasureNotice) -> tuple[ColumnElement[bool], ...]:
    year = int(subject_of(notice.subject_key)[-4:])
    return (Conversation.facility_id == notice.facility_id, *_KEPT, *_in(year))
