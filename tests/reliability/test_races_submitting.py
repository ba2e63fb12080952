"""Submitting while somebody changes what is submitted: each pair meets between the check and the commit.

Every pair runs in both orders. Whoever is first, what is kept is what one after the other gives (A-13, E-117).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from domain.errors import DomainError, NotAllowedNow
from models.declaration import Performance, Submission
from services.ecalcura import (
    certificates,
    choices,
    contracts,
    declarations,
    performances,
    submission,
)
from services.ecalcura.submission import ChangedSinceReview
from tests.reliability.lanes import COMMIT, at_once, overlap
from tests.reliability.scenes import Scene, assert_says_what_was_submitted, count, scene, status
from tests.support.databases import PreparedDatabase

Database = PreparedDatabase
Change = Callable[[Scene], Any]

AFTER_FINGERPRINT = "INSERT INTO dossier_snapshot"
"""In a submission: everything was compared, nothing is written yet."""


def add_contract(it: Scene) -> Any:
    draft = contracts.ContractDraft(
        date(2024, 2, 1), None, "LOONTREKKENDE", "ZORGKUNDIGE", Decimal("10.00"), Decimal("0.00")
    )
    return contracts.add_contract(it.user, it.facility.id, it.other.reference, draft)


def change_contract(it: Scene) -> Any:
    draft = contracts.ContractDraft(
        date(2019, 1, 1), None, "LOONTREKKENDE", "VERPLEEGKUNDIGE_BACHELOR", Decimal("30.40"), Decimal("0.00")
    )
    return contracts.change_contract(
        it.user, it.facility.id, it.member.reference, it.contract.reference, draft, 1, acknowledged=WARNINGS
    )


def end_contract(it: Scene) -> Any:
    return contracts.end_contract(
        it.user, it.facility.id, it.member.reference, it.contract.reference, date(2024, 1, 31), 1
    )


def change_choice(it: Scene) -> Any:
    draft = choices.ChoiceDraft(date(2021, 6, 1), date(2021, 6, 1), date(2024, 2, 29), "55+", 6, 0)
    return choices.change_choice(
        it.user, it.facility.id, it.member.reference, it.choice.reference, draft, 1, acknowledged=WARNINGS
    )


def delete_choice(it: Scene) -> Any:
    return choices.delete_choice(it.user, it.facility.id, it.member.reference, it.choice.reference, 1)


def save_performance(it: Scene) -> Any:
    outcome = it.type_days("60")
    assert not outcome.rejected
    return outcome


def declare_nothing(it: Scene) -> Any:
    return declarations.declare_nothing(it.user, it.number, True)


def change_certificate(it: Scene) -> Any:
    return certificates.change_certificate(it.user, it.certificate.reference, date(2021, 7, 1), date(2024, 2, 29), 1)


def withdraw_certificate(it: Scene) -> Any:
    return certificates.withdraw_certificate(it.user, it.certificate.reference)


WARNINGS = frozenset(f"V-{number}" for number in range(10, 50))

#: Everything that changes what a quarter says, with the statement by which it writes.
CHANGES: dict[str, tuple[Change, str]] = {
    "add a contract": (add_contract, "INSERT INTO contract "),
    "change a contract": (change_contract, "UPDATE contract"),
    "end a contract": (end_contract, "UPDATE contract"),
    "change a choice": (change_choice, "UPDATE end_of_career_choice"),
    "delete a choice": (delete_choice, "DELETE FROM end_of_career_choice"),
    "save a performance": (save_performance, "INSERT INTO performance"),
    "withdraw a certificate": (withdraw_certificate, "UPDATE certificate"),
    "change a certificate": (change_certificate, "UPDATE certificate"),
}


@pytest.fixture
def it(database: Database) -> Scene:
    """A quarter that is ready to be submitted."""
    return scene()


@pytest.mark.parametrize("name", CHANGES)
def test_a13_a_change_that_waits_for_a_submission_is_refused_or_leaves_the_quarter(
    database: Database, it: Scene, name: str
) -> None:
    """The submission has compared what was reviewed; the change may not come between that and its commit."""
    key = it.review()
    change, _ = CHANGES[name]
    submits, changes = overlap(database, lambda: it.submit(key), lambda: change(it), before=AFTER_FINGERPRINT)
    assert submits.result()
    assert status(it.number) is DossierStatus.CLOSED
    if name == "change a certificate":
        # No rule keeps a certificate of a closed quarter from being changed: the copy keeps what was submitted.
        changes.result()
    else:
        assert isinstance(changes.error, DomainError), changes.error
        assert_says_what_was_submitted(it.user, it.number)


@pytest.mark.parametrize("name", CHANGES)
def test_e117_a_submission_that_waits_for_a_change_is_told_what_changed(
    database: Database, it: Scene, name: str
) -> None:
    """The change was allowed, the quarter being open; it is committed while the submission waits."""
    key = it.review()
    change, statement = CHANGES[name]
    changes, submits = overlap(database, lambda: change(it), lambda: it.submit(key), before=statement)
    changes.result()
    assert isinstance(submits.error, ChangedSinceReview), submits.error
    assert submits.error.differences
    assert status(it.number) is DossierStatus.OPEN
    assert count(Submission) == 0


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_when_the_change_is_about_to_commit(database: Database, it: Scene, name: str) -> None:
    """Written but not committed: invisible to the submission unless it waits."""
    key = it.review()
    change, _ = CHANGES[name]
    changes, submits = overlap(database, lambda: change(it), lambda: it.submit(key), before=COMMIT)
    changes.result()
    assert isinstance(submits.error, ChangedSinceReview)


def test_e023_nothing_to_declare_and_a_saved_amount_exclude_each_other(database: Database, it: Scene) -> None:
    """E-129: 'niets aan te geven' is confirmed while a colleague types the first amount."""
    emptied = performances.TypedRow(it.contract.reference, 1)
    at_once(database, [lambda: performances.save(it.user, it.number, [emptied])])[0].result()
    declares, saves = overlap(
        database, lambda: declare_nothing(it), lambda: it.type_days("60", version=2), before="UPDATE dossier"
    )
    declares.result()
    assert isinstance(saves.error, NotAllowedNow)
    assert saves.error.code == "E-129"
    assert count(Performance, Performance.paid_days.is_not(None)) == 0


def test_a13_a_quarter_opened_and_submitted_meanwhile_has_the_new_contract(database: Database, it: Scene) -> None:
    """No dossier exists yet when the contract is checked, so there is none to lock: the facility is."""

    def open_and_submit() -> str:
        number = declarations.open_new(it.user, Quarter.parse("2024K2")).number
        declarations.declare_nothing(it.user, number, True)
        submission.submit(it.user, number, submission.begin_review(it.user, number))
        return number

    adds, submits = overlap(database, lambda: add_contract(it), open_and_submit, before="INSERT INTO contract ")
    adds.result()
    assert_says_what_was_submitted(it.user, submits.result())
