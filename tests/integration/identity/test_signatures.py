"""Lines 6 and 11 of the SAML controls: only what the identity provider signed, strongly and as a whole, counts."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import xmlsec
from flask import Flask
from lxml import etree
from xmlsec import constants

from integrations import saml_messages
from integrations.development_idp import messages
from integrations.development_idp.messages import DS, SAML, SAMLP
from integrations.saml_keys import make_pair
from services.connections import connections
from tests.saml.browser import Browser
from tests.saml.forge import Edit, Forge, node, with_text

EVIL = "6f0a5f0e-3f0b-4d0e-9a53-2b1d8f2f6666"
NAME = "./saml:AttributeStatement/saml:Attribute[@Name='{}']/saml:AttributeValue"


def _evil_copy(assertion: Any) -> Any:
    """The assertion of somebody else, not signed."""
    copy = deepcopy(assertion)
    copy.remove(node(copy, "./ds:Signature"))
    copy.set("ID", "_evil")
    node(copy, NAME.format("vo_id")).text = EVIL
    return copy


def refusal(browser: Browser, forge: Forge, refused: list[str], **edits: Any) -> str:
    """Bring an answer that must be refused; gives the reason."""
    answer = browser.answer(forge.answer(browser.ask(), **edits))
    assert answer.status_code == 400
    assert browser.identity is None
    return refused[-1]


# ---- who signed ---------------------------------------------------------------------------------------------------


def test_line6_unsigned_assertion_inside_a_signed_response(
    app: Flask, browser: Browser, forge: Forge, refused: list[str]
) -> None:
    """Both are signed, or nobody is signed in (13.4)."""
    assert refusal(browser, forge, refused, sign_assertion=False) == "signature_missing"


def test_line6_signed_assertion_inside_an_unsigned_response(
    app: Flask, browser: Browser, forge: Forge, refused: list[str]
) -> None:
    """Both are signed, or nobody is signed in."""
    assert refusal(browser, forge, refused, sign_response=False) == "signature_missing"


def test_line6_assertion_that_is_not_encrypted(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """Attributes travel through the browser encrypted only."""
    assert refusal(browser, forge, refused, encrypt=False) == "not_encrypted"


def test_line6_signed_by_somebody_else(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """The certificate inside a message proves nothing: the key must be one of the metadata."""
    assert refusal(browser, forge, refused, pair=make_pair("Somebody")) == "signature_invalid"


def test_line6_assertion_signed_by_somebody_else(
    app: Flask, browser: Browser, forge: Forge, refused: list[str]
) -> None:
    """Also when the message around it is good."""
    stranger = make_pair("Somebody")
    reason = refusal(
        browser, forge, refused, sign_assertion=False, signed_assertion=lambda root: messages.sign(root, stranger)
    )
    assert reason == "signature_invalid"


@pytest.mark.parametrize("edit", ["assertion", "response"])
def test_line6_changed_after_signing(app: Flask, browser: Browser, forge: Forge, refused: list[str], edit: str) -> None:
    """One changed value breaks the signature over it."""
    edits: dict[str, Edit] = {
        "signed_assertion": with_text(NAME.format("vo_id"), EVIL),
        "signed_response": with_text("./saml:EncryptedAssertion//ds:KeyInfo//xenc:CipherValue", "AAAA"),
    }
    assert refusal(browser, forge, refused, **{f"signed_{edit}": edits[f"signed_{edit}"]}) == "signature_invalid"


def test_line6_unknown_issuer(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """Only providers of this installation are listened to; the assertion has the same issuer as the message."""
    other = with_text("./saml:Issuer", "https://idp.example/other")
    assert refusal(browser, forge, refused, response=other) == "unknown_issuer"
    ehealth = with_text("./saml:Issuer", forge.entities["ehealth"].entity_id)
    assert refusal(browser, forge, refused, assertion=ehealth) == "unknown_issuer"


# ---- wrapped signatures (XSW) ---------------------------------------------------------------------------------------


def _signature_moved_to_evil_root(response: Any) -> Any:
    """XSW 1: an evil message around the signed one, which hides in the signature's Object."""
    evil = deepcopy(response)
    evil.set("ID", "_evil-message")
    holder = etree.SubElement(node(evil, "./ds:Signature"), f"{{{DS}}}Object")
    holder.append(deepcopy(response))
    return evil


def _original_in_extensions(response: Any) -> Any:
    """XSW 2: the signed message as an extension of an evil one that borrows its signature."""
    evil = deepcopy(response)
    evil.set("ID", "_evil-message")
    original = deepcopy(response)
    signature = node(evil, "./ds:Signature")
    evil.remove(signature)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(original)
    evil.insert(1, extensions)
    evil.insert(1, signature)
    return evil


def _two_encrypted_assertions(response: Any) -> Any:
    """Anybody can encrypt for us: a second encrypted assertion beside the signed one."""
    response.append(deepcopy(node(response, "./saml:EncryptedAssertion")))
    return response


