"""The two entities of the development identity provider, and what each tells about itself."""

from __future__ import annotations

from typing import Any

from integrations.development_idp.messages import Entity, metadata
from integrations.saml_addresses import ACS_PATH, METADATA_PATH, SLS_PATH
from integrations.saml_keys import own_pair, stored_pair

MOUNT_PATH = "/idp"
NAMES = {"acm": "ACM (ontwikkeling)", "ehealth": "eHealth (ontwikkeling)"}


def entities(settings: Any) -> dict[str, Entity]:
    """Both entities, under the address of the application itself. RuntimeError in production."""
    if settings.production:
        raise RuntimeError("the development identity provider never runs in production")
    pair = stored_pair(settings.instance / "keys" / "development_idp.pem", "Ontwikkelaanmelddienst")
    return {
        key: Entity(
            key=key,
            base=f"{settings.base_url}{MOUNT_PATH}/{key}",
            sp_entity_id=settings.base_url + METADATA_PATH,
            sp_acs_url=settings.base_url + ACS_PATH,
            sp_sls_url=settings.base_url + SLS_PATH,
            pair=pair,
            sp_certificate=own_pair(settings).certificate,
        )
        for key in NAMES
    }


def provider_metadata(settings: Any) -> dict[str, bytes]:
    """The metadata (XML) of each entity, by its key."""
    return {key: metadata(entity) for key, entity in entities(settings).items()}
