"""A mailbox on a real IMAP server (Dovecot): who is trusted, what is read and marked, and what fails in plain words."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from integrations import mailboxes
from integrations.mailboxes import LARGEST, ImapMailbox, MailboxDown, mailbox_of
from tests.support.dovecot import PASSWORD, USER, Dovecot
from tests.support.ports import free_port


def mailbox(url: str) -> ImapMailbox:
    found = mailbox_of(url)
    assert isinstance(found, ImapMailbox)
    return found


def down(box: ImapMailbox) -> str:
    """Why it cannot be read; no word of it names who signs in, and where."""
    with pytest.raises(MailboxDown) as raised:
        list(box.unread())
    why = str(raised.value)
    assert not any(secret in why for secret in (USER, PASSWORD, "127.0.0.1"))
    return why


@pytest.mark.parametrize("plain", [False, True], ids=["imaps", "imap"])
def test_mails_are_read_marked_and_put_aside(imap: Dovecot, plain: bool) -> None:
    """Reading marks nothing by itself: what was not marked comes again."""
    imap.deliver(b"A: 1\r\n\r\none", b"A: 2\r\n\r\ntwo", b"A: 3\r\n\r\n" + b"x" * LARGEST)
    box = mailbox(imap.plain_url if plain else imap.url())
    box.check()
    assert [raw for _, raw in box.unread()] == [b"A: 1\r\n\r\none", b"A: 2\r\n\r\ntwo", None]
    assert imap.flags() == [set(), set(), set()]
    with closing(box.unread()) as unread:
        for key, raw in unread:
            box.mark(key, understood=raw == b"A: 1\r\n\r\none")
    assert imap.flags() == [{"\\Seen"}, {"\\Seen", "\\Flagged"}, {"\\Seen", "\\Flagged"}]
    assert list(box.unread()) == []
    with pytest.raises(MailboxDown, match="not open"):
        box.mark("1", understood=True)


def test_a_certificate_that_nobody_vouches_for_is_refused(imap: Dovecot) -> None:
    """Before a password leaves: the server hears no sign-in."""
    before = (imap.folder / "log").read_text().count("Login: user=")
    assert down(mailbox(imap.url(trusted=False))) == "its certificate is refused: self-signed certificate"
    assert (imap.folder / "log").read_text().count("Login: user=") == before


def test_a_certificate_of_another_host_is_refused(imap: Dovecot) -> None:
    assert "its certificate is refused: Hostname mismatch" in down(
        mailbox(imap.url().replace("@127.0.0.1:", "@localhost:"))
    )


def test_a_port_without_tls_is_told(imap: Dovecot) -> None:
    url = imap.url().replace(f":{imap.port}/", f":{imap.plain_port}/")
    assert down(mailbox(url)) == "it does not speak TLS as it should"


def test_a_wrong_password_is_told_and_not_tried_each_minute(imap: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server closes an account that is tried too often."""
    box = mailbox(imap.url(password="wrong"))
    assert down(box) == "it does not accept user and password"
    assert list(box.unread()) == []
    with pytest.raises(MailboxDown, match="user and password"):
        box.check()
    monkeypatch.setattr(mailboxes, "REST", 0)
    patient = mailbox(imap.url(password="wrong"))
    assert down(patient) == down(patient)


def test_a_server_that_is_down_is_told_and_read_again_later(imap: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "REST", 0)
    imap.deliver(b"A: 1\r\n\r\n")
    box = mailbox(imap.url())
    imap.kill()
    assert down(box) == "nobody listens at that address"
    imap.start()
    assert len(list(box.unread())) == 1


def test_a_folder_that_is_missing_is_told(imap: Dovecot) -> None:
    assert down(mailbox(imap.url("Elders"))) == "it has no such folder, or not for this user"


def test_a_folder_has_any_name(imap: Dovecot) -> None:
    """RFC 3501, 5.1.3: names travel in modified UTF-7."""
    travels = '"R&AOk-ponses &- \\"meer\\""'
    with imap.signed_in() as server:
        assert server.create(travels)[0] == "OK"
    imap.deliver(b"A: 1\r\n\r\n", name=travels)
    assert [raw for _, raw in mailbox(imap.url('Réponses & "meer"')).unread()] == [b"A: 1\r\n\r\n"]


def test_one_look_reads_a_limited_number_and_a_search_a_limited_line(
    imap: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "_SEARCHED", 2)
    imap.deliver(*(f"A: {number}\r\n\r\n".encode() for number in range(5)))
    box = mailbox(imap.url())
    assert [raw for _, raw in box.unread()] == [f"A: {number}\r\n\r\n".encode() for number in range(5)]
    monkeypatch.setattr(mailboxes, "AT_ONCE", 3)
    assert len(list(box.unread())) == 3


def test_a_mail_that_somebody_removes_meanwhile_stops_nothing(imap: Dovecot) -> None:
    imap.deliver(b"A: 1\r\n\r\n", b"A: 2\r\n\r\n", b"A: 3\r\n\r\n")
    box = mailbox(imap.url())
    with closing(box.unread()) as unread:
        key, _ = next(unread)
        with imap.signed_in() as person:
            person.select("INBOX")
            person.store("2", "+FLAGS", "\\Deleted")
            person.expunge()
        box.mark(key, understood=True)
        assert [raw for _, raw in unread] == [b"A: 3\r\n\r\n"]


