"""The manual as pages: contents, a task, access, search, the whole; readable by everybody (E-155)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from blueprints import manual as pages_of_manual
from domain.permissions import Role
from services import manual
from services.manual.contents import ManualPage
from tests.factories import organisations
from tests.support.client import Client
from tests.support.sign_in import SignedIn

pytestmark = pytest.mark.one_database


def test_every_page_has_its_title_its_parts_and_the_way_on(client: Client) -> None:
    for task in manual.pages():
        page = client.page(f"/hulp/handleiding/{task.slug}")
        assert page.heading == task.title
        anchors = [anchor for anchor, _ in pages_of_manual.headings_of(task)]
        assert len(anchors) == len(set(anchors)), task.slug
        for anchor in anchors:
            assert page.find(f"//article//*[@id='{anchor}']") is not None


def test_every_link_of_the_manual_leads_somewhere(app: Flask, client: Client) -> None:
    addresses = {link for task in manual.pages() for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)]*)\)", task.text)}
    assert addresses
    rules = app.url_map.bind("localhost")
    for address in addresses:
        assert address.startswith("/"), f"{address}: the manual links to pages of its own"
        assert rules.match(address)
        if address.startswith("/hulp/"):
            client.page(address)


def test_every_endpoint_that_is_explained_exists(app: Flask) -> None:
    """The index names endpoints; a renamed view must not lose its help."""
    blueprints = {endpoint.rpartition(".")[0] for endpoint in app.view_functions}
    named = [(task.slug, endpoint) for task in manual.pages() for endpoint in task.endpoints]
    lost = [
        f"{slug}: {endpoint}"
        for slug, endpoint in named
        if not (endpoint[:-2] in blueprints if endpoint.endswith(".*") else endpoint in app.view_functions)
    ]
    assert not lost


def test_every_page_of_work_has_a_task_that_explains_it(app: Flask) -> None:
    """All but the manual itself, what machines ask, and the declarations of the house."""
    without = {"static", "bootstrap", "health", "manual", "legal", "mail_bounces", "page_words", "terms_of_use"}
    silent = {endpoint for endpoint in app.view_functions if manual.page_for(endpoint) is None}
    assert sorted(endpoint for endpoint in silent if endpoint.split(".")[0] not in without) == []


@pytest.mark.parametrize(
    "slug",
    [
        "bestaat-niet",
        "aanmelden.md",
        "..%2Findex.toml",
        "%2e%2e/%2e%2e/config.py",
        "aanmelden%00",
        "AANMELDEN",
        "x" * 3000,
    ],
)
def test_other_words_are_no_pages(slug: str, client: Client) -> None:
    assert client.get(f"/hulp/handleiding/{slug}").status_code == 404


def test_the_contents_show_all_tasks_or_those_of_one_side(client: Client) -> None:
    everything = client.page("/hulp/handleiding")
    assert all(task.title in everything.text for task in manual.pages())
    facility = client.page("/hulp/handleiding?voor=facility")
    assert "Prestaties invullen" in facility.text
    assert "Soorten dossierstukken beheren" not in facility.text
    assert client.page("/hulp/handleiding?voor=%3Cscript%3E").text.count("Prestaties invullen") == 1


def test_the_access_manual_walks_both_ways(client: Client) -> None:
    """C-059 to C-061 for an enterprise, E-004 for a facility."""
    page = client.page("/hulp/toegang")
    assert page.text.index("Zorgvoorziening") < page.text.index("Opdrachtnemer")
    for title in (
        "Toegang regelen voor een zorgvoorziening",
        "Toegang regelen voor een onderneming",
        "Meldingsadressen",
    ):
        assert title in page.text


def test_the_whole_manual_is_one_page(client: Client) -> None:
    page = client.page("/hulp/handleiding/alles")
    assert all(page.find(f"//h3[@id='{task.slug}']") is not None for task in manual.pages())


def test_search_shows_where_it_found_what_was_asked(client: Client) -> None:
    page = client.page("/hulp/zoeken?q=memodatum")
    assert "Historiek en brieven" in page.links()
    assert page.find("//ol/li[1]//mark[1]").text_content() == "Memodatum"


def test_search_without_a_question_and_without_an_answer_says_what_to_do(client: Client) -> None:
    assert "Veel gezocht" in client.page("/hulp/zoeken").text
    assert "Veel gezocht" in client.page("/hulp/zoeken?q=%20%20").text
    nothing = client.page("/hulp/zoeken?q=qqxyzzy")
    assert "Niets gevonden voor “qqxyzzy”" in nothing.text
    assert nothing.links()["Blader door alle taken"] == "/hulp/handleiding"


@pytest.mark.parametrize("asked", ["%3Cscript%3E1%3C/script%3E", "%00", "a" * 20000, "%F0%9F%99%82", "%22onload=x"])
def test_a_hostile_question_is_a_question(asked: str, client: Client) -> None:
    """The page is checked by the client: no script of the asker, nothing nested wrong."""
    assert client.get(f"/hulp/zoeken?q={asked}").status_code in (200, 414)


def test_own_tasks_come_first_in_search(signed_in: SignedIn, client: Client) -> None:
    inside = signed_in(Role.EL_PRIVACY, facility=organisations.facility())
    first = inside.page("/hulp/zoeken?q=berichten").find("//ol[@class='manual-hits']/li[1]/a").text_content()
    assert first == "Berichten"


def test_the_manual_says_in_english_that_it_is_dutch(client: Client, signed_in: SignedIn) -> None:
    inside = signed_in(Role.EL_PRIVACY, facility=organisations.facility())
    inside.post("/taal", data={"language": "en", "back": "/start"})
    page = inside.page("/hulp/handleiding/aanmelden")
    assert page.find("//article").get("lang") == "nl"
    assert page.find("//html").get("lang") == "en"
    assert page.find("//main//*[@role='note']") is not None


@pytest.mark.parametrize(
    "image",
    [
        "![wat](https://elders.example/x.webp)",
        "![wat](//elders.example/x.webp)",
        "![wat](/static/img/logo.svg)",
        "![wat](/static/manual/../img/x.webp)",
        "![wat](data:image/webp;base64,AAAA)",
        "![](/static/manual/aanmelden.webp)",
    ],
)
def test_only_own_pictures_with_a_description_are_shown(image: str, app: Flask) -> None:
    page = ManualPage("x", "X", "", "loket", (), (), (), (), (), f"Tekst.\n\n{image}\n")
    with app.test_request_context():
        if image.startswith(("![wat](data:", "![wat](//")):
            assert "<img" not in pages_of_manual.html_of(page), "an address that no text may name is no picture"
        else:
            with pytest.raises(ValueError, match="picture"):
                pages_of_manual.html_of(page)


def test_no_html_of_the_writer_gets_through(app: Flask) -> None:
    page = ManualPage("x", "X", "", "loket", (), (), (), (), (), "<script>alert(1)</script> **vet**")
    with app.test_request_context():
        assert pages_of_manual.html_of(page) == "<p>&lt;script&gt;alert(1)&lt;/script&gt; <strong>vet</strong></p>\n"
