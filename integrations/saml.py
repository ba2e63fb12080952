"""Our side of signing in: what we ask an identity provider, and what its answer says once it has been verified.

python3-saml signs, verifies and decrypts; ``saml_checks`` adds what it leaves open. Time is an argument: the protocol
runs on the real clock, whatever the clock of the program says.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus, urlsplit
from xml.sax.saxutils import escape

import xmlsec
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.logout_response import OneLogin_Saml2_Logout_Response
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from integrations import saml_checks as checks
from integrations import saml_messages
from integrations.identity_providers import IdentityProvider, configured
from integrations.saml_addresses import ACS_PATH, METADATA_PATH, SLS_PATH
from integrations.saml_configuration import configuration
from integrations.saml_keys import KeyPair, own_pair
from integrations.saml_messages import AnswerRefused, Reason

METADATA_VALIDITY = timedelta(days=30)
METADATA_CACHE = timedelta(days=1)
_QUERY_NAMES = frozenset({"SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature"})


class LibraryMismatch(RuntimeError):
    """lxml and xmlsec were built on different libxml2 versions; they would disagree on the same document."""


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """What a verified assertion says. ``usable_until`` is when its id may be forgotten."""

    idp: str
    in_response_to: str
    assertion_id: str
    usable_until: datetime
    name_id: str = field(repr=False)
    session_index: str | None = field(repr=False)
    authn_context: str | None
    attributes: Mapping[str, tuple[str, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """An identity provider says that somebody signed out there."""

    idp: str
    id: str
    name_id: str = field(repr=False)
    session_indexes: tuple[str, ...] = field(repr=False)
    relay_state: str | None


@dataclass(frozen=True, slots=True)
class LogoutAnswer:
    """An identity provider answers our request to sign somebody out there."""

    idp: str
    in_response_to: str
    success: bool


def compare_libraries(of_lxml: tuple[int, ...], of_xmlsec: tuple[int, ...]) -> None:
    """Refuse to start when the two XML libraries do not share one libxml2 version."""
    if tuple(of_lxml) != tuple(of_xmlsec):
        raise LibraryMismatch(
            f"lxml uses libxml2 {of_lxml} and xmlsec {of_xmlsec}; install the versions of the lock file."
        )


class ServiceProvider:
    """We, towards every identity provider. Made once at start; holds no state of any sign-in."""

    def __init__(self, base_url: str, pair: KeyPair, providers: Mapping[str, IdentityProvider]) -> None:
        compare_libraries(etree.LIBXML_VERSION, xmlsec.get_libxml_version())
        self.base_url = base_url
        self.entity_id = base_url + METADATA_PATH
        self.acs_url = base_url + ACS_PATH
        self.sls_url = base_url + SLS_PATH
        self.pair = pair
        self.providers = dict(providers)
        self._by_entity = {provider.entity_id: provider for provider in providers.values()}
        self._settings = {
            key: OneLogin_Saml2_Settings(configuration(base_url, pair, provider))
            for key, provider in self.providers.items()
        }

    def _auth(self, provider: IdentityProvider, path: str) -> OneLogin_Saml2_Auth:
        return OneLogin_Saml2_Auth(self._request(path), self._settings[provider.key])

    def _request(self, path: str, query: Mapping[str, str] | None = None, raw_query: str = "") -> dict[str, Any]:
        """Where we are, as configured: the library never sees the Host header."""
        address = urlsplit(self.base_url)
        return {
            "https": "on" if address.scheme == "https" else "off",
            "http_host": address.netloc,
            "script_name": path,
            "get_data": dict(query or {}),
            "post_data": {},
            "query_string": raw_query,
            "validate_signature_from_qs": True,
        }

    # ---- metadata -----------------------------------------------------------------------------------------------

    def metadata(self, now: datetime) -> bytes:
        """Our signed metadata, valid for 30 days."""
        settings = configuration(self.base_url, self.pair, None)
        settings["security"]["metadataValidUntil"] = int((now + METADATA_VALIDITY).timestamp())
        settings["security"]["metadataCacheDuration"] = int(METADATA_CACHE.total_seconds())
        metadata = OneLogin_Saml2_Settings(settings, sp_validation_only=True).get_sp_metadata()
        return metadata if isinstance(metadata, bytes) else str(metadata).encode()

    # ---- signing in ---------------------------------------------------------------------------------------------

    def sign_in_request(self, provider: IdentityProvider, *, again: bool = False) -> tuple[str, str]:
        """The id and the address of a signed request; ``again`` asks for a new authentication (ForceAuthn)."""
        request = OneLogin_Saml2_Authn_Request(self._settings[provider.key], force_authn=again)
        parameters = {"SAMLRequest": request.get_request()}
        auth = self._auth(provider, ACS_PATH)
        auth.add_request_signature(parameters, Constants.RSA_SHA256)
        return str(request.get_id()), str(auth.redirect_to(provider.sign_on_url, parameters))

    def read_answer(self, form_value: str, now: datetime) -> VerifiedAnswer:
        """Verify a posted SAMLResponse. Raises AnswerRefused.

        The outer signature is verified before anything is decrypted, so nobody but the provider can make us decrypt.
        """
        raw = saml_messages.decode(form_value)
        document = saml_messages.parse(raw)
        checks.envelope(document)
        provider = self._provider_of(document)
        in_response_to = document.get("InResponseTo")
        if not in_response_to:
            raise AnswerRefused(Reason.IN_RESPONSE_TO_MISSING)
        if document.get("Destination") != self.acs_url:
            raise AnswerRefused(Reason.DESTINATION)
        checks.fresh(document, now)
        signed = OneLogin_Saml2_Utils.validate_sign(
            document, xpath=OneLogin_Saml2_Utils.RESPONSE_SIGNATURE_XPATH, multicerts=list(provider.certificates)
        )
        if not signed:
            raise AnswerRefused(Reason.SIGNATURE_INVALID, "response")
        try:
            return self._read_response(raw, provider, in_response_to, now)
        except AnswerRefused as refused:
            refused.idp, refused.in_response_to = provider.key, in_response_to
            raise

    def _read_response(
        self, raw: bytes, provider: IdentityProvider, in_response_to: str, now: datetime
    ) -> VerifiedAnswer:
        """Decrypt, verify the assertion, read it; the library has the last word (schema, and all of it once more)."""
        try:
            response = OneLogin_Saml2_Response(self._settings[provider.key], base64.b64encode(raw).decode())
        except Exception as error:
            raise AnswerRefused(Reason.DECRYPTION, type(error).__name__) from error
        document = response.get_xml_document()
        assertion = checks.opened(document)
        signed = OneLogin_Saml2_Utils.validate_sign(
            document, xpath=OneLogin_Saml2_Utils.ASSERTION_SIGNATURE_XPATH, multicerts=list(provider.certificates)
        )
        if not signed:
            raise AnswerRefused(Reason.SIGNATURE_INVALID, "assertion")
        answer = self._read_assertion(assertion, provider, in_response_to, now)
        try:
            response.is_valid(self._request(ACS_PATH), in_response_to, raise_exceptions=True)
        except Exception as error:
            raise AnswerRefused(Reason.LIBRARY, f"{type(error).__name__} {getattr(error, 'code', '')}") from error
        return answer

    def _read_assertion(
        self, assertion: Any, provider: IdentityProvider, in_response_to: str, now: datetime
    ) -> VerifiedAnswer:
        """Everything below is read from the node whose signature was verified."""
        if saml_messages.text(saml_messages.one(assertion, "./saml:Issuer")) != provider.entity_id:
            raise AnswerRefused(Reason.UNKNOWN_ISSUER)
        issued = checks.fresh(assertion, now)
        usable_until = checks.conditions(assertion, self.entity_id, issued, now)
        name_id, confirmed_until = checks.subject(assertion, self.acs_url, in_response_to, issued, now)
        context, session_index = checks.authentication(assertion, provider.max_age, now)
        return VerifiedAnswer(
            idp=provider.key,
            in_response_to=in_response_to,
            assertion_id=checks.identifier(assertion),
            usable_until=max(usable_until, confirmed_until) + checks.SKEW,
            name_id=name_id,
            session_index=session_index,
            authn_context=context,
            attributes=checks.attributes(assertion),
        )

    def _provider_of(self, document: Any) -> IdentityProvider:
        provider = self._by_entity.get(saml_messages.text(saml_messages.one(document, "./saml:Issuer")))
        if provider is None:
            raise AnswerRefused(Reason.UNKNOWN_ISSUER)
        return provider

    # ---- signing out --------------------------------------------------------------------------------------------

    def sign_out_request(self, provider: IdentityProvider, name_id: str, session_index: str | None) -> tuple[str, str]:
        """The id and the address of a signed LogoutRequest. The provider must offer it (``logout_url``)."""
        request = OneLogin_Saml2_Logout_Request(
            self._settings[provider.key],
            name_id=name_id,
            session_index=escape(session_index) if session_index else None,
            name_id_format=Constants.NAMEID_TRANSIENT,
        )
        parameters = {"SAMLRequest": request.get_request()}
        auth = self._auth(provider, SLS_PATH)
        auth.add_request_signature(parameters, Constants.RSA_SHA256)
        return str(request.id), str(auth.redirect_to(provider.logout_url, parameters))

    def sign_out_answer(self, request: LogoutRequest) -> str | None:
        """The address with our signed LogoutResponse; None when the provider takes none."""
        provider = self.providers[request.idp]
        if provider.logout_answer_url is None:
            return None
        response = OneLogin_Saml2_Logout_Response(self._settings[provider.key])
        response.build(escape(request.id, {'"': "&quot;"}))
        parameters = {"SAMLResponse": response.get_response()}
        if request.relay_state is not None:
            parameters["RelayState"] = request.relay_state
        auth = self._auth(provider, SLS_PATH)
        auth.add_response_signature(parameters, Constants.RSA_SHA256)
        return str(auth.redirect_to(provider.logout_answer_url, parameters))

    def read_logout(self, raw_query: str, now: datetime) -> LogoutRequest | LogoutAnswer:
        """Verify a message at the single logout address. Raises AnswerRefused; an unsigned message is refused."""
        query = _query_of(raw_query)
        kind = "SAMLRequest" if "SAMLRequest" in query else "SAMLResponse"
        document = saml_messages.parse(saml_messages.inflate(query[kind]))
        expected = "LogoutRequest" if kind == "SAMLRequest" else "LogoutResponse"
        if document.tag != f"{{{Constants.NS_SAMLP}}}{expected}":
            raise AnswerRefused(Reason.NOT_A_RESPONSE)
        provider = self._provider_of(document)
        if not query.get("Signature") or not query.get("SigAlg"):
            raise AnswerRefused(Reason.SIGNATURE_MISSING)
        if query["SigAlg"] not in checks.SIGNATURE_METHODS or "ecdsa" in query["SigAlg"]:
            raise AnswerRefused(Reason.SIGNATURE_ALGORITHM)
        auth = OneLogin_Saml2_Auth(self._request(SLS_PATH, query, raw_query), self._settings[provider.key])
        validate = auth.validate_request_signature if kind == "SAMLRequest" else auth.validate_response_signature
        if not validate(query):
            raise AnswerRefused(Reason.SIGNATURE_INVALID)
        if document.get("Destination") != self.sls_url:
            raise AnswerRefused(Reason.DESTINATION)
        checks.fresh(document, now)
        if kind == "SAMLResponse":
            in_response_to = document.get("InResponseTo")
            if not in_response_to:
                raise AnswerRefused(Reason.IN_RESPONSE_TO_MISSING)
            status = saml_messages.one(document, "./samlp:Status/samlp:StatusCode").get("Value")
            return LogoutAnswer(provider.key, in_response_to, status == Constants.STATUS_SUCCESS)
        return self._logout_request(document, provider, query, now)

    def _logout_request(
        self, document: Any, provider: IdentityProvider, query: Mapping[str, str], now: datetime
    ) -> LogoutRequest:
        if document.get("NotOnOrAfter") and checks.instant(document, "NotOnOrAfter") <= now - checks.SKEW:
            raise AnswerRefused(Reason.EXPIRED)
        settings = self._settings[provider.key]
        if not OneLogin_Saml2_Logout_Request(settings, query["SAMLRequest"]).is_valid(self._request(SLS_PATH, query)):
            raise AnswerRefused(Reason.LIBRARY)
        if saml_messages.query(document, "./saml:EncryptedID"):
            name_id = OneLogin_Saml2_Logout_Request.get_nameid(document, settings.get_sp_key())
        else:
            name_id = saml_messages.text(saml_messages.one(document, "./saml:NameID", Reason.SUBJECT))
        identifier = document.get("ID")
        if not name_id or not identifier:
            raise AnswerRefused(Reason.SUBJECT)
        indexes = tuple(saml_messages.text(node) for node in saml_messages.query(document, "./samlp:SessionIndex"))
        return LogoutRequest(provider.key, identifier, name_id, indexes, query.get("RelayState"))


def _query_of(raw_query: str) -> dict[str, str]:
    """The parameters as they were signed: known names, written plainly, each at most once."""
    query: dict[str, str] = {}
    for part in raw_query.split("&"):
        name, _, value = part.partition("=")
        if name not in _QUERY_NAMES or name in query:
            raise AnswerRefused(Reason.QUERY)
        query[name] = unquote_plus(value)
    if ("SAMLRequest" in query) == ("SAMLResponse" in query):
        raise AnswerRefused(Reason.QUERY)
    return query


def service_provider(settings: Any) -> ServiceProvider:
    """Our side as the settings describe it. Raises KeyPairError, IdentityProviderError or LibraryMismatch."""
    return ServiceProvider(settings.base_url, own_pair(settings), configured(settings))
