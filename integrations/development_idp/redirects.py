"""Messages in an address (HTTP-Redirect): packed, and signed over the query as it is written."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus, urlencode

import xmlsec
from lxml import etree
from xmlsec import constants

from integrations.development_idp.messages import (
    NSMAP,
    SAML,
    SAMLP,
    SUCCESS,
    TRANSIENT,
    VALIDITY,
    Entity,
    element,
    new_id,
    stamp,
)
from integrations.saml_keys import KeyPair

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
#: How long somebody may look at the list of personas before choosing.
REQUEST_AGE = timedelta(minutes=15)


class RequestRefused(Exception):
    """A request that this identity provider does not answer; the text says why."""


def redirect(url: str, kind: str, document: Any, pair: KeyPair, relay_state: str | None = None) -> str:
    """The address that carries a signed message; ``kind`` is SAMLRequest or SAMLResponse."""
    raw = etree.tostring(document)
    parameters = {kind: base64.b64encode(zlib.compress(raw)[2:-4]).decode()}
    if relay_state is not None:
        parameters["RelayState"] = relay_state
    parameters["SigAlg"] = RSA_SHA256
    signed = urlencode(parameters)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pair.key, constants.KeyDataFormatPem, None)
    signature = context.sign_binary(signed.encode(), constants.TransformRsaSha256)
    return f"{url}?{signed}&{urlencode({'Signature': base64.b64encode(signature).decode()})}"


def read_redirect(raw_query: str, kind: str, certificate: str) -> tuple[Any, str | None]:
    """The document of a signed message and its RelayState. Raises RequestRefused when anything is off."""
    parts: dict[str, str] = {}
    for part in raw_query.split("&"):
        name, _, value = part.partition("=")
        if name in parts:
            raise RequestRefused(f"{name} staat er twee keer.")
        parts[name] = value
    if not parts.get(kind) or not parts.get("Signature"):
        raise RequestRefused("De vraag is niet ondertekend.")
    if unquote_plus(parts.get("SigAlg", "")) != RSA_SHA256:
        raise RequestRefused("De handtekening gebruikt een ander algoritme dan RSA-SHA256.")
    signed = "&".join(f"{name}={parts[name]}" for name in (kind, "RelayState", "SigAlg") if name in parts)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, constants.KeyDataFormatCertPem, None)
    try:
        signature = base64.b64decode(unquote_plus(parts["Signature"]), validate=True)
        context.verify_binary(signed.encode(), constants.TransformRsaSha256, signature)
        raw = zlib.decompressobj(-15).decompress(base64.b64decode(unquote_plus(parts[kind]), validate=True), 100_000)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        document = etree.fromstring(raw, parser)
    except (xmlsec.Error, ValueError, zlib.error, etree.XMLSyntaxError) as error:
        raise RequestRefused("De handtekening van de vraag klopt niet.") from error
    relay_state = unquote_plus(parts["RelayState"]) if "RelayState" in parts else None
    return document, relay_state


def read_sign_in_request(entity: Entity, raw_query: str, now: datetime) -> tuple[str, str | None]:
    """The id and RelayState of an AuthnRequest of our service provider. Raises RequestRefused."""
    document, relay_state = read_redirect(raw_query, "SAMLRequest", entity.sp_certificate)
    _expect(document, f"{{{SAMLP}}}AuthnRequest", entity, entity.sign_on_url, now)
    if document.get("AssertionConsumerServiceURL") not in {None, entity.sp_acs_url}:
        raise RequestRefused("Het antwoord zou naar een ander adres gaan.")
    return str(document.get("ID")), relay_state


def _expect(document: Any, tag: str, entity: Entity, destination: str, now: datetime) -> None:
    if document.tag != tag:
        raise RequestRefused("Dit is een ander soort bericht.")
    if document.findtext(f"{{{SAML}}}Issuer") != entity.sp_entity_id:
        raise RequestRefused("De vraag komt van een toepassing die hier niet gekend is.")
    if document.get("Destination") != destination or not document.get("ID"):
        raise RequestRefused("De vraag was voor een andere aanmelddienst bestemd.")
    try:
        issued = datetime.fromisoformat(document.get("IssueInstant", ""))
    except ValueError as error:
        raise RequestRefused("De vraag heeft geen tijdstip.") from error
    if abs(now - issued) > REQUEST_AGE:
        raise RequestRefused("De vraag is te oud. Begin opnieuw met aanmelden.")


def logout_request(entity: Entity, name_id: str, session_index: str, now: datetime) -> str:
    """The address at the service provider that tells it somebody signed out here."""
    document = element(
        "samlp:LogoutRequest",
        element("saml:Issuer", text=entity.entity_id),
        element("saml:NameID", text=name_id, Format=TRANSIENT),
        element("samlp:SessionIndex", text=session_index),
        ID=new_id(),
        Version="2.0",
        IssueInstant=stamp(now),
        Destination=entity.sp_sls_url,
        NotOnOrAfter=stamp(now + VALIDITY),
    )
    return redirect(entity.sp_sls_url, "SAMLRequest", document, entity.pair)


def logout_answer(entity: Entity, raw_query: str, now: datetime) -> str:
    """The address with the answer to a LogoutRequest of our service provider. Raises RequestRefused."""
    document, relay_state = read_redirect(raw_query, "SAMLRequest", entity.sp_certificate)
    _expect(document, f"{{{SAMLP}}}LogoutRequest", entity, entity.logout_url, now)
    reply = element(
        "samlp:LogoutResponse",
        element("saml:Issuer", text=entity.entity_id),
        element("samlp:Status", element("samlp:StatusCode", Value=SUCCESS)),
        ID=new_id(),
        Version="2.0",
        IssueInstant=stamp(now),
        Destination=entity.sp_sls_url,
        InResponseTo=str(document.get("ID")),
    )
    return redirect(entity.sp_sls_url, "SAMLResponse", reply, entity.pair, relay_state)


def read_logout_answer(entity: Entity, raw_query: str, now: datetime) -> bool:
    """Whether the service provider confirms that it signed somebody out. Raises RequestRefused."""
    document, _ = read_redirect(raw_query, "SAMLResponse", entity.sp_certificate)
    _expect(document, f"{{{SAMLP}}}LogoutResponse", entity, entity.logout_url, now)
    codes = document.xpath("./samlp:Status/samlp:StatusCode/@Value", namespaces=NSMAP)
    return list(codes) == [SUCCESS]
