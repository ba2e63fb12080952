"""Invariant 9: the chain of a contract holds after every operation, and any change behind its back is found.

A machine on a database: claims, refused sendings, consultations, reviews, reopenings, messages, mail and time-stamps in
whatever order. Now and then somebody tampers with a record or a file: the check and the offline verifier both find it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from domain.errors import DomainError, NotAllowedNow
from jobs import proof
from models.base import db
from models.contract_evidence import EvidenceHead, EvidenceRecord
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.gate import writing
from services import clock, outbox
from services.econtracting.archive import export
from services.econtracting.desk import reopening
from services.econtracting.documents import consulting, drafts, sending
from services.econtracting.notifications import outcomes
from services.econtracting.proof.verification import verify_contract
from services.messaging import places
from services.messaging import writing as messages
from services.transaction import unit_of_work
from tests.factories import contracting_documents as documents
from tests.support.databases import NOW, PreparedDatabase
from tests.support.packages import joined, packed, run_verifier, unpacked

PLACES = st.integers(0, 10_000)


class Chain(RuleBasedStateMachine):
    """One contract and everything that leaves proof in it."""

    prepared: PreparedDatabase

    def __init__(self) -> None:
        super().__init__()
        self.prepared.empty()
        proof._ask_again = 0.0
        clock.fix(datetime.fromisoformat(NOW))
        self.scene = documents.scene()
        self.contract = self.scene.contract
        self.claims = [documents.sent(self.contract, self.scene.karim).id]
        self.length = 0

    # -- what leaves proof ------------------------------------------------------------------------------------------

    def attempt(self, act: Callable[[], Any]) -> None:
        """A request: kept, or refused and undone."""
        clock.fix(clock.now() + timedelta(minutes=7))
        with suppress(DomainError):
            act()
        db.session.rollback()
        db.session.expire_all()

    def claim(self, place: int) -> FileDocument:
        """One of the claims."""
        return db.session.get_one(FileDocument, self.claims[place % len(self.claims)])

    @rule()
    def send(self) -> None:
        self.attempt(lambda: self.claims.append(documents.sent(self.contract, self.scene.karim).id))

    @rule()
    def refused_sending(self) -> None:
        version = documents.draft(self.contract, self.scene.mila)
        with unit_of_work():
            sending.refused(self.scene.mila.actor, version.reference, NotAllowedNow("…", code="NO_RIGHT"))
        documents.fill(version, self.scene.mila, documents.CLAIM | {"amount": "1,00"})
        with unit_of_work():
            drafts.remove(self.scene.mila.actor, version.reference)

    @rule(place=PLACES)
    def consult(self, place: int) -> None:
        claim = self.claim(place).reference

        def act() -> None:
            with unit_of_work():
                consulting.consult(self.scene.dirk.actor, claim)

        self.attempt(act)

    @rule(place=PLACES)
    def review(self, place: int) -> None:
        self.attempt(lambda: documents.review(self.scene, self.claim(place)))

    @rule(place=PLACES)
    def reopen_and_send_again(self, place: int) -> None:
        claim = self.claim(place)

        def act() -> None:
            with unit_of_work():
                reopening.reopen(self.scene.dirk.actor, claim.reference, "De staat is niet volledig.")
            with unit_of_work():
                version = drafts.new_version(self.scene.karim.actor, db.session.get_one(FileDocument, claim.id))
            documents.send(version, self.scene.karim)

        self.attempt(act)

    @rule(theirs=st.booleans())
    def message(self, theirs: bool) -> None:
        who = (self.scene.dirk if theirs else self.scene.karim).actor
        claim = self.claim(0).reference

        def act() -> None:
            with unit_of_work():
                place = places.contract_place(who, self.contract.reference, claim)
                made = messages.start(who, place, "Vraag", "Klopt post 12?")
                messages.send(who, made.reference, made.body, False, made.version)

        self.attempt(act)

    @rule(error=st.sampled_from([None, "down", "no such mailbox"]))
    def mail(self, error: str | None) -> None:
        with unit_of_work():
            waiting = [one.id for one in outbox.take()]
        for one in waiting:
            with unit_of_work():
                outbox.settle(one, error=error, permanent=error == "no such mailbox")
                outcomes.settled(one)

    @rule()
    def stamp(self) -> None:
        proof.stamp()

    # -- what somebody does behind the back of the program ------------------------------------------------------------

    @contextmanager
    def tampered(self, row: EvidenceRecord, **values: Any) -> Iterator[None]:
        """A record with other values, until the block ends."""
        before = {name: getattr(row, name) for name in values}
        self._write(row.id, values)
        yield
        self._write(row.id, before)

    @staticmethod
    def _write(row_id: int, values: dict[str, Any]) -> None:
        with unit_of_work(), writing("tamper"):
            of = update(EvidenceRecord).where(EvidenceRecord.id == row_id).values(**values)
            db.session.execute(of.execution_options(synchronize_session=False))
        db.session.expire_all()

    def records(self) -> list[EvidenceRecord]:
        """All records, in order, apart from the session."""
        found = list(
            db.session.scalars(
                select(EvidenceRecord)
                .where(EvidenceRecord.contract_id == self.contract.id)
                .order_by(EvidenceRecord.sequence)
            )
        )
        for one in found:
            db.session.expunge(one)
        return found

    def found_at(self) -> int:
        """The place the check names; it must name one."""
        broken = verify_contract(self.contract.id).broken
        assert broken is not None
        return broken.position

    @rule(place=PLACES, at=PLACES, column=st.sampled_from(["text", "digest", "seal", "key_id"]))
    def a_byte_of_a_record(self, place: int, at: int, column: str) -> None:
        row = self.records()[place % self.length]
        text: str = getattr(row, column)
        at %= len(text.rstrip("="))
        if column == "seal" and at == len(text.rstrip("=")) - 1:
            at -= 1  # the last sign of base64 holds bits that mean nothing
        other = "A" if text[at] != "A" else "B"
        with self.tampered(row, **{column: text[:at] + other + text[at + 1 :]}):
            assert self.found_at() == row.sequence

    @rule(place=PLACES, other=PLACES)
    def two_records_change_places(self, place: int, other: int) -> None:
        rows = self.records()
        one, two = rows[place % self.length], rows[other % self.length]
        if one.sequence == two.sequence:
            return
        with self.tampered(one, sequence=-1), self.tampered(two, sequence=one.sequence):
            self._write(one.id, {"sequence": two.sequence})
            assert self.found_at() == min(one.sequence, two.sequence)
            self._write(one.id, {"sequence": -1})

    @rule(place=PLACES)
    def a_record_is_taken_out(self, place: int) -> None:
        row = self.records()[place % self.length]
        with self.tampered(row, sequence=-row.sequence):
            assert self.found_at() in (row.sequence, row.sequence - 1, 1)

    @rule(place=PLACES, at=PLACES)
    def a_byte_of_a_file(self, place: int, at: int) -> None:
        digests = list(
            db.session.scalars(
                select(Attachment.digest)
                .join(DocumentVersion, DocumentVersion.id == Attachment.version_id)
                .where(DocumentVersion.sent_at.is_not(None))
                .order_by(Attachment.id)
            )
        )
        digest = digests[place % len(digests)]
        path = Path(self.prepared.settings.document_store) / digest[:2] / digest[2:4] / digest
        whole = path.read_bytes()
        at %= len(whole)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        named = [row.sequence for row in self.records() if digest in row.text]
        assert self.found_at() == named[0]
        path.write_bytes(whole)

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def it_holds_and_only_grows(self) -> None:
        report = verify_contract(self.contract.id)
        assert report.whole, str(report.broken)
        head = db.session.scalars(
            select(EvidenceHead.sequence).where(EvidenceHead.contract_id == self.contract.id)
        ).one()
        assert report.records == head >= self.length
        self.length = head
        db.session.rollback()

    def teardown(self) -> None:
        """What leaves in a package holds outside too, and a change in it is found there."""
        with tempfile.TemporaryDirectory() as name:
            package = joined(export.export(self.scene.dirk.actor, self.contract))
            code, said = run_verifier(package, Path(name))
            assert code == 0, said
            members = unpacked(package)
            chosen = sorted(members)[self.length % len(members)]
            content = members[chosen]
            at = len(content) // 2
            changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            code, said = run_verifier(packed(members | {chosen: changed}), Path(name))
            assert (code, "DOES NOT HOLD" in said) == (1, True), f"{chosen}: {said}"


@pytest.mark.one_database
def test_invariant_9_the_chain_holds_after_every_operation(database: PreparedDatabase) -> None:
    machine = type("Machine", (Chain,), {"prepared": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
