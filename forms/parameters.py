"""The form of one group of parameters, made from the list of the domain. What is possible is for the domain to say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from domain.calendars import Quarter
from domain.ecalcura.parameter_list import PARAMETERS
from domain.ecalcura.parameter_words import Group, Parameter
from domain.ecalcura.personnel import CategoryRule
from domain.errors import InvalidValue
from forms.fields import Checkboxes, DutchDateField

_PLAIN = re.compile(r"-?\d{1,9}(?:[.,]\d{1,8})?")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[. \u00a0]\d{3})+(?:,\d{1,2})?")
_HOURS = re.compile(r"\d{1,2}(?:\s*[,; ]\s*\d{1,2})*")

Parts = Mapping[str, str]
"""The entries of a table: code and the name people read."""


def read_number(text: str, *, thousands: bool = False) -> Decimal:
    """``7,6``, ``7.6`` and, for amounts, ``74.250,00``; ValueError for anything else."""
    text = text.strip().removeprefix("€").strip()
    if thousands and _THOUSANDS.fullmatch(text):
        return Decimal(re.sub(r"[. \u00a0]", "", text).replace(",", "."))
    if not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return Decimal(text.replace(",", "."))


def shown_number(value: Decimal | int, *, cents: bool = False) -> str:
    """A number as it is typed: ``7,6``; amounts with two decimals and no points between thousands."""
    text = f"{value:.2f}" if cents else format(Decimal(value).normalize(), "f")
    return text.replace(".", ",")


class NumberField(StringField):
    """A number as Dutch people type it. What was typed is shown again when it is no number."""

    def __init__(self, label: Any = None, validators: Any = None, *, kind: str = "decimal", **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.number_kind = kind
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else shown_number(self.data, cents=self.number_kind == "euro")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = None
        if not valuelist:
            return
        self.typed = valuelist[0]
        if not valuelist[0].strip():
            return
        try:
            number = read_number(valuelist[0], thousands=self.number_kind == "euro")
            if self.number_kind == "whole" and number != int(number):
                raise ValueError(valuelist[0])
        except ValueError as wrong:
            example = {"euro": "74250,00", "whole": "30"}.get(self.number_kind, "7,6")
            raise ValueError(gettext("Vul een getal in, bijvoorbeeld %(example)s.", example=example)) from wrong
        self.data = int(number) if self.number_kind == "whole" else number


class HoursField(StringField):
    """Some whole numbers: ``0, 2, 4, 6``."""

    def _value(self) -> str:
        return self.data if isinstance(self.data, str) else ", ".join(str(one) for one in sorted(self.data or ()))

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data: Any = text
        if not _HOURS.fullmatch(text):
            raise ValueError(gettext("Vul gehele getallen in met een komma ertussen, bijvoorbeeld 0, 2, 4, 6."))


def _numbers(data: Any) -> frozenset[int]:
    """The numbers of an HoursField, as typed or as stored."""
    return frozenset(int(one) for one in re.findall(r"\d+", data)) if isinstance(data, str) else frozenset(data)


class QuarterField(StringField):
    """A quarter: ``2019K1``."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = valuelist[0].strip().upper() if valuelist else ""
        try:
            Quarter.parse(self.data)
        except InvalidValue as wrong:
            raise ValueError(gettext(wrong.message)) from wrong


_NEEDED = InputRequired(_("Vul een waarde in."))


@dataclass(frozen=True, slots=True)
class _Maker:
    """How a kind of parameter becomes fields, and the fields a value again."""

    fields: Callable[[Parameter, Parts], Mapping[str, Any]]
    filled: Callable[[str, Any], Mapping[str, Any]]
    value: Callable[[str, Parts, Mapping[str, Any]], Any]


def _one(make: Callable[[Parameter, Parts], Any], back: Callable[[Any], Any] = lambda data: data) -> _Maker:
    """A parameter of one field."""
    return _Maker(
        fields=lambda parameter, parts: {parameter.name: make(parameter, parts)},
        filled=lambda name, value: {name: value},
        value=lambda name, _parts, data: back(data[name]),
    )


def _each(make: Callable[[str], Any]) -> _Maker:
    """A table: one field per entry, the empty ones left out."""

    def value(name: str, parts: Parts, data: Mapping[str, Any]) -> Any:
        held = {part: data.get(f"{name}.{part}") for part in parts}
        return MappingProxyType({part: item for part, item in held.items() if item is not None})

    return _Maker(
        fields=lambda parameter, parts: {f"{parameter.name}.{part}": make(label) for part, label in parts.items()},
        filled=lambda name, value: {f"{name}.{part}": item for part, item in value.items()},
        value=value,
    )


