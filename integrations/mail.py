"""Sending one mail: to a mail server, or as a file in a folder.

The message is complete (sender and Message-ID included) before it comes here; who sends what is up to the worker.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 20
"""Seconds to wait for a mail server before trying again later."""


class MailRefused(Exception):
    """The mail will never be taken as it is (5xx): another attempt makes no sense."""


class MailUnavailable(Exception):
    """The mail could not be handed over now: try again later."""


class Mailer(Protocol):
    """Something that takes a mail. ``sender`` is the address in From and in the envelope."""

    sender: str

    def send(self, message: EmailMessage) -> None:
        """Hand the message over; returns when it was taken. Raises MailRefused or MailUnavailable."""
        ...

    def check(self) -> None:
        """Return when a mail could be handed over now; raises MailUnavailable."""
        ...


def mailer_of(url: str, sender: str) -> Mailer:
    """The mailer of an address: ``folder:PATH``, ``smtp://user:password@host:port?starttls=1`` or ``smtps://…``.

    ``ca=PATH`` names the certificates to trust instead of the system's. Raises ValueError for any other address.
    """
    if url.startswith("folder:"):
        return FolderMailer(Path(url.removeprefix("folder:")), sender)
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("mail address must be folder:PATH, smtp://host:port or smtps://host:port")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    starttls = options.pop("starttls", "0") not in {"0", "false", "off"}
    authorities = options.pop("ca", None)
    if options:
        raise ValueError(f"unknown options of the mail address: {', '.join(sorted(options))}")
    tls = parts.scheme == "smtps"
    if parts.username and not (tls or starttls):
        raise ValueError("a password is sent over TLS only: use smtps:// or ?starttls=1")
    return SmtpMailer(
        sender,
        parts.hostname,
        parts.port or (465 if tls else 587 if starttls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=starttls,
        authorities=authorities,
    )


class FolderMailer:
    """Keeps every mail as a file; a repeat of a mail (same Message-ID) replaces the first."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder = folder
        self.sender = sender

    def send(self, message: EmailMessage) -> None:
        name = sha256(str(message["Message-ID"]).encode()).hexdigest()[:32]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                try:
                    file.write(message.as_bytes())
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(self.folder / f"{name}.eml")
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise MailUnavailable(type(error).__name__) from error

    def check(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, prefix="."):
                pass
        except OSError as error:
            raise MailUnavailable(type(error).__name__) from error


class SmtpMailer:
    """A mail server. The certificate of a server that we speak TLS with is always checked."""

    def __init__(
        self,
        sender: str,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        tls: bool = False,
        starttls: bool = False,
        authorities: str | None = None,
    ) -> None:
        self.sender = sender
        self._address = (host, port)
        self._user = user
        self._password = password
        self._tls = tls
        self._starttls = starttls
        self._trust = ssl.create_default_context(cafile=authorities) if tls or starttls else None

    def send(self, message: EmailMessage) -> None:
        try:
            with self._connect() as server:
                server.send_message(message, from_addr=self.sender)
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise _failure(code) from error
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(type(error).__name__) from error

    def check(self) -> None:
        try:
            with self._connect() as server:
                server.noop()
        except (OSError, smtplib.SMTPException, MailUnavailable) as error:
            raise MailUnavailable(type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        """A session that is ready to take mail. What fails before the mail is offered is never a refusal of it."""
        server: smtplib.SMTP | None = None
        try:
            if self._tls:
                server = smtplib.SMTP_SSL(*self._address, timeout=TIMEOUT, context=self._trust)
            else:
                server = smtplib.SMTP(*self._address, timeout=TIMEOUT)
            if self._starttls:
                server.starttls(context=self._trust)
            if self._user:
                server.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as error:
            if server is not None:
                with suppress(OSError, smtplib.SMTPException):
                    server.close()
            raise MailUnavailable(type(error).__name__) from error
        return server


def _failure(code: int) -> MailRefused | MailUnavailable:
    """5xx is for good, everything else for now. Only the code is told: the text may hold an address."""
    return MailRefused(f"SMTP {code}") if 500 <= code < 600 else MailUnavailable(f"SMTP {code}")
