"""Mail that came back: what a report of a mail server says (RFC 3464, and sloppier ones), and the mailbox it is in.

Nothing in a mailbox is trusted: anybody can write to it. A report counts only by the Message-ID of a mail that left
from here, which nobody else can know; everything that is too big or cannot be read is put aside.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT = 20
"""Seconds to wait for a mailbox."""
LARGEST = 1024 * 1024
"""Bytes of a report that are read; a larger one is put aside."""
AT_ONCE = 200
"""Reports that one look reads."""
_PARTS = 50
"""Parts of a report that are looked at."""
_CONTAINERS = 20
"""Times that a report may speak of parts with parts in them: one takes the parser longer for each it is inside of."""

_OUR_ID = re.compile(r"<[0-9a-f]{32}@dossierloket>")
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_CODE = re.compile(r"(?:^|[\s:;#(])([45]\d\d)(?=[\s;:#)-])")
_CONTAINER = re.compile(rb"multipart/", re.IGNORECASE)
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)


class MailboxDown(Exception):
    """The mailbox cannot be read now."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says of one mail of ours. ``status`` is an enhanced code: 5.x.x for good, 4.x.x for now."""

    message_id: str
    status: str


def reports(raw: bytes) -> list[Report]:
    """What a message says about mail of ours that came back; nothing for any other message, an absence note too."""
    if len(_CONTAINER.findall(raw)) > _CONTAINERS:
        return []
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        parts = [part for part, _ in zip(message.walk(), range(_PARTS), strict=False)]
        status = _formal(parts) or _sloppy(message, parts)
        ids = _ids(parts[1:] or parts, message) if status else []
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError):
        return []  # the parser meets anything
    return [Report(one, status or "") for one in ids]


def status_of(text: str) -> str | None:
    """An enhanced status from what a mail server answered (``5.1.1``, ``550``, ``550 5.1.1 unknown``), or None."""
    found = _STATUS.search(text)
    if found:
        return found[1]
    code = _CODE.search(f" {text} ")
    return f"{code[1][0]}.0.0" if code else None


def _formal(parts: list[Message]) -> str | None:
    """The worst status of a part message/delivery-status."""
    found: list[str] = []
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action = str(block.get("Action", "")).strip().lower()
            status = status_of(str(block.get("Status", "")))
            if action in ("failed", "delayed") or (not action and status):
                found.append(status or ("5.0.0" if action == "failed" else "4.0.0"))
    return max(found, default=None)


def _sloppy(message: Message, parts: list[Message]) -> str | None:
    """The status that the words of a mail server name, when it does not say so in a part of its own."""
    if any(part.get_content_type() == "message/delivery-status" and part.get_payload() for part in parts):
        return None
    from_daemon = _DAEMON.search(str(message.get("From", ""))) or str(message.get("Return-Path", "")).strip() == "<>"
    if not from_daemon or "auto-replied" in str(message.get("Auto-Submitted", "")).lower():
        return None
    for part in parts:
        if part.get_content_type() == "text/plain" and (status := status_of(_text(part)[:20_000])):
            return status
    return None


def _ids(parts: list[Message], message: Message) -> list[str]:
    """The Message-IDs of ours that a report encloses or quotes; never those of its own headers (an answer has them)."""
    found: dict[str, None] = {}
    for part in parts:
        if part is not message and part.get("Message-ID"):
            found.update(dict.fromkeys(_OUR_ID.findall(str(part["Message-ID"]))))
        if part.get_content_type() in ("text/plain", "text/rfc822-headers"):
            found.update(dict.fromkeys(_OUR_ID.findall(_text(part))))
    return list(found)[:1]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""


class Mailbox(Protocol):
    """Where reports arrive."""

    def unread(self) -> Iterator[tuple[str, bytes | None]]:
        """Messages that were not read yet, as (key, content), None for one too big. Raises MailboxDown."""
        ...

    def mark(self, key: str, *, understood: bool) -> None:
        """Note that a message was read; one that was not understood is put aside for a person. Raises MailboxDown."""
        ...

    def check(self) -> None:
        """Return when it can be read now; raises MailboxDown."""
        ...


def mailbox_of(url: str) -> Mailbox | None:
    """The mailbox of an address: ``folder:PATH`` (maildir or ``.eml`` files) or ``imaps://user:password@host/INBOX``.

    None for an empty one. ValueError for any other, and for a password that would travel in the open.
    """
    if not url:
        return None
    if url.startswith("folder:") and url.removeprefix("folder:"):
        return FolderMailbox(Path(url.removeprefix("folder:")))
    parts = urlsplit(url)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise ValueError("the address of bounces must be folder:PATH or imaps://user:password@host/INBOX")
    if parts.scheme == "imap" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("a password is sent over TLS only: use imaps://")
    return ImapMailbox(
        parts.hostname,
        parts.port or (993 if parts.scheme == "imaps" else 143),
        unquote(parts.username),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")) or "INBOX",
        tls=parts.scheme == "imaps",
    )


class FolderMailbox:
    """A folder of files, or a maildir. What was read moves to ``cur`` of the maildir, or to the folder ``read``.

    What was not understood moves to the folder ``aside``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _arrivals(self) -> Path:
        maildir = self.folder / "new"
        return maildir if maildir.is_dir() else self.folder

    def unread(self) -> Iterator[tuple[str, bytes | None]]:
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


class ImapMailbox:
    """A mailbox on a server. What was read is marked so; what was not understood is flagged too."""

    def __init__(self, host: str, port: int, user: str, password: str, name: str, *, tls: bool) -> None:
        self._address, self._user, self._password, self._name, self._tls = (host, port), user, password, name, tls
        self._server: imaplib.IMAP4 | None = None

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        server: imaplib.IMAP4 | None = None
        try:
            kind = imaplib.IMAP4_SSL if self._tls else imaplib.IMAP4
            server = kind(*self._address, timeout=TIMEOUT)
            server.login(self._user, self._password)
            status, _ = server.select(f'"{self._name}"')
            if status != "OK":
                raise MailboxDown("no such mailbox")
            yield server
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxDown(type(error).__name__) from error
        finally:
            if server is not None:
                with suppress(OSError, imaplib.IMAP4.error):
                    server.logout()

    def unread(self) -> Iterator[tuple[str, bytes | None]]:
        with self._opened() as server:
            self._server = server
            try:
                _, found = server.uid("SEARCH", "UNSEEN")
                for uid in (found[0] or b"").split()[:AT_ONCE]:
                    key = uid.decode("ascii", errors="replace")
                    yield key, self._content(server, key)
            finally:
                self._server = None

    def _content(self, server: imaplib.IMAP4, key: str) -> bytes | None:
        _, told = server.uid("FETCH", key, "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(one for one in told if isinstance(one, bytes)))
        if size is None or int(size[1]) > LARGEST:
            return None
        _, told = server.uid("FETCH", key, "(BODY.PEEK[])")
        for one in told:
            if isinstance(one, tuple) and len(one[1]) <= LARGEST:
                return bytes(one[1])
        return None

    def mark(self, key: str, *, understood: bool) -> None:
        if self._server is None:
            raise MailboxDown("closed")
        flags = "(\\Seen)" if understood else "(\\Seen \\Flagged)"
        try:
            self._server.uid("STORE", key, "+FLAGS", flags)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxDown(type(error).__name__) from error

    def check(self) -> None:
        with self._opened():
            pass