def test_a_connection_that_is_cut_is_told(imap: Dovecot) -> None:
    imap.deliver(b"A: 1\r\n\r\n", b"A: 2\r\n\r\n")
    box = mailbox(imap.url())
    with closing(box.unread()) as unread:
        key, _ = next(unread)
        imap.kill()
        with pytest.raises(MailboxDown, match="connection was lost"):
            box.mark(key, understood=True)


# --- servers that Dovecot will not play


@contextmanager
def server(play: Any) -> Iterator[str]:
    """A server whose one session is ``play(connection)``; gives the address of its mailbox."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as listener:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    play(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"imap://u:p@127.0.0.1:{port}/INBOX"
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(20)
        assert not thread.is_alive()


def scripted(**answers: str) -> Any:
    """A session that answers each command with OK, after the lines given for it, or with the NO or BAD given."""
    answers = {"CAPABILITY": "* CAPABILITY IMAP4rev1", "SELECT": "* 3 EXISTS", "SEARCH": "* SEARCH 7 8 9"} | answers

    def play(connection: socket.socket) -> None:
        connection.sendall(b"* OK hello\r\n")
        for line in connection.makefile("r", newline="\r\n"):
            tag, _, command = line.strip().partition(" ")
            words = command.removeprefix("UID ").split()
            name = f"{words[0]}_{words[1]}" if words[0] == "FETCH" else words[0]
            says = "* 1 FETCH (RFC822.SIZE 1)" if "SIZE" in command else answers.get(name, "")
            if says.startswith(("NO", "BAD")):
                connection.sendall(f"{tag} {says}\r\n".encode())
            else:
                connection.sendall((f"{says}\r\n" if says else "").encode() + f"{tag} OK done\r\n".encode())

    return play


def test_a_server_that_says_nothing_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "TIMEOUT", 0.2)
    with server(lambda connection: connection.recv(1)) as url:
        assert down(mailbox(url)) == "it does not answer in time"


def test_a_server_that_answers_a_byte_at_a_time_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte is in time."""
    monkeypatch.setattr(mailboxes, "LONGEST", 0.5)
    gave_up = threading.Event()

    def drip(connection: socket.socket) -> None:
        for _ in range(400):  # 20 seconds
            connection.sendall(b"x")
            threading.Event().wait(0.05)
        gave_up.set()

    with server(drip) as url:
        assert down(mailbox(url)) == "it is too slow"
        assert not gave_up.is_set()


def test_a_server_that_knows_login_only_is_signed_in_to() -> None:
    with server(scripted(SEARCH="* SEARCH")) as url:
        assert list(mailbox(url).unread()) == []


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"LOGIN": "NO u is unknown"}, "it does not accept user and password"),
        ({"SELECT": "* 3 EXISTS\r\n* OK [READ-ONLY] u"}, "it lets nothing be marked as read"),
        ({"SEARCH": "NO u"}, "it answers what is not understood"),
        ({"SEARCH": "BAD u"}, "it answers what is not understood"),
        ({"SEARCH": "* SEARCH \u20ac"}, "it answers what is not understood"),
        ({"SELECT": "* x EXISTS"}, "the connection was lost"),
        ({"SELECT": "* BYE u"}, "the connection was lost"),
        ({"FETCH_7": "* BYE u"}, "the connection was lost"),
        ({"FETCH_7": "gibberish"}, "the connection was lost"),
    ],
    ids=range(9),
)
def test_what_a_server_refuses_is_told_without_its_own_words(answers: dict[str, str], why: str) -> None:
    with server(scripted(**answers)) as url:
        assert down(mailbox(url)) == why


def test_a_mail_that_a_server_cannot_give_waits_and_holds_no_other() -> None:
    given = "* 3 FETCH (UID 9 BODY[] {1}\r\nx)"
    with server(scripted(FETCH_7="NO broken", FETCH_8="* 2 FETCH (UID 8 RFC822.SIZE 1)", FETCH_9=given)) as url:
        assert list(mailbox(url).unread()) == [("9", b"x")]


def test_a_mark_that_is_refused_is_told() -> None:
    """Else the same mails would be read for ever, and no other."""
    with server(scripted(FETCH_7="* 1 FETCH (UID 7 BODY[] {1}\r\nx)", STORE="NO u")) as url:
        box = mailbox(url)
        with closing(box.unread()) as unread:
            key, _ = next(unread)
            with pytest.raises(MailboxDown, match="lets nothing be marked"):
                box.mark(key, understood=True)


def test_the_rest_of_an_address_is_checked_at_start_and_never_told() -> None:
    for rest in (
        "h:phrase/x@host/INBOX",
        "phrase#x@host/INBOX",
        "phrase?x@host/INBOX",
        "phrase@host/?ca=/no/phrase",
    ):
        with pytest.raises(ValueError, match=r"%XX|ca=PATH") as raised:
            mailbox_of(f"imaps://u:{rest}")
        assert "phrase" not in str(raised.value)
    with pytest.raises(ValueError, match="one line"):
        mailbox_of("imaps://u:a%0D%0Ab@host/")
