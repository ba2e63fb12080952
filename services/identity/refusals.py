"""Refusals that explain themselves: why, what came in, what is missing, who grants it; kept under a short code that the
person can read to the helpdesk."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from domain.access_chain import AccessExplanation, AccessFacts, Step, explain
from domain.actor import SCHEDULER, Actor, Side
from domain.audit_events import AuditEvent
from domain.errors import N_, NotFound
from domain.helpdesk import CODE_ALPHABET
from domain.identity_providers import Means
from domain.permissions import Permission, Role
from domain.role_values import DropReason
from domain.sign_in import RefusalReason, SignIn, SignInRefused
from integrations.saml_messages import AnswerRefused, Reason
from models.base import db
from models.gate import writing
from models.identity import AccessRefusal
from services import access, audit, clock

FACILITY_UNKNOWN = "facility_unknown"
BLOCKED = "blocked"
RELATION_BLOCKED = "relation_blocked"
_LOCAL_REASONS = {
    FACILITY_UNKNOWN: N_(
        "Uw voorziening (HCO-nummer {organisation}) is hier niet gekend. Neem contact op met de helpdesk en geef de "
        "code hieronder door."
    ),
    BLOCKED: N_(
        "De toegang van u of van uw organisatie tot dit loket is geblokkeerd. Neem contact op met de helpdesk en geef "
        "de code hieronder door."
    ),
    RELATION_BLOCKED: N_(
        "Een beheerder van uw onderneming heeft uw toegang tot dit loket geblokkeerd. Neem contact op met de beheerder "
        "van uw onderneming."
    ),
}
_ANSWER_NOT_ACCEPTED = N_("Het antwoord van de aanmelddienst kon niet aanvaard worden. Meld u opnieuw aan.")
_TOOK_TOO_LONG = N_("Het aanmelden duurde te lang. Meld u opnieuw aan.")
_ALREADY_USED = N_("Deze aanmelding is al gebruikt. Meld u opnieuw aan.")
_ANSWER_REASONS = {
    Reason.NOT_SUCCESS: N_("Het aanmelden is niet gelukt of werd afgebroken bij de aanmelddienst. Meld u opnieuw aan."),
    Reason.REQUEST_EXPIRED: _TOOK_TOO_LONG,
    Reason.EXPIRED: _TOOK_TOO_LONG,
    Reason.NOT_FRESH: _TOOK_TOO_LONG,
    Reason.REQUEST_USED: _ALREADY_USED,
    Reason.REPLAYED: _ALREADY_USED,
    Reason.OTHER_BROWSER: N_(
        "Deze aanmelding werd niet in deze browser begonnen. Sta cookies toe voor dit loket en meld u opnieuw aan."
    ),
    Reason.AUTHENTICATION_TOO_OLD: N_(
        "U meldde zich te lang geleden aan bij de aanmelddienst. Toon daar opnieuw wie u bent."
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the page *Geen toegang* shows. Texts are Dutch templates that the edge translates.

    ``came_in`` are pairs of label and value, ``missing`` the names of the roles of which one suffices, ``grant_steps``
    who does what to get there, ``code`` what the helpdesk looks up (None when nothing could be kept). ``again`` is the
    identity provider at which a new authentication helps, ``next_path`` where the person wanted to go.
    """

    reason: str
    summary: str
    came_in: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    granted_by: str | None = None
    grant_steps: tuple[Step, ...] = ()
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    again: str | None = None
    next_path: str | None = None

    @property
    def message(self) -> str:
        """The summary under the name that messages have."""
        return self.summary


