"""The texts of letters, the letters of a round and the archive, at the desk of the department."""

from __future__ import annotations

import io
import json
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from domain.actor import SCHEDULER
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import LetterContent
from domain.errors import Conflict, Forbidden, NotAllowedNow
from domain.permissions import Role
from models.all import db
from models.background_job import BackgroundJob
from models.letter import Letter, LetterText
from models.organisation import Facility
from services import transaction
from services.ecalcura import letter_archive, letter_rounds, letter_texts, letters
from tests.factories import actors, organisations, reference
from tests.factories import letters as made
from tests.integration.organisation.traces import mails, trace
from tests.pages.page import words
from tests.support.sign_in import SignedIn

TEXTS = "/beheer/brieven/"
PROVISIONAL = f"{TEXTS}tekst/voorlopig"


@pytest.fixture
def brug(database: object) -> Facility:
    reference.code_lists()
    facility = organisations.facility(name="PVT De Brug")
    organisations.contact_person(facility)
    return facility


def save(content: LetterContent, based_on: int, kind: LetterKind = LetterKind.PROVISIONAL) -> LetterText:
    with transaction.unit_of_work():
        return letter_texts.save(actors.case_manager(), kind, content, based_on)


def test_a_new_version_is_used_from_the_next_letter_on_and_the_old_letter_stays(
    brug: Facility, signed_in: SignedIn
) -> None:
    calculation = made.communicated(brug)
    with transaction.unit_of_work():
        before = letters.for_calculation(SCHEDULER, calculation)
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    page = client.submit(client.page(PROVISIONAL), {"subject": "Voorlopig: {bedrag}"}, button="Nieuwe versie bewaren")
    assert "Versie 2 is bewaard" in page.root.text_content()
    assert trace() == ("letter.text_changed", "VOORLOPIG", {"kind": "VOORLOPIG", "number": 2})
    again = made.communicated(brug)
    with transaction.unit_of_work():
        after = letters.for_calculation(SCHEDULER, again)
    assert before.subject.startswith("Voorlopige berekening")
    assert after.subject.startswith("Voorlopig: € ")


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("contact", "Bel {telefoonnummer}.", "{telefoonnummer} bestaat niet in deze brief."),
        ("contact", "Bel {ons", "Haal de losse accolade weg."),
        ("vervolg", "Dien opnieuw in.", "In deze brief moet {laatste_dag} staan"),
        ("subject", "", "Vul een onderwerp in."),
    ],
)
def test_what_is_typed_wrong_is_told_where_it_is_typed_and_kept_in_the_box(
    brug: Facility, signed_in: SignedIn, field: str, text: str, message: str
) -> None:
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    page = client.submit(client.page(PROVISIONAL), {field: text}, button="Nieuwe versie bewaren")
    assert page.status == 422
    assert any(message in error for error in page.errors)
    box = page.field(field)
    assert (box.get("value") if field == "subject" else box.text_content()).strip() == text
    assert db.session.scalars(select(LetterText)).all() == []


def test_the_page_explains_each_placeholder_of_the_kind(brug: Facility, signed_in: SignedIn) -> None:
    page = signed_in(Role.EL_DOSSIERBEHEERDER).page(PROVISIONAL)
    told = {words(item.find("dt")): words(item.find("dd")) for item in page.all("//dl[@class='placeholders']/div")}
    assert told["{laatste_dag} verplicht"].startswith("de laatste dag van het correctievenster")
    assert "{rc_na}" not in told


@pytest.mark.parametrize("kind", LetterKind)
def test_the_preview_of_every_kind_is_a_letter_and_keeps_nothing(
    brug: Facility, signed_in: SignedIn, kind: LetterKind
) -> None:
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    page = client.page(f"{TEXTS}tekst/{kind.value.lower().replace('_', '-')}")
    target, _, data = page.filled({}, button="Voorbeeld als PDF")
    response = client.open(target, method="POST", data=data, csrf=False)
    assert response.mimetype == "application/pdf", response.text
    text = _words(response.data)
    assert "Kenmerk VOORBEELD" in text
    assert "PVT De Linde" in text
    assert db.session.scalars(select(Letter)).all() == []
    assert db.session.scalars(select(LetterText)).all() == []


def test_the_preview_with_a_facility_has_its_last_letter_and_an_unknown_number_is_told(
    brug: Facility, signed_in: SignedIn
) -> None:
    made.communicated(brug, amount="1234.56")
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    page = client.page(PROVISIONAL)
    target, _, data = page.filled({"facility": brug.hco_number}, button="Voorbeeld als PDF")
    text = _words(client.open(target, method="POST", data=data, csrf=False).data)
    assert "PVT De Brug" in text
    assert "duizend tweehonderdvierendertig euro en zesenvijftig cent" in text
    wrong = client.submit(page, {"facility": "123"}, button="Voorbeeld als PDF")
    assert (wrong.status, wrong.errors) == (
        422,
        ["Er is geen voorziening met dit HCO-nummer. Kijk het nummer na of laat het leeg."],
    )


def test_two_people_at_one_text_the_second_sees_both(brug: Facility) -> None:
    content = letter_texts.shipped(LetterKind.PROVISIONAL)
    save(LetterContent("Eerst {bedrag}", content.paragraphs), 0)
    with pytest.raises(Conflict) as refused:
        save(LetterContent("Tweede {bedrag}", content.paragraphs), 0)
    assert refused.value.theirs["Onderwerp"] == "Eerst {bedrag}"
    assert refused.value.yours["Onderwerp"] == "Tweede {bedrag}"


