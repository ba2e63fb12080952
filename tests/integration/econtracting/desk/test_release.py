"""Releasing and publishing (T5, T6): four eyes, completeness, the instant that counts, and what follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.econtracting.attachments import AttachmentState
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import VersionState
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.terms import TermKind, TermState
from domain.errors import Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from models.audit import AuditEntry
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.contract_follow_up import ContractTerm, Outage
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.outbox import OutboxMessage
from services.econtracting.desk import corrections, publishing, release, reviews
from services.econtracting.documents import drafts
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_desk as desks
from tests.factories import contracting_documents as documents
from tests.factories.database import change, save


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def reread(version: DocumentVersion) -> DocumentVersion:
    db.session.expire_all()
    return db.session.get_one(DocumentVersion, version.id)


def claim_of(version: DocumentVersion) -> FileDocument:
    document = db.session.get_one(FileDocument, version.document_id)
    return db.session.get_one(FileDocument, document.parent_id)


def publish() -> int:
    with unit_of_work():
        return publishing.publish_due()


def records(version: DocumentVersion, kind: EvidenceType) -> list[EvidenceRecord]:
    return list(
        db.session.scalars(
            select(EvidenceRecord).where(EvidenceRecord.version_id == version.id, EvidenceRecord.type == kind)
        )
    )


def test_t5_t6_t8_a_review_is_released_consultable_and_answers_the_claim(database: Any, at: Any) -> None:
    """One act: released, consultable at that instant, the claim accepted with changes, the parent handled, mail."""
    at("2025-04-14T09:00:00+02:00")
    desk = desks.desk()
    claim = desk.claim()
    draft = desk.review(claim)
    assert reread_document(claim).claim_state is ClaimState.IN_REVIEW
    at("2025-04-14T10:00:00.123456+02:00")
    version = reread(desk.release(draft)[0])
    assert version.state is VersionState.CONSULTABLE
    assert version.released_at == version.consultable_at == instant("2025-04-14T10:00:00.123+02:00")
    claim = reread_document(claim)
    assert (claim.claim_state, str(claim.accepted)) == (ClaimState.ACCEPTED_WITH_CHANGES, "80000.00")
    answered = db.session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == claim.id)).one()
    assert answered.state is VersionState.HANDLED
    assert [one.at for one in records(version, EvidenceType.CONSULTABLE)] == [version.consultable_at]


def reread_document(document: FileDocument) -> FileDocument:
    db.session.expire_all()
    return db.session.get_one(FileDocument, document.id)


def test_review_and_request_go_in_one_act(database: Any, at: Any) -> None:
    """6.2: S2 to S4 to S7 at once; the five days of the contractor start when the request can be consulted (D-6)."""
    at("2025-04-15T17:30:00+02:00")
    desk = desks.desk()
    claim = desk.claim()
    review, request = desk.review(claim), desk.request(claim)
    released = [reread(one) for one in desk.release(review, request)]
    assert [one.state for one in released] == [VersionState.CONSULTABLE] * 2
    claim = reread_document(claim)
    assert claim.claim_state is ClaimState.INVOICE_ASKED
    term = db.session.scalars(select(ContractTerm).where(ContractTerm.kind == TermKind.INVOICE)).one()
    assert (str(term.nominal_end), str(term.effective_end)) == ("2025-04-20", "2025-04-22")


def test_a_request_is_prefilled_with_what_is_known(database: Any) -> None:
    """The order number of the contract, the accepted amount, the VAT of the claim."""
    desk = desks.desk()
    claim = desk.claim()
    desk.review(claim)
    with unit_of_work():
        version = reviews.begin_request(desk.greet.actor, claim.reference)
    shown = drafts.draft(desk.greet.actor, version.reference)
    assert dict(shown.typed) == {"order_number": desk.contract.order_number, "amount": "80000,00", "vat": "21"}
    with unit_of_work():
        assert reviews.begin_request(desk.dirk.actor, claim.reference).id == version.id


def test_four_eyes_who_edited_last_does_not_release(database: Any) -> None:
    """T5: two people by default; a colleague's draft can be released, the own one not, not even through a file."""
    desk = desks.desk()
    draft = desk.review(desk.claim(), by=desk.dirk)
    with pytest.raises(NotAllowedNow, match="collega"):
        desk.release(draft)
    assert reread(draft).state is VersionState.DRAFT
    documents.fill(draft, desk.greet, desks.CHANGED | {"reasons": "Post 4."})
    documents.attach(draft, desk.dirk, slot="")
    with pytest.raises(NotAllowedNow, match="collega"):
        desk.release(draft)
    assert reread(desk.release(draft, by=desk.lies)[0]).state is VersionState.CONSULTABLE


