"""What people read of terms: those of a document and a contract, the nearest of everything, interest beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from domain.econtracting.terms import TermKind
from models.base import db
from models.contract_follow_up import InterestRate
from models.gate import writing
from services.connections import connections
from services.econtracting import terms
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.contracting_terms import ClaimFile, calendar, claim_2013, claim_2024
from tests.factories.contracting_terms import at as brussels
from tests.factories.database import change
from tests.integration.declaration.scene import statements
from tests.support.client import Client

At = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def _then(app: Flask, at: At) -> None:
    at("2025-04-16T10:00:00+02:00")
    calendar()


def running() -> ClaimFile:
    """A claim with its processing term and the term of its invoice."""
    file = claim_2024()
    file.sent("2025-04-01T12:00")
    file.invoice_asked("2025-04-15T17:30")
    return file


def test_the_whole_file_of_a_claim_has_the_same_clocks_from_every_document() -> None:
    file = running()
    actor = contracting.manager().actor
    assert file.request is not None
    of_claim, of_request = terms.for_document(actor, file.claim), terms.for_document(actor, file.request)
    assert of_claim == of_request
    assert [one.kind for one in of_claim] == [TermKind.PROCESSING, TermKind.INVOICE]


def test_both_sides_read_the_same_clock() -> None:
    file = running()
    ours = terms.for_contract(contracting.manager().actor, file.contract)
    theirs = terms.for_contract(contracting.official().actor, file.contract)
    assert ours == theirs
    assert [one.kind for one in ours] == [TermKind.INVOICE, TermKind.PROCESSING], "what ends first comes first"


def test_the_nearest_of_what_somebody_reads() -> None:
    """A-15: a theme without a group is left out, also when the contract is seen through another theme."""
    file, other = running(), running()
    karim = contracting.user()
    assert terms.nearest(karim.actor, 5) == []
    contracting.group(members=[karim], contracts=[file.contract])
    contracting.group(theme=contracting.GENERAL, members=[karim], contracts=[other.contract])
    found = terms.nearest(karim.actor, 5)
    assert [(one.contract, one.kind) for one in found] == [
        (file.contract.reference, TermKind.INVOICE),
        (file.contract.reference, TermKind.PROCESSING),
    ]
    assert len(terms.nearest(contracting.manager().actor, 3)) == 3
    assert terms.nearest(contracting.manager(contracting.competitor()).actor, 5) == []
    assert len(terms.nearest(contracting.official().actor, 9)) == 4


def test_the_nearest_asks_the_same_few_statements_for_one_contract_and_for_many() -> None:
    running()
    actor = contracting.manager().actor
    costs = []
    for _ in range(2):
        with statements() as seen:
            assert terms.nearest(actor, 50)
        costs.append(len(seen))
        for _ in range(4):
            running()
    assert costs[0] == costs[1] <= 3, "how one works there (two), and all terms with their waits"


def test_interest_beside_a_term_that_was_passed(at: At) -> None:
    """I-3: 84,250.40 due on 2 May 2025, paid on 2 June: 31 days at 11.5, and the flat sum."""
    file = claim_2024()
    file.sent("2025-04-02T12:00")
    change(file.claim, claimed=Decimal("90000.00"), accepted=Decimal("84250.40"))
    actor = contracting.manager().actor
    at("2025-05-02T10:00:00+02:00")
    assert terms.for_document(actor, file.claim)[0].interest is None
    with unit_of_work():
        terms.meet(file.claim, TermKind.PROCESSING, brussels("2025-06-02T00:00"))
    at("2026-01-01T10:00:00+01:00")
    view = terms.for_document(actor, file.claim)[0].interest
    assert view is not None
    assert view.found is not None
    assert (view.due, view.until, view.paid) == (date(2025, 5, 2), date(2025, 6, 2), True)
    assert (view.found.days, view.found.interest, view.found.flat) == (31, Decimal("822.88"), Decimal("40.00"))


def test_i2_interest_over_two_half_years_after_kb2013(at: At) -> None:
    file = claim_2013()
    file.sent("2025-04-14T12:00")
    file.reviewed("2025-05-14T12:00")
    change(file.claim, accepted=Decimal("100000.00"))
    at("2025-07-15T10:00:00+02:00")
    payment = terms.for_document(contracting.official().actor, file.claim)[1]
    assert payment.interest is not None
    assert payment.interest.found is not None
    assert (payment.interest.due, payment.interest.found.interest) == (date(2025, 6, 13), Decimal("967.12"))


def test_interest_runs_from_the_end_before_the_roll(at: At, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A-29: an installation that rolls the processing term gives the contractor no day less."""
    settings = replace(connections().settings, terms_roll=frozenset({"INVOICE", "PROCESSING"}))
    monkeypatch.setattr(connections(), "settings", settings)
    file = claim_2024()
    term = file.sent("2025-04-03T12:00")
    change(file.claim, accepted=Decimal("1000.00"))
    at("2025-05-06T10:00:00+02:00")
    view = terms.for_document(contracting.official().actor, file.claim)[0]
    assert (term.effective_end, view.clock.late) == (date(2025, 5, 5), 1)
    assert view.interest is not None
    assert view.interest.found is not None
    assert view.interest.found.days == 3


def test_a_half_year_without_a_rate_is_told_not_guessed(at: At, client: Client) -> None:
    file = claim_2024()
    file.sent("2025-04-02T12:00")
    change(file.claim, accepted=Decimal("1000.00"))
    with unit_of_work(), writing("test"):
        db.session.delete(db.session.get_one(InterestRate, "2025H2"))
    at("2025-07-02T10:00:00+02:00")
    who = contracting.manager()
    view = terms.for_document(who.actor, file.claim)[0].interest
    assert view is not None
    assert (view.found, "2025H2" in str(view.problem)) == (None, True)
    contracting.sign_in(client, who)
    page = client.get(f"/econtracting/opdracht/{file.contract.reference}/acties").text
    assert "Voor 2025H2 is geen interestvoet gekend" in page


def test_the_page_tells_clock_moments_and_steps(app: Flask, at: At) -> None:
    file = running()
    change(file.claim, accepted=Decimal("1000.00"))
    who = contracting.manager()

    def shown(moment: str) -> str:
        at(moment)
        client = contracting.sign_in(app.test_client(), who)
        text: str = client.get(f"/econtracting/opdracht/{file.contract.reference}/acties").text
        return text

    page = shown("2025-04-16T10:00:00+02:00")
    for words in (
        "nog 6 dagen, tot en met dinsdag 22 april 2025",
        "nog 15 dagen, tot en met donderdag 1 mei 2025",
        "De klok staat stil vanaf 23 april 2025 als de factuur er dan niet is.",
        "15 april 2025 om 17:30:00 (UTC+02:00)",
        "23 april 2025 om 00:00:00 (UTC+02:00)",
        "Dat is geen werkdag: de laatste dag is 22 april 2025.",
        "Op zichzelf eindigt deze termijn op zondag 20 april 2025; de laatste dag is verschoven.",
    ):
        assert words in page, words
    page = shown("2025-04-24T10:00:00+02:00")
    assert "De factuur is er nog niet." in page
    assert "de klok staat stil sinds 23 april 2025" in page
    file.invoice("2025-04-24T12:00")
    page = shown("2025-05-20T10:00:00+02:00")
    assert "Verwijlinterest tot vandaag" in page
    assert "17 dagen te laat" in page
