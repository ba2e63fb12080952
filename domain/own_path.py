"""Which address may be gone to after signing in: only a path of our own."""

from __future__ import annotations

from urllib.parse import urlsplit

MAX_LENGTH = 500


def own_path(value: str | None) -> str | None:
    """The path when it can only lead to our own site, else None.

    Refused: another scheme or host, ``//host``, a backslash (browsers read it as a slash), control characters (browsers
    skip them) and anything longer than can be kept.
    """
    if not value or len(value) > MAX_LENGTH or not value.startswith("/") or value.startswith("//"):
        return None
    if "\\" in value or any(ord(character) <= 32 or ord(character) == 127 for character in value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if not parts.scheme and not parts.netloc else None
