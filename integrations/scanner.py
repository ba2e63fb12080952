"""Looking for viruses: clamd over its own protocol, or an embedded stand-in that knows the EICAR test file only.

Whoever asks fails closed: what could not be scanned is not clean.
"""

from __future__ import annotations

import io
import re
import socket
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Protocol
from urllib.parse import urlsplit

CHUNK = 256 * 1024
SECONDS = 60.0
"""How long one answer of clamd may take."""
#: The EICAR test file, in two parts: a scanner that looks at our own source must not take it for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_FOUND = re.compile(r"stream: (\S{1,150}) FOUND")
_BEYOND_LIMITS = "Heuristics.Limits.Exceeded"


class ScannerDown(Exception):
    """The scanner does not answer, or not with a verdict: nothing is known about the file."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner says of a file: the name of what it found, or ``None``.

    ``beyond_limits``: the scanner did not look at all of it, because it is too big or too deep when unpacked.
    """

    signature: str | None = None
    beyond_limits: bool = False

    @property
    def clean(self) -> bool:
        """Whether all of it was looked at and nothing was found."""
        return self.signature is None and not self.beyond_limits


class Scanner(Protocol):
    """Something that looks at files."""

    name: str

    def scan(self, file: IO[bytes]) -> Verdict:
        """Look at a binary file from where it stands to its end. Raises ScannerDown."""
        ...

    def check(self) -> str:
        """What it says about itself, once it was seen to find the test file. Raises ScannerDown."""
        ...


def scanner_of(address: str, *, scanning: bool = True) -> Scanner:
    """The scanner at ``tcp://host:port`` or ``unix:/path``; without an address the stand-in.

    Raises ValueError for another address.
    """
    if not scanning:
        return NoScanner()
    return Clamd(address) if address else StandIn()


class Clamd:
    """ClamAV's daemon, over INSTREAM.

    Its StreamMaxLength, MaxFileSize and MaxScanSize must be above our own limit, and AlertExceedsMax on: what lies
    beyond its limits it would otherwise call clean.
    """

    name = "clamd"

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._path = parts.path if parts.scheme == "unix" else ""
        if not self._path and not (parts.scheme == "tcp" and parts.hostname and parts.port):
            raise ValueError("the address of the scanner is like tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl")
        self._host, self._port = parts.hostname or "", parts.port or 0

    def scan(self, file: IO[bytes]) -> Verdict:
        """Send the file in pieces. What is no verdict, such as a file above clamd's limit, is ScannerDown."""
        with self._connected() as connection:
            connection.sendall(b"zINSTREAM\0")
            with suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough: it says why
                while chunk := file.read(CHUNK):
                    connection.sendall(struct.pack("!L", len(chunk)) + chunk)
                connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
        if answer == "stream: OK":
            return Verdict()
        found = _FOUND.fullmatch(answer)
        if found is None:
            raise ScannerDown(answer[:100] or "no answer")
        if found[1].startswith(_BEYOND_LIMITS):
            return Verdict(beyond_limits=True)
        return Verdict(found[1])

    def check(self) -> str:
        """Ask for its version, and let it find the test file: it may run without knowing anything."""
        with self._connected() as connection:
            connection.sendall(b"zVERSION\0")
            version = _answer(connection)
        if self.scan(io.BytesIO(EICAR)).clean:
            raise ScannerDown("it does not recognise the test file: are its signatures there?")
        return version

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            if self._path:
                connection = socket.socket(socket.AF_UNIX)
                connection.settimeout(SECONDS)
            else:
                connection = socket.create_connection((self._host, self._port), timeout=SECONDS)
            with connection:
                if self._path:
                    connection.connect(self._path)
                yield connection
        except OSError as error:
            raise ScannerDown(type(error).__name__) from error


def _answer(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (more := connection.recv(1024)):
        said += more
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


class StandIn:
    """For development and tests: finds the EICAR test file, plain and in (nested) ZIP files, and nothing else."""

    name = "stand-in"
    signature = "Eicar-Test-Signature"
    depth = 4
    most = 256 * 1024 * 1024
    """How many bytes it unpacks of one file."""

    def scan(self, file: IO[bytes]) -> Verdict:
        """Look for the test file."""
        left = [self.most]
        try:
            return Verdict(self.signature) if self._holds(file, self.depth, left) else Verdict()
        except _BeyondLimits:
            return Verdict(beyond_limits=True)

    def check(self) -> str:
        """Always there."""
        return "embedded stand-in: finds the EICAR test file only"

    def _holds(self, file: IO[bytes], depth: int, left: list[int]) -> bool:
        start, kept, first = file.tell(), 0, b""
        # one buffer for all pieces, with the end of the piece before in front of each
        buffer = bytearray(len(EICAR) + CHUNK)
        with memoryview(buffer) as view:
            while count := file.readinto(view[kept : kept + CHUNK]):  # type: ignore[attr-defined]
                first = first or bytes(view[:4])
                end = kept + count
                if buffer.find(EICAR, 0, end) >= 0:
                    return True
                kept = min(end, len(EICAR))
                view[:kept] = view[end - kept : end]
        if not first.startswith(b"PK"):
            return False
        file.seek(start)
        return self._packed(file, depth, left)

    def _packed(self, file: IO[bytes], depth: int, left: list[int]) -> bool:
        if depth == 0:
            raise _BeyondLimits
        try:
            with zipfile.ZipFile(file) as archive:
                for entry in archive.infolist():
                    left[0] -= entry.file_size
                    if left[0] < 0:
                        raise _BeyondLimits
                    with archive.open(entry) as packed:
                        if self._holds(packed, depth - 1, left):
                            return True
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
            return False  # not a ZIP that can be read, or with a password: for the check of the type
        return False


class _BeyondLimits(Exception):
    """Too much or too deep to unpack."""


class NoScanner:
    """Scanning is off by the settings, explicitly: everything counts as clean."""

    name = "off"

    def scan(self, file: IO[bytes]) -> Verdict:
        """Say clean without looking."""
        return Verdict()

    def check(self) -> str:
        """Say so."""
        return "off by the settings (ELOKET_SCANNING)"
