"""Terms as they are kept: D-1 to D-15 where rows matter, waits for the invoice, reopening, invariant 13."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Function, Outage, consultable_at
from domain.econtracting.suspensions import IRREGULAR_INVOICE, NO_INVOICE
from domain.econtracting.term_clock import Tone
from domain.econtracting.terms import TermKind, TermState
from domain.errors import InvalidValue, NotAllowedNow, NotFound
from models.base import db
from models.contract_follow_up import ClosingDay, ContractTerm
from models.file_document import DocumentVersion, FileDocument
from services.connections import connections
from services.econtracting import terms
from services.econtracting.terms import rows
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.contracting_terms import at, calendar, claim_2013, claim_2024
from tests.factories.contracting_terms import version as a_version
from tests.factories.database import change, save
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def _calendar(database: PreparedDatabase) -> None:
    calendar()


@pytest.fixture
def rolling(database: PreparedDatabase, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Say which kinds move their last day to a working day."""

    def choose(kinds: str) -> None:
        settings = replace(connections().settings, terms_roll=frozenset(kinds.split(",")))
        monkeypatch.setattr(connections(), "settings", settings)

    return choose


@pytest.mark.parametrize(
    ("example", "sent", "nominal", "rolled"),
    [
        ("D-1", "2025-03-24T16:40", "2025-04-23", "2025-04-23"),
        ("D-2", "2025-03-22T09:00", "2025-04-21", "2025-04-22"),
        ("D-3", "2025-04-01T12:00", "2025-05-01", "2025-05-02"),
        ("D-4", "2025-04-03T12:00", "2025-05-03", "2025-05-05"),
        ("D-11", "2025-03-31T23:59:58", "2025-04-30", "2025-04-30"),
        ("D-12", "2025-12-02T12:00", "2026-01-01", "2026-01-02"),
        ("D-13", "2025-11-25T12:00", "2025-12-25", "2025-12-26"),
    ],
)
@pytest.mark.parametrize("roll", [True, False])
def test_d1_to_d4_d11_to_d13_processing(
    rolling: Callable[[str], None], example: str, sent: str, nominal: str, rolled: str, roll: bool
) -> None:
    rolling("INVOICE,VERIFICATION,PROCESSING" if roll else "INVOICE,VERIFICATION")
    term = claim_2024().sent(sent)
    assert (str(term.nominal_end), str(term.effective_end)) == (nominal, rolled if roll else nominal)
    assert term.kind is TermKind.PROCESSING
    assert [one.plain for one in rows.steps_of(term)][-1] == f"effective end {term.effective_end}"


def test_d5_derogation_to_60_days() -> None:
    file = claim_2024(processing_days=60, derogation_reason="Objectief gerechtvaardigd in het bestek")
    assert file.sent("2025-03-24T16:40").effective_end == date(2025, 5, 23)


@pytest.mark.parametrize(
    ("example", "asked", "nominal", "effective"),
    [("D-6", "2025-04-15T17:30", "2025-04-20", "2025-04-22"), ("D-7", "2025-04-16T17:30", "2025-04-21", "2025-04-22")],
)
def test_d6_d7_invoice_in_five_days(example: str, asked: str, nominal: str, effective: str) -> None:
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    term = file.invoice_asked(asked)
    assert (str(term.nominal_end), str(term.effective_end)) == (nominal, effective)
    assert term.document_id == file.claim.id, "one clock for the whole file of a claim"


def test_d8_kb2013_in_time() -> None:
    file = claim_2013()
    verification = file.sent("2024-06-03T10:00")
    assert verification.kind is TermKind.VERIFICATION
    assert verification.effective_end == date(2024, 7, 3)
    payment = file.reviewed("2024-06-24T15:02")
    assert payment is not None
    assert (payment.start_date, payment.effective_end) == (date(2024, 6, 24), date(2024, 7, 24))
    assert file.stored(TermKind.VERIFICATION).state is TermState.MET


def test_d9_kb2013_review_late() -> None:
    file = claim_2013()
    file.sent("2024-06-03T10:00")
    payment = file.reviewed("2024-07-10T09:00")
    assert payment is not None
    assert payment.effective_end == date(2024, 8, 2)
    assert "7 dagen te laat" in " ".join(map(str, rows.steps_of(payment)))
    verification = terms.clock_of(file.stored(TermKind.VERIFICATION), date(2024, 7, 20))
    assert (verification.late, str(verification.sentence)) == (7, "voldaan op 10 juli 2024, 7 dagen te laat")


