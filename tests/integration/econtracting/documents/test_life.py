"""Invariants 3, 4, 5 and 11 over whatever people do with a claim, in whatever order: a machine on a database.

Mila drafts (right 2), Karim sends (right 3), Dirk reopens, reviews and asks for the invoice. Mail may be out of order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting.document_states import Direction, VersionState
from domain.errors import DomainError
from models.base import db
from models.contract_follow_up import ContractTerm
from models.file_document import DocumentEvent, DocumentVersion, FileDocument
from services import clock, outbox
from services.econtracting.desk import publishing, release, reopening, reviews
from services.econtracting.documents import drafts, sending
from services.econtracting.proof import verification
from services.transaction import unit_of_work
from tests.factories import contracting_documents as documents
from tests.support.databases import NOW, PreparedDatabase

AMOUNTS = ("1,00", "84250,40", "84250,40", "veel")
_LEFT_DRAFT = frozenset(VersionState) - {VersionState.DRAFT}


class Life(RuleBasedStateMachine):
    """One contract; ``seen`` is what each version once said and when it counted, which never changes again."""

    prepared: PreparedDatabase

    def __init__(self) -> None:
        super().__init__()
        self.prepared.empty()
        clock.fix(datetime.fromisoformat(NOW))
        self.scene = documents.scene()
        self.contract_id = self.scene.contract.id
        self.mila, self.karim, self.dirk = (one.actor for one in (self.scene.mila, self.scene.karim, self.scene.dirk))
        self.seen: dict[int, tuple[Any, ...]] = {}
        self.mail_works = True
        self.terms: dict[int, tuple[Any, ...]] = {}
        documents.sent(self.scene.contract, self.scene.karim)
        documents.complete(self.scene.contract, self.scene.mila)

    # -- what people do -----------------------------------------------------

    def attempt(self, act: Callable[[], Any]) -> Any:
        """A request: kept, or refused and undone."""
        with suppress(DomainError), self.mail(), unit_of_work():
            return act()
        return None

    @contextmanager
    def mail(self) -> Iterator[None]:
        """The worker sends what waits, or the mail server is down."""
        yield
        with unit_of_work():
            waiting = [one.id for one in outbox.take()]
        for message in waiting:
            with unit_of_work():
                outbox.settle(message, error=None if self.mail_works else "down")

    def pick(self, number: int, direction: Direction = Direction.TO_AUTHORITY) -> DocumentVersion | None:
        rows = list(
            db.session.scalars(
                select(DocumentVersion)
                .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
                .where(FileDocument.direction == direction, DocumentVersion.latest)
                .order_by(DocumentVersion.id)
                .execution_options(populate_existing=True)
            )
        )
        return rows[number % len(rows)] if rows else None

    def document(self, version: DocumentVersion) -> FileDocument:
        return db.session.get_one(FileDocument, version.document_id, populate_existing=True)

    @rule(seconds=st.integers(-5, 400_000))
    def time_passes(self, seconds: int) -> None:
        """Mostly forward; a clock that is set right goes back a little."""
        clock.fix(clock.now() + timedelta(seconds=seconds))

    @rule()
    def mail_breaks_or_works(self) -> None:
        self.mail_works = not self.mail_works

    @rule(right=st.sampled_from((2, 3)))
    def draft(self, right: int) -> None:
        who = self.scene.mila if right == 2 else self.scene.karim
        if db.session.query(FileDocument).count() < 3:
            documents.complete(self.scene.contract, who)

    @rule(
        number=st.integers(0, 3), amount=st.sampled_from(("1,00", "84250,40", "84250,40", "veel")), hand=st.booleans()
    )
    def edit(self, number: int, amount: str, hand: bool) -> None:
        version = self.pick(number)
        if version is not None:
            typed = documents.CLAIM | {"amount": amount}
            self.attempt(lambda: drafts.save(self.mila, version.reference, typed, None, version.version))
            if hand:
                self.attempt(lambda: drafts.hand_over(self.mila, version.reference))

    @rule(number=st.integers(0, 3))
    def remove(self, number: int) -> None:
        version = self.pick(number)
        if version is not None:
            self.attempt(lambda: drafts.remove(self.mila, version.reference))

    @rule(number=st.integers(0, 3), theft=st.booleans())
    def send_with_right_2(self, number: int, theft: bool) -> None:
        """Invariant 5: by no route, not even with the check of a colleague."""
        version = self.pick(number)
        if version is not None:
            before = version.state
            self.send(version, self.karim if theft else self.mila, self.mila)
            after = db.session.get(DocumentVersion, version.id, populate_existing=True)
            assert after is not None
            assert after.state is before
            assert after.sent_by_id != self.mila.account_id

    @rule(number=st.integers(0, 3))
    def send_with_right_3(self, number: int) -> None:
        version = self.pick(number)
        if version is not None:
            self.send(version, self.karim, self.karim)

    def send(self, version: DocumentVersion, checks: Actor, sends: Actor) -> None:
        found = self.attempt(lambda: sending.begin_check(checks, version.reference))
        if found is not None:
            self.attempt(lambda: sending.send(sends, version.reference, found.key, found.digest))

    @rule(number=st.integers(0, 3))
    def take_up(self, number: int) -> None:
        version = self.pick(number)
        if version is not None:
            reference = self.document(version).reference
            self.attempt(lambda: reviews.start(self.dirk, reference))

    @rule(number=st.integers(0, 3), right=st.sampled_from((2, 3)))
    def reopen_and_renew(self, number: int, right: int) -> None:
        version = self.pick(number)
        if version is not None:
            document = self.document(version)
            self.attempt(lambda: reopening.reopen(self.dirk, document.reference, "Bijlage ontbreekt"))
            self.attempt(lambda: drafts.new_version(self.mila if right == 2 else self.karim, document))

    @rule(number=st.integers(0, 3), result=st.sampled_from(("AANVAARD", "GEWEIGERD", "ONVOLLEDIG")))
    def review(self, number: int, result: str) -> None:
        claim = self.pick(number)
        if claim is None:
            return
        document = self.document(claim)
        version = self.attempt(lambda: drafts.make(self.dirk, self.scene.contract, "NAZICHT", document))
        if version is None:
            return
        accepted = {"accepted": "84250,40"} if result == "AANVAARD" else {"reasons": "Onduidelijk"}
        documents.fill(version, self.scene.dirk, {"result": result, **accepted})
        self.attempt(lambda: release.release(self.dirk, version.reference, version.version))

    @rule(number=st.integers(0, 3))
    def ask_invoice(self, number: int) -> None:
        claim = self.pick(number)
        if claim is None:
            return
        document = self.document(claim)
        version = self.attempt(lambda: drafts.make(self.dirk, self.scene.contract, "FACTUURAANVRAAG", document))
        if version is not None:
            documents.fill(version, self.scene.dirk, {"order_number": "4500000001", "amount": "84250,40", "vat": "21"})
            self.attempt(lambda: release.release(self.dirk, version.reference, version.version))
            self.attempt(publishing.publish_due)

    # -- what always holds --------------------------------------------------

    @invariant()
    def moments_are_set_once_and_go_forward(self) -> None:
        """Invariants 3, 4 and 11: what counted stays, whatever came after and whatever the mail does."""
        db.session.rollback()
        db.session.expire_all()
        now_seen: dict[int, tuple[Any, ...]] = {}
        last: dict[int, datetime] = {}
        query = (
            select(DocumentVersion, FileDocument)
            .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
            .order_by(DocumentVersion.document_id, DocumentVersion.number)
        )
        for version, document in db.session.execute(query):
            up = document.direction is Direction.TO_AUTHORITY
            counts = version.sent_at if up else version.consultable_at
            left = version.state in _LEFT_DRAFT and (up or version.state is not VersionState.RELEASED)
            assert (counts is not None) == left
            if up:
                assert version.sent_at == version.consultable_at
            if counts is None:
                continue
            assert counts >= last.get(document.id, counts)
            last[document.id] = counts
            now_seen[version.id] = (version.sent_at, version.consultable_at, version.content, version.content_digest)
        assert self.seen.items() <= now_seen.items()
        self.seen = now_seen

    @invariant()
    def right_2_never_sent(self) -> None:
        """Invariant 5."""
        sent = select(DocumentEvent.account_id).where(DocumentEvent.act == "T4")
        assert self.mila.account_id not in set(db.session.scalars(sent))

    @invariant()
    def terms_keep_what_they_were_reckoned_on(self) -> None:
        """Invariant 11: a term starts at a moment that counts, and its start never moves."""
        found = {row.id: (row.kind, row.start_at, row.nominal_end) for row in db.session.scalars(select(ContractTerm))}
        assert self.terms.items() <= found.items()
        moments = {moment for seen in self.seen.values() for moment in seen[:2]}
        assert {start for _, start, _ in found.values()} <= moments
        self.terms = found

    def teardown(self) -> None:
        """The chain of proof holds after every story."""
        report = verification.verify_contract(self.contract_id)
        db.session.rollback()
        assert report.broken is None


def test_invariants_3_4_5_11_hold_whatever_happens(database: PreparedDatabase) -> None:
    class OnThisDatabase(Life):
        prepared = database

    stories = 18 if database.kind == "sqlite" else 6
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OnThisDatabase,
        settings=settings(
            max_examples=stories,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
