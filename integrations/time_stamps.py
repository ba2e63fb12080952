"""Time-stamps by RFC 3161: an authority signs a digest with the time. Asking, checking and reading is done by openssl.

The authority is one over HTTP (``ELOKET_TIME_STAMP_URL`` with the certificates it is trusted by in
``ELOKET_TIME_STAMP_CA``), or outside production a local one. Without openssl there is none: records wait.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from urllib.parse import urlsplit

from integrations.local_time_stamps import LocalAuthority

TOLERANCE = timedelta(minutes=5)
"""How far the time of a token may be from ours when it is asked for."""
_SECONDS = 10
_REMEMBERED = 4096
_LARGEST = 256 * 1024
_TIME = re.compile(r"^Time stamp: (\w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT", re.MULTILINE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TimeStampDown(Exception):
    """The authority does not answer now; ask again later."""


class TimeStampRefused(Exception):
    """What the authority answered is no time-stamp of what was asked."""


class TimeStampKeyError(Exception):
    """The settings of the time-stamps cannot be used; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Token:
    """A checked time-stamp: the token in DER, when it says it was made, and by whom."""

    der: bytes
    at: datetime
    authority: str


class Authority(Protocol):
    """Who signs a query (DER) and gives a response (DER). Raises TimeStampDown."""

    name: str

    def answer(self, query: bytes) -> bytes: ...


class TimeStamps:
    """The time-stamps of this installation. ``anchors``: the certificates tokens must lead to, as PEM."""

    def __init__(
        self, authority: Authority | None, anchors: str, openssl: str | None, local: LocalAuthority | None = None
    ) -> None:
        self.authority = authority
        self._anchors = anchors
        self._openssl = openssl
        self._local = local
        # what held: anybody may ask again on the public page, and each answer is two programs
        self._held: set[bytes] = set()

    @property
    def trusted(self) -> str:
        """The certificates tokens must lead to, as PEM: those of the settings, and of the local authority if any."""
        return self._anchors + (self._local.certificate if self._local is not None else "")

    @property
    def available(self) -> bool:
        """Whether a time-stamp can be asked for at all."""
        return self.authority is not None and self._openssl is not None

    def stamp(self, digest: str) -> Token:
        """A token over a SHA-256 digest (hex), checked: about this digest, this question and this moment.

        Raises TimeStampDown when there is no answer, TimeStampRefused when the answer does not hold.
        """
        if self.authority is None or self._openssl is None:
            raise TimeStampDown("no authority")
        with TemporaryDirectory() as name:
            folder = Path(name)
            query, response, token = (folder / part for part in ("query", "response", "token"))
            self._run(folder, "ts", "-query", "-digest", digest, "-sha256", "-cert", "-out", str(query))
            response.write_bytes(self.authority.answer(query.read_bytes()))
            # the question goes along, so that an answer to another one (another nonce) is refused
            self._check(folder, "-queryfile", str(query), "-in", str(response))
            self._run(folder, "ts", "-reply", "-in", str(response), "-token_out", "-out", str(token))
            at = self._time_of(folder, token)
            if abs(datetime.now(UTC) - at) > TOLERANCE:
                raise TimeStampRefused(f"the time of the answer is {at.isoformat()}")
            return Token(token.read_bytes(), at, self.authority.name)

    def holds(self, token: bytes, digest: str) -> bool | None:
        """Whether a token is a trusted one over this digest; None when that cannot be checked here."""
        if self._openssl is None:
            return None
        asked = hashlib.sha256(token + digest.encode()).digest()
        if asked in self._held:
            return True
        with TemporaryDirectory() as name:
            folder = Path(name)
            path = folder / "token"
            path.write_bytes(token)
            try:
                # a certificate that has ended since was good when it was used
                moment = str(int(self._time_of(folder, path).timestamp()))
                self._check(folder, "-digest", digest, "-in", str(path), "-token_in", "-attime", moment)
            except TimeStampRefused:
                return False
        if len(self._held) >= _REMEMBERED:
            self._held.clear()
        self._held.add(asked)
        return True

    def _check(self, folder: Path, *given: str) -> None:
        anchors = folder / "trusted.pem"
        anchors.write_text(self.trusted)
        self._run(folder, "ts", "-verify", *given, "-CAfile", str(anchors))

    def _time_of(self, folder: Path, token: Path) -> datetime:
        text = self._run(folder, "ts", "-reply", "-in", str(token), "-token_in", "-text")
        found = _TIME.search(text)
        if found is None:
            raise TimeStampRefused("no time in the answer")
        month, day, clock = found[1].split()
        hour, minute, second = (int(part) for part in clock.split(":"))
        return datetime(int(found[2]), _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)

    def _run(self, folder: Path, *words: str) -> str:
        assert self._openssl is not None
        try:
            done = subprocess.run([self._openssl, *words], cwd=folder, capture_output=True, timeout=_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise TimeStampDown(type(error).__name__) from error
        if done.returncode != 0:
            raise TimeStampRefused(" ".join(done.stderr.decode(errors="replace").split())[-200:])
        return done.stdout.decode(errors="replace")


class HttpAuthority:
    """An authority at an address: the query is posted, the answer is the response (RFC 3161, 3.4)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TimeStampKeyError("ELOKET_TIME_STAMP_URL must be a http:// or https:// address.")
        self._url = url
        self.name = parts.hostname

    def answer(self, query: bytes) -> bytes:
        """Post the query. Raises TimeStampDown for whatever is no answer of an authority."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self._url, data=query, headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
                content: bytes = response.read(_LARGEST + 1)
                kind = response.headers.get_content_type()
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise TimeStampDown(type(error).__name__) from error
        if kind != "application/timestamp-reply" or len(content) > _LARGEST:
            raise TimeStampDown(f"{kind} of {len(content)} bytes")
        return content


def time_stamps_of(settings: Any) -> TimeStamps:
    """The time-stamps as the settings say. Raises TimeStampKeyError; makes nothing yet."""
    openssl = shutil.which(settings.extra.get("ELOKET_OPENSSL") or "openssl")
    url, named = (settings.extra.get(name) for name in ("ELOKET_TIME_STAMP_URL", "ELOKET_TIME_STAMP_CA"))
    local = None
    if openssl is not None and not settings.production:
        local = LocalAuthority(settings.instance / "keys" / "time_stamps", openssl)
    if not url:
        return TimeStamps(local, "", openssl, local)
    if not named:
        raise TimeStampKeyError("ELOKET_TIME_STAMP_CA must name the certificates (PEM) the authority is trusted by.")
    try:
        anchors = Path(named).read_text()
    except OSError as error:
        raise TimeStampKeyError(f"{Path(named).name} (ELOKET_TIME_STAMP_CA) cannot be read.") from error
    return TimeStamps(HttpAuthority(url), anchors, openssl, local)
