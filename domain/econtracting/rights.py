"""Who of a contractor may do what with the documents of a contract (part 5, C-030 to C-044).

Two gates, both needed (C-008): a role that came in at sign-in, and a right inside from a group. Rights count per theme,
the highest of the groups wins, and never across themes (A-15). Whoever has no right does not see the contract at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from domain.errors import N_


class Level(IntEnum):
    """The three rights of a group, each with what the one before allows (C-036 to C-039)."""

    CONSULT = 1
    DRAFT = 2
    SEND = 3


LEVEL_LABELS: dict[Level, str] = {
    Level.CONSULT: N_("Raadplegen"),
    Level.DRAFT: N_("Raadplegen en opmaken"),
    Level.SEND: N_("Raadplegen, opmaken en verzenden"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant up to, not including, another; ``None`` is open."""

    starts_at: datetime
    ends_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the instant lies inside."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group of an enterprise for one theme (C-034, C-035)."""

    key: str
    theme: str
    level: Level
    active: bool = True


@dataclass(frozen=True, slots=True)
class FixedMember:
    """A member in every contract the group is linked to (C-041)."""

    group: str
    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class ContractLink:
    """That a group works on a contract (C-044); ``key`` names this very link."""

    key: str
    group: str
    contract: str
    span: Span


@dataclass(frozen=True, slots=True)
class ExtraMember:
    """Somebody who was added to a group for one contract only (C-042, C-043): bound to the link, and ended with it.

    A new link of the same group to the same contract does not bring the member back (A-17).
    """

    link: str
    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class Enterprise:
    """All groups of one enterprise, with their members and links."""

    groups: tuple[GroupFacts, ...] = ()
    members: tuple[FixedMember, ...] = ()
    links: tuple[ContractLink, ...] = ()
    extras: tuple[ExtraMember, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work for the enterprise, as signed in.

    ``manages``: beheerder or legal representative (C-022, C-030, A-10). ``uses``: gebruiker. ``blocked``: the emergency
    block, which takes everything.
    """

    key: str
    manages: bool = False
    uses: bool = False
    blocked: bool = False

    @property
    def enters(self) -> bool:
        """The first gate."""
        return not self.blocked and (self.manages or self.uses)


@dataclass(frozen=True, slots=True)
class Settings:
    """``manager_reads``: whether a beheerder reads the content of documents without a group (A-13)."""

    manager_reads: bool = True


def levels(person: Person, contract: str, enterprise: Enterprise, now: datetime) -> dict[str, Level]:
    """The right from groups, per theme; a theme without one is not there. The level of a group acts at once (A-18)."""
    if not person.enters:
        return {}
    groups = {group.key: group for group in enterprise.groups if group.active}
    fixed = {one.group for one in enterprise.members if one.person == person.key and one.span.holds(now)}
    extra = {one.link for one in enterprise.extras if one.person == person.key and one.span.holds(now)}
    found: dict[str, Level] = {}
    for link in enterprise.links:
        group = groups.get(link.group)
        if link.contract != contract or group is None or not link.span.holds(now):
            continue
        if group.key in fixed or link.key in extra:
            found[group.theme] = max(group.level, found.get(group.theme, Level.CONSULT))
    return found


def sees(person: Person, contract: str, enterprise: Enterprise, now: datetime) -> bool:
    """Whether the contract is there at all for this person (C-030a, C-044)."""
    return person.enters and (person.manages or bool(levels(person, contract, enterprise, now)))


class Verb(StrEnum):
    """What somebody may want to do (5.2)."""

    READ = "READ"
    DRAFT = "DRAFT"
    SEND = "SEND"
    MANAGE = "MANAGE"


_NEEDS: dict[Verb, Level] = {Verb.READ: Level.CONSULT, Verb.DRAFT: Level.DRAFT, Verb.SEND: Level.SEND}


class Missing(StrEnum):
    """Why not, in the order in which it is told."""

    BLOCKED = "BLOCKED"
    NO_ROLE = "NO_ROLE"
    NOT_A_MANAGER = "NOT_A_MANAGER"
    NO_GROUP = "NO_GROUP"
    LEVEL_TOO_LOW = "LEVEL_TOO_LOW"


MISSING_TEXTS: dict[Missing, str] = {
    Missing.BLOCKED: N_("Uw toegang is geblokkeerd. Neem contact op met de beheerder van uw onderneming."),
    Missing.NO_ROLE: N_(
        "U hebt geen rol in e-Contracting. Vraag ze aan de lokale beheerder van uw onderneming in het Gebruikersbeheer."
    ),
    Missing.NOT_A_MANAGER: N_("Dit kan enkel een beheerder van uw onderneming."),
    Missing.NO_GROUP: N_(
        "U zit voor dit thema in geen enkele groep van deze opdracht. Vraag uw beheerder om u aan een groep toe te "
        "voegen."
    ),
    Missing.LEVEL_TOO_LOW: N_(
        "Uw groep heeft hiervoor niet het nodige recht. Geef het stuk door aan een collega die mag verzenden, of "
        "vraag uw beheerder om een ander recht."
    ),
}


def refusal(
    person: Person,
    verb: Verb,
    contract: str,
    theme: str,
    enterprise: Enterprise,
    now: datetime,
    settings: Settings = Settings(),
) -> Missing | None:
    """Why the person may not, or ``None``. A beheerder manages and reads, and drafts and sends only through a group."""
    if person.blocked:
        return Missing.BLOCKED
    if not person.enters:
        return Missing.NO_ROLE
    if verb is Verb.MANAGE:
        return None if person.manages else Missing.NOT_A_MANAGER
    if verb is Verb.READ and person.manages and settings.manager_reads:
        return None
    held = levels(person, contract, enterprise, now).get(theme)
    if held is None:
        return Missing.NO_GROUP
    return None if held >= _NEEDS[verb] else Missing.LEVEL_TOO_LOW


def without_group(contracts: Iterable[str], enterprise: Enterprise, now: datetime) -> list[str]:
    """Contracts no active group with a member works on: nobody of the enterprise but its beheerders sees them."""
    active = {group.key for group in enterprise.groups if group.active}
    staffed = {one.group for one in enterprise.members if one.span.holds(now)}
    extra = {one.link for one in enterprise.extras if one.span.holds(now)}
    reached = {
        link.contract
        for link in enterprise.links
        if link.group in active and link.span.holds(now) and (link.group in staffed or link.key in extra)
    }
    return [contract for contract in contracts if contract not in reached]
