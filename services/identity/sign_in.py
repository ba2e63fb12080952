"""Signing in: ask an identity provider, and make a session of its verified answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.errors import NotFound
from domain.own_path import own_path
from domain.sign_in import RefusalReason, SignIn, SignInRefused, interpret
from integrations.identity_providers import IdentityProvider
from integrations.saml import VerifiedAnswer
from integrations.saml_messages import AnswerRefused
from models.identity import Account
from services import audit
from services.connections import connections
from services.ecalcura import campaign_feed
from services.identity import accounts, blocks, refusals, requests, work_relations
from services.identity.refusals import Refusal

#: What an account row can hold; a real key is a UUID.
MAX_ACCOUNT_KEY = 120


@dataclass(frozen=True, slots=True)
class Choice:
    """An identity provider as the sign-in page offers it; texts are Dutch."""

    key: str
    name: str
    for_whom: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is in: the values for the session (see ``Actor``), and where they wanted to go."""

    identity: dict[str, Any]
    next_path: str


def choices() -> tuple[Choice, ...]:
    """The identity providers of this installation."""
    return tuple(Choice(p.key, p.name, p.for_whom) for p in connections().saml.providers.values())


def begin(idp: str, next_path: str | None, browser: str, at: datetime, *, again: bool = False) -> str:
    """Make and keep a request; returns the address to send the browser to. Raises NotFound for an unknown provider.

    ``browser`` is the random value that the browser's cookie holds; ``at`` is the instant of the real clock. ``again``
    asks the provider for a new authentication.
    """
    saml = connections().saml
    provider = saml.providers.get(idp)
    if provider is None:
        raise NotFound
    request_id, address = saml.sign_in_request(provider, again=again)
    requests.remember(request_id, idp, requests.LOGIN, browser, own_path(next_path) or "/", at)
    return address


def complete(form_value: str, browser: str, at: datetime) -> SignedIn | Refusal:
    """Read the answer of an identity provider. The caller commits in both cases: a refusal is kept and traced too."""
    try:
        answer = connections().saml.read_answer(form_value, at)
        try:
            next_path = requests.claim(answer.in_response_to, answer.idp, browser, at)
            requests.accept(answer)
        except AnswerRefused as refused:
            refused.idp, refused.in_response_to = answer.idp, answer.in_response_to
            raise
    except AnswerRefused as refused:
        path = requests.path_of(refused.in_response_to, browser) if refused.in_response_to else None
        return refusals.of_answer(refused, path)
    return _let_in(answer, next_path)


def _let_in(answer: VerifiedAnswer, next_path: str) -> SignedIn | Refusal:
    provider = connections().saml.providers[answer.idp]
    try:
        sign_in = _interpret(answer, provider)
    except SignInRefused as refused:
        return refusals.of_sign_in(refused, next_path)
    facility = accounts.facility_of(sign_in) if sign_in.side is Side.FACILITY else None
    if sign_in.side is Side.FACILITY and facility is None:
        return refusals.of_local_reason(refusals.FACILITY_UNKNOWN, sign_in, next_path)
    account = accounts.account_of(sign_in)
    if facility is not None:
        name, relation = facility.name, None
    else:
        organisation = accounts.organisation_of(sign_in)
        name = organisation.name
        party = sign_in.side in (Side.CONTRACTOR, Side.AUTHORITY, Side.DEPARTMENT)
        relation = work_relations.seen(sign_in, account.id, organisation.id) if party else None
    if blocks.is_blocked(account.id, sign_in.organisation_key):
        by_enterprise = relation is not None and relation.blocked_at is not None
        reason = refusals.RELATION_BLOCKED if by_enterprise else refusals.BLOCKED
        return refusals.of_local_reason(reason, sign_in, next_path)
    actor = Actor(
        account_id=account.id,
        side=sign_in.side,
        organisation_key=sign_in.organisation_key,
        organisation_name=name,
        name=_name(account),
        roles=sign_in.roles,
        facility_id=facility.id if facility is not None else None,
        means=sign_in.means,
    )
    campaign_feed.seen(actor)
    _trace(actor, sign_in)
    return SignedIn(_identity(actor, answer), next_path)


def _interpret(answer: VerifiedAnswer, provider: IdentityProvider) -> SignIn:
    sign_in = interpret(answer.attributes, answer.authn_context, provider.profile, provider.rules)
    if len(sign_in.account_key) > MAX_ACCOUNT_KEY:
        raise SignInRefused(RefusalReason.ACCOUNT_KEY_INVALID, {"idp": provider.key})
    if answer.authn_context not in provider.contexts:  # strong, but not what was asked for
        facts: Mapping[str, str] = {
            "idp": provider.key,
            "means": sign_in.means,
            "organisation": sign_in.organisation_key,
        }
        raise SignInRefused(RefusalReason.MEANS_NOT_ALLOWED, facts)
    return sign_in


def _name(account: Account) -> str:
    return f"{account.given_name} {account.family_name}".strip()


def _trace(actor: Actor, sign_in: SignIn) -> None:
    audit.record(
        actor,
        AuditEvent.SIGNED_IN,
        "account",
        actor.account_id or 0,
        data={
            "idp": sign_in.idp,
            "means": sign_in.means,
            "roles": sorted(sign_in.roles),
            "organisation": sign_in.organisation_key,
        },
    )
    if sign_in.dropped:
        audit.record(
            actor, AuditEvent.ROLES_DROPPED, "account", actor.account_id or 0, data={"count": len(sign_in.dropped)}
        )


def _identity(actor: Actor, answer: VerifiedAnswer) -> dict[str, Any]:
    return {
        "account_id": actor.account_id,
        "side": str(actor.side),
        "organisation_key": actor.organisation_key,
        "organisation_name": actor.organisation_name,
        "name": actor.name,
        "roles": sorted(str(role) for role in actor.roles),
        "facility_id": actor.facility_id,
        "means": str(actor.means),
        "idp": answer.idp,
        "name_id": answer.name_id,
        "session_index": answer.session_index,
    }
