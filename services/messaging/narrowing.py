"""What a list of threads of e-Contracting can be narrowed to: contracts and themes that have a thread the actor reads.

What somebody may not read is not offered and cannot be asked by its number (C-046, A-15).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from domain.actor import Actor, Side
from domain.econtracting.kinds import Theme
from models.base import db
from models.file_document import DocumentTheme
from models.message import Conversation
from models.public_contract import PublicContract
from services.messaging import lists, scope

#: So many contracts are a list to choose from; more of them are looked for by typing.
FEW = 40
#: How many of those are proposed while somebody types, the newest threads first; the others are found all the same.
PROPOSED = 200


@dataclass(frozen=True, slots=True)
class ContractChoice:
    """A contract that threads are about; ``description`` is that of the authority."""

    reference: str
    number: str
    description: str


@dataclass(frozen=True, slots=True)
class About:
    """What an address asks threads to be about. ``typed`` is as it stands there: a reference or number of a contract,
    or some words of it; ``contract`` is the one that this names, None when it names none or several.
    """

    typed: str = ""
    contract: ContractChoice | None = None
    theme: Theme | None = None

    def criteria(self) -> dict[str, str]:
        """The values of ``lists.Criteria``."""
        return {
            "contract": self.contract.reference if self.contract else "",
            "contract_words": "" if self.contract else self.typed,
            "theme": self.theme.code if self.theme else "",
        }


@dataclass(frozen=True, slots=True)
class Offer:
    """What the actor can choose: ``contracts`` by number, or when there are ``many`` those to propose while typing;
    ``themes`` in their order. Each is empty when there is nothing to choose.
    """

    contracts: tuple[ContractChoice, ...] = ()
    many: bool = False
    themes: tuple[Theme, ...] = ()


def asked(actor: Actor, contract: str, theme: str) -> About:
    """What the words of an address mean to the actor; a theme without threads is no theme. Two statements at most."""
    if not _has_contracts(actor):
        return About()
    rows = db.session.execute(_contracts(actor).where(_named(contract)).limit(2)).all() if contract else []
    chosen = _themes(actor, DocumentTheme.code == theme) if theme else ()
    return About(contract, ContractChoice(*rows[0]) if len(rows) == 1 else None, chosen[0] if chosen else None)


def offer(actor: Actor) -> Offer:
    """What the list of the actor can be narrowed to; two statements."""
    if not _has_contracts(actor):
        return Offer()
    newest = func.max(Conversation.last_at).desc(), PublicContract.reference
    rows = db.session.execute(_contracts(actor).order_by(*newest).limit(PROPOSED)).all()
    found = [ContractChoice(*row) for row in rows]
    many = len(found) > FEW
    if not many:
        found.sort(key=lambda one: (one.number, one.reference))
    themes = _themes(actor)
    return Offer(tuple(found), many, themes if len(themes) > 1 else ())


def _has_contracts(actor: Actor) -> bool:
    return actor.side in (Side.CONTRACTOR, Side.AUTHORITY)


def _contracts(actor: Actor) -> Select[str, str, str]:
    of = PublicContract.reference, PublicContract.number, PublicContract.description
    return lists.ids(actor, scope.scope_of(actor)).with_only_columns(*of).group_by(*of)


def _named(text: str) -> Any:
    return or_(PublicContract.reference == text, func.lower(PublicContract.number) == text.lower())


def _themes(actor: Actor, *conditions: Any) -> tuple[Theme, ...]:
    used = lists.ids(actor, scope.scope_of(actor)).with_only_columns(Conversation.theme)
    rows = db.session.execute(
        select(DocumentTheme.code, DocumentTheme.name)
        .where(DocumentTheme.code.in_(used), *conditions)
        .order_by(DocumentTheme.position, DocumentTheme.code)
    )
    return tuple(Theme(row.code, row.name) for row in rows)
