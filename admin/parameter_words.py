"""Parameters in words: a value with its unit, and what is different between two values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date as format_month
from flask_babel import get_locale, gettext, ngettext

from blueprints.languages import decimal, euro
from blueprints.pages import long_date
from domain.calendars import Quarter
from domain.ecalcura.parameter_words import Parameter
from domain.ecalcura.personnel import CategoryRule
from domain.exact import rounded

_MONEY = {"euro", "amounts"}


def part_name(parameter: Parameter, part: str, names: Mapping[str, str]) -> str:
    """An entry of a table as people read it: a qualification, a contract type, a month."""
    if parameter.kind.name == "coefficients":
        return month_name(part)
    return names.get(part, part)


def month_name(month: str) -> str:
    """``juli 2023`` for ``2023-07``."""
    return format_month(date.fromisoformat(f"{month}-01"), "MMMM yyyy", locale=get_locale())


def in_words(parameter: Parameter, value: Any, names: Mapping[str, str]) -> str:
    """One value with its unit; a dash when there is none. ``names``: what codes are called."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nee")
    if parameter.options is not None:
        chosen = value if isinstance(value, tuple) else (value,)
        return "; ".join(gettext(parameter.options[one]) for one in chosen) or gettext("geen")
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, CategoryRule):
        return gettext("%(hours)s uren vanaf %(age)s jaar", hours=value.hours, age=value.age)
    if isinstance(value, Quarter):
        return str(value)
    if isinstance(value, frozenset):
        shown = [str(one) if isinstance(one, int) else names.get(one, one) for one in sorted(value)]
        return ", ".join(shown) or gettext("geen")
    if isinstance(value, (int, Decimal)):
        return _amount(parameter, Decimal(value))
    return str(value)


def _amount(parameter: Parameter, value: Decimal) -> str:
    if parameter.kind.name in _MONEY:
        return euro(value)
    unit = gettext(parameter.unit) if parameter.unit else ""
    return f"{decimal(value)} {unit}".strip()


def difference_in_words(parameter: Parameter, before: Any, after: Any, names: Mapping[str, str]) -> str:
    """What is different, so that nobody has to compare colours: more, less, later, added, gone, other."""
    if before == after:
        return gettext("gelijk")
    if before is None or before == "":
        return gettext("nieuw")
    if after is None or after == "":
        return gettext("niet meer ingevuld")
    if isinstance(before, bool):
        return gettext("nu wel") if after else gettext("nu niet meer")
    if isinstance(before, date) and isinstance(after, date):
        return _days(before, after)
    if isinstance(before, (int, Decimal)) and isinstance(after, (int, Decimal)):
        return _more_or_less(parameter, Decimal(before), Decimal(after))
    if isinstance(before, (tuple, frozenset)):
        return _added_or_gone(parameter, before, after, names)
    return gettext("anders")


def _days(before: date, after: date) -> str:
    days = (after - before).days
    if days > 0:
        return ngettext("%(num)s dag later", "%(num)s dagen later", days)
    return ngettext("%(num)s dag vroeger", "%(num)s dagen vroeger", -days)


def _more_or_less(parameter: Parameter, before: Decimal, after: Decimal) -> str:
    amount = _amount(parameter, abs(after - before))
    share = abs(after - before) / before * 100 if before else None
    said = gettext("%(amount)s meer", amount=amount) if after > before else gettext("%(amount)s minder", amount=amount)
    if share is None or parameter.kind.name not in _MONEY:
        return said
    return f"{said} ({'+' if after > before else '−'}{decimal(rounded(share, 1, 2))}\u00a0%)"


def _added_or_gone(parameter: Parameter, before: Any, after: Any, names: Mapping[str, str]) -> str:
    kind = type(before)
    added = kind(one for one in after if one not in before)
    gone = kind(one for one in before if one not in after)
    said = []
    if added:
        said.append(gettext("erbij: %(what)s", what=in_words(parameter, added, names)))
    if gone:
        said.append(gettext("weg: %(what)s", what=in_words(parameter, gone, names)))
    return "; ".join(said) or gettext("anders")
