"""Why somebody has a right in a contract for a theme, or has none: group by group, in words for a beheerder (C-045)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.econtracting.rights import Enterprise, GroupFacts, Level, Missing, Person, Verb
from domain.errors import N_


class Clue(StrEnum):
    """How one group of the theme bears on one person and one contract, the strongest first."""

    GIVES = "GIVES"
    GIVES_HERE_ONLY = "GIVES_HERE_ONLY"
    OUT_OF_USE = "OUT_OF_USE"
    MEMBERSHIP_ENDED = "MEMBERSHIP_ENDED"
    NOT_YET = "NOT_YET"
    UNLINKED = "UNLINKED"
    NOT_LINKED = "NOT_LINKED"
    NOT_A_MEMBER = "NOT_A_MEMBER"


CLUE_TEXTS: dict[Clue, str] = {
    Clue.GIVES: N_("Vast lid van de groep '{group}', die aan deze opdracht werkt."),
    Clue.GIVES_HERE_ONLY: N_("Enkel voor deze opdracht toegevoegd aan de groep '{group}'."),
    Clue.OUT_OF_USE: N_("Zit in de groep '{group}', maar die groep is buiten gebruik."),
    Clue.MEMBERSHIP_ENDED: N_("Was lid van de groep '{group}', maar dat is voorbij."),
    Clue.NOT_YET: N_("Wordt later lid van de groep '{group}'."),
    Clue.UNLINKED: N_("Zit in de groep '{group}', maar die is van deze opdracht losgekoppeld."),
    Clue.NOT_LINKED: N_("Zit in de groep '{group}', maar die werkt niet aan deze opdracht."),
    Clue.NOT_A_MEMBER: N_("De groep '{group}' werkt aan deze opdracht, maar deze persoon zit er niet in."),
}

#: The same refusals as those of the person, told about the person.
MISSING_ABOUT: dict[Missing, str] = {
    Missing.BLOCKED: N_("Nee: deze persoon is geblokkeerd en kan niets."),
    Missing.NO_ROLE: N_("Nee: deze persoon heeft geen rol in e-Contracting. Die geeft u in het Gebruikersbeheer."),
    Missing.NOT_A_MANAGER: N_("Nee: dat kan enkel een beheerder."),
    Missing.NO_GROUP: N_("Nee: zit voor dit thema in geen groep die aan deze opdracht werkt."),
    Missing.LEVEL_TOO_LOW: N_("Nee: het recht van de groep is daarvoor te laag."),
}

VERB_LABELS: dict[Verb, str] = {
    Verb.READ: N_("Raadplegen"),
    Verb.DRAFT: N_("Opmaken"),
    Verb.SEND: N_("Verzenden"),
    Verb.MANAGE: N_("Beheren"),
}


@dataclass(frozen=True, slots=True)
class GroupClue:
    """What one group means for one person in one contract."""

    clue: Clue
    group: str
    level: Level

    @property
    def gives(self) -> bool:
        """Whether the right comes from here."""
        return self.clue in (Clue.GIVES, Clue.GIVES_HERE_ONLY)


_ORDER = {clue: place for place, clue in enumerate(Clue)}


def clues(person: Person, contract: str, theme: str, enterprise: Enterprise, now: datetime) -> list[GroupClue]:
    """What each group of a theme means for a person in a contract: what gives a right first, the highest first.

    Groups that have to do with neither are left out. Roles and blocks are looked at elsewhere (``refusal``).
    """
    found = []
    for group in enterprise.groups:
        if group.theme == theme:
            clue = _clue(person, contract, group, enterprise, now)
            if clue is not None:
                found.append(GroupClue(clue, group.key, group.level))
    return sorted(found, key=lambda one: (not one.gives, -one.level if one.gives else 0, _ORDER[one.clue], one.group))


def _clue(person: Person, contract: str, group: GroupFacts, enterprise: Enterprise, now: datetime) -> Clue | None:
    spans = [one.span for one in enterprise.members if (one.group, one.person) == (group.key, person.key)]
    links = [one for one in enterprise.links if (one.group, one.contract) == (group.key, contract)]
    working = {one.key for one in links if one.span.holds(now)}
    fixed = any(span.holds(now) for span in spans)
    own = [one for one in enterprise.extras if one.person == person.key]
    here = any(one.link in working and one.span.holds(now) for one in own)
    if (fixed and working) or here:
        if not group.active:
            return Clue.OUT_OF_USE
        return Clue.GIVES if fixed else Clue.GIVES_HERE_ONLY
    if fixed:
        return Clue.UNLINKED if links else Clue.NOT_LINKED
    if any(span.starts_at > now for span in spans):
        return Clue.NOT_YET
    if spans or any(one.link in {link.key for link in links} for one in own):
        return Clue.MEMBERSHIP_ENDED
    return Clue.NOT_A_MEMBER if working and group.active else None
