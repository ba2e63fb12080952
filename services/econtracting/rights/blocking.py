"""The emergency block: a beheerder takes everything from somebody of the enterprise, at the next request (5.3).

It does not wait for the Gebruikersbeheer: groups stay as they are and count again when the block is lifted.
"""

from __future__ import annotations

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, InvalidValue, NotAllowedNow
from models.contract_rights import WorkRelation
from models.gate import writing
from services import audit, clock
from services.econtracting.rights import guard

MOST_LETTERS = 300


def block(actor: Actor, relation_reference: str, reason: str) -> bool:
    """Block somebody of the own enterprise, with a reason; False when the person is blocked already.

    NotAllowedNow for oneself, and for the legal representative, whose access is the law's (C-022).
    """
    entry = guard.managing(actor)
    relation = guard.own_relation(entry, relation_reference, lock=True)
    if relation.id == entry.relation_id:
        raise NotAllowedNow(N_("U kunt uzelf niet blokkeren. Vraag het aan een andere beheerder."), code="OWN")
    if relation.represents:
        raise NotAllowedNow(
            N_(
                "De wettelijk vertegenwoordiger heeft van rechtswege toegang en kan hier niet geblokkeerd worden. "
                "Is die persoon dat niet meer, pas dan de gegevens in de Kruispuntbank van Ondernemingen aan."
            ),
            code="C-022",
        )
    text = _reason(reason)
    if relation.blocked_at is not None:
        return False
    with writing("rights.block"):
        relation.blocked_at = clock.now()
        relation.block_reason = text
    _trace(actor, "BLOCK", relation, text)
    return True


def unblock(actor: Actor, relation_reference: str, reason: str) -> bool:
    """Lift a block, with a reason; False when the person is not blocked (any more)."""
    entry = guard.managing(actor)
    relation = guard.own_relation(entry, relation_reference, lock=True)
    text = _reason(reason)
    if relation.blocked_at is None:
        return False
    with writing("rights.unblock"):
        relation.blocked_at = None
        relation.block_reason = ""
    _trace(actor, "UNBLOCK", relation, text)
    return True


def _reason(reason: str) -> str:
    text = " ".join(reason.split())
    if not text:
        raise InvalidValue(N_("Vul een reden in."), field="reason")
    if len(text) > MOST_LETTERS:
        raise InvalidValue(N_("Vul hoogstens {most} tekens in."), field="reason", most=MOST_LETTERS)
    return text


def _trace(actor: Actor, act: str, relation: WorkRelation, reason: str) -> None:
    audit.record(
        actor,
        AuditEvent.RELATION_BLOCKED,
        "work_relation",
        relation.reference,
        data={"act": act, "relation": relation.reference},
        personal={"reason": reason},
    )
