"""Values in XML, found and replaced without touching any other byte: no parser, so nothing is expanded or fetched.

The patterns look at each byte a few times at most, whatever a file holds: what is not closed runs to the end once, and
nothing is tried again (possessive quantifiers).
"""

from __future__ import annotations

import codecs
import html
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator

NEUTRAL = "Auteur"
#: Names that programs fill in by themselves: they tell about nobody.
_NOBODY = frozenset(
    {"", "auteur", "author", "a", "microsoft office user", "windows user", "windows-gebruiker", "gebruiker", "user"}
    | {"openpyxl", "python-docx", "unknown", "onbekend", "unknown author", "onbekende auteur", "apache poi", "none"}
)
#: Comments and CDATA are passed over; in a tag, quoted values may hold anything but <.
_TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[A-Za-z_](?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+>", re.DOTALL
)


def utf8(data: bytes) -> bytes:
    """The text in UTF-8: some programs write UTF-16."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            return re.sub(r"\A(\s*<\?xml[^>]*encoding=[\"'])[^\"']*", r"\1UTF-8", text, count=1).encode()
    return data


def is_somebody(value: str) -> bool:
    """Whether a value in a place for names is more than what programs put there by themselves."""
    return " ".join(value.split()).casefold() not in _NOBODY


def _attribute(names: Collection[str]) -> re.Pattern[bytes]:
    words = "|".join(re.escape(name) for name in sorted(names))
    return re.compile(rf"(\s(?:[\w.-]+:)?(?:{words})\s*=\s*)(\"[^\"]*\"|'[^']*')".encode())


def attributes(data: bytes, names: Collection[str]) -> list[str]:
    """The values of attributes with these local names, each once."""
    found: dict[str, None] = {}
    _replace_attributes(data, names, lambda value: found.setdefault(value))
    return list(found)


def with_attributes(data: bytes, names: Collection[str], value: str = NEUTRAL) -> bytes:
    """The same with another value in these attributes."""
    return _replace_attributes(data, names, lambda old: value if is_somebody(old) else None)


def _replace_attributes(data: bytes, names: Collection[str], change: Callable[[str], str | None]) -> bytes:
    pattern = _attribute(names)

    def in_attribute(match: re.Match[bytes]) -> bytes:
        value = change(html.unescape(match[2][1:-1].decode("utf-8", "replace")))
        return match[0] if value is None else match[1] + b'"' + html.escape(value).encode() + b'"'

    def in_tag(match: re.Match[bytes]) -> bytes:
        tag = match[0]
        return tag if tag.startswith(b"<!") else pattern.sub(in_attribute, tag)

    return _TAG.sub(in_tag, data)


def _texts(data: bytes, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where the contents of elements with these local names begin and end, one after the other."""
    words = "|".join(re.escape(name) for name in sorted(names))
    name = rf"((?:[\w.-]++:)?(?:{words}))"
    closing: dict[bytes, list[int]] = {}
    for match in re.finditer(rf"</{name}\s*+>".encode(), data):
        closing.setdefault(match[1], []).append(match.start())
    end = 0
    for match in re.finditer(rf"<{name}(?:\s[^<>]*+)?(?<!/)>".encode(), data):
        if match.start() < end:
            continue
        places = closing.get(match[1], [])
        place = bisect_left(places, match.end())
        if place < len(places):
            end = places[place]
            yield match.end(), end


def elements(data: bytes, names: Collection[str]) -> list[str]:
    """The texts of elements with these local names, markup inside them left out, each once."""
    found: dict[str, None] = {}
    for start, end in _texts(data, names):
        text = " ".join(re.sub(rb"<[^<>]*>", b" ", data[start:end]).decode("utf-8", "replace").split())
        found.setdefault(html.unescape(text))
    return list(found)


def with_elements(data: bytes, names: Collection[str], value: str = "") -> bytes:
    """The same with another text in these elements."""
    kept, last = [], 0
    for start, end in _texts(data, names):
        kept += [data[last:start], html.escape(value).encode()]
        last = end
    return b"".join([*kept, data[last:]])
