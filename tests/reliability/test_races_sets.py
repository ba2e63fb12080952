"""Two people at once on what is checked as a set: staff, certificates, bank accounts, rows of a grid, files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.ecalcura.certificates import CertificateType
from domain.errors import Findings
from domain.organisation import AccountFacts
from integrations.person_register import Answer, RegisteredPerson
from models.all import db
from models.declaration import Performance
from models.document import StoredFile
from models.organisation import BankAccount, Certificate
from models.personnel import Contract, StaffMember
from services import documents
from services.connections import connections
from services.ecalcura import (
    certificates,
    contracts,
    performances,
    raas_import,
    staff,
)
from services.organisations import bank_accounts
from tests.factories import actors, numbers, organisations, personnel
from tests.factories.reference import code_lists
from tests.reliability.lanes import COMMIT, at_once, overlap
from tests.reliability.scenes import Scene, count, scene
from tests.support.databases import PreparedDatabase

Database = PreparedDatabase


def add_contract(it: Scene) -> Any:
    draft = contracts.ContractDraft(
        date(2024, 2, 1), None, "LOONTREKKENDE", "ZORGKUNDIGE", Decimal("10.00"), Decimal("0.00")
    )
    return contracts.add_contract(it.user, it.facility.id, it.other.reference, draft)


@pytest.fixture
def it(database: Database) -> Scene:
    """A quarter that is ready to be submitted."""
    return scene()


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


def _export(it: Scene, number: str) -> bytes:
    """A RaaS file with one contract of one person."""
    return (
        "riziv_nummer;hco_nummer;insz;naam;voornaam;contracttype;kwalificatie_code;start;einde;uren;uren_vervanging\r\n"
        f"{it.facility.riziv_number};{it.facility.hco_number};{number};Testers;Ann;L;ZK;01/02/2024;;38,00;0\r\n"
    ).encode()


def test_v05_an_import_while_somebody_is_added_by_hand(database: Database, it: Scene) -> None:
    """E-015: the same person comes from RaaS and from the screen at once; there is one, with the imported contract."""
    number = numbers.national_number(date(1970, 3, 4))
    _register(number)
    first, second = overlap(
        database,
        lambda: raas_import.run(it.case_manager, it.facility.hco_number, _export(it, number)),
        lambda: staff.add_staff(it.user, it.facility.id, [number]),
        before="INSERT INTO staff_member",
    )
    assert len(first.result().taken) == 1
    assert [candidate.finding.code for candidate in second.result().refused] == ["V-05"]
    assert count(StaffMember, StaffMember.national_number == number) == 1


def test_the_same_import_twice_at_once(database: Database, it: Scene) -> None:
    data = _export(it, numbers.national_number(date(1970, 3, 4)))

    def run() -> raas_import.RaasOutcome:
        return raas_import.run(it.case_manager, it.facility.hco_number, data)

    first, second = overlap(database, run, run, before="INSERT INTO staff_member")
    assert (len(first.result().taken), len(second.result().taken)) == (1, 0)
    assert count(Contract) == 2
