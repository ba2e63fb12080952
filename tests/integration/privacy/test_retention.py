"""The end of data: announced, held, erased with proof, and every chain verifiable afterwards (E-153)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ecalcura.calculation_states import CalculationKind
from domain.erasing import Obstacle
from domain.errors import Forbidden, InvalidValue, NotAllowedNow, Unavailable
from domain.retention import RetentionClass
from models.audit import AuditPersonalValue, OrganisationView
from models.base import db
from models.compensation import Calculation, CalculationDerivation
from models.declaration import DossierSnapshot, Performance
from models.document import StoredFile
from models.letter import Letter
from models.message import Conversation, Message
from models.payment import PaymentLine
from models.personnel import Contract, RegisterLookup, StaffMember
from models.privacy import ErasureNotice, ErasureProof
from services import clock, documents, evidence, transaction
from services.connections import connections
from services.ecalcura import case_page, letters
from services.econtracting import attachments
from services.econtracting.attachments import doors
from services.econtracting.attachments.doors import Of
from services.listing import Position
from services.messaging import places
from services.messaging import writing as threads
from services.privacy import announced as announced_rows
from services.privacy import holds, person_file, retention
from tests.factories import actors, compensation, declarations, organisations, personnel
from tests.factories.compensation import DEFINITIVE_AT, PROVISIONAL_AT, RELEASER
from tests.factories.database import change
from tests.integration.privacy.conftest import World
from tests.support.client import Client
from tests.support.databases import PreparedDatabase

#: 2023-2024 ends on 30 June 2024 and is kept for ten years.
ANNOUNCED = "2034-05-02T10:00:00+02:00"
ERASED = "2034-07-01T10:00:00+02:00"
ELS = actors.case_manager()


def notices(which: RetentionClass) -> list[ErasureNotice]:
    """The notices of a class."""
    rows = sa.select(ErasureNotice).where(ErasureNotice.retention_class == which.value)
    return list(db.session.scalars(rows.order_by(ErasureNotice.id).execution_options(populate_existing=True)))


def count(model: Any, *conditions: Any) -> int:
    """How many rows there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0


@pytest.fixture
def settled(database: PreparedDatabase, at: Callable[[str], datetime]) -> Any:
    """A facility after a whole campaign of 2023-2024, with a letter; everything is paid."""
    at(PROVISIONAL_AT)
    it = compensation.household()
    compensation.released([it])
    at(DEFINITIVE_AT)
    (definitive,) = compensation.released([it], CalculationKind.DEFINITIVE)
    with transaction.unit_of_work():
        letters.for_calculation(RELEASER, db.session.get_one(Calculation, definitive.id))
    for line in db.session.scalars(sa.select(PaymentLine)).all():
        change(line, value_date=date(2025, 2, 1))
    assert evidence.verify().broken == ()
    return it


def announced(at: Callable[[str], datetime], it: Any) -> ErasureNotice:
    """The notice of the period of the settled facility."""
    at(ANNOUNCED)
    retention.announce()
    (notice,) = [one for one in notices(RetentionClass.STAFF) if one.subject_key.endswith("2023-2024")]
    return notice


def test_e153_a_period_is_announced_sixty_days_before_and_erased_after(settled: Any, at: Any) -> None:
    at("2034-05-01T10:00:00+02:00")
    retention.announce()
    assert not [one for one in notices(RetentionClass.STAFF) if one.subject_key.endswith("2023-2024")]
    notice = announced(at, settled)
    assert notice.facility_id == settled.facility.id
    assert notice.erase_from.astimezone(clock.now().tzinfo).date() <= date(2034, 7, 1)
    retention.announce()
    assert len(notices(RetentionClass.STAFF)) == len({one.subject_key for one in notices(RetentionClass.STAFF)})
    assert retention.erase_due() == 0
    at("2034-06-30T23:30:00+02:00")
    assert retention.erase_due() == 0
    assert count(Performance) > 0


