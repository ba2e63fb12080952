"""Handing mail over: to a real mail server with all its moods, and to a folder."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from integrations.mail import FolderMailer, MailRefused, MailUnavailable, mailer_of
from tests.support.ports import free_port
from tests.support.smtp import certificate_for_this_machine, mail_server, password_is

SENDER = "loket@example.be"


def a_mail(subject: str = "Uw dossier 2024K1 is heropend", message_id: str = "<a1@dossierloket>") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = SENDER
    mail["To"] = "sofie@linde.example.be"
    mail["Subject"] = subject
    mail["Message-ID"] = message_id
    mail.set_content("Goedemiddag, één regel.\n.\nEn na een punt.\n")
    return mail


def test_a_plain_server_gets_the_whole_message() -> None:
    with mail_server() as inbox:
        mailer_of(f"smtp://127.0.0.1:{inbox.port}", SENDER).send(a_mail())
    taken = inbox.messages[0]
    assert (taken["Subject"], taken["Message-ID"]) == ("Uw dossier 2024K1 is heropend", "<a1@dossierloket>")
    assert taken.get_content().splitlines() == ["Goedemiddag, één regel.", ".", "En na een punt."]


def test_starttls_and_a_password(tmp_path: Path) -> None:
    trusted, context = certificate_for_this_machine(tmp_path)
    with mail_server(
        tls_context=context, require_starttls=True, authenticator=password_is("loket", "ge heim"), auth_required=True
    ) as inbox:
        url = f"smtp://loket:ge%20heim@127.0.0.1:{inbox.port}?starttls=1&ca={trusted}"
        mailer_of(url, SENDER).send(a_mail())
        with pytest.raises(MailUnavailable):
            mailer_of(url.replace("ge%20heim", "fout"), SENDER).send(a_mail())
    assert inbox.encrypted == [True]


def test_a_server_with_a_foreign_certificate_gets_nothing(tmp_path: Path) -> None:
    _, context = certificate_for_this_machine(tmp_path)
    with mail_server(tls_context=context) as inbox, pytest.raises(MailUnavailable, match="SSLCertVerificationError"):
        mailer_of(f"smtp://127.0.0.1:{inbox.port}?starttls=1", SENDER).send(a_mail())
    assert inbox.messages == []


@pytest.mark.parametrize("answer", ["550 no such mailbox", "554 rejected"])
def test_a_5xx_answer_is_a_refusal_for_good(answer: str) -> None:
    with mail_server() as inbox:
        mailer = mailer_of(f"smtp://127.0.0.1:{inbox.port}", SENDER)
        inbox.recipient_answers = [answer]
        with pytest.raises(MailRefused, match=f"SMTP {answer[:3]}"):
            mailer.send(a_mail())
        inbox.answers = [answer]
        with pytest.raises(MailRefused, match=f"SMTP {answer[:3]}"):
            mailer.send(a_mail())


@pytest.mark.parametrize("answer", ["451 try later", "421 busy"])
def test_a_4xx_answer_is_for_now(answer: str) -> None:
    with mail_server() as inbox:
        mailer = mailer_of(f"smtp://127.0.0.1:{inbox.port}", SENDER)
        inbox.answers = [answer]
        with pytest.raises(MailUnavailable, match=f"SMTP {answer[:3]}"):
            mailer.send(a_mail())
        mailer.send(a_mail())
    assert len(inbox.messages) == 1


def test_what_a_server_says_is_not_told_because_it_may_hold_an_address() -> None:
    with mail_server() as inbox:
        inbox.recipient_answers = ["550 <sofie@linde.example.be> unknown"]
        with pytest.raises(MailRefused) as refused:
            mailer_of(f"smtp://127.0.0.1:{inbox.port}", SENDER).send(a_mail())
    assert "sofie" not in str(refused.value)


def test_a_server_that_is_not_there_is_for_now() -> None:
    mailer = mailer_of(f"smtp://127.0.0.1:{free_port()}", SENDER)
    with pytest.raises(MailUnavailable, match="ConnectionRefusedError"):
        mailer.send(a_mail())
    with pytest.raises(MailUnavailable):
        mailer.check()


def test_the_folder_keeps_each_message_once(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail", SENDER)
    mailer.send(a_mail())
    mailer.send(a_mail("een herhaling"))
    mailer.send(a_mail("een andere", "<b2@dossierloket>"))
    files = sorted((tmp_path / "mail").iterdir())
    subjects = {message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"] for file in files}
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert subjects == {"een herhaling", "een andere"}


def test_a_folder_that_cannot_be_written_is_for_now(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    mailer = FolderMailer(tmp_path / "mail", SENDER)
    with pytest.raises(MailUnavailable):
        mailer.send(a_mail())
    with pytest.raises(MailUnavailable):
        mailer.check()


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.be",
        "smtp:",
        "smtp://mail.example.be?tls=1",
        "smtp://user:secret@mail.example.be",
    ],
)
def test_a_wrong_address_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"mail|password|options"):
        mailer_of(url, SENDER)
