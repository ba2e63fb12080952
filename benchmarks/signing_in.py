"""Somebody who is signed in at each peer."""

from __future__ import annotations

from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from benchmarks.measuring import Server
from domain.actor import Actor, Side
from domain.permissions import Role
from services import tokens
from services.identity import sessions

_RAW_TOKEN = "b" * 40


def case_manager(account: int) -> Actor:
    """A case manager of the department."""
    roles = frozenset({Role.EL_DOSSIERBEHEERDER})
    return Actor(account, Side.DEPARTMENT, "OVO009901", "Departement Zorg", "Els De Smet", roles, None, "itsme")


def at_portal(app: Flask, actor: Actor) -> tuple[str, str]:
    """A session of ours for an actor: its cookie, and a CSRF token it accepts. Inside an application context."""
    identity: dict[str, Any] = {
        "account_id": actor.account_id, "side": actor.side.value, "organisation_key": actor.organisation_key,
        "organisation_name": actor.organisation_name, "name": actor.name, "roles": sorted(actor.roles),
        "facility_id": actor.facility_id, "means": actor.means, "idp": "acm", "name_id": "benchmark",
        "session_index": "benchmark",
    }  # fmt: skip
    stored = sessions.StoredSession(tokens.new(), {"identity": identity, "csrf_token": _RAW_TOKEN})
    sessions.save(stored, app.permanent_session_lifetime)
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(_RAW_TOKEN)
    return f"{app.config['SESSION_COOKIE_NAME']}={stored.token}", str(token)


def at_peer(server: Server, account: int) -> None:
    """Sign in at a peer, which gives a cookie."""
    answer = server.request(f"/login?account={account}")
    assert answer.status == 200, answer.body[:500]
