"""The mailbox where mail that came back arrives: a folder of files, or a folder on an IMAP server.

Whoever reads it notes what a mail says first and marks the mail then, so that a connection that is cut loses nothing.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from threading import Timer
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 10
"""Seconds to wait for one answer of a server."""
LONGEST = 40
"""Seconds after which a connection is cut, also while a server answers a byte at a time: the worker has more to do."""
REST = 300
"""Seconds that a server is left alone after a failure: asking each minute with a wrong password closes an account."""
LARGEST = 1024 * 1024
"""Bytes of a mail that are read; a larger one is put aside."""
AT_ONCE = 200
"""Mails that one look reads."""
_SEARCHED = 50_000
"""Mails in one search: its answer is one line, and imaplib takes no line of more than a megabyte."""

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UNPRINTED = re.compile(r"[^ -~]+")
_FORM = "the address of bounces must be folder:PATH or imaps://user:password@host/INBOX"


class MailboxDown(Exception):
    """The mailbox cannot be read now. Says why in words; never an address, a user or a password."""


class Mailbox(Protocol):
    """Where reports arrive."""

    def unread(self) -> Generator[tuple[str, bytes | None], None, None]:
        """Mails that were not read yet, as (key, content), None for one too big; AT_ONCE of them. To be closed.

        Raises MailboxDown. Nothing for a while after it did: whoever looks each minute need not know.
        """
        ...

    def mark(self, key: str, *, understood: bool) -> None:
        """Note that a mail was read; one that was not understood is put aside for a person. Raises MailboxDown."""
        ...

    def check(self) -> None:
        """Return when it can be read now; raises MailboxDown."""
        ...


def mailbox_of(url: str) -> Mailbox | None:
    """The mailbox of an address: ``folder:PATH`` (maildir or ``.eml`` files) or ``imaps://user:password@host/INBOX``.

    ``?ca=PATH`` names the certificates to trust instead of the system's. None for an empty address. ValueError for any
    other, and for a password that would travel in the open; it never tells a part of the address.
    """
    if not url:
        return None
    if url.startswith("folder:") and url.removeprefix("folder:"):
        return FolderMailbox(Path(url.removeprefix("folder:")))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # it quotes what it did not understand: often the end of a password
        raise ValueError(f"{_FORM}; write a sign in user or password as %XX") from None
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username or parts.fragment:
        raise ValueError(f"{_FORM}; write a sign in user or password as %XX")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    authorities = options.pop("ca", None)
    tls = parts.scheme == "imaps"
    if options or (authorities and not tls):
        raise ValueError("the address of bounces knows one option: ca=PATH, with imaps://")
    if not tls and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("a password is sent over TLS only: the address of bounces must be imaps://")
    user, password = unquote(parts.username), unquote(parts.password or "")
    name = unquote(parts.path.strip("/")) or "INBOX"
    if any(sign in word for word in (user, password, name) for sign in "\r\n\0"):
        raise ValueError("the address of bounces must be of one line")
    try:
        trust = ssl.create_default_context(cafile=authorities) if tls else None
    except OSError:
        raise ValueError("the certificates to trust for bounces (ca=PATH) cannot be read") from None
    return ImapMailbox(parts.hostname, port or (993 if tls else 143), user, password, name, trust)


class FolderMailbox:
    """A folder of files, or a maildir. What was read moves to ``cur`` of the maildir, or to the folder ``read``.

    What was not understood moves to the folder ``aside``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _arrivals(self) -> Path:
        maildir = self.folder / "new"
        return maildir if maildir.is_dir() else self.folder

    def unread(self) -> Generator[tuple[str, bytes | None], None, None]:
        try:
            arrivals = self._arrivals()
            if not arrivals.is_dir():
                raise FileNotFoundError(arrivals)
            names = sorted(one.name for one in arrivals.iterdir() if one.is_file() and not one.name.startswith("."))
            for name in names[:AT_ONCE]:
                path = arrivals / name
                yield name, path.read_bytes() if path.stat().st_size <= LARGEST else None
        except OSError as error:
            raise MailboxDown(type(error).__name__) from error

    def mark(self, key: str, *, understood: bool) -> None:
        arrivals = self._arrivals()
        to = self.folder / ("cur" if arrivals != self.folder else "read") if understood else self.folder / "aside"
        try:
            to.mkdir(exist_ok=True)
            with suppress(FileNotFoundError):  # somebody else was faster
                (arrivals / key).replace(to / (f"{key}:2,S" if to.name == "cur" else key))
        except OSError as error:
            raise MailboxDown(type(error).__name__) from error

    def check(self) -> None:
        if not self._arrivals().is_dir():
            raise MailboxDown("FileNotFoundError")


class _Bounded(imaplib.IMAP4):
    """A connection that ends by itself: a timeout of a socket begins anew with each byte."""

    _cut: Timer

    def open(self, *words: Any, **more: Any) -> None:
        super().open(*words, **more)
        self._cut = Timer(LONGEST, _shut, (self.sock,))
        self._cut.daemon = True
        self._cut.start()

    def shutdown(self) -> None:
        """Close at once, without a word to a server that may not listen; a second time is nothing."""
        self._cut.cancel()
        with suppress(OSError):
            super().shutdown()


