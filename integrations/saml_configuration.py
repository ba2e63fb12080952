"""How python3-saml is set: strict, everything wanted is signed and encrypted, nothing deprecated."""

from __future__ import annotations

from typing import Any

from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants

from integrations.identity_providers import IdentityProvider
from integrations.saml_addresses import ACS_PATH, METADATA_PATH, SLS_PATH
from integrations.saml_keys import KeyPair


def configuration(base_url: str, pair: KeyPair, provider: IdentityProvider | None) -> dict[str, Any]:
    """The library's settings for us, towards one provider; without provider they serve our metadata only."""
    settings: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": base_url + METADATA_PATH,
            "assertionConsumerService": {"url": base_url + ACS_PATH, "binding": Constants.BINDING_HTTP_POST},
            "singleLogoutService": {"url": base_url + SLS_PATH, "binding": Constants.BINDING_HTTP_REDIRECT},
            "NameIDFormat": Constants.NAMEID_TRANSIENT,
            "x509cert": pair.certificate,
            "privateKey": pair.key,
        },
        "security": {
            "authnRequestsSigned": True,
            "logoutRequestSigned": True,
            "logoutResponseSigned": True,
            "signMetadata": True,
            "wantMessagesSigned": True,
            "wantAssertionsSigned": True,
            "wantAssertionsEncrypted": True,
            "wantNameId": True,
            "wantAttributeStatement": True,
            # The NameID travels inside the encrypted assertion; encrypting it twice would hide it from nobody more.
            "wantNameIdEncrypted": False,
            "allowRepeatAttributeName": True,
            "rejectDeprecatedAlgorithm": True,
            "signatureAlgorithm": Constants.RSA_SHA256,
            "digestAlgorithm": Constants.SHA256,
            "allowSingleLabelDomains": True,
            "requestedAuthnContext": False,
            "requestedAuthnContextComparison": "exact",
        },
    }
    if provider is not None:
        settings["idp"] = {
            "entityId": provider.entity_id,
            "singleSignOnService": {"url": provider.sign_on_url, "binding": Constants.BINDING_HTTP_REDIRECT},
            "singleLogoutService": {
                "url": provider.logout_url or "",
                "responseUrl": provider.logout_answer_url or "",
                "binding": Constants.BINDING_HTTP_REDIRECT,
            },
            "x509certMulti": {"signing": list(provider.certificates)},
        }
        settings["security"]["requestedAuthnContext"] = list(provider.contexts)
    return settings
