"""What settled after its class and quarter were announced has a notice of its own; and what a look leaves tidy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from domain.ecalcura.dossier_states import DossierStatus
from domain.errors import NotFound
from domain.retention import RetentionClass
from jobs import worker
from models.base import db
from models.declaration import Performance
from models.identity import AccessRefusal
from models.message import Conversation, Message
from models.outbox import DeliveryState, OutboxMessage
from models.personnel import Contract
from models.privacy import ErasureNotice
from services import clock, documents, evidence, outbox, transaction
from services.connections import connections
from services.messaging import places
from services.messaging import writing as threads
from services.privacy import announced, retention
from services.privacy.erasing import ERASERS
from tests.factories import actors, declarations
from tests.factories.database import change, save
from tests.integration.privacy.conftest import World
from tests.integration.privacy.test_retention import ANNOUNCED, ELS, ERASED, count, notices


def mail(event: str) -> OutboxMessage:
    """A mail that waits."""
    with transaction.unit_of_work():
        outbox.enqueue(
            "dossier_reopened",
            "sofie@linde.example.be",
            event_key=event,
            subject_type="dossier",
            subject_key="71000012-2024K1",
            parameters={"quarter": "2024K1", "period": "2023-2024"},
        )
    row = db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert row is not None
    return row


def sent(row: OutboxMessage) -> None:
    """It leaves now."""
    change(row, state=DeliveryState.SENT, sent_at=clock.now())


def keys(which: RetentionClass) -> list[str]:
    """The keys of the notices of a class."""
    return [one.subject_key for one in notices(which)]


def test_mail_that_waited_long_counts_from_when_it_left(database: object, at: Any) -> None:
    """Made in 2024K3 and sent in 2025K3: it is not swept along with what left a year before."""
    first, late = mail("a"), mail("b")
    sent(first)
    at("2025-08-15T10:00:00+02:00")
    retention.announce()
    sent(late)
    at("2025-10-20T10:00:00+02:00")
    assert retention.erase_due() >= 1
    db.session.expire_all()
    assert (first.recipient, late.recipient) == ("", "sofie@linde.example.be")
    at("2026-08-15T10:00:00+02:00")
    retention.announce()
    assert keys(RetentionClass.MAIL) == ["2024K3", "2025K3"]
    at("2026-10-20T10:00:00+02:00")
    retention.erase_due()
    db.session.expire_all()
    assert late.recipient == ""


@pytest.mark.parametrize("moment", ["2024-05-01T10:00:00+02:00", "2024-08-01T10:00:00+02:00"])
def test_a_row_that_comes_late_is_announced_with_a_term_of_its_own(database: object, at: Any, moment: str) -> None:
    """In a quarter before the last one that was announced, or in the same: both were never told of before."""

    def refusal(code: str, when: str) -> None:
        save(AccessRefusal(code=code, at=datetime.fromisoformat(when), reason="x", facts="{}"))

    refusal("AAA-AAA", "2024-07-10T10:00:00+02:00")
    at("2025-08-15T10:00:00+02:00")
    retention.announce()
    at("2025-10-20T10:00:00+02:00")
    retention.erase_due()
    refusal("BBB-BBB", moment)
    retention.announce()
    retention.announce()
    assert keys(RetentionClass.REFUSALS) == ["2024K3", "2024K2" if moment < "2024-07" else "2024K3/2"]
    assert retention.erase_due() == 0
    at("2025-12-18T23:30:00+01:00")
    retention.erase_due()
    assert count(AccessRefusal) == 1
    at("2025-12-19T10:00:00+01:00")
    assert retention.erase_due() == 1
    assert count(AccessRefusal) == 0
    assert evidence.verify().broken == ()


def test_every_quarter_that_is_due_is_announced_at_one_look(database: object, at: Any) -> None:
    """A worker that stood still for a year tells of it all at once, and a held quarter holds up no other."""
    for code, when in (("AAA-AAA", "2024-05-01"), ("BBB-BBB", "2024-08-01"), ("CCC-CCC", "2025-01-05")):
        moment = datetime.fromisoformat(f"{when}T10:00:00+02:00")
        save(AccessRefusal(code=code, at=moment, reason="x", facts="{}"))
    at("2026-06-01T10:00:00+02:00")
    retention.announce()
    assert keys(RetentionClass.REFUSALS) == ["2024K2", "2024K3", "2025K1"]


def test_years_of_threads_are_each_announced(world: World, at: Any) -> None:
    """The oldest year waits for an answer: the next one is announced all the same."""
    sofie = actors.facility_user(world.brug)
    sofie = actors.known(sofie)
    for moment, awaits in (("2024-09-16T10:00:00+02:00", True), ("2025-03-03T10:00:00+01:00", False)):
        at(moment)
        with transaction.unit_of_work():
            threads.open_thread(places.facility_place(sofie), "Vraag", "Greet is ziek.", sofie, awaits_reply=awaits)
    at("2029-12-01T10:00:00+01:00")
    retention.announce()
    at("2030-12-01T10:00:00+01:00")
    retention.announce()
    assert keys(RetentionClass.MESSAGES) == ["71000012 2024", "71000012 2025"]
    at("2031-02-01T10:00:00+01:00")
    retention.erase_due()
    assert count(Message, Message.body != "") == 1
    waiting = db.session.scalars(sa.select(Conversation).where(Conversation.subject != "")).one()
    change(waiting, awaiting=None)
    retention.erase_due()
    assert count(Message, Message.body != "") == 0


def test_what_is_declared_again_in_an_erased_period_is_announced_again(world: World, at: Any) -> None:
    for dossier in (world.dossier, world.foreign):
        change(dossier, status=DossierStatus.BLOCKED)
    at(ANNOUNCED)
    retention.announce()
    at(ERASED)
    retention.erase_due()
    assert count(Performance) == 0
    retention.announce()
    period = world.dossier.period_code
    assert keys(RetentionClass.STAFF).count(f"71000012 {period}/2") == 0
    contract = db.session.scalars(sa.select(Contract).where(Contract.staff_member_id == world.greet.id)).one()
    declarations.performance(world.dossier, contract)
    retention.announce()
    retention.announce()
    (again,) = [one for one in notices(RetentionClass.STAFF) if one.subject_key == f"71000012 {period}/2"]
    assert announced.notice(ELS, again.reference).subject == f"71000012 {period}"
    retention.erase_due()
    assert count(Performance) == 1
    at("2034-08-30T10:00:00+02:00")
    assert retention.erase_due() == 1
    assert count(Performance) == 0
    assert evidence.verify().broken == ()


def test_a_subject_that_cannot_be_erased_holds_up_no_other(
    world: World, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for dossier in (world.dossier, world.foreign):
        change(dossier, status=DossierStatus.BLOCKED)
    at(ANNOUNCED)
    retention.announce()
    at(ERASED)
    eraser = ERASERS[RetentionClass.STAFF]
    erase = type(eraser).erase

    def fails(self: Any, notice: ErasureNotice, *more: Any) -> None:
        erase(self, notice, *more)
        if notice.facility_id == world.brug.id:
            raise ZeroDivisionError

    monkeypatch.setattr(type(eraser), "erase", fails)
    with structlog.testing.capture_logs() as told:
        assert retention.erase_due() >= 1
    assert [one["event"] for one in told if one["log_level"] == "error"] == ["not erased"]
    whose = db.session.scalars(sa.select(ErasureNotice.facility_id).where(ErasureNotice.erased_at.is_not(None)))
    assert set(whose) == {world.linden.id}
    assert count(Performance) == 1, "nothing of it, rather than half"
    monkeypatch.undo()
    retention.erase_due()
    assert count(Performance) == 0


def test_the_sweep_of_the_worker_tidies(database: object, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was shown and never taken over goes after fourteen days, as what was read in (class FILES)."""
    monkeypatch.setattr(retention, "_looked", None)
    with transaction.unit_of_work():
        old = documents.store(b"shown, never taken over", "text/csv").digest
    at("2024-09-29T10:00:00+02:00")
    with transaction.unit_of_work():
        new = documents.store(b"somebody looks at it now", "text/csv").digest
    worker.sweep()
    assert documents.read(old)[1], "thirteen days"
    at("2024-10-01T10:00:00+02:00")
    worker.sweep()
    db.session.expire_all()
    with pytest.raises(NotFound):
        documents.read(old)
    assert connections().documents.size(old) is None
    assert documents.read(new)[1]
