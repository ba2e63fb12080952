"""The chain of a contract: one record after another, sealed, without the person (part 9, C-046)."""

from __future__ import annotations

import json
from datetime import UTC

import pytest
from sqlalchemy import select

from domain.econtracting.evidence import EvidenceType, check_chain, commitment
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceHead, EvidenceRecord
from services import clock
from services.connections import connections
from services.econtracting.proof import chain
from services.locks import lock_contract
from services.transaction import unit_of_work
from tests.factories import contracting, contracting_proof


def rows(contract_id: int) -> list[EvidenceRecord]:
    """The records of a contract, in order."""
    return list(
        db.session.scalars(
            select(EvidenceRecord).where(EvidenceRecord.contract_id == contract_id).order_by(EvidenceRecord.sequence)
        )
    )


def test_records_build_on_each_other_and_are_sealed(database: object) -> None:
    contract = contracting.public_contract()
    karim = contracting.user()
    contracting_proof.sent(contract, karim)
    contracting_proof.append(contract, EvidenceType.FIRST_CONSULTED)
    made = rows(contract.id)
    head = db.session.get_one(EvidenceHead, contract.id)
    assert [row.sequence for row in made] == [1, 2, 3]
    assert check_chain([(row.text, row.digest) for row in made], head=(head.sequence, head.digest)) is None
    assert all(connections().seals.holds(row.digest, row.seal, row.key_id) for row in made)
    assert len({row.code for row in made}) == 3


def test_two_contracts_have_chains_of_their_own(database: object) -> None:
    one, other = contracting.public_contract(), contracting.public_contract()
    contracting_proof.append(one, EvidenceType.MAIL_SENT)
    contracting_proof.append(other, EvidenceType.MAIL_SENT)
    assert rows(one.id)[0].sequence == rows(other.id)[0].sequence == 1


def test_a_record_says_what_was_sent_with_its_content_and_files(database: object) -> None:
    contract = contracting.public_contract()
    sent = contracting_proof.sent(contract, contracting.user(), b"%PDF-1.7 een", b"%PDF-1.7 twee")
    said = json.loads(rows(contract.id)[0].text)
    assert said["contract"] == contract.number
    assert (said["contractor"], said["authority"]) == ("0999000129", "OVO009902")
    assert (said["kind"], said["document"], said["version"]) == ("SCHULDVORDERING", str(sent.document.number), 1)
    assert said["detail"] == {"content": sent.version.content_digest}
    assert [one["sha256"] for one in said["files"]] == [one.digest for one in sent.files]
    assert said["at"] == clock.now().astimezone(UTC).isoformat(timespec="milliseconds")


def test_c046_the_person_is_in_the_annex_of_the_company_only(database: object) -> None:
    contract = contracting.public_contract()
    karim = contracting.user()
    contracting_proof.sent(contract, karim)
    first, second = rows(contract.id)
    annex = db.session.get_one(ConfidentialAnnex, first.id)
    assert annex.organisation_id == contract.contractor_id
    assert annex.person is not None
    assert annex.salt is not None
    assert "Karim El Amrani" in annex.person
    assert json.loads(first.text)["commitment"] == commitment(annex.salt, annex.person)
    assert db.session.get(ConfidentialAnnex, second.id) is None
    for row in (first, second):
        assert "Karim" not in row.text
        assert karim.account.account_key not in row.text


def test_somebody_of_the_authority_is_not_kept_at_all(database: object) -> None:
    contract = contracting.public_contract()
    contracting_proof.append(contract, EvidenceType.CONSULTABLE, actor=contracting.official().actor)
    assert json.loads(rows(contract.id)[0].text)["commitment"] is None
    assert db.session.scalar(select(ConfidentialAnnex)) is None


def test_what_is_undone_leaves_no_record(database: object) -> None:
    contract = contracting.public_contract()

    def fail() -> None:
        with unit_of_work():
            lock_contract(contract.id)
            chain.append(contract, EvidenceType.MAIL_SENT, clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert rows(contract.id) == []
    assert db.session.get(EvidenceHead, contract.id) is None
