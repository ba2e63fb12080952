"""What is different between two versions of a kind, in words for who releases it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from domain.econtracting.actions import ACTION_LABELS
from domain.econtracting.contracts import CONTRACT_TYPE_LABELS
from domain.econtracting.document_states import Direction
from domain.econtracting.kinds import FIELD_TYPE_LABELS, Attachment, Field, Kind
from domain.econtracting.terms import TERM_LABELS
from domain.errors import N_

DIRECTION_LABELS: dict[Direction, str] = {
    Direction.TO_AUTHORITY: N_("Van de opdrachtnemer naar de aanbesteder"),
    Direction.TO_CONTRACTOR: N_("Van de aanbesteder naar de opdrachtnemer"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a Dutch sentence with its values. ``words`` are values that are texts to translate too."""

    message: str
    params: dict[str, Any]
    words: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.message.format(**self.params)


NEW_KIND = N_("Dit is een nieuwe soort.")
VALUE = N_("{what}: '{before}' wordt '{after}'.")
ADDED = N_("{what}: '{item}' komt erbij.")
REMOVED = N_("{what}: '{item}' valt weg.")
FIELD_VALUE = N_("Veld '{label}': {what} '{before}' wordt '{after}'.")
OBLIGED = N_("'{label}' wordt verplicht.")
FREE = N_("'{label}' wordt niet verplicht.")
HELP = N_("Veld '{label}': de uitleg is gewijzigd.")
OPTIONS = N_("Veld '{label}': de keuzes zijn gewijzigd.")
NEGATIVE = N_("Veld '{label}': een negatieve waarde mag.")
POSITIVE = N_("Veld '{label}': een negatieve waarde mag niet meer.")
AFTER = N_("Veld '{label}': de vergelijking met een andere datum is gewijzigd.")
ORDER = N_("De volgorde van de velden is gewijzigd.")
ATTACHMENT_ORDER = N_("De volgorde van de bijlagen is gewijzigd.")
OBLIGED_FOR = N_("Bijlage '{label}': verplicht bij {types}.")
OUT_OF_USE = N_("De soort gaat buiten gebruik: er worden geen nieuwe stukken meer mee gemaakt.")
IN_USE = N_("De soort wordt opnieuw gebruikt.")

_NAME, _THEME, _FIELDS, _ATTACHMENTS = N_("Naam"), N_("Thema"), N_("Veld"), N_("Bijlage")
_DIRECTION, _ANSWERS = N_("Richting"), N_("Antwoord op")
_OPENS, _CLOSES, _STARTS = N_("Opent de taak"), N_("Rondt de taak af"), N_("Start de termijn")
_LABEL, _TYPE, _ALL_TYPES = N_("de naam"), N_("het type"), N_("elke opdracht")


def differences(before: Kind | None, after: Kind) -> list[Change]:
    """What changes from one version to the next; empty when nothing does. ``before`` is None for a new kind."""
    if before is None:
        return [Change(NEW_KIND, {})]
    found: list[Change] = []
    for what, old, new in ((_NAME, before.name, after.name), (_THEME, before.theme, after.theme)):
        if old != new:
            found.append(Change(VALUE, {"what": what, "before": old, "after": new}, frozenset({"what"})))
    if before.active != after.active:
        found.append(Change(IN_USE if after.active else OUT_OF_USE, {}))
    found += _set(_DIRECTION, before.directions, after.directions, DIRECTION_LABELS)
    found += _set(_ANSWERS, before.answers, after.answers, {})
    found += _set(_OPENS, before.opens, after.opens, ACTION_LABELS)
    found += _set(_CLOSES, before.closes, after.closes, ACTION_LABELS)
    found += _set(_STARTS, before.starts, after.starts, TERM_LABELS)
    found += _fields(before.fields, after.fields)
    found += _attachments(before.attachments, after.attachments)
    return found


def _set(what: str, before: Iterable[Any], after: Iterable[Any], labels: dict[Any, str]) -> list[Change]:
    words = frozenset({"what", "item"}) if labels else frozenset({"what"})
    old, new = list(before), list(after)
    removed = [Change(REMOVED, {"what": what, "item": labels.get(one, one)}, words) for one in old if one not in new]
    return removed + [
        Change(ADDED, {"what": what, "item": labels.get(one, one)}, words) for one in new if one not in old
    ]


def _fields(before: tuple[Field, ...], after: tuple[Field, ...]) -> list[Change]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    found = _came_and_went(_FIELDS, old, new)
    for name, field in new.items():
        if name in old:
            found += _field(old[name], field)
    if [name for name in old if name in new] != [name for name in new if name in old]:
        found.append(Change(ORDER, {}))
    return found


def _field(before: Field, after: Field) -> list[Change]:
    found: list[Change] = []
    named: dict[str, Any] = {"label": before.label}
    if before.label != after.label:
        params = named | {"what": _LABEL, "before": before.label, "after": after.label}
        found.append(Change(FIELD_VALUE, params, frozenset({"what"})))
    if before.type is not after.type:
        old, new = FIELD_TYPE_LABELS[before.type], FIELD_TYPE_LABELS[after.type]
        params = named | {"what": _TYPE, "before": old, "after": new}
        found.append(Change(FIELD_VALUE, params, frozenset({"what", "before", "after"})))
    if before.required != after.required:
        found.append(Change(OBLIGED if after.required else FREE, named))
    if before.negative != after.negative:
        found.append(Change(NEGATIVE if after.negative else POSITIVE, named))
    for message, changed in (
        (HELP, before.help != after.help),
        (OPTIONS, before.options != after.options),
        (AFTER, before.after != after.after),
    ):
        if changed:
            found.append(Change(message, named))
    return found


def _attachments(before: tuple[Attachment, ...], after: tuple[Attachment, ...]) -> list[Change]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    found = _came_and_went(_ATTACHMENTS, old, new)
    for name, one in new.items():
        if name not in old:
            continue
        was = old[name]
        if was.label != one.label:
            params = {"what": _ATTACHMENTS, "before": was.label, "after": one.label}
            found.append(Change(VALUE, params, frozenset({"what"})))
        if was.required != one.required:
            found.append(Change(OBLIGED if one.required else FREE, {"label": was.label}))
        if one.required and was.required_for != one.required_for:
            types = [CONTRACT_TYPE_LABELS[type_].lower() for type_ in one.required_for] or [_ALL_TYPES]
            found.append(Change(OBLIGED_FOR, {"label": was.label, "types": ", ".join(types)}))
    if [name for name in old if name in new] != [name for name in new if name in old]:
        found.append(Change(ATTACHMENT_ORDER, {}))
    return found


def _came_and_went(what: str, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    words = frozenset({"what"})
    gone = [Change(REMOVED, {"what": what, "item": one.label}, words) for name, one in old.items() if name not in new]
    return gone + [
        Change(ADDED, {"what": what, "item": one.label}, words) for name, one in new.items() if name not in old
    ]
