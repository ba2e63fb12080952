"""Sending a document while somebody else does something with it: each pair meets between the check and the commit.

Whoever is first, what is kept is what one after the other gives (T4, A-26, invariants 3, 4 and 5).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.actor import Actor
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import VersionState
from domain.econtracting.evidence import EvidenceType
from domain.errors import NotAllowedNow, NotFound
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.contract_follow_up import ContractAction, ContractTerm
from models.contract_rights import GroupMember
from models.file_document import DocumentVersion
from models.gate import writing
from models.outbox import OutboxMessage
from services import clock
from services.econtracting.documents import drafts, sending
from services.econtracting.documents.sending import ChangedSinceCheck
from services.econtracting.proof import verification
from services.locks import lock_contract
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.contracting_documents import Scene
from tests.reliability.lanes import COMMIT, at_once, overlap, threads_of
from tests.support.client import Client
from tests.support.databases import PreparedDatabase

Database = PreparedDatabase

BEFORE_PROOF = "INSERT INTO evidence_record"
"""In a sending: the right and everything else was looked at, the proof is not written yet."""
CLICKS = 12


class Ready:
    """A claim that can be sent by two people of the enterprise, each with a check of their own."""

    def __init__(self) -> None:
        self.scene: Scene = documents.scene()
        self.lien = make.user(name="Lien Aerts")
        make.group(members=[self.lien], contracts=[self.scene.contract])
        self.version = documents.complete(self.scene.contract, self.scene.karim)
        # plain values: a lane has a session of its own, and rows of this one would be read on the wrong connection
        self.key, self.reference = self.version.id, self.version.reference
        self.contract_key, self.relation_key = self.scene.contract.id, self.scene.karim.relation.id
        self.karim = self.scene.karim.actor
        self.checks = {who.actor.account_id: self.check(who) for who in (self.scene.karim, self.lien)}

    def check(self, who: make.Somebody) -> tuple[str, str]:
        with unit_of_work():
            row = sending.begin_check(who.actor, self.reference)
        return row.key, row.digest

    def send(self, who: Actor | None = None) -> str:
        who = who or self.karim
        return sending.send(who, self.reference, *self.checks[who.account_id]).reference

    def now(self) -> DocumentVersion:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(DocumentVersion, self.key)


@pytest.fixture
def it(database: Database) -> Ready:
    return Ready()


def count(kind: type[Any], *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


def assert_sent_once(it: Ready) -> None:
    """One sending, one pair of records, one term, one task, one mail, and a chain that holds."""
    version = it.now()
    assert version.state is VersionState.SENT
    assert version.sent_at == version.consultable_at
    for type_ in (EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE):
        assert count(EvidenceRecord, EvidenceRecord.type == type_) == 1
    assert (count(ContractTerm), count(ContractAction), count(OutboxMessage)) == (1, 1, 1)
    assert verification.verify_contract(it.contract_key).broken is None


def test_two_colleagues_send_the_same_draft_at_once(database: Database, it: Ready) -> None:
    one, two = overlap(database, lambda: it.send(), lambda: it.send(it.lien.actor), before=BEFORE_PROOF)
    assert one.result()
    with pytest.raises(NotAllowedNow, match="al verzonden"):
        two.result()
    assert_sent_once(it)


def test_many_senders_started_at_the_same_moment(database: Database, it: Ready) -> None:
    lanes = at_once(database, [lambda: it.send(), lambda: it.send(it.lien.actor)] * 3)
    assert sum(lane.error is None for lane in lanes) in (3,)
    assert_sent_once(it)


def _take_right_away(it: Ready) -> None:
    with writing("test.end"):
        for row in db.session.scalars(select(GroupMember).where(GroupMember.relation_id == it.relation_key)):
            row.ends_at = clock.now()


def test_t4_a_right_that_is_being_taken_away_first_stops_the_sending(database: Database, it: Ready) -> None:
    """Invariant 5: the sending waits, then finds that there is no right any more."""
    taken, sends = overlap(database, lambda: _take_right_away(it), lambda: it.send(), before=COMMIT)
    taken.result()
    with pytest.raises(NotFound):
        sends.result()
    assert it.now().state is VersionState.DRAFT
    assert count(EvidenceRecord) == 0


def test_t4_a_right_that_is_taken_away_during_the_sending_waits_for_it(database: Database, it: Ready) -> None:
    sends, taken = overlap(database, lambda: it.send(), lambda: _take_right_away(it), before=BEFORE_PROOF)
    assert sends.result()
    taken.result()
    assert_sent_once(it)


def _edit(it: Ready) -> Any:
    row = db.session.get_one(DocumentVersion, it.key)
    return drafts.save(it.lien.actor, it.reference, documents.CLAIM | {"amount": "1,00"}, None, row.version)


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_invariant_4_a_change_that_waits_for_a_sending_is_refused(database: Database, it: Ready, act: str) -> None:
    changes: dict[str, Callable[[], Any]] = {
        "edit": lambda: _edit(it),
        "remove": lambda: drafts.remove(it.lien.actor, it.reference),
    }
    sends, other = overlap(database, lambda: it.send(), changes[act], before=BEFORE_PROOF)
    assert sends.result()
    with pytest.raises(NotAllowedNow):
        other.result()
    assert_sent_once(it)


def test_t4_a_sending_that_waits_for_a_change_is_refused_with_it(database: Database, it: Ready) -> None:
    edits, sends = overlap(database, lambda: _edit(it), lambda: it.send(), before=COMMIT)
    edits.result()
    with pytest.raises(ChangedSinceCheck):
        sends.result()
    assert it.now().state is VersionState.DRAFT


def test_t4_a_contract_that_closes_first_takes_no_sending(database: Database, it: Ready) -> None:
    def close() -> None:
        contract = lock_contract(it.contract_key)
        with writing("test.close"):
            contract.state = ContractState.CLOSED

    closes, sends = overlap(database, close, lambda: it.send(), before=COMMIT)
    closes.result()
    with pytest.raises(NotAllowedNow, match="afgesloten"):
        sends.result()


def test_a_double_click_is_one_sending_and_one_answer(app: Flask, it: Ready) -> None:
    """Twelve posts of one form at once, as from a nervous finger; the back button later gives the same receipt."""
    client = make.sign_in(app.test_client(), it.scene.karim)
    key, digest = it.checks[it.karim.account_id]
    path = f"/econtracting/concept/{it.reference}/nakijken/{key}"
    headers = {"X-CSRFToken": client.csrf_token()}
    cookie = (app.config["SESSION_COOKIE_NAME"], client.session_token())

    def click(_: int) -> tuple[int, str]:
        browser = app.test_client()
        browser.set_cookie(*cookie)
        send = partial(
            super(Client, browser).open,
            path,
            method="POST",
            data={"confirm": "y", "digest": digest},
            headers=headers,
        )
        answer = Context().run(send)
        return answer.status_code, (answer.location or answer.text).partition("?")[0]

    answers = threads_of(CLICKS, click)
    assert len(set(answers)) == 1, set(answers)
    assert answers[0][0] == 303  # type: ignore[index]
    assert_sent_once(it)
    assert click(0) == answers[0]


def test_a_sending_that_fails_at_the_end_leaves_nothing(database: Database, it: Ready) -> None:
    def fails() -> None:
        it.send()
        raise RuntimeError

    with pytest.raises(RuntimeError), unit_of_work():
        fails()
    assert it.now().state is VersionState.DRAFT
    assert (count(EvidenceRecord), count(ContractTerm), count(OutboxMessage)) == (0, 0, 0)
    with unit_of_work():
        it.send()
    assert_sent_once(it)
