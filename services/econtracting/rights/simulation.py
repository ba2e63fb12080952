"""*Wat ziet deze persoon?*: the contracts somebody sees, what the person may in each, and in words why or why not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from domain.actor import Actor
from domain.econtracting import rights
from domain.econtracting.kinds import Theme
from domain.econtracting.rights import Level, Missing, Verb
from domain.econtracting.rights_explained import GroupClue, clues
from models.base import db
from models.public_contract import PartySettings, PublicContract
from services import clock
from services.econtracting import access, kinds
from services.econtracting.access import Entry
from services.econtracting.rights import contract_lists, facts, guard, people
from services.econtracting.rights.contract_lists import ContractRow, Filter
from services.econtracting.rights.facts import GroupName
from services.econtracting.rights.people import PersonRow
from services.listing import Page, Position

VERBS = (Verb.READ, Verb.DRAFT, Verb.SEND)


@dataclass(frozen=True, slots=True)
class SeenContract:
    """A contract as the person would see it, or not; the right per theme in the order of the themes."""

    contract: ContractRow
    sees: bool
    levels: tuple[Level | None, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A person, how many contracts the person sees of how many, and a page of them all."""

    person: PersonRow
    own: bool
    sees: int
    total: int
    found: int
    themes: list[Theme]
    page: Page[ContractRow]
    contracts: list[SeenContract]
    manager_reads: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody may do one thing in one theme; what is missing when not."""

    verb: Verb
    missing: Missing | None


@dataclass(frozen=True, slots=True)
class ThemeAnswer:
    """One theme of one contract: the right, the answers per verb and the groups it comes or does not come from."""

    theme: Theme
    level: Level | None
    answers: tuple[Answer, ...]
    clues: tuple[tuple[GroupClue, GroupName], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All there is to say about one person in one contract."""

    person: PersonRow
    contract: ContractRow
    sees: bool
    themes: list[ThemeAnswer]


def simulate(actor: Actor, relation_reference: str, words: str, position: Position) -> Simulation:
    """What somebody of the actor's enterprise sees; ``words`` filters the contracts."""
    entry = guard.managing(actor)
    row = people.person(entry, relation_reference)
    themes = kinds.themes()
    found = contract_lists.find(entry, Filter(words=words), position)
    keys = [contract.id for contract in found.page.rows]
    read = facts.of_person(entry.organisation_id, row.id, keys)
    now = clock.now()
    contracts = []
    for contract in found.page.rows:
        held = rights.levels(row.person, str(contract.id), read.enterprise, now)
        sees = rights.sees(row.person, str(contract.id), read.enterprise, now)
        contracts.append(SeenContract(contract, sees, tuple(held.get(theme.code) for theme in themes)))
    return Simulation(
        person=row,
        own=row.id == entry.relation_id,
        sees=_visible(entry, row),
        total=contract_lists.count(entry, Filter()),
        found=found.total,
        themes=themes,
        page=found.page,
        contracts=contracts,
        manager_reads=settings(entry).manager_reads,
    )


def explain(actor: Actor, relation_reference: str, contract_reference: str) -> Explanation:
    """Why somebody of the actor's enterprise may do what in one contract."""
    entry = guard.managing(actor)
    row = people.person(entry, relation_reference)
    guard.own_contract(entry, contract_reference)
    contract = contract_lists.named(entry, [contract_reference])[0]
    read = facts.of_person(entry.organisation_id, row.id, [contract.id], every=True)
    now, key, how = clock.now(), str(contract.id), settings(entry)
    held = rights.levels(row.person, key, read.enterprise, now)
    themes = []
    for theme in kinds.themes():
        answers = tuple(
            Answer(verb, rights.refusal(row.person, verb, key, theme.code, read.enterprise, now, how)) for verb in VERBS
        )
        found = tuple((one, read.names[one.group]) for one in clues(row.person, key, theme.code, read.enterprise, now))
        themes.append(ThemeAnswer(theme, held.get(theme.code), answers, found))
    return Explanation(row, contract, rights.sees(row.person, key, read.enterprise, now), themes)


def settings(entry: Entry) -> rights.Settings:
    """How the enterprise lets its beheerders read (A-13)."""
    reads = db.session.scalar(
        select(PartySettings.manager_reads).where(PartySettings.organisation_id == entry.organisation_id)
    )
    return rights.Settings(manager_reads=True if reads is None else reads)


def _visible(entry: Entry, row: PersonRow) -> int:
    """How many contracts the person sees, by the very condition of the lists of that person."""
    relation = guard.own_relation(entry, row.reference)
    condition = access.only_visible(access.actor_of(relation))
    return db.session.scalar(select(func.count()).select_from(PublicContract).where(condition)) or 0


def person(actor: Actor, relation_reference: str) -> PersonRow:
    """Somebody of the actor's enterprise; NotFound for anybody else."""
    return people.person(guard.managing(actor), relation_reference)
