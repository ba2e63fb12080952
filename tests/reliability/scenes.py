"""The facility every story is about: all there is to submit 2024K1, and what it says once it is submitted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor
from domain.ecalcura.declaration import DossierStatus
from domain.ecalcura.performances import DEFAULT_PERFORMANCES
from domain.ecalcura.reviewed_content import canonical
from models.all import db
from models.audit import AuditEntry
from models.declaration import Dossier, DossierEvent, DossierSnapshot, Submission
from models.organisation import Certificate, Facility
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from services import transaction
from services.ecalcura import dossiers, performances, snapshots, submission
from services.ecalcura.lines import lines
from tests.factories import actors, declarations, organisations, personnel

QUARTER = "2024K1"


@dataclass
class Scene:
    """One facility with a member of staff of 55 or older: contract, choice, certificate and a filled-in quarter.

    ``other`` is a second member of staff, without a contract.
    """

    facility: Facility
    user: Actor
    member: StaffMember
    other: StaffMember
    contract: Contract
    choice: EndOfCareerChoice
    certificate: Certificate
    dossier: Dossier
    case_manager: Actor = field(default_factory=lambda: actors.known(actors.case_manager()))

    @property
    def number(self) -> str:
        """The number of the dossier."""
        return self.dossier.number

    def review(self) -> str:
        """Look at the quarter; gives the one-time key."""
        with transaction.unit_of_work():
            return submission.begin_review(self.user, self.number)

    def submit(self, key: str) -> str:
        """Submit inside the running transaction; gives the reference of the receipt."""
        return submission.submit(self.user, self.number, key).reference

    def submitted(self) -> str:
        """Review and submit; gives the reference of the receipt."""
        key = self.review()
        with transaction.unit_of_work():
            return self.submit(key)

    def type_days(self, paid: str, version: int = 1) -> performances.SaveOutcome:
        """Save the row of the contract inside the running transaction."""
        row = performances.TypedRow(self.contract.reference, version, paid_days=paid, unpaid_days="0")
        return performances.save(self.user, self.number, [row])


def scene(quarter: str = QUARTER, **dossier: Any) -> Scene:
    """A scene, with the dossier OPEN unless said otherwise."""
    brug = organisations.facility(name="PVT De Brug")
    organisations.contact_person(brug)
    organisations.bank_account(brug)
    certificate = organisations.certificate(brug)
    member = personnel.staff_member(brug, birth_date=date(1966, 5, 17))
    contract = personnel.contract(member, hours=Decimal("38.00"))
    choice = personnel.choice(member)
    row = declarations.dossier(brug, quarter, **dossier)
    declarations.performance(row, contract)
    other = personnel.staff_member(brug)
    return Scene(brug, actors.facility_user(brug), member, other, contract, choice, certificate, row)


def status(number: str) -> DossierStatus:
    """The status that is committed now."""
    db.session.rollback()
    return db.session.scalars(select(Dossier.status).where(Dossier.number == number)).one()


def count(kind: type[Any], *where: Any) -> int:
    """How many committed rows there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


def traces(number: str, event: str) -> int:
    """How many entries of the audit chain tell that this happened to a dossier."""
    db.session.rollback()
    texts = db.session.scalars(
        select(AuditEntry.data).where(AuditEntry.event == "dossier.state", AuditEntry.subject_key == number)
    )
    return sum(json.loads(text)["event"] == event for text in texts)


def assert_says_what_was_submitted(actor: Actor, number: str) -> None:
    """The frozen quarter (A-13): what the rows say now is what the copy says that counts."""
    db.session.rollback()
    found = dossiers.find(actor, number)
    snapshot = db.session.get_one(DossierSnapshot, found.dossier.snapshot_id)
    held = snapshots.certificates_in(found.facility.id, found.dossier.quarter)
    content = snapshots._everything(found, lines(found.dossier, found.parameters), held, DEFAULT_PERFORMANCES)
    now = json.loads(canonical(content))
    assert now == json.loads(snapshot.content)
    db.session.rollback()


def assert_whole(number: str, key: str, reference: str) -> None:
    """One submission of this key with everything that belongs to it, once, and each part about the others."""
    db.session.rollback()
    dossier = db.session.scalars(select(Dossier).where(Dossier.number == number)).one()
    submitted = db.session.scalars(select(Submission).where(Submission.review_key == key)).one()
    assert (submitted.reference, submitted.dossier_id) == (reference, dossier.id)
    snapshot = db.session.get_one(DossierSnapshot, submitted.snapshot_id)
    assert hashlib.sha256(snapshot.content.encode()).hexdigest() == snapshot.digest
    step = db.session.scalars(select(DossierEvent).where(DossierEvent.snapshot_id == snapshot.id)).one()
    assert (step.event, step.to_status, step.dossier_id) == ("SUBMIT", "CLOSED", dossier.id)
    texts = db.session.scalars(select(AuditEntry.data).where(AuditEntry.subject_key == number))
    copies = db.session.scalars(
        select(DossierSnapshot.id).where(
            DossierSnapshot.dossier_id == dossier.id, DossierSnapshot.digest == snapshot.digest
        )
    ).all()
    assert sum(json.loads(text).get("snapshot") == snapshot.digest for text in texts) == len(copies)
    db.session.rollback()
