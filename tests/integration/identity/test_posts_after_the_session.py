"""A post that arrives after the session ended is not lost: the page gives it back, to its own person and site only."""

from __future__ import annotations

from io import BytesIO

import pytest

from services.identity.keeping import keeping_of
from tests.factories import organisations
from tests.pages.page import Page
from tests.support.client import Client
from tests.support.sign_in import SignedIn

OWN = {"Sec-Fetch-Site": "same-origin"}
EDIT = "/organisatie/bewerken"
TYPED = {"phone": "02 555 00 00", "email": "a@b.example"}


def _hidden(page: Page) -> dict[str, str]:
    return {one.get("name"): one.get("value") for one in page.form("opnieuw").xpath(".//input")}


def test_what_was_posted_comes_back_and_can_be_sent_again(client: Client) -> None:
    answer = client.post(EDIT, data=TYPED | {"csrf_token": "old", "_ontvangst": "x" * 22}, csrf=False, headers=OWN)
    assert answer.status_code == 401
    page = Page(answer)
    fields = _hidden(page)
    assert {name: fields[name] for name in TYPED} == TYPED
    assert fields["csrf_token"] != "old"
    assert "_ontvangst" not in fields
    assert page.form("opnieuw").get("action") == EDIT
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://x.example"}, {}]
)
def test_words_of_another_site_are_never_put_into_a_form_of_ours(
    client: Client, signed_in: SignedIn, headers: dict[str, str]
) -> None:
    for who in (client, signed_in("EL_PRIVACY", facility=organisations.facility())):
        answer = who.post(EDIT, data={"phone": "evil"}, csrf=False, headers=headers)
        assert answer.status_code in (400, 401)
        assert "evil" not in answer.text


def test_files_are_named_not_kept_and_too_much_is_not_given_back(client: Client) -> None:
    answer = client.post(EDIT, data={**TYPED, "file": (BytesIO(b"content"), "plan.pdf")}, csrf=False, headers=OWN)
    assert "plan.pdf" in answer.text
    assert "content" not in _hidden(Page(answer)).values()
    answer = client.post(EDIT, data={"phone": "9" * 1_000_001}, csrf=False, headers=OWN)
    assert answer.status_code == 401
    assert not Page(answer).all("//form[@id='opnieuw']")


def test_signed_in_again_it_is_shown_for_whom_and_sent_with_a_new_token(signed_in: SignedIn) -> None:
    facility = organisations.facility()
    client = signed_in("EL_PRIVACY", "EL_FINANCIEEL", facility=facility)
    assert client.actor is not None
    own = keeping_of(client.actor).mark
    answer = client.post(EDIT, data=TYPED | {"_voor": own}, csrf=False, headers=OWN)
    assert answer.status_code == 400
    page = Page(answer)
    assert page.heading == "Wilt u dit opnieuw verzenden?"
    assert client.actor.organisation_name in page.text
    assert client.submit(page, form="opnieuw").response.status_code in (200, 422)


def test_it_is_not_given_to_somebody_else(signed_in: SignedIn) -> None:
    """Whose form it was stands in the form: another person, or another organisation, does not see what was typed."""
    client = signed_in("EL_PRIVACY", facility=organisations.facility())
    answer = client.post(EDIT, data={"phone": "typed-by-another", "_voor": "a" * 22}, csrf=False, headers=OWN)
    assert answer.status_code == 400
    assert "typed-by-another" not in answer.text
    assert "door iemand anders" in answer.text


def test_a_script_is_told_in_json_that_the_session_ended(client: Client) -> None:
    answer = client.post(EDIT, data=TYPED, csrf=False, headers=OWN | {"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["status"] == 401


def test_the_receipt_is_given_for_what_was_done_only(signed_in: SignedIn) -> None:
    """A redirect after a post is done; a page that says what is wrong is not."""
    client = signed_in("EL_PRIVACY", facility=organisations.facility())
    nonce = "n" * 22
    done = client.post("/taal", data={"language": "nl", "back": "/start", "_ontvangst": nonce})
    assert done.status_code in (302, 303)
    assert f"ontvangen-{nonce}=1" in done.headers["Set-Cookie"]
    refused = client.post(EDIT, data={"_ontvangst": nonce, "phone": "", "email": "geen"})
    assert refused.status_code in (409, 422)
    assert f"ontvangen-{nonce}" not in refused.headers.get("Set-Cookie", "")
    hostile = client.post("/taal", data={"language": "nl", "back": "/start", "_ontvangst": "x; Domain=evil\r\n"})
    assert "evil" not in str(hostile.headers)
