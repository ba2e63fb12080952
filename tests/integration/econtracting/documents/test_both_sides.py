"""What follows from an answer of the authority, what each side sees, and that no person crosses over (C-046)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from domain.econtracting.actions import ActionState, ActionType
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import VersionState
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.terms import TermKind, TermState
from domain.errors import NotAllowedNow, NotFound
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.contract_follow_up import ContractAction, ContractTerm
from models.file_document import DocumentVersion, FileDocument
from models.message import NotificationAddress
from models.outbox import OutboxMessage
from services import clock
from services.econtracting import actions, terms
from services.econtracting.desk import reopening, reviews
from services.econtracting.documents import choices, consulting, drafts, queries
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.contracting_documents import Scene
from tests.factories.database import change, saved

#: Everything that would tell who of the contractor it was.
PERSONAL = ("Mila", "Jacobs", "Karim", "El Amrani", "Opmakers", "Verzenders")


def latest(document: FileDocument) -> DocumentVersion:
    db.session.expire_all()
    return db.session.scalars(
        select(DocumentVersion).where(DocumentVersion.document_id == document.id, DocumentVersion.latest)
    ).one()


def waiting(scene: Scene) -> set[tuple[ActionType, ActionState]]:
    rows = db.session.scalars(select(ContractAction).where(ContractAction.contract_id == scene.contract.id))
    return {(row.type, row.state) for row in rows if row.state in (ActionState.OPEN, ActionState.REOPENED)}


def a_whole_story(scene: Scene) -> FileDocument:
    """Drafted by one, sent by another, taken up, reopened, sent again, accepted with changes, invoice asked."""
    version = documents.complete(scene.contract, scene.mila)
    claim = db.session.get_one(FileDocument, version.document_id)
    with unit_of_work():
        drafts.hand_over(scene.mila.actor, version.reference)
    documents.send(version, scene.karim)
    with unit_of_work():
        reviews.start(scene.dirk.actor, claim.reference)
    with unit_of_work():
        reopening.reopen(scene.dirk.actor, claim.reference, "De staat is onvolledig.")
    with unit_of_work():
        renewed = drafts.new_version(scene.mila.actor, claim)
    documents.fill(renewed, scene.mila, documents.CLAIM | {"amount": "84000,00"})
    documents.send(renewed, scene.karim)
    documents.review(
        scene, claim, "AANVAARD_MET_WIJZIGINGEN", accepted="80000,00", reasons="Post 4 is niet uitgevoerd."
    )
    documents.request(scene, claim, "80000,00")
    return claim


def test_6_2_from_the_draft_to_the_invoice_request(database: Any, at: Any) -> None:
    at("2025-03-24T16:40:00+01:00")
    scene = documents.scene()
    claim = a_whole_story(scene)
    db.session.refresh(claim)
    assert claim.claim_state is ClaimState.INVOICE_ASKED
    assert (str(claim.claimed), str(claim.accepted)) == ("84000.00", "80000.00")
    states = [
        row.state
        for row in db.session.scalars(
            select(DocumentVersion).where(DocumentVersion.document_id == claim.id).order_by(DocumentVersion.number)
        )
    ]
    assert states == [VersionState.REPLACED, VersionState.HANDLED]
    assert (ActionType.SEND_INVOICE, ActionState.OPEN) in waiting(scene)
    assert not {one for one, _ in waiting(scene)} & {ActionType.REVIEW, ActionType.SUPPLEMENT}
    alive = {row.kind for row in db.session.scalars(select(ContractTerm)) if row.state is TermState.RUNNING}
    assert alive == {TermKind.PROCESSING, TermKind.INVOICE}


def test_a28_a_review_that_says_incomplete_means_the_term_never_started(database: Any, at: Any) -> None:
    at("2025-03-24T16:40:00+01:00")
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    documents.review(scene, claim, "ONVOLLEDIG", reasons="De vorderingsstaat ontbreekt.")
    term = db.session.scalars(select(ContractTerm)).one()
    db.session.refresh(claim)
    assert (term.state, claim.claim_state) == (TermState.NEVER_STARTED, ClaimState.REFUSED)
    assert (ActionType.MAKE_CLAIM, ActionState.OPEN) in waiting(scene)


def test_kb2013_a_review_in_time_starts_the_payment(database: Any, at: Any) -> None:
    """D-8."""
    at("2024-06-03T10:00:00+02:00")
    scene = documents.scene(published_on=date(2024, 1, 15))
    claim = documents.sent(scene.contract, scene.karim)
    at("2024-06-24T15:02:00+02:00")
    documents.review(scene, claim)
    kinds = {row.kind: row for row in db.session.scalars(select(ContractTerm))}
    assert kinds[TermKind.VERIFICATION].state is TermState.MET
    assert str(kinds[TermKind.PAYMENT].nominal_end) == "2024-07-24"


def test_d6_the_invoice_term_starts_when_the_request_can_be_consulted(database: Any, at: Any) -> None:
    at("2025-03-24T10:00:00+01:00")
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    documents.review(scene, claim)
    at("2025-04-15T17:30:00+02:00")
    documents.request(scene, claim)
    term = db.session.scalars(select(ContractTerm).where(ContractTerm.kind == TermKind.INVOICE)).one()
    assert (str(term.nominal_end), str(term.effective_end)) == ("2025-04-20", "2025-04-22")


def test_c056_the_desired_address_hears_of_a_document_once_and_in_general_words(database: Any, at: Any) -> None:
    scene = documents.scene()
    saved(
        NotificationAddress(
            organisation_id=scene.contract.contractor_id,
            email="dossiers@wegenbouw.example.be",
            events="NIEUW_DOSSIERSTUK ACTIE_HEROPEND",
            added_at=clock.now(),
            confirmed_at=clock.now(),
        )
    )
    claim = documents.sent(scene.contract, scene.karim)
    documents.review(scene, claim)
    mails = list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient.like("dossiers@%"))))
    assert len(mails) == 1
    assert "84250" not in mails[0].parameters.replace(".", "")
    assert "Dirk" not in mails[0].parameters


def test_c046_nothing_the_authority_reads_names_a_person_of_the_contractor(database: Any, at: Any) -> None:
    """Invariant 2: the whole of every view object, written out and searched."""
    at("2025-03-24T16:40:00+01:00")
    scene = documents.scene()
    claim = a_whole_story(scene)
    with unit_of_work():
        consulting.consult(scene.karim.actor, _answer(claim).reference)
    dirk = scene.dirk.actor
    rows = list(db.session.scalars(select(FileDocument)))
    views: list[Any] = [asdict(queries.document(dirk, row.reference)) for row in rows]
    views += [asdict(one) for one in queries.documents_of(dirk, scene.contract)]
    views += [asdict(one) for one in actions.of_contract(dirk, scene.contract)]
    views += [asdict(one) for one in terms.for_contract(dirk, scene.contract)]
    views += [one.text for one in db.session.scalars(select(EvidenceRecord))]
    views += [one.parameters for one in db.session.scalars(select(OutboxMessage))]
    told = repr(views)
    assert [name for name in PERSONAL if name in told] == []
    for one in (scene.mila, scene.karim):
        for value in (one.relation.reference, one.account.account_key):
            assert str(value) not in told


def test_a12_inside_the_company_colleagues_read_who_it_was(database: Any) -> None:
    scene = documents.scene()
    claim = a_whole_story(scene)
    page = queries.document(scene.karim.actor, claim.reference)
    assert page.versions[-1].people is not None
    assert page.versions[-1].people.made_by == "Mila Jacobs"
    assert page.versions[-1].people.sent_by == "Karim El Amrani"
    assert {entry.who for entry in page.timeline} >= {"Mila Jacobs", "Karim El Amrani"}


def test_a23_the_contractor_reads_no_official(database: Any) -> None:
    scene = documents.scene()
    claim = a_whole_story(scene)
    told = repr([asdict(queries.document(scene.karim.actor, one.reference)) for one in (claim, _answer(claim))])
    assert "Dirk" not in told
    assert "Lemmens" not in told


def test_t1_a_draft_is_not_there_for_the_other_party(database: Any) -> None:
    """Neither the document, nor the new version of one that was reopened, nor what it changes."""
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.mila)
    document = db.session.get_one(FileDocument, version.document_id)
    with pytest.raises(NotFound):
        queries.document(scene.dirk.actor, document.reference)
    assert queries.documents_of(scene.dirk.actor, scene.contract) == []
    documents.send(version, scene.karim)
    with unit_of_work():
        reopening.reopen(scene.dirk.actor, document.reference, "Vul aan.")
    with unit_of_work():
        renewed = drafts.new_version(scene.mila.actor, document)
    documents.fill(renewed, scene.mila, documents.CLAIM | {"amount": "7777,77"})
    page = queries.document(scene.dirk.actor, document.reference)
    assert [one.number for one in page.versions] == [1]
    assert "7777" not in repr(asdict(page)).replace(".", "")
    line = queries.documents_of(scene.dirk.actor, scene.contract)[0]
    assert (line.state, line.draft) == (VersionState.REOPENED, None)


def test_t1_what_was_released_is_not_there_before_it_is_consultable(database: Any, at: Any) -> None:
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    version = documents.draft(scene.contract, scene.dirk, "NAZICHT", {"result": "GEWEIGERD", "reasons": "Nee"}, claim)
    for state in (VersionState.DRAFT, VersionState.RELEASED):
        change(version, state=state)
        document = db.session.get_one(FileDocument, version.document_id)
        with pytest.raises(NotFound):
            queries.document(scene.karim.actor, document.reference)
        assert [one.kind_code for one in queries.documents_of(scene.karim.actor, scene.contract)] == ["SCHULDVORDERING"]
        assert queries.document(scene.karim.actor, claim.reference).answers == []


def test_a13_a_beheerder_reads_content_unless_the_enterprise_says_no(database: Any) -> None:
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    an = make.manager()
    assert queries.document(an.actor, claim.reference).may_draft is False
    make.settings(make.contractor(), manager_reads=False)
    with pytest.raises(NotAllowedNow):
        queries.document(an.actor, claim.reference)
    assert [one.readable for one in queries.documents_of(an.actor, scene.contract)] == [False]


def test_a15_a_right_in_one_theme_says_nothing_of_another(database: Any) -> None:
    scene = documents.scene()
    make.group(theme=make.EXECUTION, members=[scene.mila], contracts=[scene.contract])
    version = documents.draft(scene.contract, scene.mila, "PLANNING", {"edition": "1"})
    document = db.session.get_one(FileDocument, version.document_id)
    with pytest.raises(NotFound):
        queries.document(scene.karim.actor, document.reference)
    assert queries.documents_of(scene.karim.actor, scene.contract) == []
    offered = {one.code for one in choices.choices(scene.karim.actor, scene.contract).kinds}
    assert "SCHULDVORDERING" in offered
    assert "PLANNING" not in offered


def test_cp02_only_enabled_kinds_of_the_own_direction_are_made(database: Any) -> None:
    scene = documents.scene()
    make.group(theme=make.SECURITIES, members=[scene.mila], contracts=[scene.contract])
    for code in ("BORGTOCHT", "NAZICHT"):
        with pytest.raises(NotAllowedNow), unit_of_work():
            drafts.make(scene.mila.actor, scene.contract, code)


def test_c057_a_reopened_task_comes_back_with_its_reason_and_is_done_by_sending(database: Any) -> None:
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    with unit_of_work():
        reopening.reopen(scene.dirk.actor, claim.reference, "De bijlage ontbreekt.")
    (task,) = actions.waiting(scene.karim.actor)
    assert (task.type, task.reason, task.mine) == (ActionType.SUPPLEMENT, "De bijlage ontbreekt.", True)
    with unit_of_work():
        renewed = drafts.new_version(scene.karim.actor, claim)
    documents.send(renewed, scene.karim)
    assert actions.waiting(scene.karim.actor) == []
    assert (ActionType.REVIEW, ActionState.REOPENED) in waiting(scene)


def test_t9_a_second_colleague_finds_the_version_that_was_begun(database: Any) -> None:
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    with unit_of_work():
        reopening.reopen(scene.dirk.actor, claim.reference, "Vul aan.")
    with unit_of_work():
        first = drafts.new_version(scene.mila.actor, claim).id
    with unit_of_work():
        second = drafts.new_version(scene.karim.actor, claim).id
    assert first == second
    with unit_of_work():
        drafts.remove(scene.mila.actor, latest(claim).reference)
    assert latest(claim).state is VersionState.REOPENED


def test_6_1_the_first_look_is_proven_once_and_never_before_it_counts(database: Any) -> None:
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    review = documents.review(scene, claim)
    assert consulting.is_first(scene.karim.actor, review.reference)
    for who in (scene.karim, scene.mila):
        with unit_of_work():
            consulting.consult(who.actor, review.reference)
    version = latest(review)
    assert version.first_consulted_at is not None
    assert version.consultable_at is not None
    assert version.first_consulted_at >= version.consultable_at
    records = list(db.session.scalars(select(EvidenceRecord.type)))
    assert records.count(EvidenceType.FIRST_CONSULTED) == 1
    assert not consulting.is_first(scene.karim.actor, review.reference)
    assert not consulting.is_first(scene.dirk.actor, review.reference)


def _answer(claim: FileDocument) -> FileDocument:
    return db.session.scalars(
        select(FileDocument).where(FileDocument.parent_id == claim.id, FileDocument.kind_code == "NAZICHT")
    ).one()
