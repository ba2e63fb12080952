"""The application as a stranger meets it: gunicorn with two workers, over https with a certificate of its own."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from integrations.saml_keys import make_pair

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Served:
    """The running application."""

    base_url: str
    instance: Path
    metadata: bytes
    trust: ssl.SSLContext


@contextmanager
def served_over_https(folder: Path, port: int, provider_metadata: bytes) -> Iterator[Served]:
    """Migrate an empty instance and serve it on 127.0.0.1; ``acm`` is the provider that the metadata describes."""
    folder.mkdir(parents=True)
    tls = make_pair("127.0.0.1", host="127.0.0.1")
    (folder / "tls.key").write_text(tls.key)
    (folder / "tls.crt").write_text(tls.certificate)
    (folder / "provider.xml").write_bytes(provider_metadata)
    (folder / "providers.toml").write_text('[[provider]]\nkey = "acm"\nmetadata = "provider.xml"\n')
    base_url = f"https://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "ELOKET_ENV": "development",
        "ELOKET_DEVELOPMENT_IDP": "off",
        "ELOKET_BASE_URL": base_url,
        "ELOKET_IDENTITY_PROVIDERS": str(folder / "providers.toml"),
        "INSTANCE": str(folder / "instance"),
    }
    (folder / "instance").mkdir()
    flask = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    subprocess.run(flask, cwd=ROOT, env=environment, check=True, capture_output=True)
    command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "8"]
    command += ["--bind", f"127.0.0.1:{port}", "--certfile", str(folder / "tls.crt"), "--keyfile"]
    command += [str(folder / "tls.key"), "app:create_app()"]
    with (folder / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        trust = ssl.create_default_context(cafile=str(folder / "tls.crt"))
        try:
            yield Served(base_url, folder, _fetched(f"{base_url}/saml/metadata", process, trust), trust)
        finally:
            process.terminate()
            process.wait(15)


def _fetched(address: str, process: subprocess.Popen[bytes], trust: ssl.SSLContext) -> bytes:
    """The answer of a server that is starting."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10, context=trust) as answer:
                return bytes(answer.read())
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
