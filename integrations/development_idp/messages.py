"""SAML messages of the development identity provider: built with lxml and xmlsec, on purpose not with the library that
reads them on the other side."""

from __future__ import annotations

import base64
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus, urlencode

import xmlsec
from lxml import etree
from xmlsec import constants

from integrations.saml_keys import KeyPair, certificate_body

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
NSMAP = {"saml": SAML, "samlp": SAMLP}
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
VALIDITY = timedelta(minutes=5)
#: How long somebody may look at the list of personas before choosing.
REQUEST_AGE = timedelta(minutes=15)


class RequestRefused(Exception):
    """A request that this identity provider does not answer; the text says why."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One of the identity providers: its addresses, and the one service provider it knows."""

    key: str
    base: str
    sp_entity_id: str
    sp_acs_url: str
    sp_sls_url: str
    pair: KeyPair
    sp_certificate: str

    @property
    def entity_id(self) -> str:
        return self.base

    @property
    def sign_on_url(self) -> str:
        return f"{self.base}/sso"

    @property
    def logout_url(self) -> str:
        return f"{self.base}/slo"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who an assertion is about."""

    name_id: str
    session_index: str
    authn_context: str
    attributes: Mapping[str, str | Sequence[str]]


def new_id() -> str:
    """An id for a message: random, and a valid XML name."""
    return f"_{secrets.token_hex(20)}"


def stamp(moment: datetime) -> str:
    """An instant as SAML writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def element(tag: str, *children: Any, text: str | None = None, **attributes: str) -> Any:
    """An element ``prefix:Name`` with attributes, text and children."""
    prefix, _, name = tag.partition(":")
    namespaces = {**NSMAP, "md": MD, "ds": DS}
    node = etree.Element(f"{{{namespaces[prefix]}}}{name}", nsmap={prefix: namespaces[prefix]})
    for key, value in attributes.items():
        node.set(key, value)
    node.text = text
    node.extend(children)
    return node


# ---- what it says -------------------------------------------------------------------------------------------------


def assertion(entity: Entity, in_response_to: str, subject: Subject, now: datetime) -> Any:
    """An unsigned assertion about somebody, for the one service provider."""
    until = stamp(now + VALIDITY)
    confirmation = element(
        "saml:SubjectConfirmation",
        element(
            "saml:SubjectConfirmationData",
            Recipient=entity.sp_acs_url,
            NotOnOrAfter=until,
            InResponseTo=in_response_to,
        ),
        Method=BEARER,
    )
    statement = element("saml:AttributeStatement")
    for name, value in subject.attributes.items():
        attribute = element("saml:Attribute", Name=name, NameFormat=URI if name.startswith("urn:") else BASIC)
        for single in (value,) if isinstance(value, str) else value:
            attribute.append(element("saml:AttributeValue", text=single))
        statement.append(attribute)
    return element(
        "saml:Assertion",
        element("saml:Issuer", text=entity.entity_id),
        element("saml:Subject", element("saml:NameID", text=subject.name_id, Format=TRANSIENT), confirmation),
        element(
            "saml:Conditions",
            element("saml:AudienceRestriction", element("saml:Audience", text=entity.sp_entity_id)),
            NotBefore=stamp(now),
            NotOnOrAfter=until,
        ),
        element(
            "saml:AuthnStatement",
            element("saml:AuthnContext", element("saml:AuthnContextClassRef", text=subject.authn_context)),
            AuthnInstant=stamp(now),
            SessionIndex=subject.session_index,
        ),
        statement,
        ID=new_id(),
        Version="2.0",
        IssueInstant=stamp(now),
    )


def response(entity: Entity, in_response_to: str, content: Any, now: datetime) -> Any:
    """An unsigned response around an assertion, encrypted or not."""
    return element(
        "samlp:Response",
        element("saml:Issuer", text=entity.entity_id),
        element("samlp:Status", element("samlp:StatusCode", Value=SUCCESS)),
        content,
        ID=new_id(),
        Version="2.0",
        IssueInstant=stamp(now),
        Destination=entity.sp_acs_url,
        InResponseTo=in_response_to,
    )


def answer(entity: Entity, in_response_to: str, subject: Subject, now: datetime) -> str:
    """The value of SAMLResponse: assertion signed and encrypted, response signed."""
    content = encrypt(sign(assertion(entity, in_response_to, subject, now), entity.pair), entity.sp_certificate)
    return packed(sign(response(entity, in_response_to, content, now), entity.pair))


def packed(document: Any) -> str:
    """A document as the base64 of a form value."""
    return base64.b64encode(etree.tostring(document, encoding="UTF-8", xml_declaration=True)).decode()


def sign(node: Any, pair: KeyPair) -> Any:
    """Sign an element after its Issuer; returns it as it reads back, so that nothing shifts afterwards."""
    signature = xmlsec.template.create(node, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds")
    node.insert(1 if node[0].tag == f"{{{SAML}}}Issuer" else 0, signature)
    xmlsec.tree.add_ids(node, ["ID"])
    reference = xmlsec.template.add_reference(signature, constants.TransformSha256, uri=f"#{node.get('ID')}")
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pair.key, constants.KeyDataFormatPem, None)
    context.key.load_cert_from_memory(pair.certificate, constants.KeyDataFormatPem)
    context.sign(signature)
    return etree.fromstring(etree.tostring(node))


def encrypt(node: Any, certificate: str) -> Any:
    """An EncryptedAssertion: AES-256-GCM, the key wrapped with RSA-OAEP for the owner of the certificate."""
    wrapper = element("saml:EncryptedAssertion", node)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(certificate, constants.KeyDataFormatCertPem, None))
    data = xmlsec.template.encrypted_data_create(
        wrapper, constants.TransformAes256Gcm, type=constants.TypeEncElement, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    key_info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    key = xmlsec.template.add_encrypted_key(key_info, constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(constants.KeyDataAes, 256, constants.KeyDataTypeSession)
    context.encrypt_xml(data, node)
    return etree.fromstring(etree.tostring(wrapper))


# ---- redirect messages --------------------------------------------------------------------------------------------


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


def metadata(entity: Entity, *more_certificates: str) -> bytes:
    """The metadata of the entity; more certificates stand beside its own, as during a roll-over."""
    keys = [
        element(
            "md:KeyDescriptor",
            element(
                "ds:KeyInfo",
                element("ds:X509Data", element("ds:X509Certificate", text=certificate_body(certificate))),
            ),
            use="signing",
        )
        for certificate in (entity.pair.certificate, *more_certificates)
    ]
    descriptor = element(
        "md:IDPSSODescriptor",
        *keys,
        element("md:SingleLogoutService", Binding=REDIRECT, Location=entity.logout_url),
        element("md:NameIDFormat", text=TRANSIENT),
        element("md:SingleSignOnService", Binding=REDIRECT, Location=entity.sign_on_url),
        WantAuthnRequestsSigned="true",
        protocolSupportEnumeration=SAMLP,
    )
    root = element("md:EntityDescriptor", descriptor, entityID=entity.entity_id)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
