"""Messages of eCalcura: the threads of a facility whose last message is of one year end together (class MESSAGES)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select

from domain.calendars import local_date, start_of_day
from domain.retention import Needed, RetentionClass, kept_until
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
    delete_rows,
    empty_rows,
    entries_about,
    erase_values,
)


class Messages(Eraser):
    """Years of facilities."""

    def subjects(self, limit: date, most: int) -> Sequence[Subject]:
        """The oldest year of each facility that ended before ``limit``."""
        oldest = func.min(Conversation.last_at)
        rows = db.session.execute(
            select(Facility.id, Facility.hco_number, oldest.label("oldest"))
            .join(Conversation, Conversation.facility_id == Facility.id)
            .where(Conversation.subject != "", Conversation.last_at < start_of_day(date(limit.year, 1, 1)))
            .group_by(Facility.id, Facility.hco_number)
            .order_by(oldest)
            .limit(most)
        ).all()
        found = {f"{row.hco_number} {local_date(row.oldest).year}": row for row in rows}
        known = db.session.scalars(
            select(ErasureNotice.subject_key).where(
                ErasureNotice.retention_class == RetentionClass.MESSAGES.value, ErasureNotice.subject_key.in_(found)
            )
        )
        for key in known:
            del found[key]
        return [
            Subject(key, row.id, kept_until(RetentionClass.MESSAGES, date(int(key[-4:]), 12, 31)))
            for key, row in found.items()
        ]

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


def _own(notice: ErasureNotice) -> tuple[ColumnElement[bool], ...]:
    year = int(notice.subject_key[-4:])
    return (
        Conversation.facility_id == notice.facility_id,
        Conversation.subject != "",
        Conversation.last_at >= start_of_day(date(year, 1, 1)),
        Conversation.last_at < start_of_day(date(year + 1, 1, 1)),
    )
