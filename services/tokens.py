"""Values that only their holder has: a cookie, the address of a calendar, a link in a mail.

A table keeps SHA-256 of one and finds its row by it; who reads the table has no token.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def new() -> str:
    """A fresh token: 256 random bits in 43 characters that stand in an address as they are."""
    return secrets.token_urlsafe(32)


def well_formed(token: str) -> bool:
    """Whether it could be one of ours; what could not is not looked for."""
    return _FORM.fullmatch(token) is not None


def digest(token: str) -> str:
    """What is kept of a token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
