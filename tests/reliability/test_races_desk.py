"""Two people of an authority at the same moment: releasing, editing, publishing, reopening (T2, T5, T6, T9).

Whoever is first, what is kept is what one after the other gives (invariant 3).
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import VersionState
from domain.econtracting.evidence import EvidenceType
from domain.errors import Conflict, DomainError, NotAllowedNow
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import clock
from services.econtracting.desk import publishing, release, reopening
from services.econtracting.documents import drafts
from services.econtracting.proof import verification
from tests.factories import contracting_desk as desks
from tests.reliability.lanes import COMMIT, at_once, overlap
from tests.support.databases import PreparedDatabase

BEFORE_PROOF = "INSERT INTO evidence_record"


class Ready:
    """A review that can be released by two people; plain values, because a lane has a session of its own."""

    def __init__(self) -> None:
        self.desk = desks.desk()
        claim = self.desk.claim()
        draft = self.desk.review(claim)
        db.session.refresh(draft)
        self.claim_key, self.claim, self.contract_key = claim.id, claim.reference, self.desk.contract.id
        self.key, self.reference, self.seen = draft.id, draft.reference, draft.version
        self.dirk, self.lies, self.greet = self.desk.dirk.actor, self.desk.lies.actor, self.desk.greet.actor

    def release(self, who: Any = None) -> None:
        release.release(who or self.dirk, self.reference, self.seen)

    def edit(self) -> None:
        drafts.save(self.greet, self.reference, desks.CHANGED | {"reasons": "Post 4."}, None, self.seen)

    def reopen(self) -> None:
        reopening.reopen(self.lies, self.claim, "De staat is niet leesbaar.")

    def now(self) -> DocumentVersion:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(DocumentVersion, self.key)

    def state(self) -> ClaimState | None:
        return db.session.get_one(FileDocument, self.claim_key).claim_state

    def published(self) -> int:
        statement = select(func.count()).where(
            EvidenceRecord.version_id == self.key, EvidenceRecord.type == EvidenceType.CONSULTABLE
        )
        return db.session.scalar(statement) or 0

    def hide(self, hidden: bool) -> None:
        contract = db.session.get_one(PublicContract, self.contract_key)
        with writing("test.hide"):
            contract.visible_since = None if hidden else clock.now()
        db.session.commit()


@pytest.fixture
def it(database: PreparedDatabase) -> Ready:
    return Ready()


def assert_released_once(it: Ready) -> None:
    assert it.now().state is VersionState.CONSULTABLE
    assert it.published() == 1
    assert it.state() is ClaimState.ACCEPTED_WITH_CHANGES
    assert verification.verify_contract(it.contract_key).broken is None


def test_two_releasers_at_once(database: PreparedDatabase, it: Ready) -> None:
    one, two = overlap(database, it.release, lambda: it.release(it.lies), before=BEFORE_PROOF)
    one.result()
    with pytest.raises((Conflict, NotAllowedNow)):
        two.result()
    assert_released_once(it)


def test_many_releasers_started_at_the_same_moment(database: PreparedDatabase, it: Ready) -> None:
    lanes = at_once(database, [it.release, lambda: it.release(it.lies)] * 3)
    assert sum(lane.error is None for lane in lanes) == 1
    assert all(lane.error is None or isinstance(lane.error, DomainError) for lane in lanes)
    assert_released_once(it)


def test_a_release_that_waits_for_an_edit_is_refused_with_it(database: PreparedDatabase, it: Ready) -> None:
    """What was checked is not what would go: nothing goes."""
    edits, releases = overlap(database, it.edit, it.release, before=COMMIT)
    edits.result()
    with pytest.raises(Conflict):
        releases.result()
    assert it.now().state is VersionState.DRAFT
    assert it.published() == 0


def test_an_edit_that_waits_for_a_release_is_refused(database: PreparedDatabase, it: Ready) -> None:
    releases, edits = overlap(database, it.release, it.edit, before=BEFORE_PROOF)
    releases.result()
    with pytest.raises(NotAllowedNow):
        edits.result()
    assert "Post 3" in it.now().content
    assert_released_once(it)


def test_a_release_that_waits_for_a_reopening_is_refused(database: PreparedDatabase, it: Ready) -> None:
    """The claim went back to the contractor: its review has nothing to answer."""
    reopens, releases = overlap(database, it.reopen, it.release, before=COMMIT)
    reopens.result()
    with pytest.raises(NotAllowedNow):
        releases.result()
    assert it.now().state is VersionState.DRAFT
    assert it.state() is ClaimState.MORE_ASKED


def test_a_reopening_that_waits_for_a_release_reopens_what_was_accepted(database: PreparedDatabase, it: Ready) -> None:
    releases, reopens = overlap(database, it.release, it.reopen, before=BEFORE_PROOF)
    releases.result()
    reopens.result()
    assert it.now().state is VersionState.CONSULTABLE
    assert it.state() is ClaimState.MORE_ASKED


def test_two_workers_publish_once(database: PreparedDatabase, it: Ready) -> None:
    """T6: two workers look at the same minute."""
    it.hide(True)
    it.desk.release(it.now())
    assert it.now().state is VersionState.RELEASED
    it.hide(False)
    lanes = at_once(database, [publishing.publish_due] * 4)
    assert sorted(lane.result() for lane in lanes) == [0, 0, 0, 1]
    assert_released_once(it)
