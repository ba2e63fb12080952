"""Staff, contracts, choices and performances: a reference period of a facility ends as a whole (class STAFF).

Copies, derivations and files that the chains name are emptied and keep their digest; the amounts of the facility stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import RoundState
from domain.erasing import Needed, kept_until, subject_of
from domain.privacy import OPEN_STATES
from domain.retention import RetentionClass
from models.base import db
from models.compensation import Calculation, CalculationDerivation, CalculationRound
from models.declaration import (
    Dossier,
    DossierEvent,
    DossierSnapshot,
    Justification,
    Performance,
    ReopeningRequest,
    Submission,
    SubmissionReview,
)
from models.document import StoredFile
from models.file_document import Attachment
from models.letter import Letter
from models.message import Conversation
from models.organisation import Facility
from models.payment import PaymentLine
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from models.privacy import CorrectionRequest, ErasureNotice
from services import documents
from services.locks import lock_facility
from services.privacy.erasing.base import (
    DELETED,
    Eraser,
    Subject,
    Tally,
    announced,
    delete_rows,
    empty_rows,
    entries_about,
    erase_values,
)

_BUSY = (RoundState.QUEUED, RoundState.CALCULATING, RoundState.READY)


def period_of(notice: ErasureNotice) -> str:
    """The reference period of a notice: ``71000012 2013-2014``."""
    return subject_of(notice.subject_key).rpartition(" ")[2]


class Staff(Eraser):
    """Periods of facilities."""

    def subjects(self, limit: date, most: int) -> Sequence[Subject]:
        """Periods that ended before ``limit``; one that was erased only when something of it is there again."""
        last_year = limit.year if limit > date(limit.year, 6, 30) else limit.year - 1
        last = f"{last_year - 1}-{last_year}"
        key = Facility.hco_number + " " + Dossier.period_code
        told = exists().where(ErasureNotice.facility_id == Facility.id, announced(RetentionClass.STAFF, key))
        rows = db.session.execute(
            select(Facility.id, Facility.hco_number, Dossier.period_code)
            .join(Dossier, Dossier.facility_id == Facility.id)
            .where(
                Dossier.period_code <= last,
                ~told.where(ErasureNotice.erased_at.is_(None)),
                or_(~told, _left_of_dossier()),
            )
            .distinct()
            .order_by(Dossier.period_code, Facility.id)
            .limit(most)
        )
        return [
            Subject(
                f"{row.hco_number} {row.period_code}",
                row.id,
                kept_until(RetentionClass.STAFF, quarters_of(row.period_code)[-1].end),
            )
            for row in rows
        ]

    def needed(self, notice: ErasureNotice) -> Needed:
        """Open quarters, calculations, payments and requests of the period. Five statements."""
        facility_id, period = notice.facility_id, period_of(notice)
        quarters = [str(quarter) for quarter in quarters_of(period)]
        return Needed(
            statuses=frozenset(
                db.session.scalars(
                    select(Dossier.status)
                    .where(Dossier.facility_id == facility_id, Dossier.period_code == period)
                    .distinct()
                )
            ),
            calculations=_count(
                select(CalculationRound.id).where(
                    CalculationRound.period_code == period, CalculationRound.state.in_(_BUSY)
                )
            )
            + _count(
                select(PaymentLine.id).where(
                    PaymentLine.facility_id == facility_id,
                    PaymentLine.period_code == period,
                    PaymentLine.paid > 0,
                    PaymentLine.value_date.is_(None),
                )
            ),
            requests=_count(
                select(ReopeningRequest.id).where(
                    ReopeningRequest.facility_id == facility_id,
                    ReopeningRequest.period_code == period,
                    ReopeningRequest.decision.is_(None),
                )
            )
            + _count(
                select(Conversation.id).where(
                    Conversation.facility_id == facility_id,
                    Conversation.quarter.in_(quarters),
                    Conversation.awaiting.is_not(None),
                )
            ),
            corrections=_count(
                select(CorrectionRequest.id).where(
                    CorrectionRequest.facility_id == facility_id,
                    CorrectionRequest.state.in_(OPEN_STATES),
                    or_(CorrectionRequest.quarter.is_(None), CorrectionRequest.quarter.in_(quarters)),
                )
            ),
        )

    def erase(self, notice: ErasureNotice, proof_id: int, tally: Tally) -> None:
        """Everything personal of the period; people of whom nothing later is held go too."""
        facility_id, period = notice.facility_id, period_of(notice)
        lock_facility(facility_id)
        dossiers = db.session.execute(
            select(Dossier.id, Dossier.number).where(Dossier.facility_id == facility_id, Dossier.period_code == period)
        ).all()
        _erase_declarations([row.id for row in dossiers], proof_id, tally)
        _erase_requests(facility_id, period, tally)
        _erase_calculations(facility_id, period, proof_id, tally)
        _erase_files(facility_id, period, [row.id for row in dossiers], proof_id, tally)
        erase_values(entries_about("dossier", [row.number for row in dossiers]), tally)
        if not _earlier_held(facility_id, period):
            _erase_people(facility_id, quarters_of(period)[-1].end, tally)


def _left_of_dossier() -> ColumnElement[bool]:
    """That a dossier or its period holds something that erasing takes away: made, or let go, after it was erased."""
    file_left = StoredFile.erased_in_id.is_(None), ~exists().where(Attachment.digest == StoredFile.digest)
    return or_(
        exists().where(Performance.dossier_id == Dossier.id),
        exists().where(Justification.dossier_id == Dossier.id),
        exists().where(DossierSnapshot.dossier_id == Dossier.id, DossierSnapshot.erased_in_id.is_(None)),
        exists().where(Submission.dossier_id == Dossier.id, StoredFile.digest == Submission.receipt_digest, *file_left),
        exists().where(
            Letter.facility_id == Dossier.facility_id,
            Letter.period_code == Dossier.period_code,
            StoredFile.digest == Letter.file_digest,
            *file_left,
        ),
    )


def _count(statement: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _keys(statement: Any) -> list[Any]:
    return list(db.session.scalars(statement))


def _erase_declarations(dossiers: Sequence[int], proof_id: int, tally: Tally) -> None:
    """What four quarters held: performances and justifications go, copies and the timeline are emptied."""
    performed = db.session.execute(
        select(Performance.dossier_id, Performance.contract_id).where(Performance.dossier_id.in_(dossiers))
    ).all()
    unnoted = Tally()
    delete_rows(Performance, Performance.dossier_id, dossiers, unnoted)
    tally.note(Performance.__tablename__, DELETED, [f"{row.dossier_id}/{row.contract_id}" for row in performed])
    explained = _keys(select(Justification.id).where(Justification.dossier_id.in_(dossiers)))
    delete_rows(Justification, Justification.id, explained, tally)
    copies = _keys(
        select(DossierSnapshot.id).where(
            DossierSnapshot.dossier_id.in_(dossiers), DossierSnapshot.erased_in_id.is_(None)
        )
    )
    emptied = {"content": "", "taken_by": "", "erased_in_id": proof_id}
    empty_rows(DossierSnapshot, DossierSnapshot.id, copies, emptied, tally)
    reviews = _keys(select(SubmissionReview.key).where(SubmissionReview.dossier_id.in_(dossiers)))
    empty_rows(SubmissionReview, SubmissionReview.key, reviews, {"content": "{}"}, tally)
    steps = _keys(select(DossierEvent.id).where(DossierEvent.dossier_id.in_(dossiers)))
    empty_rows(DossierEvent, DossierEvent.id, steps, {"actor_name": "", "reason": None, "detail": None}, tally)
    submissions = _keys(select(Submission.id).where(Submission.dossier_id.in_(dossiers)))
    empty_rows(Submission, Submission.id, submissions, {"submitted_by": ""}, tally)
    empty_rows(Dossier, Dossier.id, dossiers, {"submitted_by": None}, tally)


def _erase_requests(facility_id: int | None, period: str, tally: Tally) -> None:
    own = ReopeningRequest.facility_id == facility_id, ReopeningRequest.period_code == period
    values = {"explanation": None, "requested_by": None, "reason": None}
    empty_rows(ReopeningRequest, ReopeningRequest.id, _keys(select(ReopeningRequest.id).where(*own)), values, tally)


def _erase_calculations(facility_id: int | None, period: str, proof_id: int, tally: Tally) -> None:
    """The derivations, which name people; the totals of the facility stay with their digest."""
    own = select(CalculationDerivation.calculation_id).join(
        Calculation, Calculation.id == CalculationDerivation.calculation_id
    )
    whole = CalculationDerivation.erased_in_id.is_(None)
    keys = _keys(own.where(Calculation.facility_id == facility_id, Calculation.period_code == period, whole))
    values = {"content": b"", "erased_in_id": proof_id}
    empty_rows(CalculationDerivation, CalculationDerivation.calculation_id, keys, values, tally)


def _erase_files(facility_id: int | None, period: str, dossiers: Sequence[int], proof_id: int, tally: Tally) -> None:
    """Letters and receipts: their rows stay, for the chain names them; the content goes after the commit.

    One that was sent along with a message or a document has the same content: it stays for that.
    """
    letters = select(Letter.file_digest).where(Letter.facility_id == facility_id, Letter.period_code == period)
    receipts = select(Submission.receipt_digest).where(Submission.dossier_id.in_(dossiers))
    found = {*_keys(letters), *_keys(receipts)}
    erased = _keys(select(StoredFile.digest).where(StoredFile.digest.in_(found), StoredFile.erased_in_id.is_not(None)))
    digests = sorted(found - documents.attached(found) - set(erased))
    empty_rows(StoredFile, StoredFile.digest, digests, {"erased_in_id": proof_id}, tally)
    for digest in digests:
        documents.empty(digest)


def _earlier_held(facility_id: int | None, period: str) -> bool:
    """Whether performances of an earlier period are still kept, because somebody holds them."""
    earlier = (
        select(Performance.dossier_id)
        .join(Dossier, Dossier.id == Performance.dossier_id)
        .where(Dossier.facility_id == facility_id, Dossier.period_code < period)
        .limit(1)
    )
    return db.session.scalar(earlier) is not None


def _erase_people(facility_id: int | None, last_day: date, tally: Tally) -> None:
    """Contracts and choices that ended by then, and people of whom nothing else is held."""
    contracts = db.session.execute(
        select(Contract.id, Contract.reference, Contract.staff_member_id).where(
            Contract.facility_id == facility_id,
            Contract.ends_on <= last_day,
            ~exists().where(Performance.contract_id == Contract.id),
        )
    ).all()
    choices = db.session.execute(
        select(EndOfCareerChoice.id, EndOfCareerChoice.reference, EndOfCareerChoice.staff_member_id).where(
            EndOfCareerChoice.facility_id == facility_id, EndOfCareerChoice.ends_on <= last_day
        )
    ).all()
    delete_rows(Contract, Contract.id, [row.id for row in contracts], tally)
    delete_rows(EndOfCareerChoice, EndOfCareerChoice.id, [row.id for row in choices], tally)
    touched = {row.staff_member_id for row in (*contracts, *choices)}
    people = db.session.execute(
        select(StaffMember.id, StaffMember.reference, StaffMember.national_number).where(
            StaffMember.facility_id == facility_id,
            ~exists().where(Contract.staff_member_id == StaffMember.id),
            ~exists().where(EndOfCareerChoice.staff_member_id == StaffMember.id),
        )
    ).all()
    gone = [row for row in people if row.id in touched]
    delete_rows(StaffMember, StaffMember.id, [row.id for row in gone], tally)
    _forget_corrections(facility_id, [row.national_number for row in gone], tally)
    for kind, keys in (
        ("contract", [row.reference for row in contracts]),
        ("choice", [row.reference for row in choices]),
        ("staff_member", [row.reference for row in gone]),
        ("staff", [row.reference for row in gone]),
    ):
        erase_values(entries_about(kind, keys), tally)


def _forget_corrections(facility_id: int | None, numbers: Sequence[str], tally: Tally) -> None:
    rows = db.session.execute(
        select(CorrectionRequest.id, CorrectionRequest.reference).where(
            CorrectionRequest.facility_id == facility_id,
            CorrectionRequest.national_number.in_(numbers),
            CorrectionRequest.state.not_in(OPEN_STATES),
        )
    ).all()
    values = {"national_number": "", "wanted": "", "answer": ""}
    empty_rows(CorrectionRequest, CorrectionRequest.id, [row.id for row in rows], values, tally)
    erase_values(entries_about("correction_request", [row.reference for row in rows]), tally)
