"""The forms of a simulation and how its changes read."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import put_on_form
from blueprints.languages import decimal
from blueprints.pages import long_date
from domain.calendars import Quarter
from domain.ecalcura.explained_steps import Names
from domain.ecalcura.scenario import ChoiceChange, ContractChange, EndOfContract, Hiring, check
from domain.errors import DomainError
from forms.what_if import FORMS
from services.ecalcura.what_if import Line, WhatIf

_CHOICES = ("0", "2", "4", "6")


def forms(found: WhatIf, args: MultiDict[str, str]) -> dict[str, FlaskForm]:
    """Every form, that of ``doe`` with what was typed."""
    made: dict[str, FlaskForm] = {}
    for word, kind in FORMS.items():
        sent = args.get("doe") == word
        form = kind(args if sent else None, prefix=f"{word}-")
        _fill(form, found)
        made[word] = form
    return made


def _fill(form: Any, found: WhatIf) -> None:
    """The lists to choose from."""
    empty = [("", gettext("Maak een keuze"))]
    if "contract" in form:
        form.contract.choices = empty + [(one.reference, _contract(one.name, one, found)) for one in found.contracts]
    if "person" in form:
        form.person.choices = empty + [
            (one.reference, _chooser(one.name, one.premium_hours, one.exemption_hours)) for one in found.people
        ]
    if "since" in form:
        form.since.choices = [(str(one), quarter_name(one)) for one in found.quarters]
    if "premium_hours" in form:
        form.premium_hours.choices = form.exemption_hours.choices = [(one, one) for one in _CHOICES]
    if "qualification" in form:
        known = sorted(found.names.qualifications.items(), key=lambda one: one[1].casefold())
        form.qualification.choices = empty + known


def _contract(name: str, option: Any, found: WhatIf) -> str:
    contract = option.contract
    text = gettext(
        "%(name)s – %(what)s, %(hours)s uur",
        name=name,
        what=found.names.qualification(contract.qualification),
        hours=decimal(contract.hours),
    )
    if contract.replacement_hours:
        text += gettext(", waarvan %(hours)s vervanging", hours=decimal(contract.replacement_hours))
    return text


def _chooser(name: str, premium: int, exemption: int) -> str:
    if not premium and not exemption:
        return gettext("%(name)s – geen keuze", name=name)
    return gettext(
        "%(name)s – premie %(premium)s, vrijstelling %(exemption)s", name=name, premium=premium, exemption=exemption
    )


def code_of(word: str, form: Any) -> str | None:
    """The code of what was typed, or None with the errors on the form."""
    if not form.validate():
        return None
    try:
        return check(_ADJUSTMENTS[word](form)).code
    except DomainError as error:
        put_on_form(form, error)
        return None


def _hours(form: Any) -> ContractChange:
    return ContractChange(
        form.contract.data, Quarter.parse(form.since.data), form.hours.data, form.replacement_hours.data
    )


def _choice(form: Any) -> ChoiceChange:
    return ChoiceChange(
        form.person.data,
        Quarter.parse(form.since.data),
        int(form.premium_hours.data),
        int(form.exemption_hours.data),
    )


def _hiring(form: Any) -> Hiring:
    return Hiring(
        form.qualification.data, form.starts_on.data, form.ends_on.data, form.hours.data, form.replacement_hours.data
    )


def _end(form: Any) -> EndOfContract:
    return EndOfContract(form.contract.data, form.ends_on.data)


_ADJUSTMENTS: dict[str, Any] = {"uren": _hours, "keuze": _choice, "aanwerven": _hiring, "beeindigen": _end}


def describe(line: Line, names: Names) -> str:
    """One change in words."""
    one = line.adjustment
    name = line.name or gettext("Iemand die hier niet meer werkt")
    match one:
        case ContractChange():
            return gettext(
                "%(name)s: vanaf %(since)s %(hours)s uur per week, waarvan %(replacement)s vervanging%(was)s",
                name=name,
                since=quarter_name(one.since),
                hours=decimal(one.hours),
                replacement=decimal(one.replacement_hours),
                was=_was(line),
            )
        case ChoiceChange():
            return gettext(
                "%(name)s: vanaf %(since)s %(premium)s uur premie en %(exemption)s uur vrijstelling",
                name=name,
                since=quarter_name(one.since),
                premium=one.premium_hours,
                exemption=one.exemption_hours,
            )
        case EndOfContract():
            return gettext("%(name)s: contract eindigt op %(day)s", name=name, day=long_date(one.ends_on))
        case Hiring():
            return gettext(
                "%(name)s: %(what)s, %(hours)s uur per week, waarvan %(replacement)s vervanging, %(period)s",
                name=name,
                what=names.qualification(one.qualification),
                hours=decimal(one.hours),
                replacement=decimal(one.replacement_hours),
                period=_period(one.starts_on, one.ends_on),
            )


def _was(line: Line) -> str:
    if line.contract is None:
        return ""
    hours, replacement = decimal(line.contract.hours), decimal(line.contract.replacement_hours)
    return gettext(" (nu %(hours)s, waarvan %(replacement)s)", hours=hours, replacement=replacement)


def _period(start: date, end: date | None) -> str:
    if end is None:
        return gettext("vanaf %(start)s", start=long_date(start))
    return gettext("van %(start)s tot en met %(end)s", start=long_date(start), end=long_date(end))
