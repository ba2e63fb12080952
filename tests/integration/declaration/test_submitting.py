"""Reviewing and submitting a quarter (E-117 to E-119, T-03, T-07, V-60 to V-66)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.declaration import DossierStatus, Event
from domain.ecalcura.performances import V45
from domain.errors import Findings, Forbidden, NotAllowedNow, NotFound, Unavailable
from domain.organisation import FUNDING_ECALCURA
from domain.permissions import Role
from integrations.documents import DocumentStoreDown
from models.all import db
from models.audit import AuditEntry
from models.declaration import Dossier, DossierSnapshot, Submission
from models.document import StoredFile
from models.gate import writing
from models.organisation import BankAccount, ContactPerson
from models.personnel import Contract, EndOfCareerChoice
from services import audit, connections, transaction
from services.ecalcura import declarations, queries, receipts, submission
from services.ecalcura.submission import ChangedSinceReview
from tests.factories import actors, organisations, personnel, reference
from tests.integration.declaration.scene import Scene, count, days, hours, scene, snapshots_of

At = Callable[[str], datetime]


def test_t03_submitting_closes_the_quarter_and_leaves_everything_in_one_commit(database: Any) -> None:
    place = scene()
    done = place.submit(place.fill())
    dossier = place.dossier()
    (snapshot,) = snapshots_of(dossier)
    assert (dossier.status, dossier.basis, dossier.snapshot_id) == (DossierStatus.CLOSED, "INGEDIEND", snapshot.id)
    assert (dossier.submitted_at, dossier.submitted_by) == (done.submitted_at, "Sofie Maes")
    step = place.events()[-1]
    assert (step.event, step.from_status, step.to_status, step.snapshot_id) == ("SUBMIT", "OPEN", "CLOSED", snapshot.id)
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).one()
    assert json.loads(entry.data) == {"event": "SUBMIT", "from": "OPEN", "to": "CLOSED", "snapshot": snapshot.digest}
    assert audit.verify().broken is None


def test_the_snapshot_holds_all_a_calculation_needs_and_its_digest(database: Any) -> None:
    place = scene()
    place.submit(place.fill())
    (snapshot,) = snapshots_of(place.dossier())
    assert snapshot.digest == hashlib.sha256(snapshot.content.encode()).hexdigest()
    held = json.loads(snapshot.content)
    assert (held["quarter"], held["facility"]["sector"], held["parameters"]["full_time_hours"]) == (
        "2024K1",
        "PVT",
        "38",
    )
    assert {one["reference"] for one in held["contracts"]} == {
        place.nurse.reference,
        place.replacer.reference,
        place.exempted.reference,
    }
    assert [(one["paid_days"], one["paid_hours"]) for one in held["performances"]] == [("60", None), (None, "230")]
    assert [(one["premium_hours"], one["exemption_hours"]) for one in held["choices"]] == [(6, 0), (0, 2)]
    assert len(held["certificates"]) == 2
    staff = {one["reference"]: one for one in held["staff"]}
    assert all(staff[one["staff"]]["national_number"] for one in [*held["contracts"], *held["choices"]])


def test_the_receipt_names_the_moment_to_the_second_and_the_digest(database: Any, at: At) -> None:
    at("2024-09-16T10:42:07+02:00")
    place = scene()
    done = place.submit(place.fill())
    (snapshot,) = snapshots_of(place.dossier())
    name, content = receipts.file(place.clerk, place.number(), done.reference)
    path = database.settings.instance / "receipt.pdf"
    path.write_bytes(content)
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(path).pages)
    assert "16 september 2024 om 10:42:07" in text
    assert snapshot.digest in text.replace(" ", "")
    assert done.reference in text
    assert name == f"ontvangstbewijs-{place.number()}-{done.reference}.pdf"
    for private in ("Aerts", "Bos", "Claes"):
        assert private not in text
    assert done.receipt_digest == hashlib.sha256(content).hexdigest()
    assert queries.receipt(place.clerk, place.number(), done.reference).snapshot.id == snapshot.id


def test_the_same_key_twice_is_one_submission_with_the_same_receipt(database: Any) -> None:
    place = scene()
    number = place.fill()
    key = place.review(number)
    first, second = place.submit(number, key), place.submit(number, key)
    assert (first.id, first.reference) == (second.id, second.reference)
    assert (count(Submission), count(DossierSnapshot), count(StoredFile)) == (1, 1, 1)
    assert [step.event for step in place.events()] == ["OPEN_NEW", "SUBMIT"]


def test_an_old_key_after_a_reopening_gives_the_old_receipt_and_submits_nothing(database: Any) -> None:
    place = scene()
    number = place.fill()
    key = place.review(number)
    first = place.submit(number, key)
    place.fire(Event.REOPEN)
    assert place.submit(number, key).reference == first.reference
    assert place.dossier().status is DossierStatus.OPEN


def test_two_keys_make_one_submission(database: Any) -> None:
    place = scene()
    number = place.fill()
    first, second = place.review(number), place.review(number)
    place.submit(number, first)
    with pytest.raises(NotAllowedNow) as refused:
        place.submit(number, second)
    assert refused.value.code == "E-062"
    assert count(Submission) == 1


@pytest.mark.parametrize("own_key", [False, True], ids=["one key", "a key each"])
def test_twenty_at_once_make_one_submission(database: Any, own_key: bool) -> None:
    place = scene()
    number = place.fill()
    keys = [place.review(number) for _ in range(20 if own_key else 1)] * (1 if own_key else 20)
    start = Barrier(20)

    def send(key: str) -> str:
        with database.bare.app_context():
            start.wait()
            try:
                with transaction.unit_of_work():
                    return submission.submit(place.clerk, number, key).reference
            except NotAllowedNow as refused:
                return refused.code or ""

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, keys))
    references = {answer for answer in answers if answer != "E-062"}
    assert len(references) == 1
    assert answers.count("E-062") == (19 if own_key else 0)
    assert (count(Submission), count(DossierSnapshot)) == (1, 1)
    assert audit.verify().broken is None


def _change_performance(place: Scene) -> None:
    place.save(days(place.nurse, "61", "4", version=1))


def _change_contract(place: Scene) -> None:
    with transaction.unit_of_work(), writing("test"):
        db.session.get_one(Contract, place.replacer.id).replacement_hours = Decimal(4)


def _add_contract(place: Scene) -> None:
    personnel.contract(personnel.staff_member(place.facility, last_name="Nieuw", first_name="Nele"))


def _declare_nothing(place: Scene) -> None:
    place.save(days(place.nurse, "", "", version=1), hours(place.replacer, "", version=1))
    with transaction.unit_of_work():
        declarations.declare_nothing(place.clerk, place.number(), True)


def _end_choice(place: Scene) -> None:
    personnel.choice(personnel.staff_member(place.facility), decided_on=date(2024, 2, 1), begins_on=date(2024, 2, 1))
    with transaction.unit_of_work(), writing("test"):
        row = db.session.scalars(
            sa.select(EndOfCareerChoice).where(EndOfCareerChoice.staff_member_id == place.nurse.staff_member_id)
        ).one()
        row.ends_on = date(2024, 2, 29)


def _add_certificate(place: Scene) -> None:
    organisations.certificate(place.facility, CertificateType.END_OF_CAREER, starts_on=date(2024, 3, 1))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_change_performance, ("Aerts An", "paid_days", "60", "61")),
        (_change_contract, ("Bos Bart", "replacement_hours", "9.5", "4")),
        (_add_contract, ("Nieuw Nele", "hours", None, "38")),
        (_declare_nothing, ("", "nothing_to_declare", False, True)),
        (_end_choice, ("Aerts An", "choices", None, None)),
        (_add_certificate, ("", "certificates", None, None)),
    ],
)
def test_what_changed_since_the_review_is_not_submitted_and_shown(database: Any, change: Any, where: Any) -> None:
    place = scene()
    number = place.fill()
    key = place.review(number)
    change(place)
    with pytest.raises(ChangedSinceReview) as changed:
        place.submit(number, key)
    row, field, before, after = where
    found = {(one.row, one.field): (one.before, one.after) for one in changed.value.differences}
    assert (row, field) in found
    if (before, after) != (None, None):
        assert found[row, field] == (before, after)
    assert (count(Submission), count(StoredFile)) == (0, 0)
    assert place.dossier().status is DossierStatus.OPEN
    assert submission.review_page(place.clerk, number, key).differences == changed.value.differences
    assert place.submit(number).reference


def test_e118_what_is_missing_blocks_and_is_told_all_at_once(database: Any) -> None:
    place = scene()
    number = place.fill()
    with transaction.unit_of_work(), writing("test"):
        for row in [*db.session.scalars(sa.select(BankAccount)), *db.session.scalars(sa.select(ContactPerson))]:
            db.session.delete(row)
    key = place.review(number)
    page = submission.review_page(place.clerk, number, key)
    assert [one.code for one in page.review.blocking] == ["V-60", "V-61"]
    assert (page.conditions.default_account, page.conditions.contacts) == (False, 0)
    with pytest.raises(Findings) as refused:
        place.submit(number, key)
    assert [one.code for one in refused.value.findings] == ["V-60", "V-61"]
    assert place.dossier().status is DossierStatus.OPEN


def test_v60_an_ended_or_other_account_is_not_the_standard_one(database: Any) -> None:
    place = scene()
    with transaction.unit_of_work(), writing("test"):
        for row in db.session.scalars(sa.select(BankAccount)):
            row.valid_to = datetime(2024, 9, 1, tzinfo=UTC)
    organisations.bank_account(place.facility, FUNDING_ECALCURA)
    page = submission.review_page(place.clerk, place.fill(), place.review())
    assert [one.code for one in page.review.blocking] == ["V-60"]


def test_v66_a_quarter_without_certificate_and_a14_missing_lines_only_warn(database: Any) -> None:
    place = scene()
    with transaction.unit_of_work(), writing("test"):
        db.session.execute(sa.text("DELETE FROM certificate"))
    number = place.open()
    page = submission.review_page(place.clerk, number, place.review())
    assert [one.code for one in page.review.warnings] == ["V-45", "V-46", "V-66"]
    assert page.review.warnings[0].message == V45
    assert place.submit(number).reference


def test_e129_nothing_to_declare_is_submitted_as_such(database: Any) -> None:
    place = scene()
    number = place.open()
    with transaction.unit_of_work():
        declarations.declare_nothing(place.clerk, number, True)
    place.submit(number)
    held = json.loads(snapshots_of(place.dossier())[0].content)
    assert (held["nothing_to_declare"], held["performances"]) == (True, [])


def test_a08_a_quarter_that_still_runs_is_not_submitted(database: Any, at: At) -> None:
    at("2024-09-30T23:59:59+02:00")
    place = scene()
    number = place.fill("2024K3")
    with pytest.raises(NotAllowedNow) as refused:
        place.review(number)
    assert refused.value.code == "A-08"
    at("2024-10-01T00:00:00+02:00")
    assert place.submit(number).reference


def test_e122_e123_submitted_on_the_last_second_of_15_october_and_not_on_16_october(database: Any, at: At) -> None:
    place = scene()
    first, second = place.fill("2023K3"), place.fill("2023K4")
    key = place.review(second)
    at("2024-10-15T23:59:59+02:00")
    assert place.submit(first).submitted_at == datetime(2024, 10, 15, 21, 59, 59, tzinfo=UTC)
    at("2024-10-16T00:00:00+02:00")
    with pytest.raises(NotAllowedNow) as refused:
        place.submit(second, key)
    assert refused.value.code == "V-62"
    assert place.dossier("2023K4").status is DossierStatus.OPEN


def test_t07_a_reopened_quarter_is_submitted_until_the_last_day_of_the_window(database: Any, at: At) -> None:
    place = scene()
    place.submit(place.fill("2023K4"))
    number = place.fill()
    place.submit(number)
    at("2024-10-17T09:00:00+02:00")
    reference.facility_period(place.facility, provisional_on=date(2024, 10, 16))
    place.fire(Event.REOPEN_ONCE)
    place.save(days(place.nurse, "50", "0", version=1))
    key = place.review()
    at("2024-11-17T00:00:00+01:00")
    with pytest.raises(NotAllowedNow) as refused:
        place.submit(number, key)
    assert refused.value.code == "V-64"
    at("2024-11-16T23:59:59+01:00")
    place.submit(number, key)
    assert [one.event for one in snapshots_of(place.dossier())] == ["SUBMIT", "SUBMIT"]


def test_a_key_is_of_one_person_and_one_dossier(database: Any) -> None:
    place = scene()
    number = place.fill()
    other = place.fill("2023K4")
    key = place.review(number)
    colleague = replace(place.clerk, account_id=(place.clerk.account_id or 0) + 1, name="Jan Wils")
    for who, which in ((colleague, number), (place.clerk, other), (scene().clerk, number)):
        with pytest.raises(NotFound):
            submission.submit(who, which, key)
    with pytest.raises(NotFound):
        submission.submit(place.clerk, number, "geen-sleutel")


def test_5_4_the_case_manager_does_not_submit_for_a_facility(database: Any) -> None:
    place = scene()
    number = place.fill()
    with pytest.raises(NotAllowedNow):
        submission.begin_review(place.manager, number)
    with pytest.raises(Forbidden):
        submission.begin_review(actors.facility_user(place.facility, Role.EL_FINANCIEEL), number)


def test_a_store_that_is_down_leaves_nothing_behind(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place = scene()
    number = place.fill()
    key = place.review(number)

    def down(_content: bytes) -> str:
        raise DocumentStoreDown("full")

    with monkeypatch.context() as patched:
        patched.setattr(connections.connections().documents, "put", down)
        with pytest.raises(Unavailable):
            place.submit(number, key)
    assert (count(Submission), count(DossierSnapshot)) == (0, 0)
    assert place.dossier().status is DossierStatus.OPEN
    assert place.submit(number, key).reference


def test_the_file_is_stored_before_the_rows_that_name_it(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place = scene()
    number = place.fill()
    key = place.review(number)
    seen: list[int] = []
    put = connections.connections().documents.put

    def watched(content: bytes) -> str:
        seen.append(db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) or 0)
        return put(content)

    monkeypatch.setattr(connections.connections().documents, "put", watched)
    place.submit(number, key)
    assert seen == [0]


def test_a_receipt_of_another_facility_does_not_exist(database: Any) -> None:
    place, other = scene(), scene()
    done = place.submit(place.fill())
    other.submit(other.fill())
    for who, number in ((other.clerk, place.number()), (other.clerk, other.number()), (place.clerk, other.number())):
        with pytest.raises(NotFound):
            receipts.file(who, number, done.reference)
    assert receipts.file(place.manager, place.number(), done.reference)


def test_submitting_does_not_touch_other_dossiers(database: Any) -> None:
    place = scene()
    place.fill("2023K4")
    place.submit(place.fill())
    assert {row.status for row in db.session.scalars(sa.select(Dossier))} == {DossierStatus.OPEN, DossierStatus.CLOSED}


def test_a_review_that_was_never_submitted_is_forgotten_after_a_week(database: Any, at: At) -> None:
    place = scene()
    key = place.review(place.fill())
    at("2024-09-23T10:00:00+02:00")
    assert submission.forget_unused_reviews() == 0
    at("2024-09-23T10:00:01+02:00")
    assert submission.forget_unused_reviews() == 1
    transaction.commit()
    with pytest.raises(NotFound):
        submission.review_page(place.clerk, place.number(), key)
