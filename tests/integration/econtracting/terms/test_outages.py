"""Outages: published, ended, corrected, withdrawn, and what they do to terms (7.5, A-36, A-37)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from domain.econtracting.document_states import Function
from domain.econtracting.outage_notices import Notice, OutageState, functions_of
from domain.econtracting.terms import TermKind, TermState
from domain.errors import Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow
from domain.permissions import Role
from models.base import db
from models.contract_follow_up import ContractTerm
from models.contract_follow_up import Outage as OutageRow
from services.connections import connections
from services.econtracting import outages, terms
from services.econtracting.terms import rows
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.contracting_terms import ClaimFile, calendar, claim_2024
from tests.factories.contracting_terms import at as brussels
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]

#: Sending fails on the last day for the invoice of ``asked``, for seven hours.
DOWN = Notice(
    False, frozenset({Function.SEND}), brussels("2025-04-22T18:00"), brussels("2025-04-23T01:00"), "Verzenden lukt niet"
)


@pytest.fixture(autouse=True)
def _calendar(database: PreparedDatabase) -> None:
    calendar()


@pytest.fixture
def keeper(database: PreparedDatabase) -> contracting.Actor:
    """Somebody of the authority that keeps the product."""
    return contracting.official().actor


def asked() -> ClaimFile:
    """An invoice that was asked on 15 April 2025: until 22 April."""
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    file.invoice_asked("2025-04-15T17:30")
    return file


def publish(actor: contracting.Actor, notice: Notice) -> OutageRow:
    """Publish in a transaction of its own."""
    with unit_of_work():
        return outages.publish(actor, notice)


def test_a36_a_long_unplanned_outage_of_sending_prolongs_and_says_so(keeper: contracting.Actor, at: At) -> None:
    file = asked()
    other = claim_2024(of=contracting.other_authority())
    other.sent("2025-04-01T12:00")
    other.invoice_asked("2025-04-15T17:30")
    at("2025-04-23T09:00:00+02:00")
    preview = outages.effect_of(keeper, DOWN)
    assert [(one.stands, one.becomes) for one in preview.own] == [(date(2025, 4, 22), date(2025, 4, 24))]
    assert preview.others == 1
    assert file.stored(TermKind.INVOICE).effective_end == date(2025, 4, 22), "a preview changes nothing"
    row = publish(keeper, DOWN)
    term = file.stored(TermKind.INVOICE)
    assert (term.effective_end, term.outage_id) == (date(2025, 4, 24), row.id)
    told = str(rows.steps_of(term)[-1])
    assert told == (
        "Verzenden was niet mogelijk van 22 april 2025 om 18:00 tot 23 april 2025 om 01:00: "
        "de laatste dag wordt 24 april 2025."
    )
    assert terms.clock_of(file.stored(TermKind.PROCESSING), date(2025, 4, 23)).waits_from == date(2025, 4, 25)
    assert other.stored(TermKind.INVOICE).effective_end == date(2025, 4, 24)


@pytest.mark.parametrize(
    "notice",
    [
        replace(DOWN, ends_at=brussels("2025-04-22T21:59")),
        replace(DOWN, planned=True),
        replace(DOWN, functions=frozenset({Function.CONSULT, Function.SIGN_IN})),
        replace(DOWN, starts_at=brussels("2025-04-21T08:00"), ends_at=brussels("2025-04-22T00:00")),
        replace(DOWN, ends_at=None),
    ],
    ids=["shorter than four hours", "planned", "not of sending", "not on the last day", "goes on"],
)
def test_a36_what_does_not_prolong(keeper: contracting.Actor, at: At, notice: Notice) -> None:
    file = asked()
    at("2025-04-23T09:00:00+02:00")
    publish(keeper, notice)
    assert file.stored(TermKind.INVOICE).effective_end == date(2025, 4, 22)


def test_a36_the_threshold_is_a_setting(
    keeper: contracting.Actor, at: At, database: PreparedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections(), "settings", replace(connections().settings, outage_hours=8))
    file = asked()
    at("2025-04-23T09:00:00+02:00")
    publish(keeper, DOWN)
    assert file.stored(TermKind.INVOICE).effective_end == date(2025, 4, 22)


def test_the_authority_is_never_prolonged(keeper: contracting.Actor, at: At) -> None:
    file = claim_2024()
    term = file.sent("2025-03-23T12:00")
    assert term.effective_end == date(2025, 4, 22)
    at("2025-04-23T09:00:00+02:00")
    publish(keeper, replace(DOWN, functions=functions_of(["ALLES"])))
    assert file.stored(TermKind.PROCESSING).effective_end == date(2025, 4, 22)


def test_an_outage_acts_when_its_end_is_known(keeper: contracting.Actor, at: At) -> None:
    file = asked()
    at("2025-04-22T19:00:00+02:00")
    row = publish(keeper, replace(DOWN, ends_at=None))
    assert [one.state for one in outages.notices()] == [OutageState.GOING_ON]
    at("2025-04-23T01:00:00+02:00")
    with unit_of_work():
        outages.end(keeper, row.reference, row.version)
    assert file.stored(TermKind.INVOICE).effective_end == date(2025, 4, 24)
    with pytest.raises(NotAllowedNow), unit_of_work():
        outages.end(keeper, row.reference, row.version)


def test_an_invoice_that_came_late_because_of_the_outage_was_in_time(keeper: contracting.Actor, at: At) -> None:
    """The notice is written afterwards: the term of the invoice and the wait of the payer follow, told in words."""
    file = asked()
    file.invoice("2025-04-23T08:00")
    late = file.stored(TermKind.PROCESSING)
    assert late.effective_end == date(2025, 5, 2), "one day late"
    at("2025-04-23T09:00:00+02:00")
    publish(keeper, DOWN)
    invoice = file.stored(TermKind.INVOICE)
    assert (invoice.state, terms.clock_of(invoice).late) == (TermState.MET, 0)
    assert file.stored(TermKind.PROCESSING).effective_end == date(2025, 5, 1)


def test_a37_a_correction_stands_beside_the_first_notice(keeper: contracting.Actor, at: At) -> None:
    file = asked()
    at("2025-04-23T09:00:00+02:00")
    first = publish(keeper, replace(DOWN, ends_at=brussels("2025-04-22T20:00")))
    with unit_of_work():
        second = outages.correct(keeper, first.reference, first.version, DOWN, "Het duurde tot 1 uur.")
    db.session.expire_all()
    old = db.session.get_one(OutageRow, first.id)
    assert (old.replaced_by_id, old.ends_at) == (second.id, brussels("2025-04-22T20:00"))
    assert [one.replaced for one in outages.board(keeper)].count(True) == 1
    assert len(outages.in_force()) == 1
    assert file.stored(TermKind.INVOICE).effective_end == date(2025, 4, 24)


def test_a_withdrawn_notice_takes_no_prolongation_back_by_itself(keeper: contracting.Actor, at: At) -> None:
    file = asked()
    at("2025-04-23T09:00:00+02:00")
    row = publish(keeper, DOWN)
    with unit_of_work():
        outages.withdraw(keeper, row.reference, row.version, "Er was geen storing.")
    assert (outages.in_force(), outages.notices()) == ((), [])
    term = file.stored(TermKind.INVOICE)
    assert term.effective_end == date(2025, 4, 24)
    (difference,) = terms.differences(keeper)
    assert (difference.stands, difference.would_be) == (date(2025, 4, 24), date(2025, 4, 22))
    with unit_of_work():
        new = terms.recalculate(keeper, term.reference, "De storing was er niet.")
    assert (new.effective_end, new.outage_id) == (date(2025, 4, 22), None)
    assert db.session.get_one(ContractTerm, term.id).replaced_by_id == new.id


def test_only_the_keeper_publishes(database: PreparedDatabase) -> None:
    elsewhere = contracting.official(contracting.other_authority()).actor
    reader = contracting.official(None, Role.EC_AB_BEHANDELAAR).actor
    for actor in (elsewhere, reader, contracting.manager().actor):
        with pytest.raises(Forbidden), unit_of_work():
            outages.publish(actor, DOWN)


@pytest.mark.parametrize(
    ("notice", "field"),
    [
        (replace(DOWN, title=" "), "title"),
        (replace(DOWN, title="x" * 201), "title"),
        (replace(DOWN, functions=frozenset()), "functions"),
        (replace(DOWN, ends_at=brussels("2025-04-22T17:00")), "ends_at"),
        (replace(DOWN, starts_at=brussels("2025-06-01T10:00"), ends_at=None), "starts_at"),
        (replace(DOWN, visible_until=brussels("2025-04-01T10:00")), "visible_until"),
        (replace(DOWN, body="x" * 5001), "body"),
    ],
)
def test_what_is_wrong_stands_at_its_field(keeper: contracting.Actor, at: At, notice: Notice, field: str) -> None:
    at("2025-04-23T09:00:00+02:00")
    with pytest.raises(Findings) as refused, unit_of_work():
        outages.publish(keeper, notice)
    assert field in [one.field for one in refused.value.findings]


def test_a_stale_page_and_a_missing_reason_change_nothing(keeper: contracting.Actor, at: At) -> None:
    at("2025-04-23T09:00:00+02:00")
    row = publish(keeper, DOWN)
    with pytest.raises(Conflict), unit_of_work():
        outages.withdraw(keeper, row.reference, row.version + 1, "x")
    with pytest.raises(InvalidValue), unit_of_work():
        outages.withdraw(keeper, row.reference, row.version, " ")
    with pytest.raises(InvalidValue), unit_of_work():
        outages.correct(keeper, row.reference, row.version, DOWN, "")


def test_c069_a_notice_outlives_its_outage(keeper: contracting.Actor, at: At) -> None:
    at("2025-04-23T09:00:00+02:00")
    publish(keeper, replace(DOWN, visible_until=brussels("2025-05-23T00:00")))
    publish(keeper, replace(DOWN, title="Kort"))
    assert len(outages.notices()) == 2
    at("2025-05-01T09:00:00+02:00")
    assert [one.notice.title for one in outages.notices()] == ["Verzenden lukt niet"]
    assert len(outages.board(keeper)) == 2, "all of them stay as evidence"
