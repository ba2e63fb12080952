"""The mail in the back office: to whom, about what, with what result; found, looked at and sent again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from jobs import worker
from models.all import db
from models.audit import AuditEntry
from models.gate import writing
from models.outbox import DeliveryState, OutboxMessage
from services import clock, mail_addresses, outbox, transaction
from services.outbox import bounces, reading
from tests.factories import actors
from tests.factories import contracting as make
from tests.factories.database import change
from tests.integration.declaration.scene import statements
from tests.integration.mail.scene import SOFIE, ask, rows
from tests.support.client import Client
from tests.support.sign_in import SignedIn

LIST = "/beheer/mails/"


@pytest.fixture
def els(signed_in: SignedIn) -> Client:
    return signed_in("EL_DOSSIERBEHEERDER")


def test_each_result_is_told_in_plain_words(els: Client) -> None:
    """Sent, waiting with its next attempt, failed and come back with the reason, and what waits for an overview."""
    with transaction.unit_of_work():
        mail_addresses.choose(els.actor, "daily@linde.example.be", language="nl", digest=True)
    for name in ("sent", "failed", "bounced"):
        ask(name, f"{name}@linde.example.be")
    worker.work(once=True)
    change(rows()[1], state=DeliveryState.FAILED, error="SMTP 552", sent_at=None)
    with transaction.unit_of_work():
        bounces.record(rows()[2].message_id, "5.1.1", bounces.Channel.MAILBOX)
    ask("waiting", "waiting@linde.example.be")
    ask("daily", "daily@linde.example.be")
    page = els.page(LIST)
    for words in ("volgende poging", "De mailbox is vol", "Dit adres bestaat niet", "Wacht op het overzicht (1)"):
        assert words in page.text
    for result, name in (
        ("SENT", "sent"),
        ("FAILED", "failed"),
        ("BOUNCED", "bounced"),
        ("DIGEST", "daily"),
        ("PENDING", "waiting"),
    ):
        found = els.page(f"{LIST}?toestand={result}").text
        assert [one for one in ("sent", "failed", "bounced", "daily", "waiting") if f"{one}@" in found] == [name]


def test_mail_is_found_by_address_kind_subject_and_day(signed_in: SignedIn, at: Callable[[str], datetime]) -> None:
    at("2024-10-15T23:59:59+02:00")
    ask("a", "ann@linde.example.be")
    at("2024-10-16T00:00:00+02:00")
    ask("b", "bob@linde.example.be", "dossier_closed", subject_key="71000023-2024K2")
    els = signed_in("EL_DOSSIERBEHEERDER")

    def found(query: str) -> list[str]:
        text = els.page(f"{LIST}?{query}").text
        return [name for name in ("ann", "bob") if f"{name}@linde" in text]

    assert found("zoek=ANN%40") == ["ann"]
    assert found("soort=dossier_closed") == ["bob"]
    assert found("over=71000023") == ["bob"]
    assert found("over=71000012-2024K1") == ["ann"]
    assert found("over=%25") == []
    assert found("van=16/10/2024") == ["bob"]
    assert found("tot=15/10/2024") == ["ann"]
    assert found("van=onzin&tot=31/02/2024&soort=bestaat-niet&toestand=X") == ["ann", "bob"]


def test_one_mail_is_shown_as_it_left_and_nothing_in_it_acts(els: Client) -> None:
    ask()
    worker.work(once=True)
    page = els.page(f"{LIST}{rows()[0].id}")
    assert "Uw dossier 2024K1 is heropend" in page.text
    assert rows()[0].message_id in page.text.replace("&lt;", "<").replace("&gt;", ">")
    html = els.get(f"{LIST}{rows()[0].id}/pagina")
    policy = html.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'nonce-")
    assert "unsafe" not in policy
    assert 'style="' not in html.text
    assert els.get(f"{LIST}999999").status_code == 404
    assert els.get(f"{LIST}999999/pagina").status_code == 404


def test_a_way_in_is_never_shown(els: Client) -> None:
    """Not before it has left either."""
    ask("x", template="bank_accounts_changed", parameters={"hco_number": "1", "unsubscribe": "/uit/secret"})
    assert "secret" not in els.page(f"{LIST}{rows()[0].id}").text
    assert "secret" not in els.get(f"{LIST}{rows()[0].id}/pagina").text


@pytest.mark.parametrize(
    "subject", ["public_contract", "notification_address", "subscription", "ticket", "hidden_digest"]
)
def test_c046_an_address_that_can_be_a_person_of_a_contractor_is_never_told(els: Client, subject: str) -> None:
    """Not in the list, not by searching, not in its page, not when it is sent again, not in its text."""
    contract = make.public_contract()
    key = contract.id if subject == "public_contract" else "x"
    parameters = {"company": "Wegenbouw", "path": "/x"}
    ask(
        "x",
        "jan.peeters@bouw.example",
        "address_confirmation",
        subject_type=subject,
        subject_key=key,
        parameters=parameters,
    )
    (row,) = rows()
    change(
        row, state=DeliveryState.FAILED, error="550 jan.peeters unknown", parameters='{"company": "N", "path": "/y"}'
    )
    pages = [els.page(path).text for path in (LIST, f"{LIST}?zoek=jan", f"{LIST}{row.id}")]
    pages.append(els.post(f"{LIST}{row.id}/opnieuw", follow_redirects=True).text)
    assert els.get(f"{LIST}{row.id}/pagina").status_code == 404
    assert not [page for page in pages if "jan.peeters" in page.replace('value="jan"', "")]
    assert "een adres van e-Contracting" in pages[0]


def test_only_a_mail_that_did_not_arrive_has_a_button_to_send_it_again_in_the_list(els: Client) -> None:
    for number in range(2):
        ask(f"e{number}")
    worker.work(once=True)
    lost = rows()[0]
    change(lost, state=DeliveryState.FAILED, error="550 5.1.1")
    page = els.page(LIST)
    (button,) = page.all("//table//button")
    assert button.getparent().get("action").endswith(f"/{lost.id}/opnieuw")
    assert button.text_content().startswith("Opnieuw verzenden")
    assert len(page.all("//table//input[@name='rowid']")) == 2


def test_a_selection_leaves_again_under_the_same_ids(els: Client) -> None:
    for number in range(3):
        ask(f"e{number}")
    worker.work(once=True)
    before = {row.id: row.message_id for row in rows()}
    first, second, _third = before
    done = els.post(f"{LIST}opnieuw", data={"rowid": [first, second, 999999]}, follow_redirects=True)
    assert "2 e-mails worden opnieuw verzonden" in done.text
    assert "1 e-mail kan niet opnieuw vertrekken" in done.text
    assert [row.state.value for row in rows()] == ["PENDING", "PENDING", "SENT"]
    assert {row.id: row.message_id for row in rows()} == before
    traced = sa.select(sa.func.count()).where(AuditEntry.event == "outbox.resent")
    assert db.session.scalar(traced) == 2
    again = els.post(f"{LIST}{first}/opnieuw", follow_redirects=True)
    assert "wacht al op verzending" in again.text
    assert "Kies eerst" in els.post(f"{LIST}opnieuw", follow_redirects=True).text
    many = els.post(f"{LIST}opnieuw", data={"rowid": list(range(1, 102))}, follow_redirects=True)
    assert "hoogstens 100" in many.text


def test_only_who_may_read_the_mail(signed_in: SignedIn, els: Client) -> None:
    ask()
    for roles in (("EL_HELPDESK",), ("EC_AB_DOSSIERBEHEERDER",)):
        client = signed_in(*roles)
        for path in (LIST, f"{LIST}{rows()[0].id}", f"{LIST}{rows()[0].id}/pagina"):
            assert client.get(path).status_code == 403
        assert client.post(f"{LIST}{rows()[0].id}/opnieuw").status_code == 403
        assert client.post(f"{LIST}opnieuw", data={"rowid": rows()[0].id}).status_code == 403


def test_ten_thousand_mails_stay_fast(els: Client, app: Flask) -> None:
    """As many statements as for three, each page by key, and taking the next mail past what waits for an overview."""
    ask("one")
    els.page(LIST)
    with statements() as few:
        els.page(LIST)
    _fill(10_000)
    with statements() as many:
        els.page(LIST)
    assert len(many) == len(few)
    for query in ("", "zoek=nobody-at-all", "toestand=FAILED", "over=71009999", "soort=dossier_closed", "pagina=400"):
        started = time.perf_counter()
        els.page(f"{LIST}?{query}")
        assert time.perf_counter() - started < 1.5, query
    with transaction.unit_of_work():
        started = time.perf_counter()
        assert outbox.take(limit=1)[0].recipient == SOFIE
        assert time.perf_counter() - started < 0.2
    assert reading.mail_counts(actors.case_manager())[reading.Result.SENT].more


def _fill(count: int) -> None:
    states = (DeliveryState.SENT, DeliveryState.SENT, DeliveryState.PENDING)
    now = clock.now()
    with transaction.unit_of_work(), writing("test.fill"):
        db.session.execute(
            sa.insert(OutboxMessage),
            [
                {
                    "dedupe_key": f"k{number}",
                    "message_id": f"<{number:032x}@dossierloket>",
                    "recipient": f"c{number % 500}@linde.example.be",
                    "language": "nl",
                    "template": "dossier_reopened",
                    "parameters": '{"quarter": "2024K1"}',
                    "subject_type": "dossier",
                    "subject_key": f"71000012-{number}",
                    "state": states[number % 3],
                    "digest": number % 3 == 2,
                    "made_at": now - timedelta(seconds=count - number),
                    "next_attempt_at": now - timedelta(days=1),
                    "attempts": 1,
                    "bounce": "",
                }
                for number in range(count)
            ],
        )


def test_the_page_of_an_overview_says_what_was_in_it(signed_in: SignedIn, at: Callable[[str], datetime]) -> None:
    at("2024-10-15T12:00:00+02:00")
    with transaction.unit_of_work():
        mail_addresses.choose(actors.case_manager(), SOFIE, language="nl", digest=True)
    ask("a")
    ask("b")
    at("2024-10-16T07:00:00+02:00")
    worker.work(once=True)
    first, _second, overview = rows()
    els = signed_in("EL_DOSSIERBEHEERDER")
    page = els.page(f"{LIST}{overview.id}")
    assert "2 e-mails in één" in page.text
    assert page.text.count("Uw dossier 2024K1 is heropend") == 2
    assert f"/beheer/mails/{overview.id}" in els.page(f"{LIST}{first.id}").links().values()
