"""Which identity providers there are: addresses and certificates from their metadata, agreements from one TOML file.

The file named by ELOKET_IDENTITY_PROVIDERS has a ``[[provider]]`` table each::

    [[provider]]
    key = "acm"                      # acm and ehealth have defaults for all but metadata
    metadata = "acm-metadata.xml"    # beside this file, or the XML itself; every signing certificate is accepted
    entity_id = "https://…"          # only when the metadata holds several entities
    name = "Vlaamse overheid"
    for_whom = "…"                   # who uses it, shown on the sign-in page
    door = "flemish"                 # or ehealth
    account_key = "vo_id"            # or rrn, kept as a keyed hash only
    contexts = ["urn:…"]             # requested, and the only ones accepted
    authentication_max_age_minutes = 60
    single_logout = true
    [provider.attributes]            # more names: theirs = ours
    "urn:example:voornaam" = "given_name"
    [provider.means]                 # more contexts: theirs = our means
    "urn:example:key" = "eid"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from domain.errors import N_
from domain.identity_providers import (
    DEFAULT_ALIASES,
    DEFAULT_ALLOWED,
    DEFAULT_CONTEXTS,
    NATIONAL_NUMBER,
    VO_ID,
    Door,
    IdentityProviderProfile,
    Means,
    SignInRules,
)
from integrations.saml_checks import parse_instant
from integrations.saml_keys import certificate_text


class IdentityProviderError(Exception):
    """The description of an identity provider cannot be used; the text says which part."""


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """One identity provider. ``contexts`` are requested and are the only ones accepted.

    ``certificates`` (PEM) are all valid at once. An authentication older than ``max_age`` is refused: who was
    signed in elsewhere longer ago signs in again. ``valid_until`` is what the metadata says of itself.
    """

    key: str
    name: str
    for_whom: str
    entity_id: str
    sign_on_url: str
    logout_url: str | None
    logout_answer_url: str | None
    certificates: tuple[str, ...]
    profile: IdentityProviderProfile
    rules: SignInRules
    contexts: tuple[str, ...]
    max_age: timedelta
    valid_until: datetime | None = None


_DEFAULTS: dict[str, dict[str, Any]] = {
    "acm": {
        "name": N_("Vlaamse overheid (ACM)"),
        "for_whom": N_(
            "Voor ondernemingen met een overheidsopdracht, voor lokale besturen en voor medewerkers van de Vlaamse "
            "overheid."
        ),
        "door": "flemish",
        "account_key": VO_ID,
    },
    "ehealth": {
        "name": N_("eHealth"),
        "for_whom": N_(
            "Voor voorzieningen. Kies bij 'Binnen de organisatie' voor "
            "'Voorziening voor welzijn, volksgezondheid en gezin'."
        ),
        "door": "ehealth",
        "account_key": NATIONAL_NUMBER,
    },
}
_CONTEXT_PREFIXES = {
    Door.FLEMISH: ("urn:be:vlaanderen:authmech:",),
    Door.EHEALTH: ("urn:be:fedict:iam:fas:citizen:", "urn:be:fedict:iam:fas:Level"),
}


def load(path: Path) -> dict[str, IdentityProvider]:
    """The providers that the file describes, by key. Raises IdentityProviderError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("provider", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise IdentityProviderError(f"{path.name} (ELOKET_IDENTITY_PROVIDERS) cannot be read: {error}") from error
    providers: dict[str, IdentityProvider] = {}
    for table in tables:
        provider = provider_of(table, _metadata(path, table))
        if provider.key in providers or provider.entity_id in {other.entity_id for other in providers.values()}:
            raise IdentityProviderError(f"{path.name}: provider {provider.key!r} is there twice.")
        providers[provider.key] = provider
    if not providers:
        raise IdentityProviderError(f"{path.name} names no provider.")
    return providers


def _metadata(path: Path, table: Mapping[str, Any]) -> bytes:
    """The metadata of a provider: in the table itself, or in a file beside it."""
    given = str(table.get("metadata", ""))
    if given.lstrip().startswith("<"):
        return given.strip().encode()
    file = path.parent / given
    if not file.is_file():
        raise IdentityProviderError(f"{path.name}: metadata of provider {table.get('key')!r} cannot be read.")
    return file.read_bytes()


def provider_of(table: Mapping[str, Any], metadata: bytes) -> IdentityProvider:
    """One provider from its table and its metadata (XML). Raises IdentityProviderError."""
    key = str(table.get("key", ""))
    if not (key.isascii() and key.isalnum() and len(key) <= 20):
        raise IdentityProviderError("a provider needs a key of at most 20 letters and digits.")
    settings = {**_DEFAULTS.get(key, {}), **table}
    try:
        door, account_key = Door(settings["door"]), settings["account_key"]
        means = {str(name): Means(value) for name, value in settings.get("means", {}).items()}
        aliases = {str(name): str(value) for name, value in settings.get("attributes", {}).items()}
    except (KeyError, ValueError) as error:
        raise IdentityProviderError(f"provider {key!r}: {error} is missing or unknown.") from error
    if account_key not in {VO_ID, NATIONAL_NUMBER} or not set(aliases.values()) <= set(DEFAULT_ALIASES.values()):
        raise IdentityProviderError(f"provider {key!r}: account_key or an attribute has a name that is not known.")
    found = _endpoints(key, metadata, settings.get("entity_id"))
    rules = SignInRules(contexts={**DEFAULT_CONTEXTS, **means})
    single_logout = bool(settings.get("single_logout", True))
    return IdentityProvider(
        key=key,
        name=settings.get("name", key),
        for_whom=settings.get("for_whom", ""),
        entity_id=found["entity_id"],
        sign_on_url=found["sign_on_url"],
        logout_url=found["logout_url"] if single_logout else None,
        logout_answer_url=found["logout_answer_url"] if single_logout else None,
        certificates=found["certificates"],
        profile=IdentityProviderProfile(key, door, account_key, {**DEFAULT_ALIASES, **aliases}),
        rules=rules,
        contexts=tuple(settings.get("contexts") or _default_contexts(door, means)),
        max_age=timedelta(minutes=int(settings.get("authentication_max_age_minutes", 60))),
        valid_until=found["valid_until"],
    )


def _default_contexts(door: Door, more: Mapping[str, Means]) -> tuple[str, ...]:
    """Every context of the door whose means is good enough for some application, and those of the installation."""
    allowed = frozenset().union(*DEFAULT_ALLOWED.values())
    known = (name for name in DEFAULT_CONTEXTS if name.startswith(_CONTEXT_PREFIXES[door]))
    contexts = {**{name: DEFAULT_CONTEXTS[name] for name in known}, **more}
    return tuple(name for name, means in contexts.items() if means in allowed)


def _endpoints(key: str, metadata: bytes, entity_id: str | None) -> dict[str, Any]:
    """Addresses and signing certificates of the one entity that is meant."""
    try:
        document = OneLogin_Saml2_XML.to_etree(metadata)
    except (ValueError, SyntaxError) as error:
        raise IdentityProviderError(f"provider {key!r}: its metadata is no XML.") from error
    entities = [
        node
        for node in OneLogin_Saml2_XML.query(document, "//md:EntityDescriptor[md:IDPSSODescriptor]")
        if entity_id in (None, "", node.get("entityID"))
    ]
    if len(entities) != 1:
        raise IdentityProviderError(
            f"provider {key!r}: its metadata must describe one identity provider; name the right one with entity_id."
        )
    descriptor = "./md:IDPSSODescriptor"
    redirect = "[@Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect']"
    sign_on = OneLogin_Saml2_XML.query(entities[0], f"{descriptor}/md:SingleSignOnService{redirect}/@Location")
    logout = OneLogin_Saml2_XML.query(entities[0], f"{descriptor}/md:SingleLogoutService{redirect}")
    certificates = OneLogin_Saml2_XML.query(
        entities[0],
        f"{descriptor}/md:KeyDescriptor[not(@use) or @use='signing']/ds:KeyInfo/ds:X509Data/ds:X509Certificate/text()",
    )
    if not sign_on or not certificates:
        raise IdentityProviderError(
            f"provider {key!r}: its metadata needs a signing certificate and a HTTP-Redirect address to sign in."
        )
    valid_until = entities[0].get("validUntil") or document.get("validUntil")
    logout_url = str(logout[0].get("Location")) if logout else None
    return {
        "entity_id": str(entities[0].get("entityID")),
        "sign_on_url": str(sign_on[0]),
        "logout_url": logout_url,
        "logout_answer_url": str(logout[0].get("ResponseLocation") or logout_url) if logout else None,
        "certificates": tuple(dict.fromkeys(certificate_text(text) for text in certificates)),
        "valid_until": parse_instant(valid_until) if valid_until else None,
    }


def configured(settings: Any) -> dict[str, IdentityProvider]:
    """The providers of this installation: those of its file, else the two of the development identity provider."""
    if settings.identity_providers is not None:
        return load(settings.identity_providers)
    if not settings.development_idp:
        return {}
    from integrations.development_idp import provider_metadata  # so that production never imports it

    return {key: provider_of({"key": key}, metadata) for key, metadata in provider_metadata(settings).items()}
