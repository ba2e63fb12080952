"""A parameter set as tables: the values of a group, two versions side by side, and what a finding is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from admin.parameter_words import difference_in_words, in_words, month_name, part_name
from domain.ecalcura.parameter_list import GROUP_LABELS, PARAMETERS, Group, Parameter, values
from domain.ecalcura.parameter_sets import differences, months_of_period
from domain.organisation import SECTOR_LABELS
from services.ecalcura.parameter_pages import SetView

_TABLES = {"y1", "y2", "base_y1", "base_y2"}


def names_of(view: SetView) -> dict[str, str]:
    """What codes are called."""
    sectors = {code: gettext(label) for code, label in SECTOR_LABELS.items()}
    return {**sectors, **view.lists.qualification_names, **view.lists.contract_type_names}


def parts_of(view: SetView) -> dict[str, Mapping[str, str]]:
    """The entries of every table of a set: those of the code lists, and what the set has besides."""
    names = names_of(view)
    held = values(view.content)
    months = {month: month_name(month) for month in months_of_period(view.row.period)}
    listed: dict[str, Mapping[str, str]] = {
        "excluded_replacers": view.lists.contract_type_names,
        "nurse_qualifications": view.lists.qualification_names,
        "floor_sectors": {code: names[code] for code in SECTOR_LABELS},
        "categories": {code: code for code in view.content.rights.categories},
        "index_months": months,
    }
    listed |= dict.fromkeys(_TABLES, view.lists.qualification_names)
    return {
        name: {**entries, **{code: names.get(code, code) for code in held[name] if code not in entries}}
        for name, entries in listed.items()
    }


def entries_of(view: SetView, group: Group) -> list[dict[str, Any]]:
    """The parameters of a group in words: value, last year's value, and the rows of a table."""
    now = values(view.content)
    before = values(view.last_year) if view.last_year else None
    names, parts = names_of(view), parts_of(view)
    found = []
    for one in PARAMETERS:
        if one.group is not group:
            continue
        value, last = now[one.name], before[one.name] if before else None
        entry: dict[str, Any] = {"parameter": one, "table": isinstance(value, Mapping)}
        if entry["table"]:
            keys = parts.get(one.name, {})
            last_table = _last_year_table(one, last)
            entry["rows"] = [
                {
                    "part": part,
                    "name": name,
                    "field": f"{one.name}.{part}",
                    "value": in_words(one, value.get(part), names),
                    "last_year": in_words(one, last_table.get(part), names) if before else None,
                }
                for part, name in keys.items()
            ]
            entry["empty"] = not value
        else:
            entry["value"] = in_words(one, value, names)
            entry["last_year"] = in_words(one, last, names) if before else None
        found.append(entry)
    return found


def _last_year_table(parameter: Parameter, last: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Last year's entries beside this year's: the months are a year later."""
    if not last or parameter.kind.name != "coefficients":
        return last or {}
    return {f"{int(month[:4]) + 1}{month[4:]}": value for month, value in last.items()}


def lines_between(left: SetView, right: SetView, everything: bool) -> list[dict[str, Any]]:
    """Two versions side by side, value by value."""
    names = {**names_of(left), **names_of(right)}
    different = differences(left.content, right.content)
    changed = {one.name for one in different}
    lines = [_line(one.parameter, one.part, one.before, one.after, names) for one in different]
    if not everything:
        return lines
    before, after = values(left.content), values(right.content)
    for one in PARAMETERS:
        old, new = before[one.name], after[one.name]
        parts = [*old] if isinstance(old, Mapping) else [None]
        for part in parts:
            name = one.name if part is None else f"{one.name}.{part}"
            if name not in changed:
                values_now = (old, new) if part is None else (old.get(part), new.get(part))
                lines.append(_line(one, part, *values_now, names))
    order = {one.name: place for place, one in enumerate(PARAMETERS)}
    return sorted(lines, key=lambda line: order[line["parameter"].name])


def lines_of(view: SetView, different: Any) -> list[dict[str, Any]]:
    names = names_of(view)
    return [_line(one.parameter, one.part, one.before, one.after, names) for one in different]


def _line(parameter: Parameter, part: str | None, before: Any, after: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "parameter": parameter,
        "group": GROUP_LABELS[parameter.group],
        "part": None if part is None else part_name(parameter, part, names),
        "before": in_words(parameter, before, names),
        "after": in_words(parameter, after, names),
        "words": difference_in_words(parameter, before, after, names),
        "different": before != after,
    }


def label_of(view: SetView, field: str | None) -> str:
    """What a finding is about: the parameter, with the entry of its table."""
    name, _, part = (field or "").partition(".")
    parameter = next((one for one in PARAMETERS if one.name == name), None)
    if parameter is None:
        return ""
    label = gettext(parameter.label)
    return f"{label}, {part_name(parameter, part, names_of(view))}" if part else label
