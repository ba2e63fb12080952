"""How a person works for a party of contracts, or for the department, as last seen at sign-in (part 4; C-027 to C-031).

The row is what groups of an enterprise hold on to, where a calendar feed of either side finds the roles, and from which
the desks of the department know who is a case manager. Signing in
brings its roles up to date, so that what the federation took away stops working here too, in every open session (A-16);
a block by the enterprise stays until the enterprise lifts it.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.sign_in import SignIn
from models.base import db
from models.contract_rights import WorkRelation
from models.gate import writing
from services import clock


def seen(sign_in: SignIn, account_id: int, organisation_id: int) -> WorkRelation:
    """The relation of who signs in for a party of contracts, made the first time, with the roles of now."""
    relation = _find(account_id, organisation_id) or _make(account_id, organisation_id)
    with writing("identity.work_relation"):
        relation.roles = " ".join(sorted(sign_in.roles))
        relation.represents = sign_in.legal_representative
        relation.last_seen_at = clock.now()
    return relation


def _find(account_id: int, organisation_id: int) -> WorkRelation | None:
    return db.session.scalar(
        select(WorkRelation).where(
            WorkRelation.account_id == account_id, WorkRelation.organisation_id == organisation_id
        )
    )


def _make(account_id: int, organisation_id: int) -> WorkRelation:
    """A new row; who was first with it wins."""
    try:
        with db.session.begin_nested(), writing("identity.work_relation"):
            relation = WorkRelation(account_id=account_id, organisation_id=organisation_id, last_seen_at=clock.now())
            db.session.add(relation)
    except IntegrityError:
        found = _find(account_id, organisation_id)
        if found is None:
            raise
        return found
    return relation
