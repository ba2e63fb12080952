"""What the virus scanner says of a whole file: of the bytes as they came, and of each file inside a PDF.

Scanners unpack ZIP and Office files by themselves; not all of them see every file that a PDF carries along.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO

from domain.errors import DomainError
from integrations import file_contents
from integrations.scanner import Verdict
from services.connections import connections


def verdict_on(file: IO[bytes]) -> Verdict:
    """Scan a file and what a PDF carries; the first finding counts. Raises ScannerDown: then nothing is known."""
    scanner = connections().scanner
    file.seek(0)
    verdict = scanner.scan(file)
    if not verdict.clean:
        return verdict
    try:
        for content in file_contents.carried(file):
            verdict = scanner.scan(BytesIO(content))
            if not verdict.clean:
                return verdict
    except DomainError:
        pass  # broken, locked or too big inside: the look into its content says so, and refuses it
    return Verdict()