def _plain_assertion_beside(response: Any) -> Any:
    """A plain evil assertion beside the encrypted one."""
    evil = etree.SubElement(response, f"{{{SAML}}}Assertion")
    evil.set("ID", "_evil")
    return response


def _same_id(response: Any) -> Any:
    """Two elements with the id that the signature refers to."""
    status = node(response, "./samlp:Status")
    detail = etree.SubElement(status, f"{{{SAMLP}}}StatusDetail")
    etree.SubElement(detail, "thing").set("ID", response.get("ID"))
    return response


@pytest.mark.parametrize(
    ("wrap", "reasons"),
    [
        (_signature_moved_to_evil_root, {"structure", "signature_form", "duplicate_id", "not_encrypted"}),
        (_original_in_extensions, {"structure", "signature_form", "duplicate_id", "not_encrypted"}),
        (_two_encrypted_assertions, {"not_encrypted"}),
        (_plain_assertion_beside, {"not_encrypted"}),
        (_same_id, {"duplicate_id"}),
    ],
)
def test_line6_wrapped_message(
    app: Flask,
    browser: Browser,
    forge: Forge,
    refused: list[str],
    wrap: Callable[[Any], Any],
    reasons: set[str],
) -> None:
    """The element that is read is the element that was signed (13.4: wrapped signature)."""
    assert refusal(browser, forge, refused, signed_response=wrap) in reasons


def _evil_around_signed(assertion: Any) -> Any:
    """XSW 3: the evil assertion holds the signed one."""
    evil = _evil_copy(assertion)
    evil.append(assertion)
    return evil


def _evil_borrows_signature(assertion: Any) -> Any:
    """XSW 4: the evil assertion has the signature; what it refers to lies in its Object."""
    evil = _evil_copy(assertion)
    signature = deepcopy(node(assertion, "./ds:Signature"))
    original = deepcopy(assertion)
    original.remove(node(original, "./ds:Signature"))
    etree.SubElement(signature, f"{{{DS}}}Object").append(original)
    evil.insert(1, signature)
    return evil


def _evil_in_advice(assertion: Any) -> Any:
    """XSW 5: an unsigned assertion in the advice of the signed one."""
    advice = etree.SubElement(assertion, f"{{{SAML}}}Advice")
    evil = etree.SubElement(advice, f"{{{SAML}}}Assertion")
    evil.set("ID", "_evil")
    return assertion


@pytest.mark.parametrize(
    ("wrap", "signed"),
    [(_evil_around_signed, True), (_evil_borrows_signature, True), (_evil_in_advice, False)],
)
def test_line6_wrapped_assertion(
    app: Flask, browser: Browser, forge: Forge, refused: list[str], wrap: Edit, signed: bool
) -> None:
    """Also when the wrapping is inside what was encrypted and a good message stands around it."""
    edits = {"signed_assertion": wrap} if signed else {"assertion": wrap}
    assert refusal(browser, forge, refused, **edits) in {"structure", "signature_form"}


# ---- form of the signature ------------------------------------------------------------------------------------------


def _signed_with(method: Any, digest: Any, uri: str | None = None) -> Callable[[Forge], Edit]:
    def make(forge: Forge) -> Edit:
        def edit(root: Any) -> Any:
            signature = xmlsec.template.create(root, constants.TransformExclC14N, method, ns="ds")
            root.insert(1, signature)
            xmlsec.tree.add_ids(root, ["ID"])
            address = f"#{root.get('ID')}" if uri is None else uri
            reference = xmlsec.template.add_reference(signature, digest, uri=address)
            xmlsec.template.add_transform(reference, constants.TransformEnveloped)
            xmlsec.template.add_transform(reference, constants.TransformExclC14N)
            context = xmlsec.SignatureContext()
            context.key = xmlsec.Key.from_memory(forge.entities["acm"].pair.key, constants.KeyDataFormatPem, None)
            context.sign(signature)
            return etree.fromstring(etree.tostring(root))

        return edit

    return make


@pytest.mark.parametrize("part", ["assertion", "response"])
@pytest.mark.parametrize(
    ("signing", "reason"),
    [
        (_signed_with(constants.TransformRsaSha1, constants.TransformSha256), "signature_algorithm"),
        (_signed_with(constants.TransformRsaSha256, constants.TransformSha1), "signature_algorithm"),
        (_signed_with(constants.TransformRsaSha256, constants.TransformSha256, uri=""), "signature_form"),
    ],
    ids=["rsa-sha1", "sha1-digest", "whole-document"],
)
def test_line6_weak_or_loose_signature(
    app: Flask,
    browser: Browser,
    forge: Forge,
    refused: list[str],
    part: str,
    signing: Callable[[Forge], Edit],
    reason: str,
) -> None:
    """SHA-1 is refused everywhere, and so is a signature that does not name what it covers."""
    edits: dict[str, Any] = {f"sign_{part}": False, f"signed_{part}": signing(forge)}
    assert refusal(browser, forge, refused, **edits) == reason


