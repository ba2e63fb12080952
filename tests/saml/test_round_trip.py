"""The round trip with SimpleSAMLphp, a provider that nobody here wrote, in a real browser and across two sites."""

from __future__ import annotations

import base64
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from playwright.sync_api import BrowserContext, Page, Request

from tests.saml.service_provider import Served
from tests.saml.simplesamlphp import SimpleSamlPhp

Foreign = tuple[SimpleSamlPhp, Served]
SESSION, BINDING = "__Host-dossierloket", "__Host-aanmelden"


def _to_provider(page: Page, application: Served, next_path: str = "/start") -> None:
    page.goto(f"{application.base_url}{next_path}")
    page.locator("a[href*='/login/acm']").click()
    page.wait_for_url("http://localhost:*/**")


def _give_password(page: Page) -> None:
    page.locator("input[name=username]").fill("an")
    page.locator("input[name=password]").fill("an")
    page.locator("input[name=password]").press("Enter")


def _sign_in(page: Page, application: Served) -> None:
    _to_provider(page, application)
    _give_password(page)
    page.wait_for_url(f"{application.base_url}/start")


def _cookies(window: BrowserContext, application: Served) -> dict[str, object]:
    return {cookie["name"]: cookie for cookie in window.cookies(application.base_url)}


def _sessions(application: Served) -> int:
    with sqlite3.connect(application.instance / "instance" / "app.db") as connection:
        return int(connection.execute("SELECT count(*) FROM web_session WHERE account_id IS NOT NULL").fetchone()[0])


def test_metadata_is_exchanged_both_ways(foreign: Foreign) -> None:
    """Each side learns addresses and keys of the other from metadata alone."""
    provider, application = foreign
    theirs, ours = etree.fromstring(provider.metadata), etree.fromstring(application.metadata)
    assert theirs.get("entityID") == f"{provider.base_url}/saml2/idp/metadata.php"
    assert ours.get("entityID") == f"{application.base_url}/saml/metadata"
    assert ours.find("{http://www.w3.org/2000/09/xmldsig#}Signature") is not None


def test_sign_in_across_sites(foreign: Foreign, window: BrowserContext) -> None:
    """Deep link, signed request, signed and encrypted answer; the cross-site POST carries the binding cookie
    (SameSite=None; Secure) and no session cookie (SameSite=Lax)."""
    _, application = foreign
    page = window.new_page()
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)

    _sign_in(page, application)

    assert "An Peeters" in page.locator("header").inner_text()
    post = next(request for request in posts if request.url == f"{application.base_url}/saml/acs")
    sent = post.all_headers().get("cookie", "")
    assert BINDING in sent
    assert SESSION not in sent
    cookies = _cookies(window, application)
    assert cookies[SESSION]["sameSite"] == "Lax"  # type: ignore[index]
    assert cookies[BINDING]["sameSite"] == "None"  # type: ignore[index]
    for cookie in cookies.values():
        assert cookie["secure"]  # type: ignore[index]
        assert cookie["httpOnly"]  # type: ignore[index]
    answer = parse_qs(post.post_data or "")["SAMLResponse"][0]
    document = etree.fromstring(base64.b64decode(answer))
    assert document.findall("{*}EncryptedAssertion")
    assert not document.findall("{*}Assertion")


def test_line10_without_the_binding_cookie(foreign: Foreign, window: BrowserContext) -> None:
    """The cookie is what makes the difference: without it the same answer is refused."""
    _, application = foreign
    page = window.new_page()
    _to_provider(page, application)
    window.clear_cookies(name=BINDING)
    _give_password(page)
    page.wait_for_url(f"{application.base_url}/saml/acs")
    assert page.locator("h1").inner_text() == "Geen toegang"
    assert "niet in deze browser begonnen" in page.locator("main").inner_text()
    assert SESSION not in _cookies(window, application)


