"""Mail that came back: what a report of a mail server says (RFC 3464, and sloppier ones). ``mailboxes`` has them.

Nothing in a mailbox is trusted: anybody can write to it. A report counts only by the Message-ID of a mail that left
from here, which nobody else can know; everything that is too big or cannot be read is put aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message

_PARTS = 50
"""Parts of a report that are looked at."""
_CONTAINERS = 20
"""Times that a report may speak of parts with parts in them: one takes the parser longer for each it is inside of."""
_LINE_ENDS = 30_000
"""CR and LF of a report, a megabyte of ordinary lines: the parser makes an object of each empty line of a status."""
_HEADER = 4_000
"""Characters of a header that are looked at: the parser copies what is left of it for each semicolon."""

_OUR_ID = re.compile(r"<[0-9a-f]{32}@dossierloket>")
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)", re.ASCII)
_CODE = re.compile(r"(?:^|[\s:;#(])([45]\d\d)(?=[\s;:#)-])", re.ASCII)
_CONTAINER = re.compile(rb"multipart/", re.IGNORECASE)
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)


class _ShortHeaders(policy.Compat32):
    """The parser's usual rules, on headers of a bounded length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_HEADER]


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says of one mail of ours. ``status`` is an enhanced code: 5.x.x for good, 4.x.x for now."""

    message_id: str
    status: str


def reports(raw: bytes) -> list[Report]:
    """What a message says about mail of ours that came back; nothing for any other message, an absence note too."""
    if len(_CONTAINER.findall(raw)) > _CONTAINERS or raw.count(b"\n") + raw.count(b"\r") > _LINE_ENDS:
        return []
    try:
        message = message_from_bytes(raw, policy=_ShortHeaders())
        parts = [part for part, _ in zip(message.walk(), range(_PARTS), strict=False)]
        status = _formal(parts) or _sloppy(message, parts)
        ids = _ids(parts[1:] or parts, message) if status else []
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError, AssertionError, MessageError):
        return []  # the parser meets anything
    return [Report(one, status or "") for one in ids]


def status_of(text: str) -> str | None:
    """An enhanced status from what a mail server answered (``5.1.1``, ``550``, ``550 5.1.1 unknown``), or None."""
    found = _STATUS.search(text)
    if found:
        return found[1]
    code = _CODE.search(f" {text} ")
    return f"{code[1][0]}.0.0" if code else None


def _formal(parts: list[Message]) -> str | None:
    """The worst status of a part message/delivery-status."""
    found: list[str] = []
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action = str(block.get("Action", "")).strip().lower()
            status = status_of(str(block.get("Status", "")))
            if action in ("failed", "delayed") or (not action and status):
                found.append(status or ("5.0.0" if action == "failed" else "4.0.0"))
    return max(found, default=None)


def _sloppy(message: Message, parts: list[Message]) -> str | None:
    """The status that the words of a mail server name, when it does not say so in a part of its own."""
    if any(part.get_content_type() == "message/delivery-status" and part.get_payload() for part in parts):
        return None
    from_daemon = _DAEMON.search(str(message.get("From", ""))) or str(message.get("Return-Path", "")).strip() == "<>"
    if not from_daemon or "auto-replied" in str(message.get("Auto-Submitted", "")).lower():
        return None
    for part in parts:
        if part.get_content_type() == "text/plain" and (status := status_of(_text(part)[:20_000])):
            return status
    return None


def _ids(parts: list[Message], message: Message) -> list[str]:
    """The Message-IDs of ours that a report encloses or quotes; never those of its own headers (an answer has them)."""
    found: dict[str, None] = {}
    for part in parts:
        if part is not message and part.get("Message-ID"):
            found.update(dict.fromkeys(_OUR_ID.findall(str(part["Message-ID"]))))
        if part.get_content_type() in ("text/plain", "text/rfc822-headers"):
            found.update(dict.fromkeys(_OUR_ID.findall(_text(part))))
    return list(found)[:1]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""