def test_line6_second_signature_or_reference(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """One signature with one reference: what else it might cover is not guessed."""

    def twice(root: Any) -> Any:
        info = node(root, "./ds:Signature/ds:SignedInfo")
        info.append(deepcopy(node(info, "./ds:Reference")))
        return root

    assert refusal(browser, forge, refused, signed_response=twice) == "signature_form"


# ---- form of the message --------------------------------------------------------------------------------------------


def _posted(browser: Browser, raw: bytes) -> int:
    return browser.answer(base64.b64encode(raw).decode()).status_code


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda raw: raw.replace(b"?>", b"?><!DOCTYPE r [<!ENTITY x 'y'>]>", 1), "forbidden_markup"),
        (lambda raw: raw.replace(b"</saml:Issuer>", b"<!-- -->.evil</saml:Issuer>", 1), "forbidden_markup"),
        (lambda raw: raw.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "not_utf8"),
        (lambda raw: raw.decode().replace("UTF-8", "UTF-16BE").encode("utf-16-be"), "not_utf8"),
        (lambda raw: raw.replace(b"UTF-8", b"UTF-7", 1), "not_utf8"),
        (lambda raw: raw.replace(b"UTF-8", b"ISO-8859-1", 1), "not_utf8"),
        (lambda raw: raw.replace(b"Issuer", b"Iss\xffuer", 1), "not_utf8"),
        (lambda raw: raw[:-20], "not_xml"),
        (lambda raw: b"", "not_xml"),
        (lambda raw: b"<a/>", "not_a_response"),
        (lambda raw: raw + b" " * saml_messages.MAX_BYTES, "too_large"),
    ],
    ids=["dtd", "comment", "utf-16", "utf-16be", "utf-7", "latin-1", "bad-utf-8", "cut", "empty", "other", "large"],
)
def test_line6_form_of_the_message(
    app: Flask,
    browser: Browser,
    forge: Forge,
    refused: list[str],
    spoil: Callable[[bytes], bytes],
    reason: str,
) -> None:
    """UTF-8 only, no document type, no comment, not too large, read by one parser."""
    raw = base64.b64decode(forge.answer(browser.ask()))
    assert _posted(browser, spoil(raw)) == 400
    assert refused == [reason]


@pytest.mark.parametrize("value", ["", "%%%", "é", "A" * 300_000])
def test_line6_rubbish(app: Flask, browser: Browser, refused: list[str], value: str) -> None:
    """Anything can be posted; it is a plain refusal, and nothing of it is kept."""
    from models.base import db
    from models.identity import AccessRefusal

    assert browser.answer(value).status_code == 400
    assert browser.post("/saml/acs").status_code == 400
    assert db.session.query(AccessRefusal).count() == 0


@pytest.mark.parametrize("where", ["./saml:Subject/saml:NameID", NAME.format("vo_id"), NAME.format("given_name")])
def test_line6_comment_inside_an_encrypted_value(
    app: Flask, browser: Browser, forge: Forge, refused: list[str], where: str
) -> None:
    """A comment is not signed: ``admin<!-- -->.evil`` must not read as ``admin``."""

    def edit(root: Any) -> None:
        target = node(root, where)
        comment = etree.Comment("x")
        comment.tail = target.text
        target.text = "admin"
        target.append(comment)

    assert refusal(browser, forge, refused, signed_assertion=edit) == "forbidden_markup"


def test_line6_no_fingerprints(app: Flask) -> None:
    """A fingerprint would trust whatever certificate comes along; only whole certificates are configured."""
    saml = connections().saml
    for provider in saml.providers.values():
        data = saml._settings[provider.key].get_idp_data()
        assert not data["certFingerprint"]
        assert data["x509certMulti"]["signing"]


# ---- 11: roll-over -------------------------------------------------------------------------------------------------


def test_line11_old_and_new_certificate_at_once(app: Flask, browser: Browser, forge: Forge) -> None:
    """During a roll-over the metadata holds both keys, and answers signed with either are accepted."""
    from integrations.identity_providers import provider_of
    from integrations.saml import ServiceProvider

    new = make_pair("Next year")
    entity = forge.entities["acm"]
    metadata = messages.metadata(entity, new.certificate)
    before = connections().saml
    provider = provider_of({"key": "acm"}, metadata)
    assert len(provider.certificates) == 2
    try:
        connections().saml = ServiceProvider(before.base_url, before.pair, {"acm": provider})
        assert browser.answer(forge.answer(browser.ask(), pair=new)).status_code == 303
        assert browser.answer(forge.answer(browser.ask(), pair=entity.pair)).status_code == 303
        assert browser.answer(forge.answer(browser.ask(), pair=make_pair("Never"))).status_code == 400
    finally:
        connections().saml = before
