"""Reckoning a term anew with the calendar of now: only when somebody asks for it, with a reason (invariant 13).

The term as it was keeps its row and its steps; the new one stands in its place. Nothing else ever reckons a term again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from domain.actor import Actor
from domain.calendars import WorkingCalendar, local_date, start_of_day
from domain.dutch import moment
from domain.econtracting.document_states import Outage, end_after_outage, prolonged_by
from domain.econtracting.suspensions import extended
from domain.econtracting.terms import ALIVE, Step, Term, TermKind, TermState, step
from domain.errors import N_, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ContractTerm, TermSuspension
from models.contract_follow_up import Outage as OutageRow
from models.file_document import FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import clock
from services.access import require
from services.econtracting import access, calendar_data
from services.econtracting.outage_rows import outage_of
from services.econtracting.terms import rows, waiting
from services.econtracting.terms.policy import outage_threshold
from services.locks import lock_contract

RECKONED_ANEW = N_("Opnieuw berekend op {date}: {reason}")
INVOICE_TERM_MOVED = N_("De laatste dag voor de factuur is {date} geworden.")
PROLONGED = N_("Verzenden was niet mogelijk van {first} tot {last}: de laatste dag wordt {date}.")
REASON_NEEDED = N_("Geef de reden: beide partijen krijgen ze te lezen.")
STOPPED = N_("Deze termijn loopt niet meer en wordt niet opnieuw berekend.")
SAME = N_("De termijn blijft dezelfde: er is niets om opnieuw te berekenen.")
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A running term that would end on another day with the calendar of now. Nothing was changed."""

    reference: str
    kind: TermKind
    contract: str
    contract_number: str
    document_title: str
    stands: date
    would_be: date


def differences(actor: Actor) -> list[Difference]:
    """Which running terms of the own contracts would end on another day now; read only."""
    query = (
        select(ContractTerm, PublicContract, FileDocument.title)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(
            ContractTerm.state.in_(ALIVE),
            ContractTerm.replaced_by_id.is_(None),
            or_(ContractTerm.roll, ContractTerm.outage_id.is_not(None)),
            access.only_visible(actor),
        )
        .order_by(ContractTerm.expires_at, ContractTerm.id)
    )
    found = db.session.execute(query).all()
    calendar = calendar_data.calendar()
    waits = rows.suspensions_of([term for term, _, _ in found])
    outages = _outages(term for term, _, _ in found)
    return [
        Difference(term.reference, term.kind, contract.reference, contract.number, title, term.effective_end, end)
        for term, contract, title in found
        if (end := _end(term, waits.get(term.id, []), outages, calendar)[0]) != term.effective_end
    ]


def recalculate(actor: Actor, term_reference: str, reason: str) -> ContractTerm:
    """Reckon a term anew with the calendar of now; gives the new row, and the old one points to it.

    Forbidden without the right to keep contracts, NotFound for another authority's, InvalidValue without a reason,
    NotAllowedNow for a term that stopped or would stay the same.
    """
    require(actor, Permission.AUTHORITY_CONTRACTS)
    text = reason.strip()
    if not text or len(text) > MAX_REASON:
        raise InvalidValue(REASON_NEEDED, field="reason")
    term = _locked(actor, term_reference)
    if term.state not in ALIVE:
        raise NotAllowedNow(STOPPED)
    waits = rows.suspensions_of([term]).get(term.id, [])
    end, steps, outage_id = _end(term, waits, _outages([term]), calendar_data.calendar())
    if end == term.effective_end:
        raise NotAllowedNow(SAME)
    with writing("terms.recalculate"):
        now = clock.now()
        told = step(RECKONED_ANEW, f"reckoned anew {local_date(now)}", date=local_date(now), reason=text)
        new = ContractTerm(
            outage_id=outage_id,
            **{name: getattr(term, name) for name in _KEPT},
            effective_end=end,
            expires_at=start_of_day(end + timedelta(days=1)),
            trace=rows.written([*_beginning(term), *steps, told]),
            changed_at=now,
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
        rows.changed(term, "recalculate", before, end, actor)
        if new.kind is TermKind.INVOICE and new.document_id is not None:
            document = db.session.get_one(FileDocument, new.document_id)
            waiting.follow_invoice(document, step(INVOICE_TERM_MOVED, f"invoice until {end}", date=end))
    return new


#: What the new row takes over as it stands.
_KEPT = (
    "contract_id",
    "document_id",
    "version_id",
    "party",
    "kind",
    "regime",
    "state",
    "start_at",
    "start_date",
    "days",
    "roll",
    "nominal_end",
)


def _locked(actor: Actor, reference: str) -> ContractTerm:
    contract_id = db.session.scalar(
        select(ContractTerm.contract_id)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .where(ContractTerm.reference == reference, access.only_visible(actor))
    )
    lock_contract(contract_id)
    term = db.session.scalar(
        select(ContractTerm)
        .where(ContractTerm.reference == reference, ContractTerm.replaced_by_id.is_(None))
        .execution_options(populate_existing=True)
    )
    if term is None:
        raise NotFound
    return term


def _beginning(term: ContractTerm) -> list[Step]:
    """The steps up to and including the nominal end: they do not depend on a calendar."""
    steps = rows.steps_of(term)
    last = next((place for place, one in enumerate(steps) if one.plain.startswith("nominal end")), len(steps) - 1)
    return list(steps[: last + 1])


def _outages(terms: Iterable[ContractTerm]) -> dict[int, OutageRow]:
    """The outages that prolonged these terms, each as it stands now: corrected, or gone when it was withdrawn."""
    found: dict[int, OutageRow] = {}
    for key in {term.outage_id for term in terms if term.outage_id is not None}:
        row = db.session.get_one(OutageRow, key)
        while row.replaced_by_id is not None:
            row = db.session.get_one(OutageRow, row.replaced_by_id)
        if row.withdrawn_at is None:
            found[key] = row
    return found


def _end(
    term: ContractTerm, waits: Iterable[TermSuspension], outages: dict[int, OutageRow], calendar: WorkingCalendar
) -> tuple[date, tuple[Step, ...], int | None]:
    """Where a term ends with a calendar, the steps from its nominal end on, and the outage that prolongs it."""
    found = extended(term.start_date, term.nominal_end, rows.stretches(waits), roll=term.roll, calendar=calendar)
    row = outages.get(term.outage_id) if term.outage_id is not None else None
    told = after_outage(term, found.effective_end, outage_of(row), calendar) if row is not None else None
    if row is None or told is None:
        return found.effective_end, found.steps, None
    return told[0], (*found.steps, told[1]), row.id


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