def test_one_person_alone_is_allowed_and_traced_when_the_authority_says_so(database: Any) -> None:
    make.settings(make.authority(), two_people=False)
    desk = desks.desk()
    desk.release(desk.review(desk.claim(), by=desk.dirk))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "document.released")).one()
    assert '"alone":true' in entry.data


@pytest.mark.parametrize("who", ["greet", "karim", "other"])
def test_t5_only_who_may_release(database: Any, who: str) -> None:
    """The handler has no right; for the contractor and for another authority the draft does not exist."""
    desk = desks.desk()
    draft = desk.review(desk.claim())
    people = {"greet": desk.greet, "karim": desk.karim, "other": make.official(make.other_authority())}
    with pytest.raises(Forbidden if who != "other" else NotFound):
        desk.release(draft, by=people[who])
    assert reread(draft).state is VersionState.DRAFT


def test_t5_nothing_incomplete_is_released(database: Any) -> None:
    """A-06: without reasons it stays a draft, and the field is named."""
    desk = desks.desk()
    draft = desk.review(desk.claim(), {"result": "GEWEIGERD"})
    with pytest.raises(Findings) as refused:
        desk.release(draft)
    assert [one.field for one in refused.value.findings] == ["reasons"]
    assert reread(draft).released_at is None


def test_a_request_alone_waits_for_the_review(database: Any) -> None:
    """6.2: an invoice is never asked for what is not accepted yet."""
    desk = desks.desk()
    claim = desk.claim()
    review, request = desk.review(claim), desk.request(claim)
    with pytest.raises(NotAllowedNow):
        desk.release(request)
    desk.release(review)
    assert reread(desk.release(request)[0]).state is VersionState.CONSULTABLE


def test_two_releasers_at_once(database: Any) -> None:
    """The second finds it released; nothing is released twice."""
    desk = desks.desk()
    draft = desk.review(desk.claim())
    seen = draft.version
    db.session.refresh(draft)
    seen = draft.version
    desk.release(draft)
    with pytest.raises(Conflict), unit_of_work():
        release.release(desk.lies.actor, draft.reference, seen)
    with pytest.raises(NotAllowedNow):
        desk.release(draft, by=desk.lies)
    assert len(records(draft, EvidenceType.CONSULTABLE)) == 1


def test_release_while_the_drafter_edits(database: Any) -> None:
    """What was checked is what is released: an edit in between is a conflict; after the release nothing is edited."""
    desk = desks.desk()
    draft = desk.review(desk.claim())
    db.session.refresh(draft)
    seen = draft.version
    documents.fill(draft, desk.greet, desks.CHANGED | {"reasons": "Anders."})
    with pytest.raises(Conflict), unit_of_work():
        release.release(desk.dirk.actor, draft.reference, seen)
    desk.release(draft)
    with pytest.raises(NotAllowedNow):
        documents.fill(draft, desk.greet, desks.CHANGED)