def test_saving_what_is_already_the_text_makes_no_version(brug: Facility) -> None:
    assert save(letter_texts.shipped(LetterKind.PROVISIONAL), 0).number == 1
    assert len(db.session.scalars(select(LetterText)).all()) == 1


def test_versions_are_compared_word_by_word(brug: Facility, signed_in: SignedIn) -> None:
    content = letter_texts.shipped(LetterKind.PROVISIONAL)
    save(content, 0)
    save(LetterContent(content.subject.replace("Voorlopige", "Eerste"), content.paragraphs), 1)
    page = signed_in(Role.EL_DOSSIERBEHEERDER).page(f"{PROVISIONAL}/versies")
    assert [words(item) for item in page.all("//del")] == ["[weg: Voorlopige]"]
    assert [words(item) for item in page.all("//ins")] == ["[nieuw: Eerste]"]


def test_a_round_shows_its_letters_who_is_not_told_and_makes_what_is_missing(
    brug: Facility, signed_in: SignedIn
) -> None:
    silent = organisations.facility(name="IBW De Stilte")
    of_round = made.round_of()
    for facility in (brug, silent):
        calculation = made.communicated(facility, in_round=of_round)
    with transaction.unit_of_work():
        letters.for_calculation(SCHEDULER, calculation)
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    address = f"{TEXTS}ronde/{of_round.reference}"
    page = client.page(address)
    lines = [words(row) for row in page.all("//main//tbody/tr")]
    assert len(lines) == 2
    assert "geen contactpersoon" in lines[0]
    assert "nog te maken" in lines[1]
    assert "1 voorziening heeft geen contactpersoon" in page.text
    assert [words(row) for row in client.page(f"{address}?toon=missing").all("//main//tbody/tr")] == [lines[1]]
    page = client.submit(page, button="Ontbrekende brieven maken")
    job = db.session.scalars(select(BackgroundJob)).one()
    assert (job.kind, json.loads(job.parameters)) == ("letters", {"round": of_round.reference})
    assert page.all("//button[contains(., 'Ontbrekende')]") == []
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        letter_rounds.make(actors.case_manager(), of_round.reference)


def test_a_letter_is_found_by_facility_kind_period_and_reference(brug: Facility, signed_in: SignedIn) -> None:
    other = organisations.facility(name="IBW Anders")
    with transaction.unit_of_work():
        first = letters.for_calculation(SCHEDULER, made.communicated(brug))
    with transaction.unit_of_work():
        letters.for_calculation(SCHEDULER, made.communicated(other, CalculationKind.DEFINITIVE, amount="1.00"))
    client = signed_in(Role.EL_DOSSIERBEHEERDER)

    def found(query: str) -> list[str]:
        return [words(row) for row in client.page(f"{TEXTS}zoeken?{query}").all("//main//tbody/tr/td[1]//span/span")]

    assert found("") == [other.hco_number, brug.hco_number]
    for query in (f"zoek={brug.hco_number}", "zoek=brug", f"zoek={first.reference}", "soort=VOORLOPIG"):
        assert found(query) == [brug.hco_number], query
    assert found("periode=2022-2023") == []
    response = client.get(f"{TEXTS}bestand/{first.reference}")
    assert (response.status_code, response.data[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize("path", ["", "tekst/voorlopig", "tekst/voorlopig/versies", "zoeken", "bestand/xxxx"])
def test_texts_and_archive_are_for_the_case_manager_only(brug: Facility, signed_in: SignedIn, path: str) -> None:
    assert signed_in(Role.EL_HELPDESK).get(f"{TEXTS}{path}").status_code == 403
    assert signed_in(Role.EL_PRIVACY, facility=brug).get(f"{TEXTS}{path}").status_code == 403


def test_the_helpdesk_sees_the_history_without_letters_and_accounts(brug: Facility, signed_in: SignedIn) -> None:
    with transaction.unit_of_work():
        letter = letters.for_calculation(
            SCHEDULER, made.communicated(brug, CalculationKind.DEFINITIVE, amount="100.00")
        )
    page = signed_in(Role.EL_HELPDESK).page(f"/beheer/historiek/{brug.hco_number}")
    assert "€ 100,00" in page.text
    assert page.all(f"//a[contains(@href, '{letter.reference}')]") == []
    with pytest.raises(Forbidden):
        letter_archive.file(actors.helpdesk(), letter.reference)
    page = signed_in(Role.EL_DOSSIERBEHEERDER).page(f"/beheer/historiek/{brug.hco_number}")
    assert page.find(f"//a[contains(@href, '{letter.reference}')]") is not None
    assert signed_in(Role.EL_HELPDESK).get("/beheer/historiek/0").status_code == 404


def test_a_preview_tells_nobody(brug: Facility, signed_in: SignedIn) -> None:
    client = signed_in(Role.EL_DOSSIERBEHEERDER)
    target, _, data = client.page(PROVISIONAL).filled({"facility": brug.hco_number}, button="Voorbeeld als PDF")
    client.open(target, method="POST", data=data, csrf=False)
    assert mails("new_message") == []


def _words(content: bytes) -> str:
    return re.sub(r"\s+", " ", "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
