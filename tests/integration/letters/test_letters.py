"""The letters of the campaign: what they say, once, archived, told without content (E-046, E-047, E-122, E-142)."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from domain.actor import SCHEDULER
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import LetterContent, Names
from integrations.documents import DocumentStoreDown
from jobs import background
from models.all import db
from models.audit import AuditEntry
from models.background_job import BackgroundJob, JobState
from models.compensation import Calculation
from models.declaration import ReopeningRequest
from models.letter import Letter, LetterText
from models.organisation import Facility
from models.payment import PaymentLine
from services import background_jobs, clock, connections, documents, transaction
from services.ecalcura import letter_texts, letters
from tests.factories import actors, organisations, reference
from tests.factories import letters as made
from tests.factories.database import saved
from tests.integration.organisation.traces import mails
from tests.support.databases import PreparedDatabase

pytestmark = pytest.mark.usefixtures("database")

OCTOBER = "2024-10-16T09:30:00+02:00"


@pytest.fixture
def brug() -> Facility:
    reference.code_lists()
    facility = organisations.facility(name="PVT De Brug", box="3")
    organisations.contact_person(facility)
    organisations.contact_person(facility, email="jan@linde.example.be", first_name="Jan")
    organisations.contact_person(facility, "ANDERE", email="niet@linde.example.be")
    organisations.bank_account(facility, iban="BE62510007547061")
    return facility


def make(of: Facility, kind: CalculationKind = CalculationKind.PROVISIONAL, **values: object) -> Letter:
    calculation = made.communicated(of, kind, **values)  # type: ignore[arg-type]
    with transaction.unit_of_work():
        return letters.for_calculation(SCHEDULER, calculation)


def pdf(letter: Letter) -> bytes:
    return documents.read(letter.file_digest)[1]


def words(letter: Letter) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(letter))).pages)
    return re.sub(r"\s+", " ", text)


def test_e142_the_provisional_letter_says_amount_reference_and_the_last_day_written_out(
    brug: Facility, at: Callable[[str], datetime]
) -> None:
    at(OCTOBER)
    reference.facility_period(brug, provisional_on=date(2024, 10, 16))
    letter = make(brug)
    said = words(letter)
    for expected in (
        "Departement Zorg",
        "PVT De Brug",
        f"HCO-nummer {brug.hco_number}",
        "Kerkstraat 12 bus 3",
        "9000 Gent",
        f"Kenmerk {letter.reference}",
        "Datum 16 oktober 2024",
        "Referentieperiode 2023-2024 (1 juli 2023 tot en met 30 juni 2024)",
        "Rechtsgrond VOORBEELDBEDRAG",
        "zaterdag 16 november 2024",
        "één keer",
        "opnieuw ingediend",
        "Attest eindeloopbaan",
        "versie 1 van de parameters",
        "Betaalmomenten",
        "31 januari 2025",
    ):
        assert expected in said, expected
    assert "Te betalen" not in said  # nothing is paid


def test_e142_the_detail_has_each_premium_quarter_the_right_and_the_replacers(brug: Facility) -> None:
    case = made.case(nurses=2, replacers=2)
    said = words(make(brug, held=case))
    assert said.count("uren premie") >= 2
    for quarter in ("2023K3", "2023K4", "2024K1", "2024K2"):
        assert said.count(quarter) >= 4
    assert "55+ · 6 uren premie · Y1 Verpleegkundige bachelor € " in said
    assert "f = R / V =" in said
    assert "Totale tegemoetkoming" in said


def test_e142_names_are_initials_with_a_number_unless_the_department_chose_full_names(brug: Facility) -> None:
    names = {"nurse0": ("Vandenbroucke", "Kim")}
    said = words(make(brug, names=names))
    assert "1 (K.V.)" in said
    assert "Vandenbroucke" not in said
    held = letter_texts.shipped(LetterKind.DEFINITIVE)
    with transaction.unit_of_work():
        letter_texts.save(
            actors.case_manager(), LetterKind.DEFINITIVE, LetterContent(held.subject, held.paragraphs, Names.FULL), 0
        )
    assert "1 (Vandenbroucke Kim)" in words(make(brug, CalculationKind.DEFINITIVE, names=names))


def test_e142_the_definitive_letter_deducts_advances_and_shows_the_current_account(brug: Facility) -> None:
    """Example 4 of 7.8: two advances of 16.000, then 28.735,42: a negative balance that stays owed (A-22)."""
    make(brug, CalculationKind.ADVANCE_1, amount="16000.00")
    make(brug, CalculationKind.ADVANCE_2, amount="16000.00")
    said = words(make(brug, CalculationKind.DEFINITIVE, amount="28735.42"))
    for expected in (
        "Bedrag € 28.735,42",
        "achtentwintigduizend zevenhonderdvijfendertig euro en tweeënveertig cent",
        "Min: eerder berekende voorschotten € 32.000,00",
        "Saldo \N{MINUS SIGN} € 3.264,58",
        "RC voor: vroeger te veel betaald € 0,00",
        "RC na: nog verschuldigd door uw voorziening € 3.264,58",
        "Er volgt geen betaling",
        "nog € 3.264,58 verschuldigd",
    ):
        assert expected in said, expected
    assert "Rekening BE62" not in said


def test_the_advance_letter_says_base_percentage_account_and_day(brug: Facility) -> None:
    letter = make(brug, CalculationKind.ADVANCE_1, amount="16000.00")
    said = words(letter)
    for expected in (
        "Voorschot 1 voor referentieperiode 2023-2024",
        "40 % van € 40.000,00, de definitieve berekening van 2022-2023",
        "BE62 5100 0754 7061",
        "zestienduizend euro",
    ):
        assert expected in said, expected
    line = db.session.scalars(select(PaymentLine)).one()
    assert (letter.kind, letter.payment_line_id) == (LetterKind.ADVANCE, line.id)


def test_a_recalculation_gives_the_reason_and_the_difference(brug: Facility) -> None:
    make(brug, CalculationKind.DEFINITIVE, amount="1000.00")
    said = words(make(brug, CalculationKind.CORRECTION, amount="1200.50", reason="Een attest werd later gemeld."))
    assert "Vroeger berekenden wij € 1.000,00. Het verschil is € 200,50." in said
    assert "De reden van de nieuwe berekening: Een attest werd later gemeld." in said


def test_e123_blocked_quarters_are_named_only_when_there_are(brug: Facility) -> None:
    assert "ambtshalve" not in words(make(brug))
    held = made.case(blocked=("2024K1", "2024K2"))
    assert "ambtshalve geblokkeerd: 1ste kwartaal 2024 en 2de kwartaal 2024" in words(
        make(brug, CalculationKind.DEFINITIVE, held=held)
    )


def test_e122_the_letter_of_october_names_the_quarters_and_the_three_dates(brug: Facility) -> None:
    reference.reference_period()
    quarters = made.quarters("2024K2", "2024K1")
    with transaction.unit_of_work():
        letter = letters.for_not_submitted(SCHEDULER, brug, "2023-2024", quarters)
    said = words(letter)
    for expected in (
        "1ste kwartaal 2024 en 2de kwartaal 2024",
        "30 september 2024",
        "15 oktober 2024",
        "16 oktober 2024",
        "gedeeltelijke",
    ):
        assert expected in said, expected
    with transaction.unit_of_work():
        assert letters.for_not_submitted(SCHEDULER, brug, "2023-2024", quarters).id == letter.id


@pytest.mark.parametrize("granted", [True, False])
def test_the_answer_to_a_reopening_has_the_last_day_or_the_reason(brug: Facility, granted: bool) -> None:
    reference.reference_period()
    request = saved(
        ReopeningRequest(
            facility_id=brug.id,
            period_code="2023-2024",
            channel="MESSAGE",
            received_at=clock.now(),
            quarters="2024K1 2024K2",
            reason=None if granted else "De termijn is voorbij.",
        )
    )
    with transaction.unit_of_work():
        letter = letters.for_reopening(actors.case_manager(), request, granted)
    said = words(letter)
    assert "1ste kwartaal 2024 en 2de kwartaal 2024" in said
    assert ("dinsdag 15 oktober 2024" in said) is granted
    assert ("De termijn is voorbij." in said) is not granted
    assert letter.kind is (LetterKind.REOPENED if granted else LetterKind.REOPENING_REFUSED)


def test_e047_e154_every_contact_of_the_theme_is_told_that_there_is_news_and_nothing_more(brug: Facility) -> None:
    letter = make(brug)
    queued = mails("new_message")
    assert sorted(mail.recipient for mail in queued) == ["jan@linde.example.be", "sofie.maes@linde.example.be"]
    assert all(json.loads(mail.parameters) == {} for mail in queued)
    assert {mail.subject_key for mail in queued} == {letter.reference}


def test_asked_twice_there_is_one_letter_one_file_one_trace_and_one_mail_each(brug: Facility) -> None:
    calculation = made.communicated(brug)
    for _ in range(2):
        with transaction.unit_of_work():
            letter = letters.for_calculation(SCHEDULER, calculation)
    assert db.session.scalars(select(Letter)).one().id == letter.id
    assert len(mails("new_message")) == 2
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "letter.made")).all()
    assert [json.loads(entry.data)["file_digest"] for entry in entries] == [letter.file_digest]


def test_two_workers_at_once_make_one_letter(brug: Facility, database: PreparedDatabase) -> None:
    calculation_id, start = made.communicated(brug).id, Barrier(4)

    def make_it(_: int) -> str:
        with database.bare.app_context():
            start.wait()
            try:
                with transaction.unit_of_work():
                    letter = letters.for_calculation(SCHEDULER, db.session.get_one(Calculation, calculation_id))
                return letter.reference
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        references = set(pool.map(make_it, range(4)))
    assert references == set(db.session.scalars(select(Letter.reference)))
    assert len(references) == 1
    assert len(mails("new_message")) == 2


class _Later(Exception):
    """Something goes wrong later in the same transaction."""


def _make_and_fail(calculation: Calculation) -> None:
    with transaction.unit_of_work():
        letters.for_calculation(SCHEDULER, calculation)
        raise _Later


def test_what_is_undone_leaves_no_row_no_mail_and_no_trace(brug: Facility) -> None:
    calculation = made.communicated(brug)
    with pytest.raises(_Later):
        _make_and_fail(calculation)
    assert db.session.scalars(select(Letter)).all() == []
    assert mails("new_message") == []


def test_the_archive_holds_tagged_pdf_with_title_and_language_and_no_personal_metadata(brug: Facility) -> None:
    letter = make(brug)
    content = pdf(letter)
    assert hashlib.sha256(content).hexdigest() == letter.file_digest
    reader = PdfReader(io.BytesIO(content))
    root = reader.root_object
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "nl-BE"
    assert reader.metadata is not None
    assert reader.metadata.title == letter.subject
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>A", xmp)
    assert "pdfuaid" in xmp
    assert re.search(r"(?<!\d)\d{11}(?!\d)", words(letter)) is None  # no national number


HOSTILE = [
    "PVT *De* _Brug_ #sys.inputs $x^2$ <label> @label [a](b) \\ // weg",
    "= Kop #import",
    "=1+1",
    "\u202eGurb eD\u202c",
    "x" * 160,
    "Łódź 中文 עברית \x07",
    "{bedrag} {onbekend}",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_printed_as_text_and_never_stops_a_letter(brug: Facility, name: str) -> None:
    facility = organisations.facility(name=name[:160])
    held = words(make(facility, names={"nurse0": (name[:80], name[:80])}))
    if name.isascii() and len(name) < 100:
        assert name in held
    assert "\u202e" not in held


def test_work_makes_the_letters_of_a_round_in_batches_and_names_who_cannot_be_told(brug: Facility) -> None:
    silent = organisations.facility()
    of_round = made.round_of()
    for facility in (brug, silent):
        made.communicated(facility, in_round=of_round)
    for expected in ({"made": 2, "already": 0}, {"made": 0, "already": 2}):
        progress = _run(of_round.reference)
        assert progress[-1].outcome == {**expected, "without_address": [silent.hco_number], "refused": []}
        assert (progress[-1].done, progress[-1].total) == (2, 2)
    assert len(db.session.scalars(select(Letter)).all()) == 2


def test_letters_wait_for_a_document_store_that_is_down_and_are_made_by_themselves(
    brug: Facility, monkeypatch: pytest.MonkeyPatch, at: Callable[[str], datetime]
) -> None:
    at(OCTOBER)
    of_round = made.round_of()
    made.communicated(brug, in_round=of_round)
    with transaction.unit_of_work():
        reference = background_jobs.enqueue(SCHEDULER, "letters", {"round": of_round.reference}).reference

    def down(*_: object) -> str:
        raise DocumentStoreDown("gone")

    with monkeypatch.context() as patched:
        patched.setattr(connections.connections().documents, "put", down)
        taken = background.take(reference)
        assert taken is not None
        assert background.perform(taken) is None
    found = select(BackgroundJob).where(BackgroundJob.reference == reference)
    job = db.session.scalars(found.execution_options(populate_existing=True)).one()
    assert (job.state, db.session.scalars(select(Letter)).all()) == (JobState.QUEUED, [])
    at((clock.now() + background_jobs.FIRST_DELAY).isoformat())
    taken = background.take(reference)
    assert taken is not None
    assert background.perform(taken) is JobState.DONE
    assert len(db.session.scalars(select(Letter)).all()) == 1


def _run(round_reference: str) -> list[letters.Progress]:
    work, found = letters.work({"round": round_reference}), []
    while True:
        with transaction.unit_of_work():
            progress = next(work, None)
        if progress is None:
            return found
        found.append(progress)


def _die_before_commit(work: letters.Work) -> None:
    with transaction.unit_of_work():
        next(work)
        raise _Later


def test_work_that_was_killed_between_two_batches_makes_none_twice(
    brug: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "BATCH", 1)
    of_round = made.round_of()
    for facility in (brug, organisations.facility(), organisations.facility()):
        made.communicated(facility, in_round=of_round)
    first = letters.work({"round": of_round.reference})
    with transaction.unit_of_work():
        next(first)
    with pytest.raises(_Later):
        _die_before_commit(first)
    last = _run(of_round.reference)[-1]
    assert last.outcome is not None
    assert (last.outcome["made"], last.outcome["already"]) == (2, 1)
    keys = db.session.scalars(select(Letter.event_key)).all()
    assert len(keys) == len(set(keys)) == 3
    assert len(mails("new_message")) == 2


def test_one_letter_that_cannot_be_laid_out_does_not_stop_the_others(
    brug: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = organisations.facility()
    of_round = made.round_of()
    for facility in (brug, other):
        made.communicated(facility, in_round=of_round)
    lay_out = letters.layout.letter_pdf

    def refuse(letter: letters.layout.Letter) -> bytes:
        if brug.name in letter.addressee:
            raise letters.layout.LetterRefused("no")
        return lay_out(letter)

    monkeypatch.setattr(letters.layout, "letter_pdf", refuse)
    outcome = _run(of_round.reference)[-1].outcome
    assert outcome is not None
    assert (outcome["made"], outcome["refused"]) == (1, [brug.hco_number])


def test_the_shipped_text_becomes_version_one_and_the_letter_names_the_version_it_was_written_with(
    brug: Facility,
) -> None:
    letter = make(brug)
    text = db.session.get_one(LetterText, letter.text_id)
    assert (text.kind, text.number, text.made_by) == (LetterKind.PROVISIONAL, 1, "Dossierloket")


def test_no_address_keeps_the_order_and_leaves_out_who_has_a_contact(
    brug: Facility, database: PreparedDatabase
) -> None:
    first, second = organisations.facility(), organisations.facility()
    assert letters.no_address([second.id, brug.id, first.id]) == [second.id, first.id]
