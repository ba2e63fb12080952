"""Messages of identity providers as they come in: small, plain UTF-8 XML, read by one parser, or refused."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from enum import StrEnum
from typing import Any

from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

#: An answer is some 12 kB; what is larger is not looked at.
MAX_BYTES = 128 * 1024

NS = {"saml": Constants.NS_SAML, "samlp": Constants.NS_SAMLP, "ds": Constants.NS_DS, "xenc": Constants.NS_XENC}
_DECLARED_ENCODING = re.compile(r"""^\ufeff?\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']""")


class Reason(StrEnum):
    """Why an answer is not accepted; for the log, the audit trail and the tests. A person reads one plain sentence."""

    TOO_LARGE = "too_large"
    NOT_BASE64 = "not_base64"
    NOT_UTF8 = "not_utf8"
    FORBIDDEN_MARKUP = "forbidden_markup"
    NOT_XML = "not_xml"
    NOT_A_RESPONSE = "not_a_response"
    UNKNOWN_ISSUER = "unknown_issuer"
    NOT_SUCCESS = "not_success"
    STRUCTURE = "structure"
    DUPLICATE_ID = "duplicate_id"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_FORM = "signature_form"
    SIGNATURE_ALGORITHM = "signature_algorithm"
    SIGNATURE_INVALID = "signature_invalid"
    NOT_ENCRYPTED = "not_encrypted"
    ENCRYPTION_ALGORITHM = "encryption_algorithm"
    DECRYPTION = "decryption"
    LIBRARY = "library"
    IN_RESPONSE_TO_MISSING = "in_response_to_missing"
    IN_RESPONSE_TO_DIFFERS = "in_response_to_differs"
    DESTINATION = "destination"
    RECIPIENT = "recipient"
    AUDIENCE = "audience"
    CONDITION_UNKNOWN = "condition_unknown"
    TIME_MISSING = "time_missing"
    TIME_FORM = "time_form"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    VALID_TOO_LONG = "valid_too_long"
    NOT_FRESH = "not_fresh"
    AUTHENTICATION_TOO_OLD = "authentication_too_old"
    SUBJECT = "subject"
    VALUE = "value"
    REQUEST_UNKNOWN = "request_unknown"
    REQUEST_USED = "request_used"
    REQUEST_EXPIRED = "request_expired"
    OTHER_BROWSER = "other_browser"
    OTHER_PROVIDER = "other_provider"
    REPLAYED = "replayed"
    QUERY = "query"


class AnswerRefused(Exception):
    """A message of an identity provider is not accepted. ``detail`` is for the log: never a value that came in.

    ``idp`` and ``in_response_to`` are set once a signature proved that the message comes from that provider.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.idp: str | None = None
        self.in_response_to: str | None = None


def query(node: Any, path: str) -> list[Any]:
    """The nodes of an XPath under the SAML prefixes."""
    return list(node.xpath(path, namespaces=NS))


def one(node: Any, path: str, reason: Reason = Reason.STRUCTURE) -> Any:
    """The one node of an XPath; none or several is a refusal."""
    found = query(node, path)
    if len(found) != 1:
        raise AnswerRefused(reason, f"{len(found)} of {path}")
    return found[0]


def text(node: Any) -> str:
    """The text of a node that holds nothing else: a comment or child would make readers disagree on where it ends."""
    if query(node, "*|comment()|processing-instruction()"):
        raise AnswerRefused(Reason.VALUE, "markup in a value")
    return " ".join((node.text or "").split())


def decode(value: str) -> bytes:
    """The XML of a form value: base64, small, UTF-8, without document type, comment or CDATA section."""
    if len(value) > MAX_BYTES * 4 // 3 + 1024:
        raise AnswerRefused(Reason.TOO_LARGE)
    try:
        raw = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AnswerRefused(Reason.NOT_BASE64) from error
    return plain(raw)


def inflate(value: str) -> bytes:
    """The XML of a query value (HTTP-Redirect): base64 and DEFLATE, never more than the limit."""
    try:
        packed = base64.b64decode(value, validate=True)
        unpacker = zlib.decompressobj(-15)
        raw = unpacker.decompress(packed, MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise AnswerRefused(Reason.NOT_BASE64) from error
    if len(raw) <= MAX_BYTES and (not unpacker.eof or unpacker.unused_data):
        raise AnswerRefused(Reason.NOT_BASE64)
    return plain(raw)


def plain(raw: bytes) -> bytes:
    """The same bytes when they are plain UTF-8 XML; ``<!`` opens only what has no place in a SAML message."""
    if len(raw) > MAX_BYTES:
        raise AnswerRefused(Reason.TOO_LARGE)
    try:
        content = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AnswerRefused(Reason.NOT_UTF8) from error
    declared = _DECLARED_ENCODING.match(content)
    if "\x00" in content or (declared and declared[1].lower() not in {"utf-8", "utf8"}):
        raise AnswerRefused(Reason.NOT_UTF8)
    if "<!" in content:
        raise AnswerRefused(Reason.FORBIDDEN_MARKUP)
    return raw


def parse(raw: bytes) -> Any:
    """The tree, by the parser that the library uses too."""
    try:
        return OneLogin_Saml2_XML.to_etree(raw)
    except (ValueError, SyntaxError) as error:
        raise AnswerRefused(Reason.NOT_XML) from error