def _category_fields(parameter: Parameter, parts: Parts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in parts:
        label = _("%(category)s: vanaf de leeftijd van", category=part)
        found[f"{parameter.name}.{part}.age"] = NumberField(label, [_NEEDED], kind="whole")
        found[f"{parameter.name}.{part}"] = NumberField(_("%(category)s: uren", category=part), [_NEEDED], kind="whole")
    return found


def _category_filled(name: str, value: Mapping[str, CategoryRule]) -> dict[str, Any]:
    hours = {f"{name}.{part}": rule.hours for part, rule in value.items()}
    return hours | {f"{name}.{part}.age": rule.age for part, rule in value.items()}


def _category_value(name: str, parts: Parts, data: Mapping[str, Any]) -> Any:
    return MappingProxyType({part: CategoryRule(data[f"{name}.{part}.age"], data[f"{name}.{part}"]) for part in parts})


def _number(kind: str) -> _Maker:
    return _one(lambda parameter, _parts: NumberField(parameter.label, [_NEEDED], kind=kind))


def _options(parameter: Parameter) -> list[tuple[str, Any]]:
    return [(key.value, _(label)) for key, label in (parameter.options or {}).items()]


def _choice_value(name: str, parts: Parts, data: Mapping[str, Any]) -> Any:
    options = _BY_NAME[name].options or {}
    return next(key for key in options if key.value == data[name])


def _several_value(name: str, parts: Parts, data: Mapping[str, Any]) -> Any:
    chosen = data[name] or ()
    return tuple(key for key in _BY_NAME[name].options or {} if key.value in chosen)


_BY_NAME = {one.name: one for one in PARAMETERS}

_MAKERS: Mapping[str, _Maker] = {
    "day": _one(lambda parameter, _parts: DutchDateField(parameter.label, [_NEEDED])),
    "whole": _number("whole"),
    "decimal": _number("decimal"),
    "euro": _number("euro"),
    "flag": _one(lambda parameter, _parts: BooleanField(parameter.label)),
    "text": _one(
        lambda parameter, _parts: StringField(parameter.label, [Length(max=254)]), lambda data: (data or "").strip()
    ),
    "long_text": _one(
        lambda parameter, _parts: TextAreaField(parameter.label, [Length(max=4000)]), lambda data: (data or "").strip()
    ),
    "quarter": _one(lambda parameter, _parts: QuarterField(parameter.label), Quarter.parse),
    "codes": _one(
        lambda parameter, parts: Checkboxes(parameter.label, choices=list(parts.items())),
        lambda data: frozenset(data or ()),
    ),
    "hours": _Maker(
        fields=lambda parameter, _parts: {parameter.name: HoursField(parameter.label)},
        filled=lambda name, value: {name: value},
        value=lambda name, _parts, data: _numbers(data[name]),
    ),
    "choice": _Maker(
        fields=lambda parameter, _parts: {parameter.name: SelectField(parameter.label, choices=_options(parameter))},
        filled=lambda name, value: {name: value.value},
        value=_choice_value,
    ),
    "several": _Maker(
        fields=lambda parameter, _parts: {parameter.name: Checkboxes(parameter.label, choices=_options(parameter))},
        filled=lambda name, value: {name: [one.value for one in value]},
        value=_several_value,
    ),
    "amounts": _each(lambda label: NumberField(label, [Optional()], kind="euro")),
    "coefficients": _each(lambda label: NumberField(label, [Optional()])),
    "days": _each(lambda label: DutchDateField(label)),
    "categories": _Maker(_category_fields, _category_filled, _category_value),
}


class _GroupForm(FlaskForm):
    """What every group's form has besides its parameters: the version of the draft that was shown."""

    version = HiddenField()


def group_form(group: Group, parts: Mapping[str, Parts], held: Mapping[str, Any]) -> FlaskForm:
    """The form of a group, filled with the values by name. ``parts`` gives the entries of each table."""
    made: dict[str, Any] = {}
    for one in PARAMETERS:
        if one.group is group:
            made |= _MAKERS[one.kind.name].fields(one, parts.get(one.name, {}))
    form: FlaskForm = type("GroupForm", (_GroupForm,), made)(data=_filled(group, held))
    return form


def _filled(group: Group, held: Mapping[str, Any]) -> dict[str, Any]:
    """The data of every field of a group, from the values by name."""
    data: dict[str, Any] = {}
    for one in PARAMETERS:
        if one.group is group:
            data |= _MAKERS[one.kind.name].filled(one.name, held[one.name])
    return {name: _as_data(value) for name, value in data.items()}


def _as_data(value: Any) -> Any:
    """Codes as a list, a quarter as its text; anything else as it is."""
    if isinstance(value, Quarter):
        return str(value)
    if isinstance(value, frozenset) and all(isinstance(one, str) for one in value):
        return sorted(value)
    return value


def values_of(form: FlaskForm, group: Group, parts: Mapping[str, Parts], held: Mapping[str, Any]) -> dict[str, Any]:
    """The values by name that were typed; where a field has an error, what is held stands in its place.

    So everything that can be judged is told at once, the shapes and the rules.
    """
    stored = _filled(group, held)
    data = {field.name: stored.get(field.name) if field.errors else field.data for field in form}
    return {
        one.name: _MAKERS[one.kind.name].value(one.name, parts.get(one.name, {}), data)
        for one in PARAMETERS
        if one.group is group
    }


class NewVersionForm(FlaskForm):
    """What a new version starts from; ``version`` is that of the draft it replaces, when there is one."""

    source = RadioField(_("Waarmee begint u?"), [InputRequired(_("Kies waarmee u begint."))])
    note = StringField(
        _("Opmerking"),
        [Optional(), Length(max=500)],
        description=_("Bijvoorbeeld waarom er een nieuwe versie is. Wie nakijkt en vrijgeeft, leest dit."),
    )
    version = HiddenField()


class ReleaseForm(FlaskForm):
    """The one act of the release page; ``version`` is that of the draft that was shown."""

    version = HiddenField()
