"""SAML messages of the development identity provider: built with lxml and xmlsec, on purpose not with the library that
reads them on the other side."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
VALIDITY = timedelta(minutes=5)


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
