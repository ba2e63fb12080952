"""The virus scanner: a real clamd and the embedded stand-in find the test file; what does not answer is not clean."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import Settings, SettingsError
from integrations.scanner import Clamd, NoScanner, ScannerDown, StandIn, Verdict, scanner_of
from tests.factories import files
from tests.support.clamd import clamd
from tests.support.ports import free_port


def _scan(scanner: Clamd | StandIn, content: bytes) -> Verdict:
    return scanner.scan(io.BytesIO(content))


@pytest.mark.parametrize("where", ["plain", "zip", "nested", "docx"])
def test_clamd_finds_the_test_file_wherever_it_is(clamd_address: str, where: str) -> None:
    assert _scan(Clamd(clamd_address), files.eicar(where)).signature == "Eicar-Test-Signature.UNOFFICIAL"


@pytest.mark.parametrize("where", ["plain", "zip", "nested", "docx"])
def test_the_stand_in_finds_it_plain_and_packed(where: str) -> None:
    assert _scan(StandIn(), files.eicar(where)).signature == "Eicar-Test-Signature"
    assert _scan(StandIn(), b"x" * (256 * 1024 - 30) + files.eicar("plain")).signature, "over the edge of a piece"


@pytest.mark.parametrize("content", [files.pdf(), files.docx(), files.packed({"a.txt": b"x"}), b"", b"PK\3\4 kapot"])
def test_nothing_is_found_where_nothing_is(clamd_address: str, content: bytes) -> None:
    assert _scan(Clamd(clamd_address), content).clean
    assert _scan(StandIn(), content).clean


def test_clamd_takes_files_of_many_pieces(clamd_address: str) -> None:
    assert _scan(Clamd(clamd_address), b"\0" * (30 * 1024 * 1024)).clean
    assert "ClamAV" in Clamd(clamd_address).check()


def test_clamd_on_a_socket_of_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "clamd.sock"
    with clamd(tmp_path / "clamd", LocalSocket=str(path)):
        assert not _scan(Clamd(f"unix:{path}"), files.eicar("plain")).clean


def test_what_is_beyond_the_limits_of_clamd_is_not_clean(tmp_path: Path) -> None:
    """Its stream limit is no verdict; what it does not unpack wholly is told apart."""
    with clamd(tmp_path / "clamd", StreamMaxLength="1M", MaxFileSize="512K", MaxScanSize="512K") as address:
        with pytest.raises(ScannerDown, match="size limit"):
            _scan(Clamd(address), b"\0" * (3 * 1024 * 1024))
        verdict = _scan(Clamd(address), files.packed({"a.txt": b"a" * (2 * 1024 * 1024)}))
        assert (verdict.beyond_limits, verdict.clean, verdict.signature) == (True, False, None)


def test_the_stand_in_gives_up_on_what_is_too_deep() -> None:
    content = b"x"
    for depth in range(6):
        content = files.packed({f"{depth}.zip": content})
    assert _scan(StandIn(), content).beyond_limits
    assert _scan(StandIn(), files.bomb()).beyond_limits


def test_nobody_there_is_no_verdict(tmp_path: Path) -> None:
    for address in (f"tcp://127.0.0.1:{free_port()}", f"unix:{tmp_path}/nobody.sock"):
        for act in (Clamd(address).check, lambda one=address: _scan(Clamd(one), b"x")):
            with pytest.raises(ScannerDown):
                act()


@contextmanager
def _answering(answer: bytes) -> Iterator[str]:
    """Something that listens and says one thing to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize(
    "answer", [b"", b"stream: ERROR\0", b"HTTP/1.1 200 OK\r\n\r\n", b"stream: OK maar niet heus\0"]
)
def test_only_ok_is_clean(answer: bytes) -> None:
    """Fail closed: whatever else comes back is no verdict."""
    with _answering(answer) as address, pytest.raises(ScannerDown):
        _scan(Clamd(address), b"x")


def test_a_scanner_without_signatures_is_told(tmp_path: Path) -> None:
    with _answering(b"stream: OK\0") as address, pytest.raises(ScannerDown, match="signatures"):
        Clamd(address).check()


def test_production_does_not_start_without_a_scanner_unless_that_is_said(tmp_path: Path) -> None:
    def wrong(**more: str) -> str:
        with pytest.raises(SettingsError) as refusal:
            Settings.from_environment({"ELOKET_ENV": "production", "INSTANCE": str(tmp_path), **more})
        return str(refusal.value)

    assert "ELOKET_SCANNER must name" in wrong()
    assert "ELOKET_SCANNER" not in wrong(ELOKET_SCANNING="off")
    assert "ELOKET_SCANNER" not in wrong(ELOKET_SCANNER="tcp://127.0.0.1:3310")
    assert "like tcp" in wrong(ELOKET_SCANNER="127.0.0.1:3310")


def test_the_stand_in_is_for_when_no_address_is_given() -> None:
    assert isinstance(scanner_of(""), StandIn)
    assert isinstance(scanner_of("tcp://127.0.0.1:3310"), Clamd)
    assert isinstance(scanner_of("", scanning=False), NoScanner)
    with pytest.raises(ValueError, match="tcp"):
        Clamd("http://127.0.0.1")
