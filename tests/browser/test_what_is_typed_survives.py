"""What is typed survives an ended session, a lost connection and a lost tab; nobody else sees it (ADR 12)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from integrations.development_idp.personas import personas
from tests.support.browser import OpenPage, look, picture, sign_in
from tests.support.kept_entries import PLACES, SAVED, Place, deaf, end_session, kept, sign_in_aside
from tests.support.program import Program

AWAY = re.compile(r"Geen verbinding\. Bewaard op dit toestel om \d\d:\d\d\. We proberen opnieuw\.")
OFFER = re.compile(r"U hebt invoer van \d\d:\d\d die nog niet verzonden is\.")


@pytest.fixture(params=PLACES)
def name(request: pytest.FixtureRequest) -> str:
    """Each place in turn."""
    return str(request.param)


def _open(open_page: OpenPage, name: str) -> tuple[Page, Place]:
    place = PLACES[name]
    page = open_page(persona=place.persona)
    page.watch.allow("^(401|400|404) for")  # type: ignore[attr-defined]
    place.open(page)
    return page, place


def _press(page: Page, place: Place) -> None:
    if place.send:
        page.get_by_role("button", name=place.send, exact=True).click()


def _question(page: Page) -> Locator:
    return page.get_by_role("alertdialog")


def _offer(page: Page) -> Locator:
    return page.get_by_role("region", name="Niet verzonden invoer")


def _arrived(page: Page, place: Place) -> None:
    """The server says that it has it, and nothing is left on the device."""
    if place.send:
        expect(page).not_to_have_url(re.compile("/nieuw"))
    else:
        expect(page.locator("[data-save-state=saved]").first).to_have_text(SAVED)
    expect(page.locator("html[data-keep-ready]")).to_have_count(1)
    expect(page.locator("form[data-kept]")).to_have_count(0)
    assert kept(page) == 0


def test_an_ended_session_is_signed_in_aside_and_what_was_typed_is_sent(
    open_page: OpenPage, live_server: Program, name: str
) -> None:
    page, place = _open(open_page, name)
    end_session(live_server, page)
    text = place.type(page, 0)
    _press(page, place)
    expect(_question(page)).to_contain_text("Uw sessie is verlopen")
    expect(_question(page).get_by_role("link", name="Aanmelden in een nieuw venster")).to_be_focused()
    assert kept(page) == 1
    look(page, f"verlopen-sessie-{name}")
    sign_in_aside(page, place.persona)
    expect(_question(page)).to_have_count(0)
    _arrived(page, place)
    place.is_with_the_server(page, text)


def test_a_lost_connection_is_told_and_what_was_typed_goes_when_it_is_back(open_page: OpenPage, name: str) -> None:
    page, place = _open(open_page, name)
    page.context.set_offline(True)
    text = place.type(page, 1)
    _press(page, place)
    expect(page.get_by_text(AWAY)).to_be_visible()
    page.context.set_offline(False)
    _arrived(page, place)
    place.is_with_the_server(page, text)


def test_after_a_lost_tab_what_was_typed_is_offered_and_put_back(open_page: OpenPage, name: str) -> None:
    page, place = _open(open_page, name)
    context = page.context
    with deaf(page):
        text = place.type(page, 2)
        expect(page.locator("form[data-kept]")).to_have_count(1)
        page.close()
    page = context.new_page()
    place.open(page)
    expect(_offer(page)).to_contain_text(OFFER)
    expect(_offer(page).get_by_text("Intussen is hier iets anders bewaard")).to_be_hidden()
    look(page, f"teruggevonden-{name}")
    _offer(page).get_by_role("button", name="Terugzetten").click()
    expect(place.field(page)).to_have_value(text)
    expect(_offer(page)).to_have_count(0)
    _press(page, place)
    _arrived(page, place)
    place.is_with_the_server(page, text)


def test_what_is_typed_before_the_scripts_are_there_is_kept_too(open_page: OpenPage, name: str) -> None:
    """On a slow line a page can be typed in long before its scripts came."""
    page, place = _open(open_page, name)
    held: list[Route] = []
    scripts = re.compile(r"/static/js/.*\.js")
    page.route(scripts, lambda route: held.append(route))
    page.reload(wait_until="commit")
    text = place.type(page, 3)
    assert held
    if place.send:
        page.unroute(scripts)
        expect(page.locator("form[data-kept]")).to_have_count(1)
        expect(place.field(page)).to_have_value(text)
        return
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.unroute(scripts)
    _arrived(page, place)
    place.is_with_the_server(page, text)


def test_what_is_offered_can_be_thrown_away(open_page: OpenPage, name: str) -> None:
    page, place = _open(open_page, name)
    context = page.context
    with deaf(page):
        text = place.type(page, 3)
        expect(page.locator("form[data-kept]")).to_have_count(1)
        page.close()
    page = context.new_page()
    place.open(page)
    _offer(page).get_by_role("button", name="Weggooien").click()
    expect(_offer(page)).to_have_count(0)
    expect(place.field(page)).not_to_have_value(text)


def test_somebody_else_in_the_same_browser_is_not_offered_it_and_does_not_send_it(
    open_page: OpenPage, live_server: Program, name: str
) -> None:
    page, place = _open(open_page, name)
    address = page.url
    end_session(live_server, page)
    text = place.type(page, 4)
    _press(page, place)
    expect(_question(page)).to_be_visible()
    other = page.context.new_page()
    sign_in(other, place.other)
    expect(_question(page)).to_contain_text("U bent nu anders aangemeld")
    look(page, f"anders-aangemeld-{name}")
    other.goto(address)
    assert other.evaluate("window.loket.store.own()") == []
    expect(_offer(other)).to_have_count(0)
    assert kept(other) == 1
    assert text not in other.locator("main").inner_text()


def test_signing_out_warns_and_then_nothing_is_left_on_the_device(open_page: OpenPage, name: str) -> None:
    page, place = _open(open_page, name)
    with deaf(page):
        text = place.type(page, 4)
        expect(page.locator("form[data-kept]")).to_have_count(1)
        page.locator(".user-menu summary").click()
        page.get_by_role("button", name="Afmelden", exact=True).click()
        expect(_question(page)).to_contain_text("U hebt nog niet verzonden invoer")
        look(page, f"afmelden-met-invoer-{name}")
        _question(page).get_by_role("button", name="Aangemeld blijven").click()
        expect(_question(page)).to_have_count(0)
        expect(place.field(page)).to_have_value(text)
        page.locator(".user-menu summary").click()
        page.get_by_role("button", name="Afmelden", exact=True).click()
        # a line that could not be sent is kept again at this very moment
        page.evaluate("document.addEventListener('thrown-away', (event) => { loket.keep.keepNow(event.detail); })")
        _question(page).get_by_role("button", name="Weggooien en afmelden").click()
        expect(page.get_by_role("heading", name="U bent afgemeld")).to_be_visible()
    assert kept(page) == 0


def test_what_lies_on_the_device_cannot_be_read(open_page: OpenPage) -> None:
    """Without the key, that only pages of the person hold, there is an id, a mark and a moment."""
    page, place = _open(open_page, "message")
    place.field(page).fill("Een geheim woord")
    expect(page.locator("form[data-kept]")).to_have_count(1)
    raw = page.evaluate(
        """() => new Promise((resolve) => {
          const asked = indexedDB.open("dossierloket", 1);
          asked.onsuccess = () => {
            const found = asked.result.transaction("invoer").objectStore("invoer").getAll();
            found.onsuccess = () => resolve(found.result.map((row) => [
              Object.keys(row).sort().join(), row.id + row.owner + new TextDecoder("latin1").decode(row.sealed),
            ]));
          };
        })"""
    )
    assert [keys for keys, _ in raw] == ["at,id,iv,owner,sealed"]
    for word in ("geheim", "Vraag over", "berichten", "karim"):
        assert word not in raw[0][1]


def test_what_a_colleague_saved_meanwhile_is_shown_beside_it(open_page: OpenPage) -> None:
    mila, place = _open(open_page, "wizard")
    context = mila.context
    with deaf(mila):
        place.field(mila).fill("Tekst van Mila")
        expect(mila.locator("form[data-kept]")).to_have_count(1)
        mila.close()
    karim = open_page(persona="karim-gebruiker")
    place.open(karim)
    place.field(karim).fill("Tekst van Karim")
    expect(karim.get_by_text(SAVED).first).to_be_visible()
    expect(karim.locator("[data-save-state]")).to_have_attribute("data-save-state", "saved")
    mila = context.new_page()
    place.open(mila)
    expect(_offer(mila).get_by_text("Intussen is hier iets anders bewaard.")).to_be_visible()
    row = _offer(mila).get_by_role("row", name=re.compile("Tekst van"))
    expect(row).to_contain_text("Tekst van Karim")
    expect(row).to_contain_text("Tekst van Mila")
    look(mila, "teruggevonden-naast-nieuwere")
    _offer(mila).get_by_role("button", name="Weggooien").click()
    expect(place.field(mila)).to_have_value("Tekst van Karim")


def test_without_javascript_a_post_after_the_session_ended_comes_back_and_is_sent(
    open_page: OpenPage, live_server: Program
) -> None:
    place = PLACES["message"]
    page = open_page(persona=place.persona, javascript=False)
    page.watch.allow("^(401|400) for")  # type: ignore[attr-defined]
    place.open(page)
    place.field(page).fill("Zonder script,\nop twee lijnen")
    end_session(live_server, page)
    _press(page, place)
    expect(page.get_by_role("heading", name="Meld u opnieuw aan")).to_be_visible()
    picture(page, "verlopen-zonder-script")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Meld u opnieuw aan in een nieuw venster").click()
    aside = opened.value
    aside.locator(f"a[href*='/login/{personas()[place.persona].idp}']").first.click()
    aside.locator(f"button[name=persona][value={place.persona}]").click()
    aside.get_by_role("button", name="Verder naar het loket").click()
    expect(aside.get_by_text("U kunt dit venster sluiten.")).to_be_visible()
    picture(aside, "opnieuw-aangemeld")
    aside.close()
    page.get_by_role("button", name="Opnieuw verzenden").click()
    expect(page.get_by_role("heading", name="Wilt u dit opnieuw verzenden?")).to_be_visible()
    picture(page, "opnieuw-verzenden")
    page.get_by_role("button", name="Nu verzenden").click()
    expect(page.locator(".messages__body", has_text="Zonder script,")).to_be_visible()
