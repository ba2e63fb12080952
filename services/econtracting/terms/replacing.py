"""A new row in the place of a term: where it ends with a calendar and an outage, and what it takes over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from domain.actor import Actor
from domain.calendars import WorkingCalendar, local_date, start_of_day
from domain.dutch import moment
from domain.econtracting.document_states import Outage, end_after_outage, prolonged_by
from domain.econtracting.suspensions import extended
from domain.econtracting.terms import Step, Term, TermKind, TermState, step
from domain.errors import N_
from models.base import db
from models.contract_follow_up import ContractTerm, TermSuspension
from models.contract_follow_up import Outage as OutageRow
from models.file_document import FileDocument
from services import clock
from services.econtracting.outage_rows import outage_of
from services.econtracting.terms import rows, waiting
from services.econtracting.terms.policy import outage_threshold

INVOICE_TERM_MOVED = N_("De laatste dag voor de factuur is {date} geworden.")
PROLONGED = N_("Verzenden was niet mogelijk van {first} tot {last}: de laatste dag wordt {date}.")

#: What the new row takes over as it stands.
_KEPT = (
    "contract_id",
    "document_id",
    "version_id",
    "party",
    "kind",
    "regime",
    "state",
    "met_at",
    "days",
    "roll",
)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A term reckoned from its start to its end; ``steps`` tell the whole way."""

    start_at: datetime
    start_date: date
    nominal_end: date
    effective_end: date
    steps: tuple[Step, ...]
    outage_id: int | None = None


def reckoned(
    term: ContractTerm,
    start: Term | None,
    start_at: datetime,
    waits: Sequence[TermSuspension],
    outages: dict[int, OutageRow],
    calendar: WorkingCalendar,
) -> Reckoning:
    """A term with its waits and its outage; ``start`` when it starts otherwise than it did."""
    start_date, nominal_end = (
        (term.start_date, term.nominal_end) if start is None else (start.start_date, start.nominal_end)
    )
    beginning = _beginning(rows.steps_of(term) if start is None else start.steps)
    found = extended(start_date, nominal_end, rows.stretches(waits), roll=term.roll, calendar=calendar)
    row = outages.get(term.outage_id) if term.outage_id is not None else None
    told = after_outage(term, found.effective_end, outage_of(row), calendar) if row is not None else None
    if row is None or told is None:
        return Reckoning(start_at, start_date, nominal_end, found.effective_end, (*beginning, *found.steps))
    return Reckoning(start_at, start_date, nominal_end, told[0], (*beginning, *found.steps, told[1]), row.id)


def replace(
    actor: Actor, term: ContractTerm, by: Reckoning, waits: Iterable[TermSuspension], told: Step, *, act: str
) -> ContractTerm:
    """The new row; the old one ends, points to it and keeps its steps. The wait of a payer follows its invoice."""
    now = clock.now()
    new = ContractTerm(
        **{name: getattr(term, name) for name in _KEPT},
        start_at=by.start_at,
        start_date=by.start_date,
        nominal_end=by.nominal_end,
        effective_end=by.effective_end,
        expires_at=start_of_day(by.effective_end + timedelta(days=1)),
        trace=rows.written([*by.steps, told]),
        changed_at=now,
        outage_id=by.outage_id,
    )
    db.session.add(new)
    db.session.flush()
    db.session.add_all(
        TermSuspension(
            term_id=new.id, starts_on=one.starts_on, ends_on=one.ends_on, reason=one.reason, made_at=one.made_at
        )
        for one in waits
    )
    before, term.state, term.met_at, term.replaced_by_id = term.effective_end, TermState.ENDED, now, new.id
    rows.changed(term, act, before, by.effective_end, actor)
    follow(new)
    return new


def follow(term: ContractTerm) -> None:
    """The last day for an invoice moved: the payer waits from the day after the new one."""
    if term.kind is TermKind.INVOICE and term.document_id is not None:
        document = db.session.get_one(FileDocument, term.document_id)
        end = term.effective_end
        waiting.follow_invoice(document, step(INVOICE_TERM_MOVED, f"invoice until {end}", date=end))


def _beginning(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps up to and including the nominal end: they do not depend on a calendar."""
    last = next((place for place, one in enumerate(steps) if one.plain.startswith("nominal end")), len(steps) - 1)
    return steps[: last + 1]


def outages_of(terms: Iterable[ContractTerm]) -> dict[int, OutageRow]:
    """The outages that prolonged these terms, each as it stands now: corrected, or gone when it was withdrawn."""
    keys = {term.outage_id for term in terms if term.outage_id is not None}
    if not keys:
        return {}
    found: dict[int, OutageRow] = {}
    for row in db.session.scalars(select(OutageRow).where(OutageRow.id.in_(keys))).all():
        key = row.id
        while row.replaced_by_id is not None:
            row = db.session.get_one(OutageRow, row.replaced_by_id)
        if row.withdrawn_at is None:
            found[key] = row
    return found


def after_outage(
    term: ContractTerm, effective_end: date, outage: Outage, calendar: WorkingCalendar
) -> tuple[date, Step] | None:
    """The last day of a term that an outage prolongs (A-36), told; None when it does not, or goes on."""
    stands = Term(term.kind, term.start_date, term.nominal_end, effective_end, ())
    if prolonged_by(stands, [outage], least=outage_threshold()) is None:
        return None
    expires = end_after_outage(stands, outage, calendar)
    if expires is None or outage.ends_at is None:
        return None
    last = local_date(expires) - timedelta(days=1)
    first, until = moment(outage.starts_at), moment(outage.ends_at)
    plain = f"sending impossible {outage.starts_at.isoformat()} to {outage.ends_at.isoformat()}, until {last}"
    return last, step(PROLONGED, plain, first=first, last=until, date=last)
