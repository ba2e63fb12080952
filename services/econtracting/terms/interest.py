"""Late-payment interest as an indication beside a term that was passed (7.4, A-35): shown, never booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.calendars import local_date
from domain.econtracting.interest import Interest, Rate, interest
from domain.econtracting.suspensions import extended
from domain.econtracting.term_clock import TermClock
from domain.econtracting.terms import PAYERS, TermState
from domain.errors import DomainError
from models.contract_follow_up import ContractTerm, TermSuspension
from models.file_document import FileDocument
from services.econtracting.terms import rows


@dataclass(frozen=True, slots=True)
class InterestView:
    """What would be due if the term stands: ``principal`` in euro excl. VAT, from the day after ``due`` to ``until``.

    ``paid`` says whether ``until`` is the day of payment; otherwise it is today. ``accepted`` says whether the amount
    is the accepted one or, before the review, the claimed one. ``problem`` is why there is no figure: a half-year
    without a known rate.
    """

    principal: Decimal
    accepted: bool
    due: date
    until: date
    paid: bool
    found: Interest | None
    problem: DomainError | None


def owes(term: ContractTerm, clock: TermClock) -> bool:
    """Whether a term of who pays was passed."""
    return term.kind in PAYERS and clock.late > 0 and clock.state in (TermState.RUNNING, TermState.MET)


def indication(
    term: ContractTerm,
    waits: Sequence[TermSuspension],
    document: FileDocument,
    today: date,
    rates: Mapping[str, Rate],
) -> InterestView | None:
    """The interest of a passed term; None when no amount is known or nothing is due.

    It runs from the end before any roll to a working day, which is the choice that is safe for the contractor (A-29).
    """
    principal = document.accepted if document.accepted is not None else document.claimed
    if principal is None or principal <= 0:
        return None
    due = extended(term.start_date, term.nominal_end, rows.stretches(waits), roll=False).effective_end
    until = local_date(term.met_at) if term.met_at is not None else today
    found, problem = None, None
    try:
        found = interest(principal, due, until, rates)
    except DomainError as missing:
        problem = missing
    if found is not None and not found.days:
        return None
    return InterestView(principal, document.accepted is not None, due, until, term.met_at is not None, found, problem)