@pytest.mark.parametrize(
    ("kinds", "waits_from", "days", "end"),
    [("INVOICE,VERIFICATION", "2024-07-02", 4, "2024-07-28"), ("VERIFICATION", "2024-06-30", 6, "2024-07-30")],
)
@pytest.mark.parametrize("request_first", [False, True])
def test_d10_kb2013_invoice_late(
    rolling: Callable[[str], None], kinds: str, waits_from: str, days: int, end: str, request_first: bool
) -> None:
    """4 days counted from Monday 1 July when the five days roll, 6 from Saturday 29 June when they do not."""
    rolling(kinds)
    file = claim_2013()
    file.sent("2024-06-03T10:00")
    for step in ("ask", "review") if request_first else ("review", "ask"):
        if step == "ask":
            file.invoice_asked("2024-06-24T15:02")
        else:
            file.reviewed("2024-06-24T15:02")
    payment = file.stored(TermKind.PAYMENT)
    before = terms.clock_of(payment, date(2024, 6, 28))
    assert (before.paused, str(before.waits_from), before.left) == (False, waits_from, 26)
    waiting = terms.clock_of(payment, date(2024, 7, 4))
    assert (waiting.paused, waiting.why, waiting.last_day, waiting.tone) == (True, NO_INVOICE, None, Tone.WAITING)
    file.invoice("2024-07-05T11:00")
    payment = file.stored(TermKind.PAYMENT)
    assert (str(payment.effective_end), payment.nominal_end) == (end, date(2024, 7, 24))
    after = terms.clock_of(payment, date(2024, 7, 5))
    assert (after.paused, after.waited, after.total, after.used + after.left) == (False, days, 30, 30)
    assert after.left == waiting.left
    told = [str(step) for step in rows.steps_of(payment)]
    assert f"De factuur kwam {days} dagen te laat." in told


def test_an_invoice_in_time_makes_nothing_wait() -> None:
    file = claim_2013()
    file.sent("2024-06-03T10:00")
    file.reviewed("2024-06-24T15:02")
    file.invoice_asked("2024-06-24T15:02")
    file.invoice("2024-07-01T23:59")
    payment = file.stored(TermKind.PAYMENT)
    found = terms.clock_of(payment, date(2024, 7, 10))
    assert (payment.effective_end, found.paused, found.waits_from, found.waited) == (date(2024, 7, 24), False, None, 0)
    assert file.stored(TermKind.INVOICE).state is TermState.MET


def test_an_irregular_invoice_counts_as_none() -> None:
    """The payer waits from the day after the last day for the invoice until a good one comes; no new five days."""
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    invoice = file.invoice_asked("2025-04-15T17:30")
    file.invoice("2025-04-18T09:00")
    file.invoice_rejected("2025-04-25T09:00")
    waiting = terms.clock_of(file.stored(TermKind.PROCESSING), date(2025, 4, 26))
    assert (waiting.paused, waiting.why, waiting.since) == (True, IRREGULAR_INVOICE, date(2025, 4, 23))
    running = terms.clock_of(file.stored(TermKind.INVOICE), date(2025, 4, 26))
    assert (running.state, running.late, running.last_day) == (TermState.RUNNING, 4, invoice.effective_end)
    file.invoice("2025-04-28T09:00")
    assert file.stored(TermKind.PROCESSING).effective_end == date(2025, 5, 7), "six days from 23 to 28 April"


def test_d14_scan_delay_starts_the_term_on_the_day_it_became_consultable() -> None:
    moment = consultable_at(
        at("2025-04-14T23:58"), at("2025-04-14T23:57"), at("2025-04-15T00:03"), at("2025-01-01T00:00")
    )
    assert moment is not None
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    term = file.invoice_asked(moment.astimezone(at("2025-04-15T00:00").tzinfo).replace(tzinfo=None).isoformat())
    assert (term.start_date, term.effective_end) == (date(2025, 4, 15), date(2025, 4, 22))


