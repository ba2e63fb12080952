"""The demonstration data: complete, coherent, and true to the rules of the entry screens."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from domain.actor import SCHEDULER
from domain.calendars import Quarter
from domain.ecalcura.campaign import Phase
from domain.ecalcura.choice_rules import check_choice
from domain.ecalcura.contract_rules import check_contract
from domain.ecalcura.declaration import DossierStatus
from domain.ecalcura.review import Review
from domain.econtracting.claims import ClaimState
from domain.econtracting.contracts import ContractState
from domain.errors import Severity
from domain.identifiers import parse_enterprise_number, parse_iban, parse_national_number
from domain.organisation import check_accounts
from models.all import db
from models.declaration import Dossier, DossierEvent, Performance, ReopeningRequest, Submission
from models.document import StoredFile
from models.file_document import FileDocument
from models.identity import Account
from models.organisation import BankAccount, ContactPerson, Facility, Organisation
from models.outbox import DeliveryState, OutboxMessage
from models.personnel import StaffMember
from models.public_contract import PublicContract
from services import audit, clock, demo, evidence, transaction
from services.demo import filling
from services.demo.contracting import people
from services.ecalcura import declarations, dossiers, performances, raas_import, submission
from services.ecalcura.personnel_facts import choice_facts, code_lists, contract_facts, person_facts
from services.organisations.bank_accounts import facts as account_facts
from tests.factories import actors
from tests.support.databases import ROOT, PreparedDatabase

AUTUMN = "2026-11-21T10:00:00+01:00"
"""After the blocking of 2025-2026, while its calculation goes on."""


@pytest.fixture
def demonstration(database: PreparedDatabase) -> dict[str, int | bool]:
    """The demonstration as it is loaded on 21 November 2026."""
    clock.fix(datetime.fromisoformat(AUTUMN))
    with transaction.unit_of_work():
        return demo.load()


def facility(hco_number: str) -> Facility:
    return db.session.scalars(select(Facility).where(Facility.hco_number == hco_number)).one()


def test_the_demonstration_tells_one_coherent_story(demonstration: dict[str, int | bool]) -> None:
    """One test for all that holds of it, because loading takes seconds: sizes, rules, statuses, proof, once only."""
    check_sizes(demonstration)
    check_numbers()
    check_staff_obeys_the_rules()
    check_every_status_and_phase()
    check_the_stories_that_people_try()
    check_contracts()
    check_proof()
    check_it_is_loaded_once()


@pytest.mark.one_database
def test_the_demonstration_follows_the_clock_and_can_be_reset(database: PreparedDatabase) -> None:
    """Whenever it is loaded, De Brug has a quarter to go on with; a reset leaves no row and no file of before."""
    for moment, last_ended in (("2022-02-14T09:00:00+01:00", "2021K4"), ("2023-11-20T09:00:00+01:00", "2023K3")):
        clock.fix(datetime.fromisoformat(moment))
        with transaction.unit_of_work():
            assert demo.load(reset=True)["loaded"] is True
        status = select(Dossier.status).where(Dossier.number == f"71000012-{last_ended}")
        assert db.session.scalars(status).one() is DossierStatus.OPEN
        assert evidence.verify().broken == ()
        kept = {path.name for path in (database.settings.instance / "documents").rglob("*") if path.is_file()}
        assert kept == set(db.session.scalars(select(StoredFile.digest)))
        assert clock.now() == datetime.fromisoformat(moment)
        assert db.session.scalars(select(func.max(Dossier.changed_at))).one() <= clock.now()


def check_sizes(loaded: dict[str, int | bool]) -> None:
    assert loaded["loaded"] is True
    assert db.session.scalar(select(func.count()).select_from(Facility)) == loaded["facilities"]
    assert int(loaded["facilities"]) >= 12
    assert 290 <= db.session.scalars(select(func.count()).select_from(StaffMember)).one() <= 330
    assert len(set(db.session.scalars(select(Facility.sector)))) == 5
    assert db.session.scalars(select(func.count(Dossier.period_code.distinct()))).one() == 5
    sides = Counter(db.session.scalars(select(Organisation.side)))
    assert (sides["contractor"], sides["authority"]) == (6, 3)
    assert {"OVO009901", "OVO009903", "0999000129", "0999000228"} <= set(db.session.scalars(select(Organisation.key)))


def check_contracts() -> None:
    """Contracts in every state, claims in every state, and people who can sign in with the account they have here."""
    states = Counter(db.session.scalars(select(PublicContract.state)))
    assert sum(states.values()) >= 25
    assert set(states) == set(ContractState)
    assert set(db.session.scalars(select(FileDocument.claim_state))) == {None, *ClaimState}
    personas = (ROOT / "integrations" / "development_idp" / "personas.toml").read_text(encoding="utf-8")
    keys = [person["account_key"] for person in people.described()["person"] if "account_key" in person]
    assert keys
    assert all(f'vo_id = "{key}"' in personas for key in keys)


def check_numbers() -> None:
    for row in db.session.scalars(select(Facility)):
        parse_enterprise_number(row.enterprise_number)
    for account in db.session.scalars(select(BankAccount)):
        parse_iban(account.iban)
    for person in db.session.scalars(select(StaffMember)):
        number = parse_national_number(person.national_number)
        assert 900 <= int(number.digits[6:9]) <= 993, "serials that belong to nobody"
        assert number.birth_date == person.birth_date
    for contact in db.session.scalars(select(ContactPerson)):
        assert contact.email.endswith(".example.be")
    known = {row.hco_number: row.enterprise_number for row in db.session.scalars(select(Facility))}
    assert known["71000012"] == "0999000327"
    assert known["71000023"] == "0999000426"
    assert known["71000034"] == "0999000525"


def check_staff_obeys_the_rules() -> None:
    """Nothing in the demonstration could not have been entered on the screens: no rule blocks it."""
    lists = code_lists()
    people = db.session.scalars(
        select(StaffMember).options(selectinload(StaffMember.contracts), selectinload(StaffMember.choices))
    )
    shapes: Counter[str] = Counter()
    for person in people:
        contracts = [contract_facts(row) for row in person.contracts]
        choices = [choice_facts(row) for row in person.choices]
        findings = [
            finding
            for contract in contracts
            for finding in check_contract(contract, contracts, choices, lists.contract_types, lists.qualifications)
        ]
        for choice in choices:
            findings += check_choice(
                choice, choices, contracts, person_facts(person), lists.qualifications, by_case_manager=True
            )
        blocking = [finding for finding in findings if finding.severity is not Severity.INFORMATION]
        assert not blocking, (person.national_number, [str(finding) for finding in blocking])
        shapes.update(
            {
                "no contract": not contracts,
                "premium": any(choice.premium_hours for choice in choices),
                "exemption": any(choice.exemption_hours for choice in choices),
                "both": any(choice.premium_hours and choice.exemption_hours for choice in choices),
                "exception": any(choice.premium_exception for choice in choices),
                "replacer": any(contract.replacement_hours for contract in contracts),
                "ended": any(contract.ends_on for contract in contracts),
                "several contracts": len(contracts) > 1,
                "part-time": any(contract.hours < 38 for contract in contracts),
                "interim": any(contract.contract_type == "INTERIM" for contract in contracts),
                "statutory": any(contract.contract_type == "STATUTAIR" for contract in contracts),
            }
        )
    assert all(count > 0 for count in shapes.values()), shapes


def check_every_status_and_phase() -> None:
    assert set(db.session.scalars(select(Dossier.status))) == set(DossierStatus)
    periods = db.session.scalars(select(Dossier.period_code).distinct()).all()
    phases = {
        dossiers.situation_of(row, period).phase for row in db.session.scalars(select(Facility)) for period in periods
    }
    assert {Phase.ENTRY, Phase.CALCULATION, Phase.CORRECTION, Phase.CLOSING, Phase.DEFINITIVE} <= phases
    assert {"SUBMIT", "REOPEN", "REOPEN_ONCE", "BLOCK", "BLOCK_AGAIN", "TAKE_INTO_AUDIT", "RESTORE"} <= set(
        db.session.scalars(select(DossierEvent.event))
    )
    decisions = Counter(db.session.scalars(select(ReopeningRequest.decision)))
    assert decisions[None] == 1
    assert decisions["REFUSED"] == 1
    assert decisions["GRANTED"] >= 3
    states = Counter(db.session.scalars(select(OutboxMessage.state)))
    assert states[DeliveryState.SENT] > 5
    assert states[DeliveryState.FAILED] == 1
    closed = db.session.scalars(select(Dossier).where(Dossier.status == DossierStatus.CLOSED))
    assert all(row.snapshot_id and row.submitted_at for row in closed)


def check_the_stories_that_people_try() -> None:
    """De Brug can go on with its last quarter; De Wissel needs an import; De Start lacks account and contact."""
    brug = facility("71000012")
    sofie = actors.facility_user(brug)
    number = "71000012-2026K3"
    grid = performances.grid(sofie, number)
    assert grid.read_only is None
    assert 0 < grid.filled < grid.expected
    assert grid.copyable > 0
    key = submission.begin_review(sofie, number)
    assert submission.review_page(sofie, number, key).review.can_submit
    wissel, start = facility("71000034"), facility("71000045")
    assert (
        db.session.scalar(
            select(func.count()).select_from(StaffMember).where(StaffMember.facility_id.in_([wissel.id, start.id]))
        )
        == 0
    )
    ready = select(func.count()).select_from(BankAccount).where(BankAccount.is_default)
    assert db.session.scalar(ready.where(BankAccount.facility_id == wissel.id)) == 1
    assert db.session.scalar(ready.where(BankAccount.facility_id == start.id)) == 0
    assert db.session.scalar(select(ContactPerson.id).where(ContactPerson.facility_id == start.id)) is None
    outcome = review_of(start)
    assert {"V-60", "V-61"} <= {finding.code for finding in outcome.blocking}
    assert "V-66" in {finding.code for finding in outcome.warnings}
    import_fill_and_submit(wissel)
    for row in db.session.scalars(select(Facility)):
        own = db.session.scalars(select(BankAccount).where(BankAccount.facility_id == row.id)).all()
        assert not own or not check_accounts([account_facts(account) for account in own])


def review_of(of: Facility) -> Review:
    """What stands between a facility and submitting its last ended quarter."""
    user = actors.facility_user(of)
    number = declarations.open_new(user, Quarter(2026, 3)).number
    return submission.review_page(user, number, submission.begin_review(user, number)).review


def import_fill_and_submit(wissel: Facility) -> None:
    """The whole way of a new facility with the sample export, and nothing else."""
    sample = Path(demo.__file__).with_name("raas-de-wissel.csv").read_bytes()
    assert len(raas_import.run(SCHEDULER, wissel.hco_number, sample).taken) == 38
    wouter = actors.facility_user(wissel, name="Wouter Smets")
    number = declarations.open_new(wouter, Quarter(2026, 3)).number
    filling.fill(wouter, number, 1.0)
    submission.submit(wouter, number, submission.begin_review(wouter, number))
    assert dossiers.find(wouter, number).dossier.status is DossierStatus.CLOSED


def check_proof() -> None:
    report = evidence.verify()
    assert report.broken == ()
    assert report.audit_entries > 1000
    assert report.snapshots >= db.session.scalars(select(func.count()).select_from(Submission)).one() > 150
    moments = db.session.scalars(select(audit.AuditEntry.at).order_by(audit.AuditEntry.sequence)).all()
    assert moments == sorted(moments)
    assert db.session.scalars(select(func.count()).select_from(Account)).one() > 10


def check_it_is_loaded_once() -> None:
    before = db.session.scalars(select(func.count()).select_from(Performance)).one()
    transaction.commit()
    with transaction.unit_of_work():
        assert demo.load() == {"loaded": False}
    assert db.session.scalars(select(func.count()).select_from(Performance)).one() == before