class _BoundedTls(_Bounded, imaplib.IMAP4_SSL):
    pass


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        # not the method of a TLS socket: that one takes the state away under the reader
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class ImapMailbox:
    """A folder on a server. What was read is marked so; what was not understood is flagged too.

    ``trust`` checks the certificate of the server; None is without TLS.
    """

    def __init__(
        self, host: str, port: int, user: str, password: str, name: str, trust: ssl.SSLContext | None = None
    ) -> None:
        self._address, self._user, self._password, self._name, self._trust = (host, port), user, password, name, trust
        self._server: imaplib.IMAP4 | None = None
        self._rests_until = 0.0

    def unread(self) -> Generator[tuple[str, bytes | None], None, None]:
        if time.monotonic() < self._rests_until:
            return
        with self._opened() as (server, mails):
            self._server = server
            try:
                yield from islice(_contents(server, mails), AT_ONCE)
            finally:
                self._server = None

    def mark(self, key: str, *, understood: bool) -> None:
        if self._server is None:
            raise MailboxDown("it is not open")
        try:
            status, _ = self._server.uid("STORE", key, "+FLAGS", "(\\Seen)" if understood else "(\\Seen \\Flagged)")
        except _TROUBLE as error:
            raise self._down(_why(error)) from error
        if status != "OK":
            raise self._down("it lets nothing be marked as read")

    def check(self) -> None:
        with self._opened():
            pass

    @contextmanager
    def _opened(self) -> Iterator[tuple[imaplib.IMAP4, int]]:
        """The server and how many mails the folder has."""
        began = time.monotonic()
        server: imaplib.IMAP4 | None = None
        try:
            server = self._connected()
            self._sign_in(server)
            status, told = server.select(_quoted(_folder(self._name)))
            if status != "OK":
                raise self._down("it has no such folder, or not for this user")
            yield server, int(told[0] or 0)
            with suppress(*_TROUBLE):
                server.logout()
        except _TROUBLE as error:
            slow = time.monotonic() - began >= LONGEST
            raise self._down("it is too slow" if slow else _why(error)) from error
        finally:
            if server is not None:
                server.shutdown()

    def _connected(self) -> imaplib.IMAP4:
        host, port = self._address
        if self._trust is None:
            return _Bounded(host, port, timeout=TIMEOUT)
        return _BoundedTls(host, port, ssl_context=self._trust, timeout=TIMEOUT)

    def _sign_in(self, server: imaplib.IMAP4) -> None:
        try:
            if "AUTH=PLAIN" in server.capabilities:  # LOGIN of imaplib knows ASCII only
                server.authenticate("PLAIN", lambda _: f"\0{self._user}\0{self._password}".encode())
            else:
                server.login(_quoted(self._user), self._password)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, UnicodeError):
            raise self._down("it does not accept user and password") from None

    def _down(self, why: str) -> MailboxDown:
        self._rests_until = time.monotonic() + REST
        return MailboxDown(why)


_TROUBLE = (OSError, imaplib.IMAP4.error, ValueError, LookupError)
"""What talking to a server raises; the last two when it answers what imaplib does not expect."""


def _contents(server: imaplib.IMAP4, mails: int) -> Iterator[tuple[str, bytes | None]]:
    """Unread mails. One that is gone, or that the server cannot give now, holds no other: the next look asks again."""
    for key in _unseen(server, mails):
        size = _SIZE.search(b" ".join(one for one in _fetched(server, key, "(RFC822.SIZE)") if isinstance(one, bytes)))
        if size is None:
            continue
        if int(size[1]) > LARGEST:
            yield key, None
            continue
        for one in _fetched(server, key, "(BODY.PEEK[])"):
            if isinstance(one, tuple):
                yield key, bytes(one[1]) if len(one[1]) <= LARGEST else None
                break


def _unseen(server: imaplib.IMAP4, mails: int) -> Iterator[str]:
    for first in range(1, mails + 1, _SEARCHED):
        last = first + _SEARCHED - 1
        status, found = server.uid("SEARCH", f"{first}:{last if last < mails else '*'}", "UNSEEN")
        if status != "OK":
            raise imaplib.IMAP4.error
        for uid in (found[0] or b"").split():
            yield uid.decode("ascii")


def _fetched(server: imaplib.IMAP4, key: str, what: str) -> list[Any]:
    status, told = server.uid("FETCH", key, what)
    return told if status == "OK" else []


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _folder(name: str) -> str:
    """The name of a folder as it travels: modified UTF-7 (RFC 3501, 5.1.3)."""

    def shifted(run: re.Match[str]) -> str:
        return "&" + b64encode(run[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    return _UNPRINTED.sub(shifted, name.replace("&", "&-"))


def _why(error: Exception) -> str:
    """What went wrong, without the words of the server: these may name a user."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is refused: {error.verify_message.rstrip('.')}"
        case ssl.SSLError():
            return "it does not speak TLS as it should"
        case TimeoutError():
            return "it does not answer in time"
        case ConnectionRefusedError():
            return "nobody listens at that address"
        case socket.gaierror():
            return "the name of its host is not known"
        case imaplib.IMAP4.readonly():
            return "it lets nothing be marked as read"
        case imaplib.IMAP4.abort() | ConnectionError():
            return "the connection was lost"
        case OSError():
            return type(error).__name__
        case _:
            return "it answers what is not understood"
