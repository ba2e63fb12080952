"""The seal of the platform: made once for a development instance, refused in production without a key, rolled over."""

from __future__ import annotations

import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config import Settings, SettingsError
from integrations.seals import SealKeyError, seals_of

DIGEST = "ab" * 32


def settings(instance: Path, *, production: bool = False, **extra: str) -> Any:
    """What the seal needs to know of the settings."""
    return SimpleNamespace(production=production, instance=instance, extra=extra)


def key_file(path: Path, key: Any = None) -> str:
    """A private key as an operator makes one."""
    made = key or Ed25519PrivateKey.generate()
    path.write_bytes(
        made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(path)


def test_a_development_instance_makes_its_key_once_for_the_owner_only(tmp_path: Path) -> None:
    first = seals_of(settings(tmp_path))
    path = tmp_path / "keys" / "seal.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = seals_of(settings(tmp_path))
    assert again.key_id == first.key_id
    assert again.holds(DIGEST, first.seal(DIGEST), first.key_id)


def test_a_seal_is_about_one_digest_and_one_key(tmp_path: Path) -> None:
    seals = seals_of(settings(tmp_path))
    seal = seals.seal(DIGEST)
    assert not seals.holds("ac" * 32, seal, seals.key_id)
    assert not seals.holds(DIGEST, seal, "0" * 64)
    assert not seals.holds(DIGEST, "AAAA" + seal[4:], seals.key_id)
    assert not seals.holds(DIGEST, "é", seals.key_id)


def test_after_a_roll_over_old_seals_still_hold(tmp_path: Path) -> None:
    before = seals_of(settings(tmp_path, ELOKET_SEAL_KEY=key_file(tmp_path / "one.pem")))
    old = tmp_path / "old.pem"
    old.write_text("".join(before.public_keys().values()))
    extra = {"ELOKET_SEAL_KEY": key_file(tmp_path / "two.pem"), "ELOKET_SEAL_OLD_KEYS": str(old)}
    after = seals_of(settings(tmp_path, **extra))
    assert after.key_id != before.key_id
    assert after.holds(DIGEST, before.seal(DIGEST), before.key_id)
    assert list(after.public_keys()) == [before.key_id, after.key_id]


def test_production_never_starts_without_a_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ELOKET_SEAL_KEY"):
        Settings.from_environment({"ELOKET_ENV": "production", "INSTANCE": str(tmp_path)})
    with pytest.raises(SealKeyError, match="ELOKET_SEAL_KEY"):
        seals_of(settings(tmp_path, production=True))
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_such_key_is_refused_with_what_to_do(tmp_path: Path) -> None:
    rsa_key = key_file(tmp_path / "rsa.pem", rsa.generate_private_key(65537, 2048))
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    for extra, says in (
        ({"ELOKET_SEAL_KEY": rsa_key}, "ed25519"),
        ({"ELOKET_SEAL_KEY": str(nonsense)}, "PEM"),
        ({"ELOKET_SEAL_KEY": str(tmp_path / "gone.pem")}, "cannot be read"),
        ({"ELOKET_SEAL_OLD_KEYS": str(tmp_path / "gone.pem")}, "cannot be read"),
        ({"ELOKET_SEAL_OLD_KEYS": str(nonsense)}, "no public key"),
    ):
        with pytest.raises(SealKeyError, match=says):
            seals_of(settings(tmp_path, **extra))
