"""Signing in and out: the sign-in page, the SAML addresses, and the page that explains a refusal."""

from blueprints.auth import session_state, signing_in, signing_out  # noqa: F401 - the views register themselves
from blueprints.auth.blueprint import bp

__all__ = ["bp"]