def test_erasing_a_period_leaves_every_chain_verifiable(settled: Any, at: Any) -> None:
    """The whole check of the proof is green: copies, derivations and letters are empty and named by the chain."""
    before = count(DossierSnapshot), count(CalculationDerivation), count(Letter)
    totals = db.session.scalars(sa.select(Calculation.total).order_by(Calculation.id)).all()
    gone = settled.replacer
    contract = db.session.scalars(sa.select(Contract).where(Contract.staff_member_id == gone.id)).one()
    change(contract, ends_on=date(2024, 6, 30))
    number, reference = gone.national_number, gone.reference
    announced(at, settled)
    at(ERASED)
    assert retention.erase_due() >= 1
    db.session.expire_all()
    report = evidence.verify()
    assert report.broken == ()
    assert report.erasures >= 1
    assert (count(DossierSnapshot), count(CalculationDerivation), count(Letter)) == before
    assert count(Performance) == 0
    assert count(StaffMember, StaffMember.national_number == number) == 0
    assert count(StaffMember) > 0, "who still works there stays"
    assert db.session.scalars(sa.select(Calculation.total).order_by(Calculation.id)).all() == totals
    assert count(DossierSnapshot, DossierSnapshot.content != "") == 0
    values = db.session.scalars(sa.select(AuditPersonalValue.value)).all()
    assert number not in " ".join(value or "" for value in values)
    digest = db.session.scalars(sa.select(Letter.file_digest)).one()
    assert connections().documents.size(digest) is None
    assert db.session.get_one(StoredFile, digest).erased_in_id is not None
    made = _file(settled.facility, number)
    assert made.empty, [section for section in made.sections if section.rows]
    assert reference
    proof = db.session.scalars(sa.select(ErasureProof).order_by(ErasureProof.id.desc())).first()
    assert proof is not None
    said = {row["table"]: row["rows"] for row in json.loads(proof.rows)}
    assert said["performance"] >= 1
    assert number not in proof.rows


def _file(facility: Any, number: str) -> person_file.PersonFile:
    with transaction.unit_of_work():
        return person_file.of_number(actors.facility_user(facility), number)


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE erasure_proof SET rows = '[]'", "changed"),
        ("UPDATE erasure_notice SET erased_at = NULL; DELETE FROM erasure_proof", "erasure"),
        ("UPDATE dossier_snapshot SET content = '{}' WHERE id = (SELECT min(id) FROM dossier_snapshot)", "not empty"),
        ("UPDATE stored_file SET erased_in_id = (SELECT min(id) FROM erasure_proof)", "called erased"),
    ],
)
def test_nobody_hides_a_change_by_calling_it_erased(settled: Any, at: Any, statement: str, place: str) -> None:
    with transaction.unit_of_work():
        documents.store(b"something else", "text/plain")
    announced(at, settled)
    at(ERASED)
    assert retention.erase_due() >= 1
    if "DELETE" in statement:
        for table in ("dossier_snapshot", "calculation_derivation", "stored_file"):
            _alter(f"UPDATE {table} SET erased_in_id = NULL")
    for one in statement.split("; "):
        _alter(one)
    assert any(place in broken for broken in evidence.verify().broken)


