"""After the retention term contents and files go; the proof stays and still holds (A-43)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from domain.econtracting.contracts import ContractState
from domain.econtracting.evidence import EvidenceType
from domain.errors import Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Role
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceRecord
from models.document import StoredFile
from models.file_document import Attachment, DocumentVersion
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting.archive import retention
from services.econtracting.proof.verification import verify_contract
from services.transaction import unit_of_work
from tests.factories import contracting, contracting_proof
from tests.factories.contracting import Somebody
from tests.factories.database import change

At = Callable[[str], datetime]
SHARED = b"%PDF-1.7 gedeeld"


@pytest.fixture
def dirk(database: object) -> Somebody:
    """Who decides for the authority."""
    return contracting.official()


@pytest.fixture
def contract(dirk: Somebody) -> PublicContract:
    """A contract accepted on 1 September 2024, with files of which one is shared with another contract."""
    made, other = contracting.public_contract(), contracting.public_contract()
    contracting_proof.sent(made, contracting.user(), SHARED, b"%PDF-1.7 eigen")
    contracting_proof.sent(other, None, SHARED)
    change(made, state=ContractState.CLOSED, accepted_on=date(2024, 9, 1))
    return made


def erase(who: Somebody, contract: PublicContract, typed: str | None = None) -> None:
    """Erase it, committed."""
    with unit_of_work():
        retention.erase(who.actor, contract.reference, contract.number if typed is None else typed)


def test_what_is_due(dirk: Somebody, contract: PublicContract, at: At) -> None:
    (one,) = retention.due(dirk.actor)
    assert (one.number, one.due_on, one.now) == (contract.number, date(2034, 9, 2), False)
    at("2034-09-02T09:00:00+02:00")
    assert [one.now for one in retention.due(dirk.actor)] == [True]
    assert retention.due_count(dirk.actor) == 1
    elsewhere = contracting.official(contracting.other_authority())
    assert retention.due(elsewhere.actor) == []


def test_not_before_the_day_and_not_without_typing_the_number(dirk: Somebody, contract: PublicContract, at: At) -> None:
    with pytest.raises(NotAllowedNow):
        erase(dirk, contract)
    at("2034-09-02T09:00:00+02:00")
    with pytest.raises(InvalidValue):
        erase(dirk, contract, "ja")
    assert db.session.get_one(PublicContract, contract.id).erased_at is None
    active = contracting.public_contract()
    with pytest.raises(NotAllowedNow):
        erase(dirk, active)


def test_only_who_manages_contracts_of_the_own_authority(contract: PublicContract, at: At) -> None:
    at("2034-09-02T09:00:00+02:00")
    handler = contracting.official(None, Role.EC_AB_BEHANDELAAR)
    for who in (handler, contracting.manager()):
        with pytest.raises(Forbidden):
            erase(who, contract)
    with pytest.raises(NotFound):
        erase(contracting.official(contracting.other_authority()), contract)


def test_contents_go_and_the_proof_stays(dirk: Somebody, contract: PublicContract, at: At) -> None:
    own, shared = (
        one.digest
        for one in sorted(
            db.session.scalars(select(Attachment).where(Attachment.name.like("%"), Attachment.size < 15)).all()
            + list(db.session.scalars(select(Attachment).where(Attachment.size == len(SHARED)).limit(1))),
            key=lambda one: one.size,
        )
    )
    at("2034-09-02T09:00:00+02:00")
    erase(dirk, contract)
    db.session.expire_all()
    store = connections().documents
    assert not store.exists(own)
    assert db.session.get(StoredFile, own) is None
    assert store.exists(shared), "another contract still names it"
    version = db.session.scalars(
        select(DocumentVersion)
        .join(EvidenceRecord, EvidenceRecord.version_id == DocumentVersion.id)
        .where(EvidenceRecord.contract_id == contract.id)
    ).first()
    assert version is not None
    assert (version.content, version.title) == ("{}", "")
    last = db.session.scalars(
        select(EvidenceRecord).where(EvidenceRecord.contract_id == contract.id).order_by(EvidenceRecord.sequence.desc())
    ).first()
    assert last is not None
    assert last.type is EvidenceType.REMOVED
    annexes = db.session.scalars(select(ConfidentialAnnex)).all()
    assert [(one.salt, one.person, one.erased_at is not None) for one in annexes] == [(None, None, True)]
    report = verify_contract(contract.id)
    assert (report.whole, report.records) == (True, 3)
    with pytest.raises(NotFound):
        erase(dirk, contract)


def test_removing_without_a_record_of_it_is_found(contract: PublicContract, at: At) -> None:
    change(contract, erased_at=at("2034-09-02T09:00:00+02:00"))
    broken = verify_contract(contract.id).broken
    assert broken is not None
    assert str(broken) == "De inhoud werd verwijderd zonder bewijs daarvan."