def test_d15_outage_moves_what_becomes_consultable() -> None:
    down = Outage(frozenset({Function.CONSULT}), at("2024-01-18T08:00"), at("2024-01-19T08:30"))
    released = at("2024-01-18T10:00")
    moment = consultable_at(released, released, released, released, [down])
    assert moment == at("2024-01-19T08:30")
    file = claim_2013()
    file.sent("2024-01-03T10:00")
    payment = file.reviewed("2024-01-19T08:30")
    assert payment is not None
    assert (payment.start_date, payment.effective_end) == (date(2024, 1, 19), date(2024, 2, 18))


def test_a28_an_incomplete_claim_never_started_its_term() -> None:
    file = claim_2024()
    file.sent("2025-03-24T16:40")
    with unit_of_work():
        terms.never_started(file.claim, at("2025-04-01T10:00"))
    term = file.stored(TermKind.PROCESSING)
    assert term.state is TermState.NEVER_STARTED
    assert str(terms.clock_of(term, date(2026, 1, 1)).sentence).startswith("nooit gestart")


def test_kb2024_the_review_stops_nothing() -> None:
    file = claim_2024()
    file.sent("2025-03-24T16:40")
    assert file.reviewed("2025-04-02T10:00") is None
    term = file.stored(TermKind.PROCESSING)
    assert (term.state, term.effective_end) == (TermState.RUNNING, date(2025, 4, 23))
    with unit_of_work():
        terms.meet(file.claim, TermKind.PROCESSING, at("2025-04-20T10:00"))
    assert file.stored(TermKind.PROCESSING).state is TermState.MET


@pytest.mark.parametrize("make", [claim_2013, claim_2024])
def test_a_refused_claim_leaves_nothing_to_pay(make: Callable[[], object]) -> None:
    file = make()
    file.sent("2025-03-24T16:40")  # type: ignore[attr-defined]
    assert file.reviewed("2025-04-02T10:00", ClaimState.REFUSED) is None  # type: ignore[attr-defined]
    assert all(one.state in (TermState.MET, TermState.ENDED) for one in db.session.query(ContractTerm))


def test_t9_t10_a_reopened_claim_ends_its_term_and_a_new_version_starts_anew() -> None:
    file = claim_2024()
    first = file.sent("2025-03-24T16:40")
    with unit_of_work():
        terms.end(file.claim, at("2025-04-01T10:00"))
    stopped = terms.clock_of(db.session.get_one(ContractTerm, first.id), date(2025, 5, 30))
    assert (stopped.state, stopped.used, stopped.late) == (TermState.ENDED, 8, 0)
    second = file.sent("2025-04-07T09:00")
    assert (second.id != first.id, second.effective_end) == (True, date(2025, 5, 7))


def test_t10_a_new_version_without_reopening_ends_the_term_of_the_one_before() -> None:
    file = claim_2024()
    first = file.sent("2025-03-24T16:40")
    second = file.sent("2025-03-26T09:00")
    db.session.expire_all()
    assert db.session.get_one(ContractTerm, first.id).state is TermState.ENDED
    assert db.session.get_one(ContractTerm, second.id).state is TermState.RUNNING


def test_starting_twice_for_one_version_gives_one_term() -> None:
    file = claim_2024()
    term = file.sent("2025-03-24T16:40")
    version = db.session.get_one(DocumentVersion, term.version_id)
    with unit_of_work():
        again = terms.start(
            file.contract, file.claim, version, TermKind.VERIFICATION, at("2025-03-24T16:40"), party=term.party
        )
    assert again.id == term.id


def test_suspended_by_hand_and_resumed() -> None:
    file = claim_2024()
    term = file.sent("2025-03-24T16:40")
    with unit_of_work():
        terms.suspend(term, date(2025, 4, 1), "De partijen zoeken een minnelijke oplossing.")
    found = terms.clock_of(term, date(2025, 4, 10))
    assert (found.paused, found.used, found.left, found.waited) == (True, 7, 23, 10)
    assert found.why == "De partijen zoeken een minnelijke oplossing."
    with unit_of_work():
        terms.resume(term, date(2025, 4, 10))
    assert file.stored(TermKind.PROCESSING).effective_end == date(2025, 5, 3)


