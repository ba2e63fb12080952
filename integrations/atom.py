"""A feed as text (Atom, RFC 4287): what is new, for programs that read feeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

_NAMESPACE = "http://www.w3.org/2005/Atom"
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. ``key`` is its address, which never changes; instants have an offset."""

    key: str
    title: str
    text: str
    published: datetime
    updated: datetime


def feed(title: str, address: str, own_address: str, entries: Iterable[Entry]) -> bytes:
    """A whole feed, the entries in the order given. What XML cannot hold is left out of the texts."""
    Xml.register_namespace("", _NAMESPACE)
    found = list(entries)
    root = Xml.Element(f"{{{_NAMESPACE}}}feed")
    _text(root, "id", address)
    _text(root, "title", title)
    _text(root, "updated", _instant(max((entry.updated for entry in found), default=_EPOCH)))
    _link(root, address, "alternate")
    _link(root, own_address, "self")
    _text(Xml.SubElement(root, f"{{{_NAMESPACE}}}author"), "name", "Dossierloket")
    for entry in found:
        item = Xml.SubElement(root, f"{{{_NAMESPACE}}}entry")
        _text(item, "id", entry.key)
        _text(item, "title", entry.title)
        _text(item, "published", _instant(entry.published))
        _text(item, "updated", _instant(entry.updated))
        _link(item, entry.key, "alternate")
        _text(item, "summary", entry.text)
    made: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _text(parent: Xml.Element, name: str, value: str) -> None:
    Xml.SubElement(parent, f"{{{_NAMESPACE}}}{name}").text = "".join(filter(_allowed, value))


def _allowed(sign: str) -> bool:
    return sign in "\t\n\r" or "\x20" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff"


def _link(parent: Xml.Element, address: str, relation: str) -> None:
    Xml.SubElement(parent, f"{{{_NAMESPACE}}}link", href=address, rel=relation)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
