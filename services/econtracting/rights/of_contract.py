"""Who works on one contract: its groups with fixed members, people added for it only, and who could be."""

from __future__ import annotations

from dataclasses import dataclass

from domain.actor import Actor
from domain.econtracting import rights
from domain.econtracting.kinds import Theme
from domain.econtracting.rights import Level
from services import clock
from services.econtracting import kinds
from services.econtracting.rights import facts, guard, overview, people
from services.econtracting.rights.overview import GroupRow
from services.econtracting.rights.people import PersonRow


@dataclass(frozen=True, slots=True)
class WorkingGroup:
    """A group that works on the contract. ``addable`` are people who are in it neither fixed nor for this contract."""

    group: GroupRow
    theme: str
    fixed: list[PersonRow]
    extras: list[PersonRow]
    addable: list[PersonRow]


@dataclass(frozen=True, slots=True)
class AccessPage:
    """The groups of a contract, those that could be added, and how many people see it beside the beheerders."""

    groups: list[WorkingGroup]
    others: list[GroupRow]
    themes: list[Theme]
    sees: int
    senders: dict[str, int]


def access_page(actor: Actor, reference: str) -> AccessPage:
    """What the tab *Toegang* shows; NotFound for a contract of another enterprise."""
    entry = guard.managing(actor)
    contract = guard.own_contract(entry, reference)
    everybody = people.people(entry)
    known = people.by_id(everybody)
    every = {str(group.id): group for group in overview.groups(entry)}
    themes = kinds.themes()
    names = {theme.code: theme.name for theme in themes}
    read = facts.of_contract(entry.organisation_id, contract.id).enterprise
    now, key = clock.now(), str(contract.id)
    links = {link.key: link.group for link in read.links if link.span.holds(now)}
    working = [every[group] for group in dict.fromkeys(links.values()) if group in every]
    place = {theme.code: number for number, theme in enumerate(themes)}
    working.sort(key=lambda group: (place.get(group.theme, len(place)), -group.level, group.name))
    shown = []
    for group in working:
        own = str(group.id)
        fixed = {int(one.person) for one in read.members if one.group == own and one.span.holds(now)}
        extra = {int(one.person) for one in read.extras if links.get(one.link) == own and one.span.holds(now)} - fixed
        shown.append(
            WorkingGroup(
                group,
                names.get(group.theme, group.theme),
                [row for row in everybody if row.id in fixed],
                [row for row in everybody if row.id in extra],
                [row for row in everybody if row.id not in fixed | extra],
            )
        )
    held = {row.id: rights.levels(row.person, key, read, now) for row in known.values()}
    senders = {
        theme.code: sum(1 for levels in held.values() if levels.get(theme.code) is Level.SEND) for theme in themes
    }
    others = [group for group in every.values() if group.active and group not in working]
    return AccessPage(shown, others, themes, sum(1 for levels in held.values() if levels), senders)