def test_send_back_with_a_note(database: Any) -> None:
    """Refusing to release: no longer handed over; the note stays inside the authority."""
    desk = desks.desk()
    draft = desk.review(desk.claim())
    with unit_of_work():
        drafts.hand_over(desk.greet.actor, draft.reference)
    db.session.refresh(draft)
    with pytest.raises(InvalidValue), unit_of_work():
        release.send_back(desk.dirk.actor, draft.reference, draft.version, "  ")
    with unit_of_work():
        release.send_back(desk.dirk.actor, draft.reference, draft.version, "Noem het artikel.")
    assert reread(draft).ready_at is None
    with pytest.raises(Forbidden), unit_of_work():
        release.send_back(desk.greet.actor, draft.reference, draft.version, "x")


def test_d14_released_before_midnight_scanned_after(database: Any, at: Any) -> None:
    """D-14: released 14 April 23:58, scan ends 00:03, so it counts from 15 April 00:03; set once."""
    at("2025-04-14T22:00:00+02:00")
    desk = desks.desk()
    draft = desk.review(desk.claim())
    file = documents.attach(draft, desk.greet, slot="")
    change(file, state=AttachmentState.RECEIVED, scanned_at=None)
    at("2025-04-14T23:58:00+02:00")
    assert reread(desk.release(draft)[0]).state is VersionState.RELEASED
    assert publish() == 0
    at("2025-04-15T00:04:00+02:00")
    change(
        db.session.get_one(Attachment, file.id),
        state=AttachmentState.CLEAN,
        scanned_at=instant("2025-04-15T00:03:00+02:00"),
    )
    assert publish() == 1
    version = reread(draft)
    assert version.consultable_at == instant("2025-04-15T00:03:00+02:00")
    at("2025-04-16T09:00:00+02:00")
    assert publish() == 0
    assert reread(draft).consultable_at == instant("2025-04-15T00:03:00+02:00")


def outage(start: str, end: str | None, functions: str = "RAADPLEGEN") -> Outage:
    row = Outage(
        planned=False,
        functions=functions,
        starts_at=instant(start),
        ends_at=instant(end) if end else None,
        title="Raadplegen lukt niet",
        published_at=instant(start),
    )
    save(row)
    return row


def test_d15_released_during_an_outage(database: Any, at: Any) -> None:
    """D-15: released 18 January 2024 10:00 while consulting is down until 19 January 08:30."""
    at("2024-01-17T10:00:00+01:00")
    desk = desks.desk()
    draft = desk.review(desk.claim())
    row = outage("2024-01-18T09:00:00+01:00", None)
    at("2024-01-18T10:00:00+01:00")
    assert reread(desk.release(draft)[0]).state is VersionState.RELEASED
    assert claim_of(draft).claim_state is ClaimState.IN_REVIEW
    change(row, ends_at=instant("2024-01-19T08:30:00+01:00"))
    at("2024-01-18T20:00:00+01:00")
    assert publish() == 0
    at("2024-01-19T08:31:00+01:00")
    assert publish() == 1
    assert reread(draft).consultable_at == instant("2024-01-19T08:30:00+01:00")
    assert reread_document(claim_of(draft)).claim_state is ClaimState.ACCEPTED_WITH_CHANGES


def test_a_contract_that_is_not_visible_yet(database: Any, at: Any) -> None:
    """A-27: the clock of the contractor does not start before the contract is there."""
    at("2025-04-14T10:00:00+02:00")
    desk = desks.desk()
    draft = desk.review(desk.claim())
    change(db.session.merge(desk.contract), visible_since=None)
    assert reread(desk.release(draft)[0]).state is VersionState.RELEASED
    change(db.session.merge(desk.contract), visible_since=instant("2025-04-14T12:00:00+02:00"))
    at("2025-04-14T12:01:00+02:00")
    assert publish() == 1
    assert reread(draft).consultable_at == instant("2025-04-14T12:00:00+02:00")


