"""The single checks on messages and values (what needs no running application)."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from integrations import saml_checks as checks
from integrations import saml_messages
from integrations.saml_messages import AnswerRefused, Reason

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)


def refused(function: object, *arguments: object) -> Reason:
    """The reason with which a check refuses."""
    with pytest.raises(AnswerRefused) as caught:
        function(*arguments)  # type: ignore[operator]
    return caught.value.reason


def test_line6_a_message_that_swells_is_not_unpacked_whole() -> None:
    """A small packed query value may not become a large document."""
    bomb = base64.b64encode(zlib.compress(b"a" * 50_000_000)[2:-4]).decode()
    assert len(bomb) < 100_000
    assert refused(saml_messages.inflate, bomb) is Reason.TOO_LARGE


def test_line6_inflate_reads_what_was_deflated() -> None:
    """The normal way."""
    packed = base64.b64encode(zlib.compress(b"<a/>")[2:-4]).decode()
    assert saml_messages.inflate(packed) == b"<a/>"
    assert refused(saml_messages.inflate, base64.b64encode(b"<a/>").decode()) is Reason.NOT_BASE64


def test_line6_base64_may_be_folded_but_not_be_something_else() -> None:
    """Some providers fold the form value; other characters are refused, not skipped."""
    assert saml_messages.decode("PGEv\r\nPg==") == b"<a/>"
    assert refused(saml_messages.decode, "PGEv*Pg==") is Reason.NOT_BASE64


@pytest.mark.parametrize("raw", [b"<!DOCTYPE a><a/>", b"<a><!-- --></a>", b"<a><![CDATA[x]]></a>", b"<!ENTITY x 'y'>"])
def test_line6_no_markup_declarations(raw: bytes) -> None:
    """Document type, entity, comment and CDATA have no place in a message."""
    assert refused(saml_messages.plain, raw) is Reason.FORBIDDEN_MARKUP


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe<\x00a\x00/\x00>\x00",
        b"<\x00a\x00/\x00>\x00",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b'<?xml version="1.0" encoding = "latin1"?><a/>',
        b"<a>\xe9</a>",
    ],
)
def test_line6_utf8_only(raw: bytes) -> None:
    """Another encoding could hide markup from the checks on the text."""
    assert refused(saml_messages.plain, raw) is Reason.NOT_UTF8


@pytest.mark.parametrize("raw", [b"<a/>", b'<?xml version="1.0"?><a/>', b"<?xml version='1.0' encoding='UTF-8'?><a/>"])
def test_line6_plain_utf8(raw: bytes) -> None:
    """What providers send."""
    assert saml_messages.plain(raw) == raw


@pytest.mark.parametrize(
    "value", ["admin<!-- -->.evil", "admin<b>.evil</b>", "admin<?x?>.evil", "<b>admin</b>", "<!-- -->admin"]
)
def test_line6_a_value_is_text_alone(value: str) -> None:
    """Markup inside a value makes readers disagree on where it ends."""
    assert refused(saml_messages.text, etree.fromstring(f"<a>{value}</a>")) is Reason.VALUE


def test_line6_spaces_in_a_value_are_folded() -> None:
    """Line ends cannot travel on into headers or logs."""
    assert saml_messages.text(etree.fromstring("<a>  De \n\tBrug </a>")) == "De Brug"
    assert saml_messages.text(etree.fromstring("<a/>")) == ""


def test_line6_ids_are_unique_under_every_name() -> None:
    """ID, Id, id and xml:id are one space of names."""
    checks.unique_ids(etree.fromstring('<a ID="1"><b Id="2"/></a>'))
    for other in ("ID", "Id", "id", "xml:id"):
        document = etree.fromstring(f'<a ID="x1"><b {other}="x1"/></a>')
        assert refused(checks.unique_ids, document) is Reason.DUPLICATE_ID


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-16T10:00:00Z", NOW),
        ("2026-11-16T10:00:00.123Z", NOW + timedelta(milliseconds=123)),
        ("2026-11-16T10:00:00.123456789Z", NOW + timedelta(microseconds=123456)),
        ("2026-11-16T10:00:00.5Z", NOW + timedelta(milliseconds=500)),
    ],
)
def test_line4_instants(text: str, expected: datetime) -> None:
    """UTC, with or without a fraction."""
    assert checks.parse_instant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-16T10:00:00",
        "2026-11-16T10:00:00+01:00",
        "2026-11-16",
        "2026-13-16T10:00:00Z",
        "24-11-16T10:00:00Z",
        "x",
    ],
)
def test_line4_other_instants_are_refused(text: str) -> None:
    """Anything else is not guessed at."""
    assert refused(checks.parse_instant, text) is Reason.TIME_FORM


@pytest.mark.parametrize(
    ("offset", "good"),
    [(-361, False), (-360, True), (0, True), (60, True), (61, False)],
)
def test_line4_fresh_at_the_edges(offset: int, good: bool) -> None:
    """Five minutes and a minute of clock difference back; a minute ahead."""
    node = etree.Element("a", IssueInstant=(NOW + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    if good:
        checks.fresh(node, NOW)
    else:
        assert refused(checks.fresh, node, NOW) is Reason.NOT_FRESH


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        (-61, Reason.EXPIRED),
        (-60, Reason.EXPIRED),
        (-59, None),
        (0, None),
        (300, None),
        (305, None),
        (306, Reason.VALID_TOO_LONG),
    ],
)
def test_line4_usable_at_the_edges(until: int, reason: Reason | None) -> None:
    """NotOnOrAfter excludes its own instant; at most five minutes after the issue; at most a minute of difference."""
    node = etree.Element("a", NotOnOrAfter=(NOW + timedelta(seconds=until)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    if reason is None:
        checks.usable(node, NOW, NOW)
    else:
        assert refused(checks.usable, node, NOW, NOW) is reason


def test_attributes_with_the_same_name_come_together() -> None:
    """13.2: duplicates are merged; what is not text is left out."""
    saml = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
    one = "<saml:AttributeValue>{}</saml:AttributeValue>"
    document = etree.fromstring(
        f"<saml:Assertion {saml}><saml:AttributeStatement>"
        f'<saml:Attribute Name="a">{one.format("1")}{one.format("<b>x</b>")}{one.format("")}</saml:Attribute>'
        f'<saml:Attribute Name="b"/></saml:AttributeStatement><saml:AttributeStatement>'
        f'<saml:Attribute Name="a">{one.format(" 2 ")}</saml:Attribute>'
        "</saml:AttributeStatement></saml:Assertion>"
    )
    assert checks.attributes(document) == {"a": ("1", "2"), "b": ()}
