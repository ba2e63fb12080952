"""The acts of the authority one by one (T1 to T3, T7 to T10): who may, when, and what follows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain.econtracting.actions import ActionState, ActionType
from domain.econtracting.claims import ClaimState
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import VersionState
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.terms import TermKind, TermState
from domain.errors import Forbidden, InvalidValue, NotAllowedNow, NotFound
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.contract_follow_up import ContractAction, ContractTerm
from models.file_document import DocumentVersion, FileDocument
from models.outbox import OutboxMessage
from services.econtracting.desk import reopening, reviews
from services.econtracting.documents import drafts
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_desk as desks
from tests.factories import contracting_documents as documents
from tests.factories.database import change


def newest(document: FileDocument) -> DocumentVersion:
    db.session.expire_all()
    statement = select(DocumentVersion).where(DocumentVersion.document_id == document.id, DocumentVersion.latest)
    return db.session.scalars(statement).one()


def claim_state(document: FileDocument) -> ClaimState | None:
    db.session.expire_all()
    return db.session.get_one(FileDocument, document.id).claim_state


def start(who: make.Somebody, document: FileDocument) -> None:
    with unit_of_work():
        reviews.start(who.actor, document.reference)


def reopen(who: make.Somebody, document: FileDocument, reason: str = "De staat is niet leesbaar.") -> None:
    with unit_of_work():
        reopening.reopen(who.actor, document.reference, reason)


def test_t7_taking_up_is_seen_by_both_and_starts_nothing(database: Any) -> None:
    """C-016: the state changes, the term goes on; a second time there is nothing to take up."""
    desk = desks.desk()
    claim = desk.claim()
    start(desk.greet, claim)
    assert newest(claim).state is VersionState.IN_PROGRESS
    assert claim_state(claim) is ClaimState.IN_REVIEW
    assert db.session.scalars(select(ContractTerm)).one().state is TermState.RUNNING
    with pytest.raises(NotAllowedNow):
        start(desk.greet, claim)


@pytest.mark.parametrize("who", ["lies", "karim", "other"])
def test_t7_only_a_handler(database: Any, who: str) -> None:
    desk = desks.desk()
    claim = desk.claim()
    people = {"lies": desk.lies, "karim": desk.karim, "other": make.official(make.other_authority())}
    with pytest.raises(NotFound if who == "other" else Forbidden):
        start(people[who], claim)
    assert newest(claim).state is VersionState.SENT


@pytest.mark.parametrize("who", ["lies", "karim", "other"])
def test_t1_only_a_handler_drafts(database: Any, who: str) -> None:
    """A releaser without the other role writes nothing; nobody else finds the claim."""
    desk = desks.desk()
    claim = desk.claim()
    start(desk.greet, claim)
    people = {"lies": desk.lies, "karim": desk.karim, "other": make.official(make.other_authority())}
    with pytest.raises((Forbidden, NotFound)), unit_of_work():
        reviews.begin(people[who].actor, claim.reference)


def test_colleagues_work_on_one_draft_of_a_review(database: Any) -> None:
    """C-015: beginning again gives the draft that is there."""
    desk = desks.desk()
    claim = desk.claim()
    first = desk.review(claim)
    with unit_of_work():
        again = reviews.begin(desk.dirk.actor, claim.reference)
    assert again.id == first.id


def test_t3_a_draft_of_the_authority_is_thrown_away(database: Any) -> None:
    desk = desks.desk()
    draft = desk.review(desk.claim())
    with pytest.raises(Forbidden), unit_of_work():
        drafts.remove(desk.lies.actor, draft.reference)
    with unit_of_work():
        drafts.remove(desk.greet.actor, draft.reference)
    db.session.expire_all()
    assert db.session.scalar(select(FileDocument.id).where(FileDocument.kind_code == "NAZICHT")) is None


@pytest.mark.parametrize("stage", ["sent", "in_review", "accepted"])
def test_t9_reopening_gives_the_claim_back(database: Any, at: Any, stage: str) -> None:
    """C-057: reopened with a reason, the task is open again, proof and mail; the term ends, the version stays."""
    at("2025-04-14T10:00:00+02:00")
    desk = desks.desk()
    make.settings(make.contractor())
    claim = desk.claim()
    if stage == "in_review":
        start(desk.greet, claim)
    elif stage == "accepted":
        desk.release(desk.review(claim))
    before = newest(claim)
    at("2025-04-15T10:00:00+02:00")
    reopen(desk.lies, claim)
    version = newest(claim)
    assert version.id == before.id
    assert version.state is VersionState.REOPENED
    assert version.content_digest
    assert claim_state(claim) is ClaimState.MORE_ASKED
    task = db.session.scalars(select(ContractAction).where(ContractAction.type == ActionType.SUPPLEMENT)).one()
    assert (task.state, task.reason) == (ActionState.REOPENED, "De staat is niet leesbaar.")
    waiting = select(ContractAction).where(ContractAction.type == ActionType.REVIEW)
    assert db.session.scalars(waiting).one().state in (ActionState.LAPSED, ActionState.DONE)
    assert {one.state for one in db.session.scalars(select(ContractTerm))} <= {TermState.ENDED, TermState.MET}
    records = db.session.scalars(select(EvidenceRecord.type).order_by(EvidenceRecord.id)).all()
    assert records[-1] is EvidenceType.REOPENED


def test_t9_t10_the_new_version_starts_its_own_term(database: Any, at: Any) -> None:
    """Invariant 4: the sent version never becomes a draft; the new one replaces it and counts from its own sending."""
    at("2025-03-24T16:40:00+01:00")
    desk = desks.desk()
    claim = desk.claim()
    at("2025-03-28T10:00:00+01:00")
    reopen(desk.lies, claim)
    with unit_of_work():
        again = drafts.new_version(desk.mila.actor, db.session.get_one(FileDocument, claim.id))
    at("2025-04-01T09:00:00+02:00")
    documents.send(again, desk.karim)
    states = db.session.scalars(select(DocumentVersion.state).order_by(DocumentVersion.number)).all()
    assert states == [VersionState.REPLACED, VersionState.SENT]
    terms = db.session.scalars(select(ContractTerm).order_by(ContractTerm.id)).all()
    assert [(one.state, str(one.nominal_end)) for one in terms] == [
        (TermState.ENDED, "2025-04-23"),
        (TermState.RUNNING, "2025-05-01"),
    ]
    tasks = {one.type: one.state for one in db.session.scalars(select(ContractAction))}
    assert tasks[ActionType.SUPPLEMENT] is ActionState.DONE
    assert tasks[ActionType.REVIEW] in (ActionState.OPEN, ActionState.REOPENED)


@pytest.mark.parametrize("who", ["greet", "karim", "other"])
def test_t9_only_a_releaser(database: Any, who: str) -> None:
    desk = desks.desk()
    claim = desk.claim()
    people = {"greet": desk.greet, "karim": desk.karim, "other": make.official(make.other_authority())}
    with pytest.raises(NotFound if who == "other" else Forbidden):
        reopen(people[who], claim)
    assert claim_state(claim) is ClaimState.SUBMITTED


@pytest.mark.parametrize("state", [ClaimState.INVOICE_ASKED, ClaimState.PAID, ClaimState.REFUSED, ClaimState.CLOSED])
def test_t9_never_once_it_went_on(database: Any, state: ClaimState) -> None:
    """T9: not when the invoice was asked or paid, not when it was refused: that takes a new claim."""
    desk = desks.desk()
    claim = desk.claim()
    change(claim, claim_state=state)
    with pytest.raises(NotAllowedNow):
        reopen(desk.lies, claim)
    assert claim_state(claim) is state


def test_t9_asks_a_reason_and_an_active_contract(database: Any) -> None:
    desk = desks.desk()
    claim = desk.claim()
    with pytest.raises(InvalidValue):
        reopen(desk.lies, claim, "   ")
    change(db.session.merge(desk.contract), state=ContractState.CLOSED)
    with pytest.raises(NotAllowedNow):
        reopen(desk.lies, claim)


def test_t9_not_while_an_answer_is_on_its_way(database: Any) -> None:
    """A review that was released but is not consultable yet is let go first."""
    desk = desks.desk()
    claim = desk.claim()
    draft = desk.review(claim)
    change(db.session.merge(desk.contract), visible_since=None)
    desk.release(draft)
    with pytest.raises(NotAllowedNow, match="vrijgegeven"):
        reopen(desk.lies, claim)


def test_t9_other_documents_too(database: Any) -> None:
    """A planning that was sent is reopened, and handed in again."""
    desk = desks.desk()
    make.group(theme=make.EXECUTION, members=[desk.karim], contracts=[desk.contract])
    draft = documents.draft(desk.contract, desk.karim, "PLANNING", {"version": "1", "planning_version": "1"})
    document = db.session.get_one(FileDocument, draft.document_id)
    shown = drafts.draft(desk.karim.actor, draft.reference)
    typed = {field.name: "1" for field in shown.opened.kind.fields}
    documents.fill(draft, desk.karim, typed)
    for slot in shown.opened.kind.attachments:
        documents.attach(draft, desk.karim, slot=slot.name)
    documents.send(draft, desk.karim)
    start(desk.greet, document)
    reopen(desk.lies, document, "De kalender ontbreekt.")
    assert newest(document).state is VersionState.REOPENED
    assert db.session.scalars(select(ContractTerm)).all() == []


def test_c057_the_mail_of_a_reopening_tells_no_reason_and_nobody(database: Any) -> None:
    """A-39: event, contract, document and moment; never the reason, an amount or a person."""
    desk = desks.desk()
    address(desk)
    claim = desk.claim()
    reopen(desk.lies, claim, "Post 3 van 84.250,40 klopt niet.")
    mails = [one for one in db.session.scalars(select(OutboxMessage)) if one.template == "contract_action_reopened"]
    assert [one.recipient for one in mails] == ["facturen@wegenbouw.example.be"]
    assert "84.250" not in mails[0].parameters
    assert "Lies" not in mails[0].parameters


def address(desk: desks.Desk) -> None:
    from domain.econtracting.notifications import NotificationEvent
    from models.message import NotificationAddress
    from services import clock
    from tests.factories.database import save

    save(
        NotificationAddress(
            organisation_id=desk.contract.contractor_id,
            email="facturen@wegenbouw.example.be",
            events=" ".join(NotificationEvent),
            added_at=clock.now(),
            confirmed_at=clock.now(),
        )
    )


def test_kb2013_the_review_meets_the_verification_and_starts_the_payment(database: Any, at: Any) -> None:
    """D-8: sent 3 June 2024, review consultable 24 June, so the payment term ends on 24 July."""
    from datetime import date

    at("2024-06-03T10:00:00+02:00")
    desk = desks.desk(published_on=date(2024, 1, 15))
    claim = desk.claim()
    draft = desk.review(claim)
    at("2024-06-24T15:02:00+02:00")
    desk.release(draft)
    terms = {one.kind: one for one in db.session.scalars(select(ContractTerm))}
    assert terms[TermKind.VERIFICATION].state is TermState.MET
    assert str(terms[TermKind.PAYMENT].nominal_end) == "2024-07-24"
