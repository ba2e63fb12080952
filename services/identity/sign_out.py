"""Signing out: here, or also at the identity provider (single logout), in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from integrations.saml import LogoutAnswer, LogoutRequest
from services import audit
from services.connections import connections
from services.identity import requests, sessions


@dataclass(frozen=True, slots=True)
class Received:
    """A message at the single logout address: how many sessions ended, where to answer, or what the provider said."""

    ended: int = 0
    answer_address: str | None = None
    confirmed: bool = False


def everywhere_address(identity: Mapping[str, Any]) -> str | None:
    """Where the identity provider of a session takes sign-outs; None when it does not take part in single logout."""
    provider = connections().saml.providers.get(identity.get("idp") or "")
    return provider.logout_url if provider is not None else None


def trace(actor: Actor, reason: str) -> None:
    """Note that somebody signed out; ``reason`` is ``local`` or ``everywhere``."""
    audit.record(actor, AuditEvent.SIGNED_OUT, "account", actor.account_id or 0, data={"reason": reason})


def begin_everywhere(identity: Mapping[str, Any], browser: str, at: datetime) -> str | None:
    """Keep a sign-out request; returns the address of the provider, None when it does not take part."""
    saml = connections().saml
    provider = saml.providers.get(identity.get("idp") or "")
    if provider is None or provider.logout_url is None or not identity.get("name_id"):
        return None
    request_id, address = saml.sign_out_request(provider, identity["name_id"], identity.get("session_index"))
    requests.remember(request_id, provider.key, requests.LOGOUT, browser, "/", at)
    return address


def receive(raw_query: str, at: datetime) -> Received:
    """Verify a message at the single logout address and act on it. Raises AnswerRefused.

    Sessions end in a transaction of their own; the caller runs this outside any other and commits the trace.
    """
    saml = connections().saml
    message = saml.read_logout(raw_query, at)
    if isinstance(message, LogoutAnswer):
        waiting = requests.claim_logout(message.in_response_to, message.idp, at)
        return Received(confirmed=waiting and message.success)
    return Received(_end_sessions(message), saml.sign_out_answer(message))


def _end_sessions(message: LogoutRequest) -> int:
    indexes: tuple[str | None, ...] = message.session_indexes or (None,)
    ended = sum(sessions.end_for_subject(message.idp, message.name_id, index) for index in indexes)
    if ended:
        audit.record(SCHEDULER, AuditEvent.SIGNED_OUT, "session", message.idp, data={"reason": "identity provider"})
    return ended