def test_invariant_13_a_changed_calendar_leaves_the_stored_trace(at: At) -> None:
    """Only an asked recalculation reckons again; the old row keeps its steps and points to the new one."""
    at("2025-04-16T10:00:00+02:00")
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    term = file.invoice_asked("2025-04-16T09:00")
    trace, end = term.trace, term.effective_end
    assert end == date(2025, 4, 22)
    save(ClosingDay(day=date(2025, 4, 22), name="Dag van rouw", statutory=True, source="Belgisch Staatsblad"))
    stored = file.stored(TermKind.INVOICE)
    assert (stored.trace, stored.effective_end) == (trace, end)
    assert terms.clock_of(stored, date(2025, 4, 20)).last_day == end
    official = contracting.official().actor
    (difference,) = terms.differences(official)
    assert (difference.stands, difference.would_be) == (date(2025, 4, 22), date(2025, 4, 23))
    assert file.stored(TermKind.INVOICE).trace == trace, "looking changes nothing"
    with unit_of_work():
        new = terms.recalculate(official, term.reference, "Dag van nationale rouw")
    db.session.expire_all()
    old = db.session.get_one(ContractTerm, term.id)
    assert (old.trace, old.effective_end, old.replaced_by_id, old.state) == (trace, end, new.id, TermState.ENDED)
    assert new.effective_end == date(2025, 4, 23)
    assert "Dag van nationale rouw" in str(rows.steps_of(new)[-1])
    assert terms.differences(official) == []
    waiting = terms.clock_of(file.stored(TermKind.PROCESSING), date(2025, 4, 20))
    assert waiting.waits_from == date(2025, 4, 24), "the payer waits from the day after the new last day"


def test_recalculation_is_asked_with_a_reason_by_the_own_authority(at: At) -> None:
    at("2025-04-16T10:00:00+02:00")
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    term = file.invoice_asked("2025-04-16T09:00")
    official = contracting.official().actor
    with pytest.raises(NotAllowedNow), unit_of_work():
        terms.recalculate(official, term.reference, "Zomaar")
    with pytest.raises(InvalidValue), unit_of_work():
        terms.recalculate(official, term.reference, " ")
    with pytest.raises(NotFound), unit_of_work():
        terms.recalculate(contracting.official(contracting.other_authority()).actor, term.reference, "Nieuwsgierig")
    change(term, state=TermState.MET)
    with pytest.raises(NotAllowedNow), unit_of_work():
        terms.recalculate(official, term.reference, "Te laat")


def test_a37_a_corrected_instant_restarts_what_it_started() -> None:
    """D-10 with the review and the request consultable a day later: verification, payment and invoice follow."""
    file = claim_2013()
    file.sent("2024-06-03T10:00")
    file.reviewed("2024-06-24T15:02")
    invoice = file.invoice_asked("2024-06-24T15:02")
    file.invoice("2024-07-05T11:00")
    actor = contracting.official().actor
    assert file.request is not None
    review = db.session.query(FileDocument).filter_by(kind_code="NAZICHT").one()
    of_review, version = (
        a_version(review, at("2024-06-24T15:02")),
        db.session.get_one(DocumentVersion, invoice.version_id),
    )
    with unit_of_work():
        terms.corrected(actor, review, of_review, at("2024-06-25T08:30"), "Storing")
        terms.corrected(actor, file.request, version, at("2024-06-25T08:30"), "Storing")
    payment, asked = file.stored(TermKind.PAYMENT), file.stored(TermKind.INVOICE)
    assert (asked.start_date, asked.effective_end) == (date(2024, 6, 25), date(2024, 7, 1))
    assert (payment.start_date, payment.nominal_end) == (date(2024, 6, 25), date(2024, 7, 25))
    assert payment.effective_end == date(2024, 7, 29), "still four days for the late invoice"
    assert asked.met_at == at("2024-07-05T11:00")
    assert file.stored(TermKind.VERIFICATION).met_at == at("2024-06-25T08:30")
    old = db.session.get_one(ContractTerm, invoice.id)
    assert (old.state, old.replaced_by_id, old.start_date) == (TermState.ENDED, asked.id, date(2024, 6, 24))
    assert "Storing" in str(rows.steps_of(asked)[-1])
