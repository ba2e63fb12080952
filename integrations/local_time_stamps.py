"""A time-stamp authority of our own for development: openssl with a certificate that was made at first use.

Its word is worth nothing to others: it shows how it works. In production an authority apart is named.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Dossierloket (lokaal, voor ontwikkeling)"
_CONFIG = """[tsa]
default_tsa = local
[local]
serial = {serial}
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa_key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class LocalAuthority:
    """Certificates and configuration stand in a folder; they are made when first needed, all at once."""

    name = NAME

    def __init__(self, folder: Path, openssl: str) -> None:
        self._folder = folder
        self._openssl = openssl

    @property
    def certificate(self) -> str:
        """The certificate its tokens lead to, as PEM; empty while there is none."""
        path = self._folder / "ca.pem"
        return path.read_text() if path.exists() else ""

    def make(self) -> None:
        """Make the folder with its certificates, unless another process was first."""
        if self._folder.exists():
            return
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        draft = self._folder.with_name(f"{self._folder.name}.{secrets.token_hex(8)}")
        draft.mkdir(mode=0o700)
        try:
            _write_certificates(draft)
            draft.rename(self._folder)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            if not self._folder.exists():
                raise

    def answer(self, query: bytes) -> bytes:
        """Sign a query. RuntimeError when openssl refuses, which is a fault in this program."""
        self.make()
        with TemporaryDirectory() as name:
            work = Path(name)
            (work / "query").write_bytes(query)
            # a serial of its own for each answer: random, so that processes need not queue for a counter
            (work / "serial").write_text(f"{secrets.randbits(120):030x}\n")
            (work / "tsa.cnf").write_text(_CONFIG.format(folder=self._folder, serial=work / "serial"))
            command = ["ts", "-reply", "-config", "tsa.cnf", "-section", "local", "-queryfile", "query"]
            done = subprocess.run(
                [self._openssl, *command, "-out", "response"], cwd=work, capture_output=True, timeout=10
            )
            if done.returncode != 0:
                raise RuntimeError(done.stderr.decode(errors="replace")[-300:])
            return (work / "response").read_bytes()


def _write_certificates(folder: Path) -> None:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dossierloket test-CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dossierloket test-TSA")])
    ca = _certificate(root, root, root_key, root_key, x509.BasicConstraints(ca=True, path_length=0))
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    tsa = _certificate(name, root, key, root_key, usage)
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.pem").write_bytes(tsa.public_bytes(serialization.Encoding.PEM))
    descriptor = os.open(folder / "tsa_key.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(extension, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
