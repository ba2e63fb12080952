"""Time-stamps by RFC 3161: asked, checked before they are kept, and never believed without (item 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from integrations import time_stamps
from integrations.time_stamps import TimeStampDown, TimeStampKeyError, TimeStampRefused, time_stamps_of
from tests.support.time_stamp_authority import TimeStampServer, time_stamp_server

DIGEST, OTHER = "ab" * 32, "cd" * 32


def settings(instance: Path, *, production: bool = False, **extra: str) -> Any:
    """What the time-stamps need to know of the settings."""
    return SimpleNamespace(production=production, instance=instance, extra=extra)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TimeStampServer]:
    """An authority over HTTP."""
    with time_stamp_server(tmp_path / "server") as running:
        yield running


def over_http(tmp_path: Path, server: TimeStampServer) -> time_stamps.TimeStamps:
    """A production installation that asks that authority."""
    extra = {"ELOKET_TIME_STAMP_URL": server.url, "ELOKET_TIME_STAMP_CA": str(server.anchors)}
    return time_stamps_of(settings(tmp_path, production=True, **extra))


def test_the_local_authority_signs_and_its_token_holds(tmp_path: Path) -> None:
    local = time_stamps_of(settings(tmp_path))
    token = local.stamp(DIGEST)
    assert abs(token.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert local.holds(token.der, DIGEST) is True
    assert local.holds(token.der, OTHER) is False
    for place in (0, len(token.der) // 2, len(token.der) - 1):
        changed = bytearray(token.der)
        changed[place] ^= 1
        assert local.holds(bytes(changed), DIGEST) is False
    again = time_stamps_of(settings(tmp_path))
    assert again.holds(token.der, DIGEST) is True, "the certificates are made once"
    assert (tmp_path / "keys" / "time_stamps" / "tsa_key.pem").stat().st_mode & 0o777 == 0o600


def test_what_held_is_not_asked_of_openssl_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask on the public page; a token or a digest that is another is looked at all the same."""
    local = time_stamps_of(settings(tmp_path))
    token = local.stamp(DIGEST).der
    assert local.holds(token, DIGEST) is True
    asked: list[str] = []
    run = local._run
    monkeypatch.setattr(local, "_run", lambda folder, *words: asked.append(words[1]) or run(folder, *words))
    assert local.holds(token, DIGEST) is True
    assert asked == []
    assert local.holds(token, OTHER) is False
    assert local.holds(token[:-1] + bytes([token[-1] ^ 1]), DIGEST) is False
    assert len(asked) >= 3


def test_an_authority_over_http_is_asked_and_checked(tmp_path: Path, server: TimeStampServer) -> None:
    asked = over_http(tmp_path, server)
    token = asked.stamp(DIGEST)
    assert token.authority == "127.0.0.1"
    assert asked.holds(token.der, DIGEST) is True
    elsewhere = time_stamps_of(settings(tmp_path / "other"))
    elsewhere.stamp(DIGEST)
    assert elsewhere.holds(token.der, DIGEST) is False, "trusted by nobody there"


@pytest.mark.parametrize("lie", ["error", "html"])
def test_an_authority_that_gives_no_answer_is_asked_again_later(
    tmp_path: Path, server: TimeStampServer, lie: str
) -> None:
    server.lie = lie
    with pytest.raises(TimeStampDown):
        over_http(tmp_path, server).stamp(DIGEST)


@pytest.mark.parametrize("lie", ["nonsense", "stranger"])
def test_an_authority_that_lies_is_not_believed(tmp_path: Path, server: TimeStampServer, lie: str) -> None:
    server.lie = lie
    with pytest.raises(TimeStampRefused):
        over_http(tmp_path, server).stamp(DIGEST)


@pytest.mark.parametrize("digest", [DIGEST, OTHER])
def test_an_answer_to_another_question_is_not_believed(tmp_path: Path, server: TimeStampServer, digest: str) -> None:
    """Not even one about the same digest: each question has a number of its own."""
    server.lie = "replay"
    asked = over_http(tmp_path, server)
    asked.stamp(DIGEST)
    with pytest.raises(TimeStampRefused):
        asked.stamp(digest)


def test_an_answer_with_another_time_is_not_believed(
    tmp_path: Path, server: TimeStampServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_stamps, "TOLERANCE", timedelta(seconds=-1))
    with pytest.raises(TimeStampRefused, match="time"):
        over_http(tmp_path, server).stamp(DIGEST)


def test_nobody_at_the_address_is_down(tmp_path: Path, server: TimeStampServer) -> None:
    extra = {"ELOKET_TIME_STAMP_URL": "http://127.0.0.1:9/", "ELOKET_TIME_STAMP_CA": str(server.anchors)}
    with pytest.raises(TimeStampDown):
        time_stamps_of(settings(tmp_path, **extra)).stamp(DIGEST)


def test_without_openssl_or_authority_records_wait(tmp_path: Path) -> None:
    without = time_stamps_of(settings(tmp_path, ELOKET_OPENSSL="no-such-program"))
    assert not without.available
    assert without.holds(b"", DIGEST) is None
    with pytest.raises(TimeStampDown):
        without.stamp(DIGEST)
    assert not time_stamps_of(settings(tmp_path, production=True)).available
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "extra",
    [
        {"ELOKET_TIME_STAMP_URL": "http://tsa.example.be/"},
        {"ELOKET_TIME_STAMP_URL": "http://tsa.example.be/", "ELOKET_TIME_STAMP_CA": "gone.pem"},
        {"ELOKET_TIME_STAMP_URL": "file:///etc/passwd", "ELOKET_TIME_STAMP_CA": "pyproject.toml"},
    ],
)
def test_settings_that_cannot_be_are_told(tmp_path: Path, extra: dict[str, str]) -> None:
    with pytest.raises(TimeStampKeyError, match="ELOKET_TIME_STAMP"):
        time_stamps_of(settings(tmp_path, **extra))
