"""The pages of a declaration as a browser without JavaScript, and the script, meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ecalcura.declaration import DossierStatus, Event
from domain.permissions import Role
from models.all import db
from models.declaration import Performance, Submission
from models.gate import writing
from services import transaction
from services.ecalcura import declarations
from tests.factories import actors, personnel
from tests.integration.declaration.scene import QUARTER, count, days, hours, scene
from tests.support.client import Client
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
SHOW = f"/ecalcura/aangifte/{QUARTER}"
JSON = {"Accept": "application/json"}


def grid_values(page: Any, **typed: list[str]) -> dict[str, list[str]]:
    """What the lists of the grid hold, with some of them typed over."""
    names = ("betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren")
    return {
        name: typed.get(name) or [one.get("value") for one in page.all(f"//input[@name='{name}']")] for name in names
    }


def row_of(client: Client, reference: str, *texts: str, version: int = 0, shown: str = "::") -> Any:
    """The post of one row as the script sends it."""
    values = dict(zip(("betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren"), texts, strict=True))
    data = {"aantal": "1", "versie": "1", "regel": f"{reference}:{version}:{shown}", **values}
    return client.post(f"{SHOW}/lijn", data=data, headers=JSON)


def test_saving_the_form_saves_and_says_so(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    assert "0 van 2 lijnen ingevuld" in page.text
    page = client.submit(
        page,
        grid_values(page, betaalde_dagen=["60", ""], niet_betaalde_dagen=["4,5", ""], betaalde_uren=["", "230"]),
        form="aangifte",
    )
    assert (page.status, page.path) == (200, SHOW)
    assert "2 lijnen bewaard om 10:00" in page.text
    assert "2 van 2 lijnen ingevuld" in page.text
    assert grid_values(page)["niet_betaalde_dagen"] == ["4,5", ""]


def test_e024_a_line_that_needs_nothing_stays_visible_without_a_field(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    page = signed_in(actor=place.clerk).page(SHOW)
    row = page.find(f"//tr[@id='l-{place.exempted.reference}']")
    assert "is-off" in row.get("class")
    assert row.xpath(".//input") == []
    assert page.field("aantal").get("value") == "2"
    assert [
        one.get("disabled") is not None for one in page.all(f"//tr[@id='l-{place.nurse.reference}']//input[not(@type)]")
    ] == [
        False,
        False,
        True,
    ]


def test_e114_the_warning_has_a_text_for_everybody(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    page = signed_in(actor=place.clerk).page(SHOW)
    assert [one.get("title") for one in page.all("//td[@class='g-mark']/span")] == [
        "Vul voor een voltijds contract zowel 'Betaalde dagen' als 'Niet-betaalde dagen' in.",
        "Voor deze contractlijn werden nog geen prestaties ingevuld.",
    ]


def test_v47_what_was_typed_comes_back_with_its_message_and_a_link(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    page = client.submit(
        page,
        grid_values(page, betaalde_dagen=["12,3", ""], niet_betaalde_dagen=["4", ""], betaalde_uren=["", "230"]),
        form="aangifte",
    )
    assert page.status == 422
    assert page.errors == ["Aerts An: Vul een geldig aantal dagen in (per halve dag)."]
    target = page.find("//*[contains(@class, 'summary--error')]//a").get("href").removeprefix("#")
    field = page.find(f"//*[@id='{target}']")
    assert (field.get("value"), field.get("aria-invalid")) == ("12,3", "true")
    assert page.field_error("betaalde_dagen") == "Vul een geldig aantal dagen in (per halve dag)."
    assert count(Performance) == 1, "the other row is saved"
    page = client.submit(page, grid_values(page, betaalde_dagen=["12,5", ""]), form="aangifte")
    assert (page.status, count(Performance)) == (200, 2)


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    def cut(data: dict[str, Any]) -> None:
        data.pop(name)

    return cut


def _shorter(name: str) -> Callable[[dict[str, Any]], Any]:
    def cut(data: dict[str, Any]) -> None:
        data[name] = data[name][:-1]

    return cut


@pytest.mark.parametrize(
    "damage",
    [
        dict.clear,
        _without("versie"),
        _without("aantal"),
        _without("regel"),
        _shorter("regel"),
        _shorter("betaalde_dagen"),
        _shorter("betaalde_uren"),
        lambda data: data.update(aantal="3"),
        lambda data: data.update(aantal="-1"),
        lambda data: data.update(aantal="1e9"),
        lambda data: data.update(regel=[data["regel"][0]] * 2),
        lambda data: data.update(regel=["x", data["regel"][1]]),
        lambda data: data.update(regel=[data["regel"][0] + "\x00", data["regel"][1]]),
    ],
)
def test_a_truncated_post_saves_nothing(app: Any, signed_in: SignedIn, damage: Any) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    data: dict[str, Any] = {
        "aantal": "2",
        "versie": "1",
        "regel": [one.get("value") for one in page.all("//input[@name='regel']")],
        "betaalde_dagen": ["60", ""],
        "niet_betaalde_dagen": ["4", ""],
        "betaalde_uren": ["", "230"],
    }
    damage(data)
    for path in (SHOW, f"{SHOW}/overnemen", f"{SHOW}/indienen", f"{SHOW}/lijn"):
        answer = client.post(path, data=data)
        assert answer.status_code == 422, path
        assert "niet volledig aangekomen" in answer.text
    assert count(Performance) == 0


def test_a_conflict_shows_both_values_and_the_person_chooses(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    colleague = actors.facility_user(place.facility, Role.EL_PRIVACY, name="Jan Wils")
    place.save(days(place.nurse, "65", "0"), hours(place.replacer, "100"), actor=colleague)
    mine = grid_values(page, betaalde_dagen=["60", ""], niet_betaalde_dagen=["4", ""], betaalde_uren=["", "230"])
    page = client.submit(page, mine, form="aangifte")
    assert page.status == 409
    assert len(page.errors) == 2
    assert "Jan Wils heeft deze lijn intussen gewijzigd" in page.errors[0]
    assert "Nu bewaard: 65 / 0 · Uw waarden: 60 / 4" in page.text
    page = client.submit(page, {}, form="aangifte")
    assert (page.status, len(page.errors)) == (409, 2), "saving again decides nothing"
    page = client.submit(page, {}, form="aangifte", button=_choice(page, "mijn", place.nurse.reference))
    assert (page.status, len(page.errors)) == (409, 1)
    page = client.submit(page, {}, form="aangifte", button=_choice(page, "hun", place.replacer.reference))
    assert page.status == 200
    values = grid_values(page)
    assert (values["betaalde_dagen"][0], values["betaalde_uren"][1]) == ("60", "100")


def _choice(page: Any, name: str, reference: str) -> str:
    """An id to press one button of several with the same name by."""
    button = page.find(f"//button[@name='{name}' and @value='{reference}']")
    button.set("id", f"{name}-{reference}")
    return f"{name}-{reference}"


def test_last_quarter_is_taken_over_for_all_empty_lines_or_one(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.fill("2023K4")
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    page = client.submit(page, {}, form="aangifte", button=place.replacer.reference)
    assert "1 lijn overgenomen van vorig kwartaal" in page.text
    page = client.submit(
        page,
        grid_values(page, betaalde_dagen=["33", ""]),
        form="aangifte",
        button="Waarden van vorig kwartaal overnemen (1)",
    )
    values = grid_values(page)
    assert (values["betaalde_dagen"][0], values["betaalde_uren"][1]) == ("33", "230"), "what was typed stays"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Aerts An", "Bos Bart", "Claes Els"]),
        ("?contracttype=LOONTREKKENDE", ["Aerts An", "Bos Bart"]),
        ("?kwalificatie=ANDERE_A1&kwalificatie=ZORGKUNDIGE", ["Bos Bart", "Claes Els"]),
        ("?contracttype=LOONTREKKENDE&kwalificatie=ANDERE_A1&kwalificatie=ZORGKUNDIGE", ["Bos Bart"]),
        ("?contracttype=LOONTREKKENDE&zoek=AERTS", ["Aerts An"]),
        ("?zoek=els+cla", ["Claes Els"]),
        ("?zoek=cláes", ["Claes Els"]),
        ("?contracttype=STATUTAIR&zoek=aerts", []),
    ],
)
def test_e116_filters_combine_and_stay_in_the_address(
    app: Any, signed_in: SignedIn, query: str, names: list[str]
) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW + query)
    shown = page.all("//tr[starts-with(@id, 'l-') and not(@hidden)]/th")
    assert [one.text_content() for one in shown] == names
    page = client.submit(page, {}, form="aangifte" if not query else None) if not query else page
    if query:
        saved = client.post(page.form("aangifte").get("action"), data=_posted(page))
        assert saved.headers["Location"].partition("?")[2].replace("%20", "+") == query[1:].replace("á", "%C3%A1")


def _posted(page: Any) -> dict[str, Any]:
    return {
        "aantal": page.field("aantal").get("value"),
        "versie": page.field("versie").get("value"),
        "regel": [one.get("value") for one in page.all("//input[@name='regel']")],
        **grid_values(page),
    }


def test_rows_that_are_filtered_away_are_in_the_form_all_the_same(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(f"{SHOW}?zoek=aerts")
    assert page.field("aantal").get("value") == "2"
    data = _posted(page)
    data["betaalde_uren"] = ["", "x"]
    answer = client.post(SHOW + "?zoek=aerts", data=data)
    assert answer.status_code == 422
    assert f'<tr id="l-{place.replacer.reference}" data-state="error"' in answer.text
    assert "hidden" not in answer.text.split(f'id="l-{place.replacer.reference}"')[1].split(">")[0]


def test_one_row_is_saved_for_the_script(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    answer = row_of(client, place.nurse.reference, "60,50", "", "")
    assert answer.status_code == 200
    (row,) = answer.json["rows"]
    assert (row["values"], row["missing"], row["token"]) == (
        ["60,5", "", ""],
        True,
        f"{place.nurse.reference}:1:60,5::",
    )
    assert answer.json["at"] == "10:00"
    answer = row_of(client, place.nurse.reference, "60,5", "0", "", version=1, shown="60,5::")
    assert (answer.json["rows"][0]["missing"], answer.json["rows"][0]["mark"]) == (False, "")


def test_one_row_that_cannot_be_saved_is_told_per_field(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    answer = row_of(client, place.nurse.reference, "x", "1", "")
    assert answer.status_code == 422
    assert answer.json == {"errors": {"paid_days": "Vul een geldig aantal dagen in (per halve dag)."}}


def test_one_row_that_somebody_else_changed_is_told_with_both_values(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    place.save(days(place.nurse, "65", "0"), actor=actors.facility_user(place.facility, name="Jan Wils"))
    answer = row_of(signed_in(actor=place.clerk), place.nurse.reference, "60", "4", "")
    assert answer.status_code == 409
    assert answer.json["conflict"]["theirs"] == ["65", "0", ""]
    assert answer.json["conflict"]["yours"] == ["60", "4", ""]
    assert (answer.json["conflict"]["version"], answer.json["conflict"]["who"]) == (1, "Jan Wils")


def test_one_row_of_a_closed_quarter_is_refused_in_words(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.submit(place.fill())
    answer = row_of(signed_in(actor=place.clerk), place.nurse.reference, "61", "4", "", version=1)
    assert (answer.status_code, answer.json["code"]) == (409, "E-062")
    assert "ingediend" in answer.json["message"]


def test_csrf_protects_every_post(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    for path in (
        "",
        "/lijn",
        "/overnemen",
        "/indienen",
        "/niets-aan-te-geven",
        "/opnieuw-nakijken",
        "/indienen/sleutel",
    ):
        assert client.post(SHOW + path, data={}, csrf=False).status_code == 400, path


def test_what_was_typed_into_a_quarter_that_closed_meanwhile_is_shown(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    place.fire(Event.TAKE_INTO_AUDIT)
    data = _posted(page) | {"betaalde_dagen": ["60", ""], "niet_betaalde_dagen": ["4", ""]}
    answer = client.post(SHOW, data=data)
    assert answer.status_code == 409
    assert "Een dossierbeheerder controleert dit kwartaal" in answer.text
    assert "Dit typte u en is niet bewaard" in answer.text
    assert "60 / 4" in answer.text


def test_a_read_only_quarter_has_no_fields_and_says_why(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.submit(place.fill())
    page = signed_in(actor=place.clerk).page(SHOW)
    assert page.all("//main//table//input") == []
    assert "Enkel raadplegen." in page.text
    assert "2 van 2 lijnen ingevuld" in page.text


def test_e119_review_confirm_receipt(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    page = client.submit(
        page,
        grid_values(page, betaalde_dagen=["60", ""], niet_betaalde_dagen=["4", ""], betaalde_uren=["", ""]),
        form="aangifte",
        button="Indienen",
    )
    assert page.path.startswith(f"{SHOW}/indienen/")
    assert count(Performance) == 1, "what was typed is saved first"
    links = {text: link for text, link in page.links().items() if "Bos Bart" in text}
    assert list(links.values()) == [f"{SHOW}#l-{place.replacer.reference}"]
    assert "Er is 1 contactpersoon voor eCalcura." in page.text
    assert page.links()["Terug naar bewerken"] == SHOW
    key_page = page.path
    page = client.submit(page, {}, button="Indienen kwartaalaangifte")
    assert "Aangifte succesvol ingediend" in page.text
    assert "Ontvangen op 16 september 2024 om 10:00:00" in page.text
    receipt = page.path
    again = client.post(key_page, data={})
    assert again.headers["Location"] == receipt, "a double click gives the same receipt"
    assert client.get(key_page).headers["Location"] == receipt, "so does the back button"
    assert count(Submission) == 1
    file = client.get(page.links()["Ontvangstbewijs downloaden (PDF)"])
    assert (file.mimetype, file.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert "Afgesloten" in client.page("/ecalcura/").text


def test_what_changed_since_the_review_is_a_page_with_a_way_on(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    number = place.fill()
    client = signed_in(actor=place.clerk)
    page = client.submit(client.page(SHOW), {}, form="aangifte", button="Indienen")
    place.save(days(place.nurse, "61", "4", version=1), number=number)
    page = client.submit(page, {}, button="Indienen kwartaalaangifte")
    assert (page.status, page.heading) == (409, "De gegevens zijn intussen gewijzigd")
    assert page.table() == [
        ["Lijn", "Gegeven", "Toen u het nakeek", "Nu"],
        ["Aerts An", "Betaalde dagen", "60", "61"],
    ]
    page = client.submit(page, {}, button="Opnieuw nakijken")
    page = client.submit(page, {}, button="Indienen kwartaalaangifte")
    assert "Aangifte succesvol ingediend" in page.text


@pytest.mark.one_database
def test_v60_v61_the_conditions_link_to_where_they_are_fixed(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.fill()
    with transaction.unit_of_work(), writing("test"):
        for table in ("bank_account_funding", "bank_account", "contact_theme", "contact_person"):
            db.session.execute(sa.text(f"DELETE FROM {table}"))
    client = signed_in("EL_PRIVACY", "EL_FINANCIEEL", facility=place.facility)
    page = client.submit(client.page(SHOW), {}, form="aangifte", button="Indienen")
    assert page.errors == [
        "U kunt pas indienen als er een standaard bankrekeningnummer is ingevuld.",
        "U kunt pas indienen als er minstens één contactpersoon aan het thema eCalcura is toegewezen.",
    ]
    links = page.links()
    assert links["Vul het in bij Mijn organisatie"] == "/organisatie/bankgegevens"
    assert links["Voeg er een toe bij Mijn organisatie"] == "/organisatie/contactpersonen"
    assert page.all("//button[contains(., 'Indienen kwartaalaangifte')]") == []


def test_e023_nothing_to_declare_asks_for_its_own_confirmation(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    client = signed_in(actor=place.clerk)
    page = client.page(client.page(SHOW).links()["Niets aan te geven voor dit kwartaal"])
    assert "Voor 2 contractlijnen worden prestaties verwacht." in page.text
    assert place.dossier().nothing_to_declare is False, "asking changes nothing"
    page = client.submit(page, {}, button="Ik bevestig: niets aan te geven")
    assert "U bevestigde dat er voor dit kwartaal niets aan te geven is." in page.text
    assert page.all("//main//table//input") == []
    confirm = client.submit(page, {}, form="indienen")
    assert "Niets aan te geven" in confirm.text
    page = client.submit(page, {}, form="niets-aan-te-geven", button="Toch prestaties invullen")
    assert place.dossier().nothing_to_declare is False
    assert page.all("//main//table//input") != []


def test_e129_nothing_to_declare_beside_performances_is_refused_in_words(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.fill()
    client = signed_in(actor=place.clerk)
    answer = client.post(f"{SHOW}/niets-aan-te-geven", data={"niets": "ja"})
    assert answer.status_code == 409
    assert "maar er zijn prestaties ingevuld" in answer.text


@pytest.mark.one_database
def test_an_empty_quarter_says_what_to_do(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open("2023K4")
    with transaction.unit_of_work(), writing("test"):
        db.session.execute(sa.text("DELETE FROM contract"))
    client = signed_in(actor=place.clerk)
    page = client.page("/ecalcura/aangifte/2023K4")
    assert "Er vallen geen contracten in dit kwartaal" in page.text
    page = client.submit(page, {}, form="indienen")
    assert "U kunt indienen zonder prestaties in te vullen." in page.text


@pytest.mark.parametrize("path", ["2024K9", "abc", "2024K2", "20240K1"])
def test_a_quarter_without_a_dossier_does_not_exist(app: Any, signed_in: SignedIn, path: str) -> None:
    place = scene()
    place.open()
    assert signed_in(actor=place.clerk).get(f"/ecalcura/aangifte/{path}").status_code == 404


def test_nobody_reaches_the_dossier_of_another_facility(app: Any, signed_in: SignedIn) -> None:
    place, other = scene(), scene()
    done = place.submit(place.fill())
    client = signed_in(actor=other.clerk)
    for path in (
        "",
        "/niets-aan-te-geven",
        f"/ontvangstbewijs/{done.reference}",
        f"/ontvangstbewijs/{done.reference}/pdf",
    ):
        assert client.get(SHOW + path).status_code == 404, path
    other.open()
    for path in (f"/ontvangstbewijs/{done.reference}", f"/ontvangstbewijs/{done.reference}/pdf"):
        assert client.get(SHOW + path).status_code == 404, path
    assert row_of(client, place.nurse.reference, "1", "1", "").status_code == 422
    assert place.dossier().status is DossierStatus.CLOSED


def test_e113_v51_a_line_that_no_longer_needs_what_it_holds_can_be_emptied(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.open()
    place.save(days(place.exempted, "60", "0"))
    client = signed_in(actor=place.clerk)
    page = client.page(SHOW)
    assert page.field("aantal").get("value") == "3"
    assert "deze gegevens worden niet gebruikt" in page.text
    page = client.submit(
        page, grid_values(page, betaalde_dagen=["", "", ""], niet_betaalde_dagen=["", "", ""]), form="aangifte"
    )
    assert page.field("aantal").get("value") == "2"


@pytest.mark.one_database
def test_the_timeline_is_on_the_page(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    place.submit(place.fill())
    place.fire(Event.REOPEN, "Gevraagd op 12 september.")
    text = signed_in(actor=place.clerk).page(SHOW).text
    assert "door Departement Zorg. Reden: Gevraagd op 12 september." in text
    assert "Els De Smet" not in text


@pytest.mark.one_database
def test_names_of_people_are_escaped(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    personnel.contract(personnel.staff_member(place.facility, last_name="<b>Vet</b>", first_name='"><script>'))
    place.open()
    answer = signed_in(actor=place.clerk).get(SHOW)
    assert "<b>Vet</b>" not in answer.text
    assert "&lt;b&gt;Vet&lt;/b&gt;" in answer.text


@pytest.mark.one_database
def test_declaring_nothing_is_withdrawn_by_its_own_button_only(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    number = place.open()
    with transaction.unit_of_work():
        declarations.declare_nothing(place.clerk, number, True)
    answer = row_of(signed_in(actor=place.clerk), place.nurse.reference, "60", "4", "")
    assert (answer.status_code, answer.json["code"]) == (409, "E-129")