def test_a_request_never_overtakes_its_review(database: Any, at: Any) -> None:
    """Released together, the review still being scanned: the request waits, and counts from the same instant."""
    at("2025-04-14T10:00:00+02:00")
    desk = desks.desk()
    claim = desk.claim()
    review, request = desk.review(claim), desk.request(claim)
    file = documents.attach(review, desk.greet, slot="")
    change(file, state=AttachmentState.RECEIVED, scanned_at=None)
    desk.release(review, request)
    assert publish() == 0
    later = instant("2025-04-14T11:00:00+02:00")
    at("2025-04-14T11:00:30+02:00")
    change(db.session.get_one(Attachment, file.id), state=AttachmentState.CLEAN, scanned_at=later)
    assert publish() == 2
    assert (reread(review).consultable_at, reread(request).consultable_at) == (later, later)


def test_invariant_3_instants_of_the_authority(database: Any, at: Any) -> None:
    """Set once, never null after T6, never before the release, monotonic per document."""
    at("2025-04-14T10:00:00+02:00")
    desk = desks.desk()
    draft = desk.review(desk.claim())
    assert draft.consultable_at is None
    version = reread(desk.release(draft)[0])
    first = version.consultable_at
    assert first is not None
    assert version.released_at is not None
    assert first >= version.released_at
    assert version.sent_at is None
    outage("2025-04-14T09:00:00+02:00", "2025-04-14T11:00:00+02:00")
    at("2025-04-14T12:00:00+02:00")
    assert publish() == 0
    assert reread(version).consultable_at == first, "a later notice changes nothing by itself (A-37)"


def test_invariant_11_mail_changes_no_instant_and_no_term(database: Any, at: Any) -> None:
    """A-41: with and without any address to write to, the same instants and terms."""
    at("2025-04-14T10:00:00+02:00")
    desk = desks.desk()
    claim = desk.claim()
    review, request = desk.review(claim), desk.request(claim)
    released = desk.release(review, request)
    mails = db.session.scalars(select(OutboxMessage)).all()
    change(*mails, state="FAILED") if mails else None
    assert {reread(one).consultable_at for one in released} == {instant("2025-04-14T10:00:00+02:00")}
    terms = db.session.scalars(select(ContractTerm).order_by(ContractTerm.id)).all()
    assert [(one.kind, str(one.effective_end)) for one in terms] == [
        (TermKind.PROCESSING, "2025-05-14"),
        (TermKind.INVOICE, "2025-04-22"),
    ]


def test_a28_incomplete_means_the_term_never_started(database: Any) -> None:
    desk = desks.desk()
    claim = desk.claim()
    desk.release(desk.review(claim, {"result": "ONVOLLEDIG", "reasons": "De vorderingsstaat ontbreekt."}))
    term = db.session.scalars(select(ContractTerm)).one()
    assert term.state is TermState.NEVER_STARTED
    assert reread_document(claim).claim_state is ClaimState.REFUSED


def test_a37_a_correction_has_proof_and_a_term_of_its_own(database: Any, at: Any) -> None:
    """The first proof stays; the term of the invoice starts at the corrected instant, in a row of its own."""
    at("2025-04-15T17:30:00+02:00")
    desk = desks.desk()
    claim = desk.claim()
    review, request = desk.review(claim), desk.request(claim)
    desk.release(review, request)
    outage("2025-04-15T17:00:00+02:00", "2025-04-17T09:00:00+02:00")
    at("2025-04-18T09:00:00+02:00")
    corrected = instant("2025-04-17T09:00:00+02:00")
    assert corrections.proposal(corrections.lookup.version(desk.dirk.actor, request.reference)).by_notices == corrected
    with pytest.raises(InvalidValue), unit_of_work():
        corrections.correct(desk.dirk.actor, request.reference, instant("2025-04-15T10:00:00+02:00"), "Te vroeg")
    with pytest.raises(Forbidden), unit_of_work():
        corrections.correct(desk.greet.actor, request.reference, corrected, "Mag niet")
    with unit_of_work():
        corrections.correct(desk.dirk.actor, request.reference, corrected, "Storing van 15 tot 17 april")
    version = reread(request)
    assert version.consultable_at == corrected
    assert [one.at for one in records(version, EvidenceType.CONSULTABLE)] == [instant("2025-04-15T17:30:00+02:00")]
    assert len(records(version, EvidenceType.CORRECTED)) == 1
    old, new = db.session.scalars(
        select(ContractTerm).where(ContractTerm.kind == TermKind.INVOICE).order_by(ContractTerm.id)
    ).all()
    assert (old.replaced_by_id, old.state) == (new.id, TermState.ENDED)
    assert (str(old.effective_end), str(new.nominal_end)) == ("2025-04-22", "2025-04-22")
    assert str(new.start_date) == "2025-04-17"


