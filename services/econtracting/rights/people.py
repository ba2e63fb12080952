"""Who works for an enterprise, as last seen at sign-in: the people that groups are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, select

from domain.econtracting import rights
from domain.errors import NotFound
from domain.folding import fold, words_of
from domain.permissions import Role
from models.base import db
from models.contract_rights import WorkRelation
from models.identity import AccessBlock, Account
from services.econtracting.access import Entry, person_of, roles_of


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the enterprise; only people of that enterprise ever read this (A-12)."""

    id: int
    reference: str
    given_name: str
    family_name: str
    roles: frozenset[Role]
    represents: bool
    last_seen_at: datetime
    blocked_at: datetime | None
    block_reason: str
    blocked_here: bool

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def list_name(self) -> str:
        """The same for a list that is sorted by family name."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def person(self) -> rights.Person:
        """As the rules look at them."""
        return person_of(str(self.id), self.roles, blocked=self.blocked_at is not None or self.blocked_here)


def people(entry: Entry, typed: str = "") -> list[PersonRow]:
    """Everybody of the enterprise whose name holds the words that were typed, by family name. One statement."""
    words = words_of(typed)
    rows = [row for row in _read(entry) if all(word in fold(row.list_name) for word in words)]
    return sorted(rows, key=lambda row: (fold(row.list_name), row.id))


def person(entry: Entry, reference: str) -> PersonRow:
    """One of them; NotFound for anybody of another enterprise."""
    found = next((row for row in _read(entry, reference) if row.reference == reference), None)
    if found is None:
        raise NotFound
    return found


def by_id(rows: Iterable[PersonRow]) -> dict[int, PersonRow]:
    """The same people by key."""
    return {row.id: row for row in rows}


def _read(entry: Entry, reference: str | None = None) -> Sequence[PersonRow]:
    blocked = (
        select(AccessBlock.id)
        .where(AccessBlock.kind == "PERSON", AccessBlock.key == cast(WorkRelation.account_id, String(40)))
        .exists()
    )
    statement = (
        select(
            WorkRelation.id,
            WorkRelation.reference,
            Account.given_name,
            Account.family_name,
            WorkRelation.roles,
            WorkRelation.represents,
            WorkRelation.last_seen_at,
            WorkRelation.blocked_at,
            WorkRelation.block_reason,
            blocked.label("blocked_here"),
        )
        .join(Account, Account.id == WorkRelation.account_id)
        .where(WorkRelation.organisation_id == entry.organisation_id)
    )
    if reference is not None:
        statement = statement.where(WorkRelation.reference == reference)
    return [
        PersonRow(
            id=row.id,
            reference=row.reference,
            given_name=row.given_name,
            family_name=row.family_name,
            roles=roles_of(row.roles, row.represents),
            represents=row.represents,
            last_seen_at=row.last_seen_at,
            blocked_at=row.blocked_at,
            block_reason=row.block_reason,
            blocked_here=bool(row.blocked_here),
        )
        for row in db.session.execute(statement)
    ]
