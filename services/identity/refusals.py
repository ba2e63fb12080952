"""Refusals that explain themselves: kept under a short code that the person can read to the helpdesk."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.errors import NotFound
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.identity import AccessRefusal
from services import access, clock

#: No letters or digits that sound or look alike on the phone.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def remember(
    reason: str, facts: Mapping[str, Any], *, permission: str | None = None, organisation_key: str | None = None
) -> str:
    """Keep the facts of a refusal (no name, no national number); returns the code, like ``K7M-4QX``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(6))
    code = f"{letters[:3]}-{letters[3:]}"
    with writing("identity.refusal"):
        db.session.add(
            AccessRefusal(
                code=code,
                at=clock.now(),
                reason=reason,
                permission=permission,
                organisation_key=organisation_key,
                facts=json.dumps(dict(facts), ensure_ascii=False, sort_keys=True),
            )
        )
    return code


def look_up(actor: Actor, code: str) -> AccessRefusal:
    """The refusal behind a code, for the helpdesk; spaces, dashes and case do not matter. Raises NotFound."""
    access.require(actor, Permission.LOOK_UP)
    letters = "".join(character for character in code.upper() if character.isalnum())
    row = db.session.scalar(select(AccessRefusal).where(AccessRefusal.code == f"{letters[:3]}-{letters[3:]}"))
    if row is None:
        raise NotFound
    return row