@pytest.mark.parametrize("spoil", ["unsigned", "tampered"])
def test_the_provider_checks_our_signature(foreign: Foreign, window: BrowserContext, spoil: str) -> None:
    """Our requests are signed, and the provider holds us to it."""
    _, application = foreign
    page = window.new_page()
    page.goto(f"{application.base_url}/login")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.locator("a[href*='/login/acm']").click()
    page.wait_for_url("http://localhost:*/**")
    address = next(url for url in addresses if "SSOService.php?SAMLRequest=" in url)
    if spoil == "unsigned":
        address = re.sub(r"&(Signature|SigAlg)=[^&]*", "", address)
    else:
        address = re.sub(r"Signature=[^&]{12}", "Signature=AAAAAAAAAAAA", address)
    window.clear_cookies()
    page.goto(address)
    assert page.locator("input[name=password]").count() == 0


def test_sign_out_that_starts_here(foreign: Foreign, window: BrowserContext) -> None:
    """A signed LogoutRequest; the provider forgets the person too, and says so in a signed answer."""
    _, application = foreign
    page = window.new_page()
    _sign_in(page, application)
    page.goto(f"{application.base_url}/logout")
    page.get_by_role("button", name="Overal afmelden").click()
    page.wait_for_url(f"{application.base_url}/saml/sls?**")
    assert "bij dit loket en bij de aanmelddienst" in page.locator("main").inner_text()
    assert SESSION not in _cookies(window, application)
    _to_provider(page, application)
    assert page.locator("input[name=password]").count() == 1


def test_sign_out_here_only(foreign: Foreign, window: BrowserContext) -> None:
    """The provider still knows the person: signing in again asks nothing (single sign-on)."""
    _, application = foreign
    page = window.new_page()
    _sign_in(page, application)
    page.goto(f"{application.base_url}/logout")
    page.get_by_role("button", name="Afmelden", exact=True).click()
    page.wait_for_url(f"{application.base_url}/afgemeld")
    page.goto(f"{application.base_url}/start")
    page.locator("a[href*='/login/acm']").click()
    page.wait_for_url(f"{application.base_url}/start")


def test_sign_out_that_starts_at_the_provider(foreign: Foreign, window: BrowserContext) -> None:
    """Its signed LogoutRequest ends the session here, and our signed answer is accepted there."""
    provider, application = foreign
    page = window.new_page()
    _sign_in(page, application)
    before = _sessions(application)
    relay = urllib.parse.quote(f"{provider.base_url}/saml2/idp/metadata.php?output=xhtml")
    page.goto(f"{provider.base_url}/saml2/idp/initSLO.php?RelayState={relay}")
    page.wait_for_url(f"{provider.base_url}/**")
    assert urlsplit(page.url).path == "/saml2/idp/metadata.php"
    assert _sessions(application) == before - 1
    page.goto(f"{application.base_url}/start")
    assert urlsplit(page.url).path == "/login"


def test_line5_twenty_posts_to_two_workers(foreign: Foreign, window: BrowserContext) -> None:
    """The same answer at twenty connections of two processes: one session."""
    _, application = foreign
    page = window.new_page()
    caught: list[str] = []

    def keep(route: object, request: Request) -> None:
        caught.append(request.post_data or "")
        route.abort()  # type: ignore[attr-defined]

    page.route("**/saml/acs", keep)
    _to_provider(page, application)
    binding = next(cookie["value"] for cookie in window.cookies(application.base_url) if cookie["name"] == BINDING)
    with page.expect_event("requestfailed"):
        _give_password(page)
    before = _sessions(application)
    start = Barrier(20)

    def post(_: int) -> int:
        request = urllib.request.Request(f"{application.base_url}/saml/acs", caught[0].encode())
        request.add_header("Cookie", f"{BINDING}={binding}")
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=application.trust), _NoRedirect())
        start.wait()
        try:
            return int(opener.open(request, timeout=60).status)
        except urllib.error.HTTPError as error:
            return error.code

    with ThreadPoolExecutor(20) as pool:
        statuses = Counter(pool.map(post, range(20)))
    assert statuses == {303: 1, 400: 19}
    assert _sessions(application) == before + 1


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None