def test_a_review_of_an_older_version_is_looked_at_again(database: Any, at: Any) -> None:
    """A new version of the claim arrived after the draft: it is not released before it was saved again."""
    at("2025-04-14T10:00:00+02:00")
    desk = desks.desk()
    claim = desk.claim()
    draft = desk.review(claim)
    reopen_and_send(desk, claim, at)
    with pytest.raises(NotAllowedNow, match="nieuwe versie"):
        desk.release(draft)
    db.session.refresh(draft)
    with unit_of_work():
        reviews.keep(desk.greet.actor, draft.reference, desks.CHANGED, draft.version)
    assert reread(desk.release(draft)[0]).state is VersionState.CONSULTABLE


def reopen_and_send(desk: desks.Desk, claim: FileDocument, at: Any) -> DocumentVersion:
    from services.econtracting.desk import reopening

    at("2025-04-15T10:00:00+02:00")
    with unit_of_work():
        reopening.reopen(desk.dirk.actor, claim.reference, "De staat is niet leesbaar.")
    with unit_of_work():
        again = drafts.new_version(desk.karim.actor, db.session.get_one(FileDocument, claim.id))
    at("2025-04-16T10:00:00+02:00")
    return documents.send(again, desk.karim)


@pytest.mark.parametrize("moments", [1, 5])
def test_publishing_again_gives_nothing(database: Any, at: Any, moments: int) -> None:
    """However often the worker looks, a document is published once."""
    at("2025-04-14T10:00:00+02:00")
    desk = desks.desk()
    draft = desk.review(desk.claim())
    outage("2025-04-14T09:00:00+02:00", "2025-04-14T11:00:00+02:00")
    desk.release(draft)
    now = instant("2025-04-14T11:00:00+02:00")
    done = 0
    for _ in range(moments):
        at(now.isoformat())
        done += publish()
        now += timedelta(minutes=1)
    assert done == 1


@pytest.mark.parametrize("found", [AttachmentState.INFECTED, AttachmentState.REFUSED])
def test_a_bad_file_after_the_release_is_never_published_and_can_be_replaced(database: Any, found: Any) -> None:
    """The scanner answers after the release: nothing becomes consultable; only then the release can be taken back."""
    desk = desks.desk()
    draft = desk.review(desk.claim())
    file = documents.attach(draft, desk.greet, slot="")
    change(file, state=AttachmentState.RECEIVED, scanned_at=None)
    desk.release(draft)
    with pytest.raises(NotAllowedNow), unit_of_work():
        release.take_back(desk.dirk.actor, draft.reference)
    change(db.session.get_one(Attachment, file.id), state=found)
    assert publish() == 0
    with pytest.raises(Forbidden), unit_of_work():
        release.take_back(desk.greet.actor, draft.reference)
    with unit_of_work():
        release.take_back(desk.dirk.actor, draft.reference)
    version = reread(draft)
    assert (version.state, version.released_at, version.content_digest) == (VersionState.DRAFT, None, None)
    assert dict(drafts.draft(desk.greet.actor, draft.reference).typed) == desks.CHANGED
    with pytest.raises(Findings):
        desk.release(draft)


def test_a25_what_was_consultable_is_never_taken_back(database: Any) -> None:
    desk = desks.desk()
    draft = desk.review(desk.claim())
    desk.release(draft)
    with pytest.raises(NotAllowedNow), unit_of_work():
        release.take_back(desk.dirk.actor, draft.reference)