def _alter(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    db.session.rollback()
    db.session.expire_all()


def test_what_is_still_needed_is_not_erased(settled: Any, at: Any) -> None:
    """An unpaid line, an open quarter, a waiting request: each keeps the whole period."""
    notice = announced(at, settled)
    at(ERASED)
    line = db.session.scalars(sa.select(PaymentLine).where(PaymentLine.paid > 0)).first()
    if line is not None:
        change(line, value_date=None)
        assert Obstacle.OPEN_CALCULATION in announced_rows.notice(ELS, notice.reference).obstacles
        assert retention.erase_due() == 0
        change(db.session.get_one(PaymentLine, line.id), value_date=date(2025, 2, 1))
    dossier = declarations.Dossier
    row = db.session.scalars(sa.select(dossier).where(dossier.period_code == "2023-2024")).first()
    assert row is not None
    status = row.status
    change(row, status="OPEN")
    assert Obstacle.OPEN_DOSSIER in announced_rows.notice(ELS, notice.reference).obstacles
    assert retention.erase_due() == 0
    change(db.session.get_one(dossier, row.id), status=status)
    assert retention.erase_due() >= 1


def test_a_case_manager_holds_and_releases(settled: Any, at: Any) -> None:
    notice = announced(at, settled)
    with pytest.raises(InvalidValue), transaction.unit_of_work():
        holds.hold(ELS, notice.reference, " ")
    with transaction.unit_of_work():
        holds.hold(ELS, notice.reference, "Geschil voor de rechtbank")
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        holds.hold(ELS, notice.reference, "nog eens")
    at(ERASED)
    assert [one for one in notices(RetentionClass.STAFF) if one.erased_at] == []
    assert announced_rows.notice(ELS, notice.reference).obstacles == [Obstacle.HELD]
    retention.erase_due()
    assert count(Performance) > 0
    with transaction.unit_of_work():
        holds.release(ELS, notice.reference)
    retention.erase_due()
    assert count(Performance) > 0, "not on the day of the release"
    at("2034-07-02T10:00:00+02:00")
    assert retention.erase_due() >= 1
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        holds.hold(ELS, notice.reference, "te laat")
    assert evidence.verify().broken == ()


@pytest.mark.parametrize("role", ["EL_HELPDESK", "EL_PRIVACY", "EC_AB_DOSSIERBEHEERDER"])
def test_others_hold_nothing(database: object, role: str) -> None:
    facility = organisations.facility() if role == "EL_PRIVACY" else None
    for act in (lambda who: holds.hold(who, "x", "reden"), lambda who: holds.release(who, "x")):
        with pytest.raises(Forbidden):
            act(actors.actor(role, facility=facility))


def test_the_facility_sees_what_will_be_erased_of_its_own(settled: Any, at: Any) -> None:
    other = organisations.facility()
    announced(at, settled)
    assert [one.notice.subject_key for one in announced_rows.of_facility(actors.facility_user(settled.facility))]
    assert announced_rows.of_facility(actors.facility_user(other)) == []


def test_somebody_with_a_running_contract_stays(world: World, at: Any) -> None:
    """Only what ended in the period goes: the person, the running contract and the choice stay (E-153)."""
    old = personnel.contract(world.greet, starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    reference = old.reference
    change(world.dossier, status="BLOCKED")
    change(world.foreign, status="BLOCKED")
    at(ANNOUNCED)
    retention.announce()
    at(ERASED)
    assert retention.erase_due() >= 2
    db.session.expire_all()
    assert count(Contract, Contract.reference == reference) == 0
    assert count(StaffMember) == 2
    assert count(Performance) == 0
    assert evidence.verify().broken == ()


def test_a_letter_that_was_sent_along_stays_for_that(settled: Any, at: Any) -> None:
    """The store keeps the same content once: erasing a letter must not empty a message whose time runs."""
    digest = db.session.scalars(sa.select(Letter.file_digest)).one()
    content = documents.read(digest)[1]
    notice = announced(at, settled)
    sofie = actors.facility_user(settled.facility)
    sofie = actors.known(sofie)
    with transaction.unit_of_work():
        message = threads.start(sofie, places.facility_place(sofie), "Brief", "Zie de brief.")
    with transaction.unit_of_work():
        file = doors.add(sofie, Of.MESSAGE, message.reference, attachments.take_in("brief.pdf", io.BytesIO(content)))
    assert file.digest == digest
    at(ERASED)
    retention.erase_due()
    db.session.expire_all()
    assert db.session.get_one(ErasureNotice, notice.id).erased_at is not None
    assert count(Performance) == 0
    assert documents.read(digest)[1] == content
    assert evidence.verify().broken == ()


def test_what_was_erased_is_not_taken_in_again_as_if_it_could_be_read(settled: Any, at: Any) -> None:
    digest = db.session.scalars(sa.select(Letter.file_digest)).one()
    content = documents.read(digest)[1]
    announced(at, settled)
    at(ERASED)
    retention.erase_due()
    sofie = actors.facility_user(settled.facility)
    sofie = actors.known(sofie)
    with transaction.unit_of_work():
        message = threads.start(sofie, places.facility_place(sofie), "Brief", "Zie de brief.")
    arrived = attachments.take_in("brief.pdf", io.BytesIO(content))
    with pytest.raises(Unavailable), transaction.unit_of_work():
        doors.add(sofie, Of.MESSAGE, message.reference, arrived)
    assert connections().documents.size(digest) is None


def test_what_a_killed_worker_left_of_an_erased_file_goes_the_next_day(
    settled: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content goes after the commit; whoever was killed in between left it."""
    digest = db.session.scalars(sa.select(Letter.file_digest)).one()
    content = documents.read(digest)[1]
    announced(at, settled)
    at(ERASED)
    retention.erase_due()
    connections().documents.put(content)
    monkeypatch.setattr(retention, "_looked", None)
    retention.look()
    assert connections().documents.size(digest) is None


def test_threads_of_a_year_lose_their_texts(world: World, at: Any) -> None:
    """Texts go, the thread stays; one that waits for an answer keeps its year."""
    sofie = actors.facility_user(world.brug)
    sofie = actors.known(sofie)
    with transaction.unit_of_work():
        thread = threads.open_thread(places.facility_place(sofie), "Vraag", "Greet is ziek.", sofie, awaits_reply=True)
        reference = thread.reference
    at("2029-12-01T10:00:00+01:00")
    retention.announce()
    (notice,) = notices(RetentionClass.MESSAGES)
    assert notice.subject_key == "71000012 2024"
    at("2030-02-01T10:00:00+01:00")
    assert Obstacle.OPEN_REQUEST in announced_rows.notice(ELS, notice.reference).obstacles
    retention.erase_due()
    assert count(Message, Message.body != "") == 1
    change(db.session.scalars(sa.select(Conversation)).one(), awaiting=None)
    retention.erase_due()
    db.session.expire_all()
    row = db.session.scalars(sa.select(Conversation).where(Conversation.reference == reference)).one()
    assert (row.subject, row.search_text) == ("", "")
    assert count(Message, Message.body != "") == 0
    assert evidence.verify().broken == ()


def test_looks_and_look_ups_end_by_quarter(world: World, at: Any) -> None:
    start = clock.now()
    for days in (0, 40):
        clock.fix(start + timedelta(days=days))
        with transaction.unit_of_work():
            case_page.viewed(ELS, world.dossier.number)
    assert count(OrganisationView) == 2
    at("2029-08-15T10:00:00+02:00")
    retention.announce()
    assert [one.subject_key for one in notices(RetentionClass.VIEWS)] == ["2024K3"]
    at("2029-11-15T10:00:00+01:00")
    retention.announce()
    assert [one.subject_key for one in notices(RetentionClass.VIEWS)] == ["2024K3", "2024K4"]
    retention.erase_due()
    assert count(OrganisationView) == 1, "the next quarter waits for its own notice"
    assert count(RegisterLookup) == 0
    assert evidence.verify().broken == ()


def test_erasing_again_finds_it_done(settled: Any, at: Any) -> None:
    announced(at, settled)
    at(ERASED)
    done = retention.erase_due()
    assert done >= 1
    assert retention.erase_due() == 0
    assert count(ErasureProof) == len([one for one in db.session.scalars(sa.select(ErasureNotice)) if one.erased_at])


def test_the_list_of_the_department(settled: Any, at: Any) -> None:
    announced(at, settled)
    page = announced_rows.notices(ELS, RetentionClass.STAFF, erased=False, position=Position())
    assert {one.facility_name for one in page.rows} == {settled.facility.name}
    assert announced_rows.waiting_count(ELS) == count(ErasureNotice)
    assert announced_rows.waiting_count(actors.helpdesk()) == 0


def test_the_client_type_is_used(sofie: Client) -> None:
    """What is announced stands on the page of the facility, or nothing does."""
    assert "Binnenkort gewist" not in sofie.page("/privacy-inzage").text
