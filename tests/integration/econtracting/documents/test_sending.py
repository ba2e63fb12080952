"""Sending (T4): who may, once, exactly what was checked, with the moment that counts and all that follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.econtracting.actions import ActionState, ActionType
from domain.econtracting.claims import ClaimState
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import VersionState
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.rights import Missing
from domain.econtracting.terms import TermKind
from domain.errors import Findings, NotAllowedNow, NotFound
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceRecord
from models.contract_follow_up import ContractAction, ContractTerm
from models.contract_rights import GroupMember
from models.file_document import DocumentVersion, FileDocument, SendCheck
from models.outbox import OutboxMessage
from services import clock
from services.econtracting.documents import drafts, sending
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.contracting_documents import Scene
from tests.factories.database import change


def checked(scene: Scene, version: DocumentVersion, by: make.Somebody | None = None) -> SendCheck:
    with unit_of_work():
        return sending.begin_check((by or scene.karim).actor, version.reference)


def attempt(scene: Scene, version: DocumentVersion, check: SendCheck, by: make.Somebody | None = None) -> None:
    with unit_of_work():
        sending.send((by or scene.karim).actor, version.reference, check.key, check.digest)


def reread(version: DocumentVersion) -> DocumentVersion:
    db.session.expire_all()
    return db.session.get_one(DocumentVersion, version.id)


def kinds_of_record(contract_id: int) -> list[EvidenceType]:
    return list(
        db.session.scalars(
            select(EvidenceRecord.type)
            .where(EvidenceRecord.contract_id == contract_id)
            .order_by(EvidenceRecord.sequence)
        )
    )


def test_c050_sending_sets_both_legal_moments_to_one_server_instant(database: Any, at: Any) -> None:
    """A-26, invariant 3: sent and consultable at the same instant, in milliseconds, of the server."""
    at("2025-03-24T16:40:12.345678+01:00")
    scene = documents.scene()
    version = reread(documents.send(documents.complete(scene.contract, scene.karim), scene.karim))
    assert version.sent_at == version.consultable_at == datetime.fromisoformat("2025-03-24T16:40:12.345+01:00")
    assert version.state is VersionState.SENT
    assert version.content_digest
    assert len(version.content_digest) == 64


def test_6_1_what_follows_from_a_claim(database: Any, at: Any) -> None:
    """Proof of submission and availability, the claim submitted, the tasks, the processing term of D-1, the mail."""
    at("2025-03-24T16:40:00+01:00")
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    assert kinds_of_record(scene.contract.id) == [EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE]
    assert db.session.scalar(select(ConfidentialAnnex.person)) is not None
    assert claim.claim_state is ClaimState.SUBMITTED
    assert str(claim.claimed) == "84250.40"
    action = db.session.scalars(select(ContractAction)).one()
    assert (action.type, action.state, action.document_id) == (ActionType.REVIEW, ActionState.OPEN, claim.id)
    term = db.session.scalars(select(ContractTerm)).one()
    assert (term.kind, str(term.nominal_end)) == (TermKind.PROCESSING, "2025-04-23")
    mail = db.session.scalars(select(OutboxMessage)).one()
    assert mail.recipient == scene.contract.contact_email
    assert "Karim" not in mail.parameters
    assert "84250" not in mail.parameters


def test_kb2013_a_claim_starts_the_verification(database: Any, at: Any) -> None:
    at("2024-06-03T10:00:00+02:00")
    scene = documents.scene(published_on=datetime(2024, 1, 15).date())
    documents.sent(scene.contract, scene.karim)
    term = db.session.scalars(select(ContractTerm)).one()
    assert (term.kind, str(term.nominal_end)) == (TermKind.VERIFICATION, "2024-07-03")


def test_c038_right_2_never_sends(database: Any) -> None:
    """Invariant 5: not with an own check, not with the one of a colleague."""
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.mila)
    own = checked(scene, version, scene.mila)
    with pytest.raises(NotAllowedNow) as refused:
        attempt(scene, version, own, scene.mila)
    assert refused.value.code == Missing.LEVEL_TOO_LOW
    with pytest.raises(NotFound):
        attempt(scene, version, checked(scene, version), scene.mila)
    assert reread(version).state is VersionState.DRAFT
    assert kinds_of_record(scene.contract.id) == []


def test_c030_a_beheerder_without_a_group_neither_drafts_nor_sends(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    an = make.manager()
    for act in (
        lambda: drafts.make(an.actor, scene.contract, "SCHULDVORDERING"),
        lambda: sending.begin_check(an.actor, version.reference),
    ):
        with pytest.raises(NotAllowedNow), unit_of_work():
            act()


def test_t4_the_right_counts_at_the_moment_of_sending(database: Any) -> None:
    """Removed from the group after the check: refused, nothing sent."""
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    check = checked(scene, version)
    membership = db.session.scalars(select(GroupMember).where(GroupMember.relation_id == scene.karim.relation.id)).one()
    change(membership, ends_at=clock.now())
    with pytest.raises(NotFound):
        attempt(scene, version, check)
    assert reread(version).sent_at is None


def test_t4_the_same_key_gives_the_same_sending(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    check = checked(scene, version)
    attempt(scene, version, check)
    first = reread(version).sent_at
    attempt(scene, version, check)
    assert reread(version).sent_at == first
    assert kinds_of_record(scene.contract.id).count(EvidenceType.SUBMITTED) == 1


def test_t4_another_key_after_the_sending_is_refused(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    first, second = checked(scene, version), checked(scene, version)
    attempt(scene, version, first)
    with pytest.raises(NotAllowedNow, match="al verzonden"):
        attempt(scene, version, second)


def test_t4_a_draft_that_changed_since_the_check_is_refused_with_the_differences(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    check = checked(scene, version)
    documents.fill(version, scene.mila, documents.CLAIM | {"amount": "1,00"})
    with pytest.raises(sending.ChangedSinceCheck) as changed:
        attempt(scene, version, check)
    (difference,) = changed.value.differences
    assert (difference.before, difference.after) == ("€ 84.250,40", "€ 1,00")
    assert reread(version).state is VersionState.DRAFT


def test_t4_a_file_that_came_after_the_check_is_a_difference(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    check = checked(scene, version)
    documents.attach(version, scene.mila, slot="", content=documents.pdf("erbij"))
    with pytest.raises(sending.ChangedSinceCheck) as changed:
        attempt(scene, version, check)
    assert "bijlage.pdf" in changed.value.differences[0].after


def test_t4_what_is_not_complete_is_not_sent(database: Any) -> None:
    scene = documents.scene()
    version = documents.draft(scene.contract, scene.karim, typed={"amount": "veel"})
    with pytest.raises(Findings) as found:
        attempt(scene, version, checked(scene, version))
    fields = {finding.field for finding in found.value.findings}
    assert {"amount", "period_from", "vat", "statement"} <= fields


def test_t4_after_closing_nothing_is_sent(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    check = checked(scene, version)
    change(scene.contract, state=ContractState.CLOSED)
    with pytest.raises(NotAllowedNow, match="afgesloten"):
        attempt(scene, version, check)


def test_t4_somebody_of_another_enterprise_finds_nothing(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    check = checked(scene, version)
    nora = make.manager(make.competitor(), name="Nora Simons")
    for who in (nora, make.user(name="Tom Wouters"), scene.dirk):
        with pytest.raises(NotFound):
            attempt(scene, version, check, who)


def test_9_1_a_refused_sending_is_proven_without_a_person(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.mila)
    check = checked(scene, version, scene.mila)
    with pytest.raises(NotAllowedNow) as refused:
        attempt(scene, version, check, scene.mila)
    with unit_of_work():
        sending.refused(scene.mila.actor, version.reference, refused.value)
    record = db.session.scalars(select(EvidenceRecord)).one()
    assert record.type is EvidenceType.SUBMISSION_REFUSED
    assert "Mila" not in record.text
    assert "LEVEL_TOO_LOW" in record.text
    assert db.session.scalar(select(ConfidentialAnnex.record_id)) is None


def test_invariant_4_what_was_sent_never_changes_again(database: Any) -> None:
    scene = documents.scene()
    version = documents.send(documents.complete(scene.contract, scene.karim), scene.karim)
    seen = reread(version)
    content, digest = seen.content, seen.content_digest
    for act in (
        lambda: drafts.save(scene.karim.actor, version.reference, {"amount": "1,00"}, None, seen.version),
        lambda: drafts.remove(scene.karim.actor, version.reference),
        lambda: drafts.hand_over(scene.karim.actor, version.reference),
        lambda: drafts.new_version(scene.karim.actor, db.session.get_one(FileDocument, version.document_id)),
    ):
        with pytest.raises(NotAllowedNow), unit_of_work():
            act()
    after = reread(version)
    assert (after.content, after.content_digest, after.state) == (content, digest, VersionState.SENT)


def test_unused_checks_are_forgotten_and_used_ones_kept(database: Any, at: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    used, unused = checked(scene, version), checked(scene, version)
    attempt(scene, version, used)
    clock.fix(clock.now() + sending.UNUSED_CHECK_KEPT + timedelta(minutes=1))
    with unit_of_work():
        assert sending.forget_unused_checks() == 1
    assert db.session.get(SendCheck, used.key) is not None
    assert unused.key != used.key
