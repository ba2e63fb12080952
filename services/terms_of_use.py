"""Who agreed with which version of the terms of use: asked at first entry, never a gate (CP-01, A-47)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from domain import terms_of_use as rules
from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, NotAllowedNow
from domain.permissions import Permission
from domain.terms_of_use import TermsVersion
from models.base import db
from models.gate import writing
from models.helpdesk import TermsAcceptance
from models.upserts import upsert
from services import access, audit, clock

_OTHER_VERSION = N_("Intussen geldt een nieuwe versie. Lees ze, en ga daarmee akkoord.")


def to_accept(actor: Actor) -> TermsVersion | None:
    """The version in force when the person did not agree with it yet, else None. One statement."""
    current = rules.in_force(clock.today())
    agreed = select(TermsAcceptance.id).where(
        TermsAcceptance.account_id == actor.account_id, TermsAcceptance.version == current.number
    )
    return current if db.session.scalar(agreed) is None else None


def accept(actor: Actor, number: str) -> None:
    """Record that a person agrees with the version in force; once, however often it is said.

    Raises NotAllowedNow for any other version: one agrees with what holds.
    """
    access.require(actor, Permission.HOME)
    if rules.version(number) != rules.in_force(clock.today()):
        raise NotAllowedNow(_OTHER_VERSION, code="CP-01")
    with writing("terms.accept"):
        made = db.session.execute(
            upsert(TermsAcceptance)
            .values(account_id=actor.account_id, version=number, accepted_at=clock.now())
            .on_conflict_do_nothing(index_elements=["account_id", "version"])
            .returning(TermsAcceptance.id)
        ).scalar()
    if made is not None:
        audit.record(actor, AuditEvent.TERMS_ACCEPTED, "terms", number, data={"version": number})


@dataclass(frozen=True, slots=True)
class Agreed:
    """A version, and how many people agreed with it."""

    version: TermsVersion
    people: int


def agreed(actor: Actor) -> list[Agreed]:
    """Every version with its number of people, the newest first; nobody is named."""
    access.require(actor, Permission.AUDIT_READ)
    counted = select(TermsAcceptance.version, func.count()).group_by(TermsAcceptance.version)
    counts = {row[0]: row[1] for row in db.session.execute(counted)}
    return [Agreed(one, counts.get(one.number, 0)) for one in reversed(rules.VERSIONS)]
