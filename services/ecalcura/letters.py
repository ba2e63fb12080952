"""The letters of the campaign (10.3, E-122, E-142): made once per event, archived, told without content (E-047, E-154).

Row, trace and the mails to the contact persons are of one transaction; the file is kept before the row that names it.
Who may cause a letter is checked by the use case that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select

from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter, local_date
from domain.dutch import long_date
from domain.ecalcura.calculation_states import CalculationStatus
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import LetterContent, Names, filled
from domain.errors import N_, NotFound
from domain.organisation import THEME_ECALCURA
from integrations import letters as layout
from models.base import db, new_reference
from models.compensation import Calculation, CalculationRound
from models.declaration import ReopeningRequest
from models.gate import writing
from models.letter import Letter
from models.organisation import ContactPerson, ContactTheme, Facility
from services import audit, clock, documents, outbox
from services.background_jobs import Progress, Work
from services.ecalcura import letter_data, letter_texts
from services.ecalcura.letter_data import KINDS, Subject
from services.ecalcura.letter_texts import Version
from services.locks import lock_facility
from services.organisations.contacts import addresses_for

#: How many letters one commit holds: few enough to lose little, enough not to wait for the disk each time.
BATCH = 20
MEDIA_TYPE = "application/pdf"
MAKING = N_("Brieven maken")
MADE = N_("Alle brieven zijn gemaakt.")


class _Kept:
    """What the letters of one batch share: the texts in use and the names of the qualifications, asked for once."""

    def __init__(self) -> None:
        self._texts: dict[LetterKind, Version] = {}
        self._names: dict[str, str] = {}

    def text(self, kind: LetterKind) -> Version:
        """The text in use of a kind."""
        if kind not in self._texts:
            self._texts[kind] = letter_texts.newest(kind)
        return self._texts[kind]

    @property
    def qualifications(self) -> dict[str, str]:
        """The names of the qualifications by code."""
        self._names = self._names or letter_data.qualification_names()
        return self._names


def for_calculation(actor: Actor, calculation: Calculation) -> Letter:
    """The letter of a communicated calculation (E-142); asked again it is the same one. Locks the facility."""
    return _for_calculation(actor, calculation, _Kept())


def _for_calculation(actor: Actor, calculation: Calculation, kept: _Kept) -> Letter:
    return _once(
        actor,
        calculation.facility_id,
        calculation_key(calculation.id),
        KINDS[calculation.kind],
        lambda facility, names: letter_data.of_calculation(calculation, facility, names, kept.qualifications),
        kept,
    )


def for_not_submitted(actor: Actor, facility: Facility, period_code: str, quarters: Sequence[Quarter]) -> Letter:
    """The letter of October about the quarters that were not submitted (E-122), once per facility and period."""
    return _once(
        actor,
        facility.id,
        f"not-submitted:{period_code}:{facility.id}",
        LetterKind.NOT_SUBMITTED,
        lambda held, _: letter_data.of_not_submitted(held, period_code, quarters),
    )


def for_reopening(actor: Actor, request: ReopeningRequest, granted: bool) -> Letter:
    """The answer to a request to reopen: executed with the last day, or refused with the reason (10.3)."""
    kind = LetterKind.REOPENED if granted else LetterKind.REOPENING_REFUSED
    return _once(
        actor,
        request.facility_id,
        f"reopening:{request.id}:{kind.value}",
        kind,
        lambda facility, _: letter_data.of_reopening(request, facility, granted=granted),
    )


def calculation_key(calculation_id: int) -> str:
    """The event of the letter of a calculation."""
    return f"calculation:{calculation_id}"


def no_address(facility_ids: Iterable[int]) -> list[int]:
    """Those of the facilities that have no contact person for the theme, so that nobody is told (E-046)."""
    wanted = list(facility_ids)
    reached: set[int] = set()
    for start in range(0, len(wanted), 500):
        reached.update(
            db.session.scalars(
                select(ContactPerson.facility_id)
                .where(
                    ContactPerson.facility_id.in_(wanted[start : start + 500]),
                    exists().where(
                        ContactTheme.contact_person_id == ContactPerson.id, ContactTheme.theme == THEME_ECALCURA
                    ),
                )
                .distinct()
            )
        )
    return [facility_id for facility_id in wanted if facility_id not in reached]


def work(parameters: Mapping[str, Any]) -> Work:
    """All letters of a released round (job kind ``letters``, ``{"round": reference}``), a batch per commit.

    Started again it skips what is made. The outcome names the HCO numbers without an address and those whose letter
    could not be laid out; the others are made.
    """
    found = db.session.execute(
        select(Calculation.id, Calculation.facility_id, Facility.hco_number)
        .join(CalculationRound, CalculationRound.id == Calculation.round_id)
        .join(Facility, Facility.id == Calculation.facility_id)
        .where(
            CalculationRound.reference == parameters["round"],
            Calculation.communicated_at.is_not(None),
            Calculation.status != CalculationStatus.DRAFT,
        )
        .order_by(Calculation.facility_id)
    ).all()
    numbers = {row.facility_id: row.hco_number for row in found}
    alone = sorted(numbers[facility_id] for facility_id in no_address(numbers))
    made, already, refused = 0, 0, []
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        keys = {calculation_key(row.id) for row in batch}
        kept = _Kept()
        done = set(db.session.scalars(select(Letter.event_key).where(Letter.event_key.in_(keys))))
        for row in batch:
            if calculation_key(row.id) in done:
                already += 1
                continue
            try:
                _for_calculation(SCHEDULER, db.session.get_one(Calculation, row.id), kept)
                made += 1
            except (layout.LetterRefused, NotFound):
                refused.append(row.hco_number)
        yield Progress(start + len(batch), len(found), MAKING)
    outcome = {"made": made, "already": already, "without_address": alone, "refused": sorted(refused)}
    yield Progress(len(found), len(found), MADE, outcome=outcome)


def laid_out(subject: Subject, content: LetterContent, reference: str) -> tuple[str, bytes]:
    """The subject line and the PDF of a letter with a text, dated now."""
    now = clock.now()
    title, paragraphs = filled(subject.kind, content, subject.values, subject.shown)
    facts = [("Kenmerk", reference), ("Datum", long_date(local_date(now))), *subject.facts]
    pdf = layout.letter_pdf(
        layout.Letter(
            subject.administration,
            letter_data.addressee(subject.facility),
            reference,
            title,
            facts,
            paragraphs,
            subject.sections,
            now,
        )
    )
    return title, pdf


def _once(
    actor: Actor,
    facility_id: int,
    event_key: str,
    kind: LetterKind,
    subject_of: Callable[[Facility, Names], Subject],
    kept: _Kept | None = None,
) -> Letter:
    """Make the letter of an event, or give the one there is: whoever comes second waits for the facility."""
    facility = lock_facility(facility_id)
    known = db.session.scalar(select(Letter).where(Letter.event_key == event_key))
    if known is not None:
        return known
    text = (kept or _Kept()).text(kind)
    subject = subject_of(facility, text.content.names)
    reference = new_reference()
    title, pdf = laid_out(subject, text.content, reference)
    stored = documents.store(pdf, MEDIA_TYPE)
    with writing("letters.make"):
        letter = Letter(
            reference=reference,
            event_key=event_key,
            facility_id=facility.id,
            period_code=subject.period_code,
            kind=kind,
            text_id=text.row.id,
            calculation_id=subject.calculation_id,
            payment_line_id=subject.payment_line_id,
            subject=title[:200],
            made_at=clock.now(),
            made_by=actor.name[:160],
            file_digest=stored.digest,
        )
        db.session.add(letter)
        db.session.flush()
    audit.record(
        actor,
        AuditEvent.LETTER_MADE,
        "letter",
        reference,
        data={"kind": kind.value, "period": subject.period_code, "file_digest": stored.digest},
    )
    _tell(facility, letter)
    return letter


def _tell(facility: Facility, letter: Letter) -> None:
    """Every contact person of the theme hears that there is something new, and nothing more (E-047, E-154)."""
    for address in addresses_for(facility.id, THEME_ECALCURA):
        outbox.enqueue(
            "new_message",
            address,
            event_key=f"letter:{letter.event_key}",
            subject_type="letter",
            subject_key=letter.reference,
        )
