"""Links that only the owner of a mailbox has. They are made from the key of this installation when a mail leaves.

No table keeps them: a row keeps SHA-256 of the token to find it by, a mail in the outbox only names the row. A token is
HMAC-SHA256 (256 bits) of what it is for and the reference of its row, so that a new row has new links.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any

from services.connections import connections

HIDDEN = "/…"
"""What stands where a link was."""
#: The parameter of a mail that names its subscription.
SUBSCRIPTION = "subscription"


class Purpose(StrEnum):
    """What a link does: confirm a subscription, or end it."""

    CONFIRM = "confirm"
    LEAVE = "leave"


CONFIRM_PATH, LEAVE_PATH = "/nieuwsbrief/bevestigen/", "/nieuwsbrief/uitschrijven/"


def token_of(purpose: Purpose, reference: str) -> str:
    """The token of a row for a purpose, 43 characters."""
    key: str = connections().settings.secret_key
    made = hmac.new(key.encode(), f"subscription\n{purpose}\n{reference}".encode(), sha256).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def client_digest(client: str, day: str) -> str:
    """A client (its network address) on one day, so that it can be counted and not be read."""
    key: str = connections().settings.secret_key
    return hmac.new(key.encode(), f"client\n{day}\n{client}".encode(), sha256).hexdigest()


def completed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a mail with the links of its subscription: ``confirm`` and ``unsubscribe``, paths of ours.

    ``unsubscribe`` also is what the headers for one click are made of (RFC 8058). Others stay as they are.
    """
    reference = parameters.get(SUBSCRIPTION)
    if not isinstance(reference, str):
        return dict(parameters)
    links = {
        "confirm": f"{CONFIRM_PATH}{token_of(Purpose.CONFIRM, reference)}",
        "unsubscribe": f"{LEAVE_PATH}{token_of(Purpose.LEAVE, reference)}",
    }
    return {**parameters, **links}


def hidden(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The same with nothing that works in their place: for who only looks at a mail."""
    if SUBSCRIPTION not in parameters:
        return dict(parameters)
    return {"confirm": HIDDEN, "unsubscribe": HIDDEN, **parameters}
