"""Packages of proof: unpacked, changed, packed again, and checked by the verifier as anybody would run it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from services.econtracting.archive.export import VERIFIER


def unpacked(package: bytes) -> dict[str, bytes]:
    """The members of a package, in their order."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {one.filename: opened.read(one) for one in opened.infolist()}


def packed(members: Mapping[str, bytes]) -> bytes:
    """A package of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return made.getvalue()


def joined(pieces: Iterable[bytes]) -> bytes:
    """A package that came in pieces."""
    return b"".join(pieces)


def run_verifier(package: bytes | Path, folder: Path, *words: str, openssl: bool = True) -> tuple[int, str]:
    """The exit code and what it says, of the verifier run far from this program: nothing of it can be imported."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "verify.py"
    script.write_bytes(VERIFIER.read_bytes())
    if isinstance(package, bytes):
        (folder / "package.zip").write_bytes(package)
        package = folder / "package.zip"
    environment = {"PYTHONPATH": "", "PATH": os.environ["PATH"] if openssl else str(folder), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(package), *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr
