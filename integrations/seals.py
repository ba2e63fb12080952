"""The seal of the platform: an Ed25519 signature over the digest of a record, and the public keys that check it.

A key is known by its fingerprint (SHA-256 of the raw public key, hex). When the key is replaced, the public keys of
before stay known: they stand as PEM in the file of ``ELOKET_SEAL_OLD_KEYS``, or in ``instance/keys/seal_old.pem``.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


class SealKeyError(Exception):
    """The key of the seal cannot be used; the text says which and what to do."""


class Seals:
    """Makes and checks seals. What is signed are the 64 characters of a digest in lower-case hex, as ASCII."""

    def __init__(self, key: Ed25519PrivateKey, old: tuple[Ed25519PublicKey, ...] = ()) -> None:
        self._key = key
        self._known = {fingerprint(one): one for one in (*old, key.public_key())}
        self.key_id = fingerprint(key.public_key())

    def seal(self, digest: str) -> str:
        """The seal over a digest, in base64."""
        return base64.b64encode(self._key.sign(digest.encode("ascii"))).decode()

    def holds(self, digest: str, seal: str, key_id: str) -> bool:
        """Whether a seal is one of a known key over this digest."""
        known = self._known.get(key_id)
        if known is None:
            return False
        try:
            known.verify(base64.b64decode(seal, validate=True), digest.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def public_keys(self) -> Mapping[str, str]:
        """Every known public key as PEM, by its fingerprint; the one in use comes last."""
        return {
            key_id: key.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            ).decode()
            for key_id, key in self._known.items()
        }


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key, in hex."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def seals_of(settings: Any) -> Seals:
    """The seal of this installation; outside production its key is made at first use. Raises SealKeyError."""
    named = settings.extra.get("ELOKET_SEAL_KEY")
    if not named and settings.production:
        raise SealKeyError("ELOKET_SEAL_KEY must name the private key (PEM, Ed25519) of the seal, in production.")
    folder: Path = settings.instance / "keys"
    path = Path(named) if named else _made(folder / "seal.pem")
    old_named = settings.extra.get("ELOKET_SEAL_OLD_KEYS")
    old = Path(old_named) if old_named else folder / "seal_old.pem"
    if old_named and not old.is_file():
        raise SealKeyError(f"{old.name} (ELOKET_SEAL_OLD_KEYS) cannot be read.")
    return Seals(_private(path), _public(old) if old.is_file() else ())


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SealKeyError(f"{path.name} (ELOKET_SEAL_KEY) cannot be read.") from error
    except (TypeError, ValueError) as error:
        raise SealKeyError("ELOKET_SEAL_KEY must be a PEM file with an unencrypted private key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SealKeyError("ELOKET_SEAL_KEY must be an Ed25519 key: openssl genpkey -algorithm ed25519.")
    return key


def _public(path: Path) -> tuple[Ed25519PublicKey, ...]:
    found = []
    for text in _PEM.findall(path.read_bytes()):
        try:
            key = serialization.load_pem_public_key(text)
        except ValueError as error:
            raise SealKeyError(f"{path.name} holds something that is no public key.") from error
        if not isinstance(key, Ed25519PublicKey):
            raise SealKeyError(f"{path.name} must hold Ed25519 public keys only.")
        found.append(key)
    return tuple(found)


def _made(path: Path) -> Path:
    """The key of a development instance: made once, readable by the owner only, the same for every process."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    try:
        os.link(draft, path)  # fails when another process was first: its key is then the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path
