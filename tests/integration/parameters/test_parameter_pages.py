"""The pages about parameters: reading, editing group by group, comparing, releasing by a second person."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from models.all import db
from models.compensation import ParameterSet
from services.ecalcura import parameter_sets
from tests.factories import actors, reference
from tests.support.client import Client
from tests.support.sign_in import SignedIn

PERIOD = "2023-2024"


@pytest.fixture
def els(app: Flask, signed_in: SignedIn) -> Client:
    """A case manager."""
    reference.code_lists()
    return signed_in(actor=actors.case_manager("Els De Smet"))


@pytest.fixture
def bart(els: Client, signed_in: SignedIn) -> Client:
    """A second one."""
    return signed_in(actor=actors.case_manager("Bart Maes"))


def newest() -> ParameterSet:
    """The version made last."""
    return db.session.scalars(
        sa.select(ParameterSet).where(ParameterSet.period_code == PERIOD).order_by(ParameterSet.number.desc())
    ).first()  # type: ignore[return-value]


def start(client: Client, source: str = "IN_FORCE", **values: str) -> str:
    """Make a draft on the page; the address of its page."""
    page = client.page(f"/beheer/parameters/nieuw/{PERIOD}")
    after = client.submit(page, {"source": source, **values})
    assert after.status == 200
    return f"/beheer/parameters/{newest().reference}"


def test_the_list_names_every_period_with_its_versions(els: Client) -> None:
    page = els.page("/beheer/parameters/")
    assert page.heading == "Parameters"
    assert len(page.all("//main//table")) == 7
    assert "VOORBEELDBEDRAG" in page.text
    assert "Geldt nu" in page.text


def test_a_version_shows_each_value_with_what_it_does_and_last_year(els: Client) -> None:
    page = els.page(f"/beheer/parameters/{newest().reference}")
    text = page.text
    for words in ("Wettelijke termijn", "30 september 2024", "30 september 2023", "Regel A-05", "€ 57.600,00"):
        assert words in text
    assert "Een vrijgegeven versie verandert niet meer" in text
    assert "Wijzigen" not in text


def test_editing_a_group_saves_what_was_typed_the_dutch_way(els: Client) -> None:
    address = start(els)
    after = els.submit(els.page(f"{address}/premie/bewerken"), {"y1.ZORGKUNDIGE": "58.100,50"})
    assert "Premie is bewaard." in after.text
    assert "€ 58.100,50" in after.text
    els.submit(els.page(f"{address}/werktijd/bewerken"), {"hours_factor": "1,25", "day_tolerance": "0.5"})
    content = parameter_sets.content_of(newest().content)
    assert (str(content.performances.hours_factor), str(content.performances.day_tolerance)) == ("1.25", "0.5")


def test_every_group_can_be_saved_as_it_stands(els: Client) -> None:
    """What the form shows is what is stored: nothing changes by saving it."""
    address = start(els)
    before = newest().content
    words = ("kalender", "werktijd", "rechten", "premie", "vervanging", "attesten", "index", "voorschotten")
    for word in (*words, "afronding", "teksten"):
        page = els.page(f"{address}/{word}/bewerken")
        assert len(page.all("//main//*[contains(@class, 'form-hint')]")) >= 2
        assert els.submit(page).status == 200, word
        assert newest().content == before, word


def test_everything_wrong_is_told_at_once_with_a_link_to_its_field(els: Client) -> None:
    """The shape of one field and the rule of another: both on top and both at the field; what was typed stays."""
    address = start(els)
    typed = {"y1.ZORGKUNDIGE": "veel", "y1.PSYCHOLOOG": "-5"}
    page = els.submit(els.page(f"{address}/premie/bewerken"), typed)
    assert page.status == 422
    assert "Vul een getal in" in page.field_error("y1.ZORGKUNDIGE")
    assert "Vul een getal in van 0,01" in page.field_error("y1.PSYCHOLOOG")
    links = [link.get("href") for link in page.all("//section[contains(@class, 'summary--error')]//a")]
    assert sorted(links) == ["#y1.PSYCHOLOOG", "#y1.ZORGKUNDIGE"]
    assert page.field("y1.ZORGKUNDIGE").get("value") == "veel"
    assert page.field("y1.PSYCHOLOOG").get("value") == "-5"


@pytest.mark.parametrize(
    ("word", "field", "typed", "said"),
    [
        ("kalender", "blocking_on", "31/02/2024", "bestaande datum"),
        ("kalender", "blocking_on", "15/10/2024", "na de datum ervoor"),
        ("kalender", "window_days", "dertig", "Vul een getal in"),
        ("kalender", "window_days", "", "Vul een waarde in"),
        ("rechten", "selectable_hours", "0 en 2", "gehele getallen"),
        ("rechten", "selectable_hours", "2, 4, 6", "Zet 0 in de lijst"),
        ("rechten", "rehire_from", "2019-1", "geldig kwartaal"),
        ("rechten", "categories.45+", "50", "Vul een getal in van 1"),
        ("voorschotten", "advance_1_percentage", "140", "van 0 tot en met 100"),
        ("teksten", "mailbox", "niemand", "e-mailadres"),
        ("index", "index_months.2023-07", "1,02", "twaalf maanden"),
    ],
)
def test_a_wrong_value_is_said_where_it_is_typed(els: Client, word: str, field: str, typed: str, said: str) -> None:
    address = start(els)
    page = els.submit(els.page(f"{address}/{word}/bewerken"), {field: typed})
    assert page.status == 422
    assert said in (page.field_error(field) or page.text)
    assert said in " ".join(page.errors)


def test_a_finding_about_another_group_links_to_that_group(els: Client) -> None:
    """An advance must fall before the final statement: moving the one may refuse because of the other."""
    address = start(els)
    typed = {"advance_2_pay_on": "15/01/2025"}
    assert els.submit(els.page(f"{address}/voorschotten/bewerken"), typed).status == 200
    page = els.submit(els.page(f"{address}/kalender/bewerken"), {"payment_on": "10/01/2025"})
    assert page.status == 422
    assert any("voorschotten/bewerken#advance_2_pay_on" in href for href in page.links().values())


def test_somebody_else_saved_first_nothing_typed_is_lost(els: Client, bart: Client) -> None:
    address = start(els)
    page = els.page(f"{address}/kalender/bewerken")
    bart.submit(bart.page(f"{address}/kalender/bewerken"), {"window_days": "35"})
    refused = els.submit(page, {"window_days": "40"})
    assert refused.status == 409
    assert "Bart Maes heeft dit ontwerp gewijzigd" in refused.text
    assert refused.field("window_days").get("value") == "40"
    assert "35 dagen" in refused.text
    assert "bewaard" in els.submit(refused).text
    assert parameter_sets.content_of(newest().content).calendar.window_days == 40


def test_release_says_what_changes_and_refuses_the_same_person(els: Client, bart: Client) -> None:
    """Four eyes."""
    address = start(els, note="Langer venster")
    els.submit(els.page(f"{address}/kalender/bewerken"), {"window_days": "40"})
    own = els.page(f"{address}/vrijgeven")
    assert "U kunt dit niet zelf vrijgeven" in own.text
    assert "zo kijken altijd twee mensen" in own.text
    assert not own.all("//main//form")
    refused = els.post(f"{address}/vrijgeven", data={"version": str(newest().version)})
    assert refused.status_code == 422
    assert "zelf het laatst gewijzigd" in refused.text

    page = bart.page(f"{address}/vrijgeven")
    assert "Langer venster" in page.text
    assert "1 waarde is anders" in page.text
    assert [re.sub(r" Kalender$", "", cell) for cell in page.table()[1]] == [
        "Lengte van het correctievenster",
        "30 dagen",
        "40 dagen",
        "10 dagen meer",
    ]
    after = bart.submit(page)
    assert "gelden vanaf nu" in after.text
    assert "Geldt nu" in after.text
    assert parameter_sets.in_force(PERIOD).content.calendar.window_days == 40


def test_what_is_missing_stops_the_release_and_links_to_it(els: Client, bart: Client) -> None:
    address = start(els, "DEFAULTS")
    page = els.page(address)
    assert any(href.endswith("vervanging/bewerken#y2.ZORGKUNDIGE") for href in page.links().values())
    release = bart.page(f"{address}/vrijgeven")
    assert "Deze versie kan nog niet vrijgegeven worden" in release.text
    assert not release.all("//main//form")
    assert bart.post(f"{address}/vrijgeven", data={"version": str(newest().version)}).status_code == 422
    assert newest().released_at is None


def test_a_version_that_was_changed_meanwhile_is_not_released(els: Client, bart: Client) -> None:
    """What was read is what is released."""
    address = start(els)
    page = bart.page(f"{address}/vrijgeven")
    els.submit(els.page(f"{address}/kalender/bewerken"), {"window_days": "40"})
    refused = bart.submit(page)
    assert refused.status == 409
    assert newest().released_at is None


def test_comparing_says_the_difference_in_words(els: Client) -> None:
    rows = {row.period_code: row.reference for row in db.session.scalars(sa.select(ParameterSet)) if row.number == 1}
    query = f"links={rows['2022-2023']}&rechts={rows['2023-2024']}"
    page = els.page(f"/beheer/parameters/vergelijken?{query}")
    table = {row[0]: row[1:] for row in page.table()[1:]}
    assert table["Wettelijke termijn Kalender"] == ["30 september 2023", "30 september 2024", "366 dagen later"]
    amount = table["Y2: jaarbedrag voor een vervanger Zorgkundige Vervanging"]
    assert amount[:2] == ["€ 55.920,00", "€ 57.600,00"]
    assert amount[2].startswith("€ 1.680,00 meer (+3")
    assert "Voltijdse werkweek" not in page.text
    everything = els.page(f"/beheer/parameters/vergelijken?{query}&alles=ja")
    assert "Voltijdse werkweek" in everything.text
    same = els.page(f"/beheer/parameters/vergelijken?links={rows[PERIOD]}&rechts={rows[PERIOD]}")
    assert "De twee versies zijn gelijk." in same.text


def test_a_draft_is_overwritten_only_after_saying_so(els: Client) -> None:
    address = start(els)
    els.submit(els.page(f"{address}/kalender/bewerken"), {"window_days": "40"})
    page = els.page(f"/beheer/parameters/nieuw/{PERIOD}")
    assert "Versie 2 wordt overschreven" in page.text
    els.submit(page, {"source": "LAST_YEAR"})
    content = parameter_sets.content_of(newest().content)
    assert (newest().number, content.calendar.window_days) == (2, 30)


def test_addresses_that_do_not_exist(els: Client) -> None:
    address = start(els)
    for path in (f"{address}/niets/bewerken", "/beheer/parameters/niets", "/beheer/parameters/nieuw/2050-2051"):
        assert els.get(path).status_code == 404
    assert els.get("/beheer/parameters/vergelijken?links=niets").status_code == 404


def test_a_released_version_has_no_form(els: Client) -> None:
    address = f"/beheer/parameters/{newest().reference}"
    for path in (f"{address}/kalender/bewerken", f"{address}/vrijgeven"):
        assert els.page(path).heading.startswith("2023-2024, versie 1")
