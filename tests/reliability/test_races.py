"""Two people at once on what READ COMMITTED would let slip through: each pair meets between the check and the commit.

Every test runs in both orders where order matters. Whoever is first, what is kept is what one after the other gives.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.calendars import Quarter
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import Conflict, DomainError, Findings, NotAllowedNow
from domain.organisation import AccountFacts
from integrations.person_register import Answer, RegisteredPerson
from models.all import db
from models.declaration import Dossier, DossierEvent, Performance, Submission
from models.document import StoredFile
from models.organisation import BankAccount, Certificate
from models.personnel import Contract, StaffMember
from models.reference import FacilityPeriod
from services import clock, documents
from services.connections import connections
from services.ecalcura import (
    certificates,
    choices,
    contracts,
    declarations,
    performances,
    reopening_requests,
    staff,
    submission,
)
from services.ecalcura.submission import ChangedSinceReview
from services.organisations import bank_accounts
from tests.factories import actors, numbers, organisations, personnel, reference
from tests.factories import declarations as dossier_rows
from tests.factories.reference import code_lists
from tests.reliability.lanes import COMMIT, at_once, overlap
from tests.reliability.scenes import QUARTER, Scene, assert_says_what_was_submitted, count, scene, status
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


def test_v05_the_same_national_number_twice_at_once(database: Database, it: Scene) -> None:
    number = numbers.national_number(date(1970, 3, 4))
    _register(number)
    first, second = overlap(
        database,
        lambda: staff.add_staff(it.user, it.facility.id, [number]),
        lambda: staff.add_staff(it.user, it.facility.id, [number]),
        before="INSERT INTO staff_member",
    )
    assert len(first.result().added) == 1
    refused = second.result().refused
    assert [candidate.finding.code for candidate in refused] == ["V-05"]
    assert count(StaffMember, StaffMember.national_number == number) == 1


def test_v05_many_at_once_add_one(database: Database, it: Scene) -> None:
    number = numbers.national_number(date(1971, 3, 4))
    _register(number)
    lanes = at_once(database, [lambda: staff.add_staff(it.user, it.facility.id, [number]) for _ in range(6)])
    assert sum(len(lane.result().added) for lane in lanes) == 1
    assert count(StaffMember, StaffMember.national_number == number) == 1


def _register(number: str) -> None:
    person = RegisteredPerson(number, "Testers", "Ann", date(1970, 3, 4), "F")

    class Register:
        def find(self, _number: str) -> tuple[Answer, RegisteredPerson]:
            return Answer.FOUND, person

    connections().register = Register()  # type: ignore[assignment]


def test_e068_a_person_is_removed_while_a_contract_is_added(database: Database, it: Scene) -> None:
    """V-07: either the contract is there and the person stays, or both are gone."""
    adds, removes = overlap(
        database,
        lambda: add_contract(it),
        lambda: staff.remove_staff(it.user, it.facility.id, it.other.reference, 1),
        before="INSERT INTO contract ",
    )
    adds.result()
    assert isinstance(removes.error, Findings)
    assert removes.error.findings[0].code == "V-07"
    assert count(Contract) == 2


def test_v80_two_certificates_that_overlap(database: Database, it: Scene) -> None:
    def add(start: date) -> Certificate:
        return certificates.add_certificate(it.user, CertificateType.SOCIAL_AGREEMENT, start, None)

    first, second = overlap(
        database, lambda: add(date(2024, 1, 1)), lambda: add(date(2024, 3, 1)), before="INSERT INTO certificate"
    )
    assert first.result()
    assert isinstance(second.error, Findings)
    assert second.error.findings[0].code == "V-80"
    assert count(Certificate, Certificate.kind == CertificateType.SOCIAL_AGREEMENT) == 1


def _account(name: str) -> AccountFacts:
    return AccountFacts(numbers.iban(), name, "Kerkstraat", "12", "9000", "Gent", is_default=True)


def test_e051_two_new_default_accounts_leave_one_default(database: Database, it: Scene) -> None:
    first, second = overlap(
        database,
        lambda: bank_accounts.add_account(it.user, _account("Eerste")),
        lambda: bank_accounts.add_account(it.user, _account("Tweede")),
        before="INSERT INTO bank_account ",
    )
    first.result()
    second.result()
    default = BankAccount.is_default & BankAccount.valid_to.is_(None)
    assert count(BankAccount, default) == 1
    assert count(BankAccount, BankAccount.valid_to.is_(None)) == 3


def test_e051_the_first_account_of_a_facility_twice_at_once(database: Database) -> None:
    code_lists()
    brug = organisations.facility()
    user = actors.facility_user(brug)
    lanes = at_once(database, [lambda: bank_accounts.add_account(user, _account("Rekening"))] * 4)
    for lane in lanes:
        lane.result()
    assert count(BankAccount, BankAccount.is_default, BankAccount.valid_to.is_(None)) == 1


@pytest.fixture
def corrected(database: Database, at: Callable[[str], Any]) -> Scene:
    """All quarters closed, in the correction window of the facility: one reopening is left (A-10)."""
    made = scene(QUARTER, status="CLOSED")
    for quarter in ("2023K3", "2023K4", "2024K2"):
        dossier_rows.dossier(made.facility, quarter, "CLOSED")
    reference.facility_period(made.facility, provisional_on=date(2024, 10, 16))
    at("2024-10-20T10:00:00+02:00")
    return made


def _reopen(it: Scene, *quarters: str) -> list[Dossier]:
    chosen = [Quarter.parse(quarter) for quarter in quarters]
    return declarations.reopen_once(it.case_manager, it.facility.id, "2023-2024", chosen, "Vergissing")


def test_a10_the_once_only_reopening_is_used_once(database: Database, corrected: Scene) -> None:
    first, second = overlap(
        database,
        lambda: _reopen(corrected, QUARTER),
        lambda: _reopen(corrected, "2023K3", "2024K2"),
        before="UPDATE facility_period",
    )
    first.result()
    assert isinstance(second.error, NotAllowedNow)
    assert second.error.code == "V-65"
    assert count(FacilityPeriod, FacilityPeriod.reopenings_used == 1) == 1
    assert count(Dossier, Dossier.reopened) == 1


def test_a10_overlapping_choices_of_quarters_do_not_deadlock(database: Database, corrected: Scene) -> None:
    """Both name several quarters in another order, while somebody looks at one of them to change it."""
    lanes = at_once(
        database,
        [
            lambda: _reopen(corrected, "2024K2", QUARTER, "2023K3"),
            lambda: _reopen(corrected, "2023K3", "2023K4", "2024K2"),
            lambda: declarations.fire(corrected.case_manager, corrected.number, Event.TAKE_INTO_AUDIT, "Steekproef"),
        ],
    )
    reopened = [lane for lane in lanes[:2] if lane.error is None]
    assert len(reopened) == 1
    assert all(lane.error is None or isinstance(lane.error, DomainError) for lane in lanes), [x.error for x in lanes]
    assert count(FacilityPeriod, FacilityPeriod.reopenings_used == 1) == 1


def test_locks_come_in_one_order(database: Database, corrected: Scene) -> None:
    """A step on one dossier meets the reopening of all: the second waits for the facility, and neither is a deadlock.

    The step used to hold the dossier when it asked for the facility, and the reopening the facility when it asked for
    the dossier.
    """
    steps, reopens = overlap(
        database,
        lambda: declarations.fire(corrected.case_manager, corrected.number, Event.TAKE_INTO_AUDIT, "Steekproef"),
        lambda: _reopen(corrected, "2024K2", QUARTER),
        before="SELECT dossier.id",
    )
    assert steps.error is None, steps.error
    assert isinstance(reopens.error, NotAllowedNow), reopens.error


def test_two_case_managers_decide_at_once(database: Database, it: Scene) -> None:
    """One decision and one trace; the other one is told who decided what and when."""
    number = dossier_rows.dossier(it.facility, "2024K2", "CLOSED").number
    els, jan = actors.case_manager("Els De Smet"), actors.case_manager("Jan Peeters")

    def decide(who: Any, event: Event) -> Dossier:
        return declarations.fire(who, number, event, "Reden", version=1)

    first, second = overlap(
        database,
        lambda: decide(els, Event.TAKE_INTO_AUDIT),
        lambda: decide(jan, Event.REOPEN),
        before="INSERT INTO dossier_event",
    )
    first.result()
    assert isinstance(second.error, Conflict)
    assert "Els De Smet" in str(second.error)
    assert set(second.error.theirs.values()) >= {"Els De Smet"}
    assert status(number) is DossierStatus.AUDIT
    assert count(DossierEvent, DossierEvent.event.in_(["TAKE_INTO_AUDIT", "REOPEN"])) == 1


def test_one_request_is_granted_once(database: Database, corrected: Scene) -> None:
    def register() -> int:
        return reopening_requests.register(
            corrected.case_manager,
            corrected.facility.hco_number,
            "2023-2024",
            [Quarter.parse(QUARTER), Quarter.parse("2024K2")],
            clock.now(),
        ).id

    request_id = at_once(database, [register])[0].result()

    def grant() -> Any:
        return reopening_requests.grant(corrected.case_manager, request_id, "Akkoord")

    first, second = overlap(database, grant, grant, before="UPDATE facility_period")
    assert len(first.result()) == 2
    assert isinstance(second.error, Conflict)
    assert count(FacilityPeriod, FacilityPeriod.reopenings_used == 1) == 1


def test_two_first_autosaves_of_one_row(database: Database, it: Scene) -> None:
    """One wins; the other gets both versions and loses nothing."""
    extra = personnel.contract(it.member, starts_on=date(2024, 1, 1), hours=Decimal("3.80"))

    def save(paid: str) -> performances.SaveOutcome:
        row = performances.TypedRow(extra.reference, 0, paid_hours=paid)
        return performances.save(it.user, it.number, [row])

    first, second = overlap(database, lambda: save("10"), lambda: save("12"), before="INSERT INTO performance")
    assert first.result().changed == 1
    (lost,) = second.result().conflicts
    assert (lost.typed.paid_hours, lost.line.entry.paid_hours) == ("12", Decimal("10.0"))
    db.session.rollback()
    assert db.session.get_one(Performance, (it.dossier.id, extra.id)).paid_hours == Decimal("10.0")


def test_the_same_value_typed_twice_is_no_conflict(database: Database, it: Scene) -> None:
    first, second = overlap(
        database, lambda: it.type_days("60"), lambda: it.type_days("60"), before="INSERT INTO performance"
    )
    assert (first.result().changed, second.result().changed) == (1, 0)
    assert not second.result().rejected


def test_the_same_file_stored_at_once_is_one_row(database: Database) -> None:
    """Two uploads of one file: content-addressed, so the second finds the first."""

    def store() -> str:
        return documents.store(b"%PDF-1.7 hetzelfde", "application/pdf").digest

    first, second = overlap(database, store, store, before=COMMIT)
    assert first.result() == second.result()
    assert count(StoredFile) == 1
