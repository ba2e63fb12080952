"""Groups of an enterprise: made for one theme with one right, changed, put out of use (C-034, C-035, A-18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting.rights import LEVEL_LABELS, Level
from domain.errors import N_, Conflict, Finding, Findings, InvalidValue, Severity
from domain.folding import fold
from models.base import db, new_reference
from models.contract_rights import RightsGroup
from models.gate import writing
from models.organisation import Organisation
from services import audit
from services.econtracting import kinds
from services.econtracting.access import Entry
from services.econtracting.rights import guard
from services.form_keys import is_form_key

MOST_LETTERS = 80

#: What the two versions of a conflict are called.
LABELS = {
    "name": N_("Naam"),
    "level": N_("Recht"),
    "for_new_contracts": N_("Voor nieuwe opdrachten"),
}


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group as typed. ``theme`` counts when it is made and stays; ``level`` is None when none was chosen."""

    name: str
    level: Level | None
    theme: str = ""
    for_new_contracts: bool = False


def make(actor: Actor, typed: GroupEntry, key: str = "") -> RightsGroup:
    """Make a group; it gives nobody anything until it has members and contracts. Raises Findings.

    ``key`` is the one of the form: the same form sent twice gives the same group.
    """
    entry = guard.managing(actor)
    _lock_names(entry)
    made = _made_before(entry, key)
    if made is not None:
        return made
    problems = _problems(entry, typed, None)
    if typed.theme not in {theme.code for theme in kinds.themes()}:
        problems.insert(0, _finding(N_("Kies een thema."), "theme"))
    if problems:
        raise Findings(problems)
    with writing("rights.make_group"):
        group = RightsGroup(
            reference=key if is_form_key(key) and not _taken(key) else new_reference(),
            organisation_id=entry.organisation_id,
            theme=typed.theme,
            **_values(typed),
        )
        db.session.add(group)
    _trace(actor, "MAKE", group, {}, _values(typed) | {"theme": typed.theme})
    return group


def change(actor: Actor, reference: str, typed: GroupEntry, version: int) -> RightsGroup:
    """Change name and right; acts at once on every contract and member of the group (A-18).

    Raises Findings, and Conflict with both versions. What is already kept is not saved again.
    """
    entry = guard.managing(actor)
    _lock_names(entry)
    group = guard.own_group(entry, reference, lock=True)
    problems = _problems(entry, typed, group)
    if problems:
        raise Findings(problems)
    before, after = _kept(group), _values(typed)
    if before == after:
        return group
    _check_version(group, version, after)
    with writing("rights.change_group"):
        for name, value in after.items():
            setattr(group, name, value)
    _trace(actor, "CHANGE", group, before, after)
    return group


def set_active(actor: Actor, reference: str, active: bool, version: int) -> RightsGroup:
    """Put a group out of use, or in use again: members and contracts stay, and count only while it is in use (A-16).

    Raises Conflict when it was changed since the page was made.
    """
    entry = guard.managing(actor)
    group = guard.own_group(entry, reference, lock=True)
    if group.active == active:
        return group
    _check_version(group, version, _kept(group))
    with writing("rights.group_active"):
        group.active = active
    _trace(actor, "ACTIVATE" if active else "DEACTIVATE", group, {"active": not active}, {"active": active})
    return group


def _lock_names(entry: Entry) -> None:
    """Two people who make or rename a group at once wait for each other, so that no name is used twice."""
    db.session.execute(
        select(Organisation.id).where(Organisation.id == entry.organisation_id).with_for_update(key_share=True)
    )


def _made_before(entry: Entry, key: str) -> RightsGroup | None:
    if not is_form_key(key):
        return None
    return db.session.scalar(
        select(RightsGroup).where(RightsGroup.reference == key, RightsGroup.organisation_id == entry.organisation_id)
    )


def _taken(key: str) -> bool:
    return db.session.scalar(select(RightsGroup.id).where(RightsGroup.reference == key)) is not None


def _problems(entry: Entry, typed: GroupEntry, group: RightsGroup | None) -> list[Finding]:
    problems = []
    name = " ".join(typed.name.split())
    if not name:
        problems.append(_finding(N_("Geef de groep een naam."), "name"))
    elif len(name) > MOST_LETTERS:
        problems.append(_finding(N_("Vul hoogstens {most} tekens in."), "name", most=MOST_LETTERS))
    elif (same := _same_name(entry, name, group)) is not None:
        text = N_("Er is al een groep '{name}' (buiten gebruik). Neem die opnieuw in gebruik, of kies een andere naam.")
        in_use = N_("Er is al een groep '{name}'. Kies een andere naam, of werk verder in die groep.")
        problems.append(_finding(in_use if same.active else text, "name", name=same.name))
    if typed.level is None:
        problems.append(_finding(N_("Kies een recht."), "level"))
    return problems


def _same_name(entry: Entry, name: str, group: RightsGroup | None) -> RightsGroup | None:
    rows = db.session.scalars(select(RightsGroup).where(RightsGroup.organisation_id == entry.organisation_id))
    return next((row for row in rows if fold(row.name) == fold(name) and row is not group), None)


def _finding(message: str, field: str, **params: Any) -> Finding:
    return Finding("C-034", Severity.BLOCKS, message, field=field, params=params)


def _values(typed: GroupEntry) -> dict[str, Any]:
    if typed.level is None:
        raise InvalidValue(N_("Kies een recht."), field="level")
    return {
        "name": " ".join(typed.name.split()),
        "level": int(typed.level),
        "for_new_contracts": typed.for_new_contracts,
    }


def _kept(group: RightsGroup) -> dict[str, Any]:
    return {"name": group.name, "level": group.level, "for_new_contracts": group.for_new_contracts}


def _check_version(group: RightsGroup, version: int, wanted: dict[str, Any]) -> None:
    if group.version != version:
        raise Conflict(
            N_("Een collega heeft deze groep intussen gewijzigd. Uw wijziging is niet bewaard."),
            theirs=_shown(_kept(group)),
            yours=_shown(wanted),
        )


def _shown(values: dict[str, Any]) -> dict[str, str]:
    texts = {
        "name": values["name"],
        "level": LEVEL_LABELS[Level(values["level"])],
        "for_new_contracts": N_("ja") if values["for_new_contracts"] else N_("nee"),
    }
    return {LABELS[name]: text for name, text in texts.items()}


def _trace(actor: Actor, act: str, group: RightsGroup, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Names of groups may hold names of people: they stand beside the chain, erasable."""
    fields = sorted(name for name in after if before.get(name) != after[name])
    audit.record(
        actor,
        AuditEvent.GROUP_CHANGED,
        "rights_group",
        group.reference,
        data={"act": act, "fields": fields},
        personal={"before": {name: before.get(name) for name in fields}, "after": {n: after[n] for n in fields}},
    )
