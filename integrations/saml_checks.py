"""What an answer of an identity provider must be, beyond what the library looks at.

Each check raises ``AnswerRefused`` with a reason of its own. They read nodes of one tree, made by one parser; what
identifies somebody is read from the node whose signature was verified, and from nowhere else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants

from integrations.saml_messages import NS, AnswerRefused, Reason, one, query, text

MAX_VALUE = 256
MAX_ID = 200
SKEW = timedelta(seconds=60)
VALIDITY = timedelta(minutes=5)
#: Providers look at their clock once for the issue and again for the end; the second look is a little later.
_SECOND_LOOK = timedelta(seconds=5)

_XMLDSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
SIGNATURE_METHODS = frozenset(
    {Constants.RSA_SHA256, Constants.RSA_SHA384, Constants.RSA_SHA512}
    | {f"{_XMLDSIG_MORE}ecdsa-sha{size}" for size in (256, 384, 512)}
)
DIGEST_METHODS = frozenset({Constants.SHA256, Constants.SHA384, Constants.SHA512})
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
ENCRYPTIONS = frozenset(
    {f"http://www.w3.org/2009/xmlenc11#aes{size}-gcm" for size in (128, 192, 256)}
    | {Constants.AES128_CBC, Constants.AES192_CBC, Constants.AES256_CBC}
)
KEY_TRANSPORTS = frozenset({Constants.RSA_OAEP_MGF1P, "http://www.w3.org/2009/xmlenc11#rsa-oaep"})

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z")
_CONDITIONS = {f"{{{NS['saml']}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}


# ---- structure and signatures -------------------------------------------------------------------------------------


def unique_ids(document: Any) -> None:
    """No id twice, under whatever name: a reference must have one meaning."""
    ids = [str(value) for value in query(document, "//@ID | //@Id | //@id | //@*[name()='xml:id']")]
    if len(ids) != len(set(ids)):
        raise AnswerRefused(Reason.DUPLICATE_ID)


def signature_of(element: Any) -> None:
    """The element carries one signature of its own, over itself as a whole, with strong algorithms, nothing inside."""
    signatures = query(element, "./ds:Signature")
    if len(signatures) != 1:
        raise AnswerRefused(Reason.SIGNATURE_MISSING if not signatures else Reason.SIGNATURE_FORM)
    signature = signatures[0]
    info = one(signature, "./ds:SignedInfo", Reason.SIGNATURE_FORM)
    reference = one(info, "./ds:Reference", Reason.SIGNATURE_FORM)
    transforms = [str(value) for value in query(reference, "./ds:Transforms/ds:Transform/@Algorithm")]
    c14n = [str(value) for value in query(info, "./ds:CanonicalizationMethod/@Algorithm")]
    identifier = element.get("ID")
    if (
        not identifier
        or reference.get("URI") != f"#{identifier}"
        or transforms != [_ENVELOPED, EXCLUSIVE_C14N]
        or c14n != [EXCLUSIVE_C14N]
        or query(signature, ".//ds:Object")
    ):
        raise AnswerRefused(Reason.SIGNATURE_FORM)
    method = one(info, "./ds:SignatureMethod", Reason.SIGNATURE_FORM).get("Algorithm")
    digest = one(reference, "./ds:DigestMethod", Reason.SIGNATURE_FORM).get("Algorithm")
    if method not in SIGNATURE_METHODS or digest not in DIGEST_METHODS:
        raise AnswerRefused(Reason.SIGNATURE_ALGORITHM)


def envelope(document: Any) -> None:
    """The message as it came: one signed Response around one encrypted assertion, no other signature or assertion."""
    if document.tag != f"{{{NS['samlp']}}}Response":
        raise AnswerRefused(Reason.NOT_A_RESPONSE)
    status = one(document, "./samlp:Status/samlp:StatusCode")
    if status.get("Value") != Constants.STATUS_SUCCESS:
        inner = query(status, "./samlp:StatusCode/@Value")
        raise AnswerRefused(Reason.NOT_SUCCESS, "no context" if any("NoAuthnContext" in code for code in inner) else "")
    unique_ids(document)
    if query(document, "//saml:Assertion"):
        raise AnswerRefused(Reason.NOT_ENCRYPTED)
    one(document, "./saml:EncryptedAssertion", Reason.NOT_ENCRYPTED)
    one(document, "//saml:EncryptedAssertion")
    signature_of(document)
    one(document, "//ds:Signature", Reason.SIGNATURE_FORM)
    data = one(document, "./saml:EncryptedAssertion/xenc:EncryptedData")
    key = one(document, ".//xenc:EncryptedKey")
    if (
        one(data, "./xenc:EncryptionMethod").get("Algorithm") not in ENCRYPTIONS
        or one(key, "./xenc:EncryptionMethod").get("Algorithm") not in KEY_TRANSPORTS
    ):
        raise AnswerRefused(Reason.ENCRYPTION_ALGORITHM)


def opened(document: Any) -> Any:
    """The assertion of the opened message: the one child that is signed itself, without a hidden second one."""
    unique_ids(document)
    if query(document, "//comment() | //processing-instruction()"):
        raise AnswerRefused(Reason.FORBIDDEN_MARKUP)
    assertion = one(document, "./saml:Assertion")
    one(document, "//saml:Assertion")
    signature_of(assertion)
    if len(query(document, "//ds:Signature")) != 2:
        raise AnswerRefused(Reason.SIGNATURE_FORM)
    return assertion


# ---- time ---------------------------------------------------------------------------------------------------------


def parse_instant(value: str) -> datetime:
    """An instant of SAML: UTC, written with Z."""
    match = _INSTANT.fullmatch(value)
    if match is None:
        raise AnswerRefused(Reason.TIME_FORM)
    try:
        return datetime.fromisoformat(f"{match[1]}{(match[2] or '')[:7]}+00:00").astimezone(UTC)
    except ValueError as error:
        raise AnswerRefused(Reason.TIME_FORM) from error


def instant(node: Any, name: str) -> datetime:
    """The instant in an attribute that must be there."""
    value = node.get(name)
    if not value:
        raise AnswerRefused(Reason.TIME_MISSING, name)
    return parse_instant(value)


def fresh(node: Any, now: datetime) -> datetime:
    """``IssueInstant``: made within the last five minutes, by a clock that is at most a minute off."""
    issued = instant(node, "IssueInstant")
    if not now - VALIDITY - SKEW <= issued <= now + SKEW:
        raise AnswerRefused(Reason.NOT_FRESH)
    return issued


def usable(node: Any, issued: datetime, now: datetime) -> datetime:
    """``NotOnOrAfter``: there, not passed, at most five minutes after the issue; ``NotBefore``: not still to come."""
    until = instant(node, "NotOnOrAfter")
    if until <= now - SKEW:
        raise AnswerRefused(Reason.EXPIRED)
    if until - issued > VALIDITY + _SECOND_LOOK:
        raise AnswerRefused(Reason.VALID_TOO_LONG)
    if node.get("NotBefore") and instant(node, "NotBefore") > now + SKEW:
        raise AnswerRefused(Reason.NOT_YET_VALID)
    return until


# ---- for whom, about whom -----------------------------------------------------------------------------------------


def conditions(assertion: Any, audience: str, issued: datetime, now: datetime) -> datetime:
    """One Conditions: usable now, for us alone, nothing in it that we do not understand. Returns its end."""
    node = one(assertion, "./saml:Conditions")
    if any(child.tag not in _CONDITIONS for child in query(node, "*")):
        raise AnswerRefused(Reason.CONDITION_UNKNOWN)
    audiences = query(one(node, "./saml:AudienceRestriction", Reason.AUDIENCE), "./saml:Audience")
    if len(audiences) != 1 or text(audiences[0]) != audience:
        raise AnswerRefused(Reason.AUDIENCE)
    return usable(node, issued, now)


def subject(
    assertion: Any, recipient: str, in_response_to: str, issued: datetime, now: datetime
) -> tuple[str, datetime]:
    """The NameID and the end of its confirmation: bearer, at exactly our address, for the request it answers."""
    node = one(assertion, "./saml:Subject", Reason.SUBJECT)
    name_id = text(one(node, "./saml:NameID", Reason.SUBJECT))
    confirmation = one(node, "./saml:SubjectConfirmation", Reason.SUBJECT)
    if not name_id or len(name_id) > MAX_VALUE or confirmation.get("Method") != Constants.CM_BEARER:
        raise AnswerRefused(Reason.SUBJECT)
    data = one(confirmation, "./saml:SubjectConfirmationData", Reason.SUBJECT)
    if data.get("Recipient") != recipient:
        raise AnswerRefused(Reason.RECIPIENT)
    if not data.get("InResponseTo"):
        raise AnswerRefused(Reason.IN_RESPONSE_TO_MISSING)
    if data.get("InResponseTo") != in_response_to:
        raise AnswerRefused(Reason.IN_RESPONSE_TO_DIFFERS)
    return name_id, usable(data, issued, now)


def authentication(assertion: Any, max_age: timedelta, now: datetime) -> tuple[str | None, str | None]:
    """With which context (None when there is not exactly one), in which session; not too long ago."""
    node = one(assertion, "./saml:AuthnStatement")
    moment = instant(node, "AuthnInstant")
    if moment > now + SKEW:
        raise AnswerRefused(Reason.NOT_FRESH, "AuthnInstant")
    if moment < now - max_age - SKEW:
        raise AnswerRefused(Reason.AUTHENTICATION_TOO_OLD)
    if node.get("SessionNotOnOrAfter") and instant(node, "SessionNotOnOrAfter") <= now - SKEW:
        raise AnswerRefused(Reason.EXPIRED, "session")
    session_index = node.get("SessionIndex")
    if session_index is not None and len(session_index) > MAX_VALUE:
        raise AnswerRefused(Reason.VALUE)
    contexts = query(node, ".//saml:AuthnContextClassRef")
    return text(contexts[0]) if len(contexts) == 1 else None, session_index


def identifier(node: Any) -> str:
    """The ID of a message or an assertion, short enough to be kept."""
    value = str(node.get("ID") or "")
    if not 0 < len(value) <= MAX_ID:
        raise AnswerRefused(Reason.VALUE)
    return value


def attributes(assertion: Any) -> dict[str, tuple[str, ...]]:
    """Attributes by name, values of the same name together; what is not plain text is left out."""
    found: dict[str, list[str]] = {}
    for node in query(assertion, "./saml:AttributeStatement/saml:Attribute"):
        values = found.setdefault(node.get("Name") or "", [])
        for value in query(node, "./saml:AttributeValue"):
            if not query(value, "*") and (content := text(value)):
                values.append(content)
    return {name: tuple(values) for name, values in found.items() if name}
