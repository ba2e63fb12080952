"""What the browser needs to keep entries for one person: a mark that names nobody, and a key it forgets with the page.

What is kept lies enciphered in the browser. The key is given out with pages of who is signed in only, so that after
signing out what is left there cannot be read; the same person, for the same organisation, gets the same key again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from domain.actor import Actor
from services.connections import connections


@dataclass(frozen=True, slots=True)
class Keeping:
    """``mark`` tells persons (each for one organisation) apart without telling who; ``key`` is 256 bits, base64url."""

    mark: str
    key: str


def keeping_of(actor: Actor) -> Keeping:
    """Both, from the secret key: another secret makes what browsers kept unreadable, which is then thrown away."""
    of = f"{actor.account_id}\0{actor.side.value}\0{actor.organisation_key}"
    return Keeping(mark=_derived("kept-entries-mark", of)[:22], key=_derived("kept-entries-key", of))


def _derived(purpose: str, of: str) -> str:
    key = connections().settings.secret_key.encode()
    digest = hmac.new(key, f"{purpose}\0{of}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
