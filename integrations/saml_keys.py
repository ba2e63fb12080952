"""Key pairs for signing in: from files that the operator names, or made once for a development instance."""

from __future__ import annotations

import ipaddress
import os
import secrets
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


class KeyPairError(Exception):
    """A key or certificate cannot be used; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its certificate, both as PEM text."""

    key: str = field(repr=False)
    certificate: str


def own_pair(settings: Any) -> KeyPair:
    """Our own pair: the files that the settings name, else (never in production) one made for the instance."""
    if settings.saml_key and settings.saml_certificate:
        return pair_of_files(settings.saml_key, settings.saml_certificate)
    if settings.production:
        raise KeyPairError("ELOKET_SAML_KEY and ELOKET_SAML_CERTIFICATE must be set in production.")
    return stored_pair(settings.instance / "keys" / "saml.pem", "Dossierloket")


def pair_of_files(key_path: Path, certificate_path: Path) -> KeyPair:
    """Read a pair that the operator made. Raises KeyPairError when a file is missing or the two do not match."""
    for path in (key_path, certificate_path):
        if not path.is_file():
            raise KeyPairError(f"{path.name} (ELOKET_SAML_KEY or ELOKET_SAML_CERTIFICATE) cannot be read.")
    try:
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    except (TypeError, ValueError) as error:
        raise KeyPairError("the SAML key and certificate must be PEM files, the key unencrypted.") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < 2048:
        raise KeyPairError("ELOKET_SAML_KEY must be an RSA key of at least 2048 bits.")
    if key.public_key() != certificate.public_key():
        raise KeyPairError("ELOKET_SAML_CERTIFICATE does not belong to ELOKET_SAML_KEY.")
    return KeyPair(_key_text(key), _certificate_text(certificate))


def stored_pair(path: Path, common_name: str) -> KeyPair:
    """The pair of a development instance: made at first use, readable by the owner only, the same for every process."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pair = make_pair(common_name)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(pair.key + pair.certificate)
        try:
            os.link(draft, path)  # fails when another process was first: its pair is then the pair
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key, mark, certificate = path.read_text().partition(_CERTIFICATE)
    return KeyPair(key, mark + certificate)


def make_pair(common_name: str, *, host: str | None = None) -> KeyPair:
    """A fresh RSA pair with a self-signed certificate of ten years; ``host`` adds a name for TLS."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_encipherment=True,
                data_encipherment=True,
                content_commitment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if host is not None:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        builder = builder.add_extension(names, critical=False)
    return KeyPair(_key_text(key), _certificate_text(builder.sign(key, hashes.SHA256())))


def _key_text(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _certificate_text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def certificate_body(certificate: str) -> str:
    """The base64 of a PEM certificate on one line, as metadata holds it."""
    return "".join(line for line in certificate.splitlines() if line and not line.startswith("-----"))


def certificate_text(body: str) -> str:
    """The PEM of a certificate as metadata holds it."""
    lines = textwrap.wrap("".join(body.split()), 64)
    return "\n".join([_CERTIFICATE, *lines, "-----END CERTIFICATE-----", ""])
