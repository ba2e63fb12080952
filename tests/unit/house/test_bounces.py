"""Reports of mail that came back (RFC 3464 and sloppier): what counts, and everything that does not."""

from __future__ import annotations

import random
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from integrations.bounces import Report, reports, status_of
from integrations.mailboxes import LARGEST, FolderMailbox, MailboxDown, mailbox_of

ID = "<0123456789abcdef0123456789abcdef@dossierloket>"


def report(status: str = "5.1.1", action: str = "failed", *, quoted: str = ID, by: str = "MAILER-DAEMON@mx") -> bytes:
    """A report as Postfix writes it."""
    return (
        f"From: {by}\r\nTo: loket@example.be\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "MIME-Version: 1.0\r\nMessage-ID: <20260101.1@mx>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; a@example.be\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: loket@example.be\r\n"
        f"Message-ID: {quoted}\r\n\r\nx\r\n--b--\r\n"
    ).encode()


def sloppy(text: str, sender: str = "Mail Delivery System <postmaster@old>", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, "failure notice"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (report(), [Report(ID, "5.1.1")]),
        (report("4.4.1", "delayed"), [Report(ID, "4.4.1")]),
        (report("", "failed"), [Report(ID, "5.0.0")]),
        (report("nonsense", "delayed"), [Report(ID, "4.0.0")]),
        (report("2.0.0", "delivered"), []),
        (report("2.0.0", "relayed"), []),
        (report(quoted="<somebody@else>"), []),
        (report().replace(b"message/rfc822", b"text/rfc822-headers"), [Report(ID, "5.1.1")]),
        (sloppy(f"550 5.1.1 unknown user\n\n--- original ---\nMessage-ID: {ID}\n"), [Report(ID, "5.1.1")]),
        (sloppy(f"Remote host said: 552 mailbox full\nMessage-ID: {ID}\n"), [Report(ID, "5.0.0")]),
        (sloppy(f"it did not work\nMessage-ID: {ID}\n"), []),
        (sloppy(f"550 5.1.1 no\nMessage-ID: {ID}\n", sender="A Person <person@example.be>"), []),
        (sloppy("Ik ben met verlof tot 5.1.2027", sender="p@example.be", In_Reply_To=ID), []),
        (sloppy(f"550 away\n{ID}", Auto_Submitted="auto-replied"), []),
        (sloppy("550 5.1.1 no", In_Reply_To=ID), []),
        (b"", []),
        (b"\x00\xff" * 1000, []),
        (b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\n" * 20_000, []),
        (b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n", []),
    ],
    ids=range(19),
)
def test_what_a_report_says(raw: bytes, found: list[Report]) -> None:
    assert reports(raw) == found


def test_a_report_that_is_cut_or_spoiled_anywhere_raises_nothing() -> None:
    chance = random.Random(20261005)
    whole = report()
    for _ in range(400):
        spoiled = bytearray(whole[: chance.randint(0, len(whole))])
        for _ in range(chance.randint(0, 12)):
            if spoiled:
                spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        assert all(one.message_id == ID for one in reports(bytes(spoiled)))


def test_parts_within_parts_without_end_are_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser takes longer for each: a megabyte of them would hold the worker for a minute."""
    monkeypatch.setattr("integrations.bounces.message_from_bytes", lambda *_, **__: pytest.fail("it was parsed"))
    nested = "".join(f"Content-Type: MULTIPART/mixed; boundary=b{one}\n\n--b{one}\n" for one in range(200))
    assert reports(nested.encode() + report()) == []


def test_lines_without_end_are_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser makes an object of each empty line of a status: a megabyte took 20 seconds and 300 MB."""
    monkeypatch.setattr("integrations.bounces.message_from_bytes", lambda *_, **__: pytest.fail("it was parsed"))
    for line_end in (b"\n", b"\r", b"\r\n"):
        assert reports(b"Content-Type: message/delivery-status\n\n" + line_end * 40_000 + report()) == []


def test_a_header_without_end_is_read_from_its_beginning() -> None:
    """The parser copies the rest of a header for each semicolon: a megabyte took 40 seconds."""
    began = time.process_time()
    endless = (
        report()
        .replace(b"report-type=delivery-status; ", b"")
        .replace(b'boundary="b"', b'boundary="b"' + b";" * LARGEST)
    )
    assert reports(endless) == [Report(ID, "5.1.1")]
    assert time.process_time() - began < 10


def test_digits_are_those_of_ascii() -> None:
    assert status_of("5.\u0661.\u0661") is None
    assert status_of("55\u0660 no") is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("5.1.1", "5.1.1"),
        ("550", "5.0.0"),
        ("550 5.2.2 full", "5.2.2"),
        ("smtp; 421 busy", "4.0.0"),
        ("from 5.12.3.4 at port 25", None),
        ("ok", None),
        ("", None),
        ("x" * 900, None),
    ],
)
def test_the_status_in_an_answer(text: str, status: str | None) -> None:
    assert status_of(text) == status


def test_a_folder_is_read_and_everything_in_it_put_away(tmp_path: Path) -> None:
    """What is not understood, and what is too big, goes aside for a person; nothing is read twice."""
    (tmp_path / "1.eml").write_bytes(report())
    (tmp_path / "2.eml").write_bytes(b"nonsense")
    (tmp_path / "3.eml").write_bytes(b"x" * (LARGEST + 1))
    (tmp_path / ".being-written").write_bytes(b"x")
    box = FolderMailbox(tmp_path)
    seen = dict(box.unread())
    assert {name: raw is not None for name, raw in seen.items()} == {"1.eml": True, "2.eml": True, "3.eml": False}
    for name, raw in seen.items():
        box.mark(name, understood=bool(raw and reports(raw)))
    assert list(box.unread()) == []
    assert [path.name for path in (tmp_path / "read").iterdir()] == ["1.eml"]
    assert sorted(path.name for path in (tmp_path / "aside").iterdir()) == ["2.eml", "3.eml"]


def test_a_maildir_is_read_from_new_to_cur(tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.M1.host").write_bytes(report())
    box = FolderMailbox(tmp_path)
    ((key, _),) = box.unread()
    box.mark(key, understood=True)
    box.mark(key, understood=True)
    assert [path.name for path in (tmp_path / "cur").iterdir()] == ["1.M1.host:2,S"]


def test_a_folder_that_is_not_there_is_down(tmp_path: Path) -> None:
    box = FolderMailbox(tmp_path / "gone")
    with pytest.raises(MailboxDown):
        box.check()
    with pytest.raises(MailboxDown):
        list(box.unread())


@pytest.mark.parametrize(
    "url", ["folder:", "pop3://u:p@host/", "imaps://host/INBOX", "imap://u:p@mail.example.be/INBOX", "x"]
)
def test_other_addresses_are_refused(url: str) -> None:
    """A password travels over TLS, or within this machine."""
    with pytest.raises(ValueError, match=r"bounces|TLS"):
        mailbox_of(url)


def test_without_an_address_there_is_no_mailbox() -> None:
    assert mailbox_of("") is None
