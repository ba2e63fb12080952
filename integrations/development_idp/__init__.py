"""The identity provider of a development installation: two entities, fictional people, real signed SAML 2.0.

The application knows it by its metadata only. It never runs in production: the settings refuse it, and so does this.
"""

from integrations.development_idp.app import MOUNT_PATH, development_idp
from integrations.development_idp.entities import entities, provider_metadata

__all__ = ["MOUNT_PATH", "development_idp", "entities", "provider_metadata"]
