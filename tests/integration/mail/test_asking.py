"""Asking for a mail: the language and rhythm of the address, and recipients and values that nobody should send."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from integrations.mail import mailer_of
from jobs import worker
from models.all import db
from models.outbox import DeliveryState, OutboxMessage
from services import mail_addresses, outbox, transaction
from services.connections import connections
from services.outbox import letters
from tests.factories import actors
from tests.integration.mail.scene import ask, rows
from tests.support.smtp import mail_server

NOBODY = [
    "",
    "a@b",
    "Sofie <sofie@linde.example.be>",
    "sofie@linde.example.be\r\nBcc: all@example.be",
    "sofie@linde.example.be\n",
    "sofie@linde.example.be, ines@linde.example.be",
    "x" * 400 + "@linde.example.be",
    "söfie@linde.example.be",
    "sofie@linde.example.be\u202e",
    "\ud800@linde.example.be",
    "\0@linde.example.be",
]


@pytest.mark.parametrize("recipient", NOBODY, ids=ascii)
def test_a_recipient_that_is_no_address_breaks_nothing(database: Any, recipient: str) -> None:
    """The use case goes on; the row says why nothing left, and nothing of it stands in two lines."""
    ask(recipient=recipient)
    (row,) = rows()
    assert (row.state, row.error) == (DeliveryState.FAILED, outbox.NO_ADDRESS)
    assert row.recipient.isprintable()
    assert len(row.recipient) <= 254
    assert worker.work(once=True).sent == 0


@pytest.mark.parametrize("value", ["De Brug\r\nBcc: x@example.be", "x" * 5000, "\u2028Bcc: x", "Ünïcode 漢字 🏥"])
def test_no_value_adds_a_header(database: Any, value: str) -> None:
    """What leaves has one subject, one recipient, and lines that every mail server takes."""
    with mail_server() as inbox:
        connections().mailer = mailer_of(f"smtp://127.0.0.1:{inbox.port}", "loket@example.be")
        ask(template="message_for_facility", parameters={"facility": value, "hco_number": "1", "path": "/x"})
        assert worker.work(once=True).sent == 1
        (mail,) = inbox.messages
    assert mail.get_all("To") == ["sofie@linde.example.be"]
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject") or []) == 1
    assert max(map(len, mail.as_bytes().splitlines())) <= 998


def test_the_language_is_the_one_asked_for_else_what_the_address_prefers_else_dutch(database: Any) -> None:
    with transaction.unit_of_work():
        mail_addresses.choose(actors.case_manager(), "Sofie@Linde.example.be", language="en", digest=False)
    ask("a")
    ask("b", language="nl")
    ask("c", recipient="ines@linde.example.be")
    assert [row.language for row in rows()] == ["en", "nl", "nl"]


def test_what_must_come_at_once_never_waits_for_an_overview(database: Any) -> None:
    """Confirmations, changed accounts: by their template or by who asks."""
    with transaction.unit_of_work():
        mail_addresses.choose(actors.case_manager(), "sofie@linde.example.be", language="nl", digest=True)
    ask("a")
    ask("b", at_once=True)
    ask("c", template="bank_accounts_changed", parameters={"hco_number": "71000012"})
    assert [row.digest for row in rows()] == [True, False, False]
    assert worker.work(once=True).sent == 2


def test_one_click_ends_it(database: Any) -> None:
    """RFC 8058: both headers, and the address stands in the mail too; kept as a parameter, forgotten once it left."""
    with mail_server() as inbox:
        connections().mailer = mailer_of(f"smtp://127.0.0.1:{inbox.port}", "loket@example.be")
        ask(headers={"List-Unsubscribe": "<https://x.example/uit/abc?x=1>", "List-Unsubscribe-Post": "…"})
        assert worker.work(once=True).sent == 1
        (mail,) = inbox.messages
    home = connections().settings.base_url
    assert mail["List-Unsubscribe"] == f"<{home}/uit/abc?x=1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"{home}/uit/abc?x=1" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert json.loads(rows()[0].parameters)["unsubscribe"] == letters.FORGOTTEN


@pytest.mark.parametrize(
    "headers", [{"Bcc": "x"}, {"List-Unsubscribe": "<x>", "Bcc": "x"}, {"List-Unsubscribe-Post": "x"}]
)
def test_no_other_header_can_be_asked_for(database: Any, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no other headers"):
        ask(headers=headers)


def test_a_way_in_is_forgotten_when_the_mail_has_left(database: Any) -> None:
    """The link that confirms an address stands in the mail only; so it cannot be sent again either."""
    path = "/meldingen/bevestigen/secret"
    ask(
        template="address_confirmation", parameters={"company": "NV", "path": path}, subject_type="notification_address"
    )
    assert worker.work(once=True).sent == 1
    (row,) = rows()
    assert "secret" not in row.parameters
    assert db.session.scalar(sa.select(sa.func.count()).where(OutboxMessage.parameters.contains("secret"))) == 0
    with pytest.raises(Exception, match="niet bewaard"), transaction.unit_of_work():
        outbox.resend(actors.case_manager(), row.id)


def test_a_mail_to_nobody_keeps_no_way_in_either(database: Any) -> None:
    ask(template="address_confirmation", recipient="nobody", parameters={"company": "NV", "path": "/secret"})
    assert "secret" not in rows()[0].parameters