def remember(
    reason: str, facts: Mapping[str, Any], *, permission: str | None = None, organisation_key: str | None = None
) -> str:
    """Keep the facts of a refusal (no name, no national number); returns the code, like ``K7M-4QX``."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(6))
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


def explain_forbidden(actor: Actor, permission: str) -> Refusal:
    """Why somebody who is signed in may not do this; kept and traced, so the caller commits."""
    facts = AccessFacts.of_actor(actor)
    known = Permission(permission) if permission in set(Permission) else None
    explanation = explain(facts, permission=known or Permission.SYSTEM)
    code = remember(
        "permission", _facts(facts, explanation), permission=permission, organisation_key=actor.organisation_key
    )
    audit.record(
        actor, AuditEvent.ACCESS_DENIED, "permission", permission[:64], data={"code": code, "permission": permission}
    )
    return _of_explanation("permission", explanation, code)


def of_sign_in(refused: SignInRefused, next_path: str) -> Refusal:
    """Why a verified sign-in was refused: the means, the organisation, the capacity."""
    facts = AccessFacts.of_refusal(refused)
    explanation = explain(facts, reason=refused.reason)
    idp = refused.facts.get("idp", "")
    code = _keep(idp, refused.reason, _facts(facts, explanation), facts.organisation_key)
    return _of_explanation(refused.reason, explanation, code, again=idp, next_path=next_path)


def of_local_reason(reason: str, sign_in: SignIn, next_path: str) -> Refusal:
    """Why somebody whom the identity provider lets in stays out here: FACILITY_UNKNOWN, BLOCKED or RELATION_BLOCKED."""
    facts = AccessFacts.of_sign_in(sign_in)
    explanation = explain(facts)
    code = _keep(sign_in.idp, reason, _facts(facts, explanation), sign_in.organisation_key)
    return Refusal(
        reason=reason,
        summary=_LOCAL_REASONS[reason],
        came_in=explanation.received,
        code=code,
        params={"organisation": sign_in.organisation_key},
        next_path=next_path,
    )


def of_answer(refused: AnswerRefused, next_path: str | None) -> Refusal:
    """Why the message of an identity provider was not accepted.

    Only what really came from a provider is kept under a code; anybody can post rubbish.
    """
    code = None
    if refused.idp is not None:
        code = _keep(refused.idp, f"saml.{refused.reason}", {"idp": refused.idp}, None)
    too_old = refused.reason is Reason.AUTHENTICATION_TOO_OLD
    return Refusal(
        reason=f"saml.{refused.reason}",
        summary=_ANSWER_REASONS.get(refused.reason, _ANSWER_NOT_ACCEPTED),
        code=code,
        again=refused.idp if too_old else None,
        next_path=next_path,
    )


def of_stored(row: AccessRefusal) -> Refusal:
    """A refusal that was kept, told again as it was told to the person: for the helpdesk."""
    kept: dict[str, Any] = json.loads(row.facts)
    facts = AccessFacts(
        side=Side(kept["side"]) if kept.get("side") else None,
        organisation_key=kept.get("organisation"),
        roles=frozenset(Role(role) for role in kept.get("roles", ())),
        means=Means(kept["means"]) if kept.get("means") else None,
        dropped=tuple(DropReason(kind) for kind in kept.get("dropped", ())),
    )
    if row.reason.startswith("saml."):
        told = {reason.value: text for reason, text in _ANSWER_REASONS.items()}
        summary = told.get(row.reason.removeprefix("saml."), _ANSWER_NOT_ACCEPTED)
        return Refusal(reason=row.reason, summary=summary, code=row.code)
    if row.reason in _LOCAL_REASONS:
        received = explain(facts).received
        params = {"organisation": row.organisation_key or ""}
        return Refusal(row.reason, _LOCAL_REASONS[row.reason], came_in=received, code=row.code, params=params)
    if row.reason in set(RefusalReason):
        return _of_explanation(row.reason, explain(facts, reason=RefusalReason(row.reason)), row.code)
    permission = Permission(row.permission) if row.permission in set(Permission) else Permission.SYSTEM
    return _of_explanation(row.reason, explain(facts, permission=permission), row.code)


def _keep(idp: str, reason: str, facts: Mapping[str, Any], organisation_key: str | None) -> str:
    code = remember(reason, {"idp": idp, **facts}, organisation_key=organisation_key)
    audit.record(SCHEDULER, AuditEvent.SIGN_IN_REFUSED, "sign_in", code, data={"idp": idp, "reason": reason})
    return code


def _facts(facts: AccessFacts, explanation: AccessExplanation) -> dict[str, Any]:
    return {
        "side": facts.side,
        "organisation": facts.organisation_key,
        "roles": sorted(facts.roles),
        "means": facts.means,
        "dropped": sorted(facts.dropped),
        "missing": list(explanation.missing),
    }


def _of_explanation(
    reason: str,
    explanation: AccessExplanation,
    code: str,
    *,
    again: str | None = None,
    next_path: str | None = None,
) -> Refusal:
    return Refusal(
        reason=reason,
        summary=explanation.summary,
        came_in=explanation.received,
        notes=explanation.notes,
        missing=explanation.missing_labels,
        granted_by=explanation.granted_by,
        grant_steps=explanation.steps,
        code=code,
        params=explanation.params,
        again=again,
        next_path=next_path,
    )
