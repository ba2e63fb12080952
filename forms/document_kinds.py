"""The form of a kind of documents, made from its definition: the same for the wizard and for the back office.

Every field is called ``f_<name>`` and holds what was typed; what it means and what is wrong with it is for the domain
to say (``domain.econtracting.kinds.read_values``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from domain.econtracting.kinds import Field, FieldType, Kind
from domain.errors import Finding, Severity
from forms.fields import Mandatory, read_date

PREFIX = "f_"
_POINT = re.compile(r"-?\d+\.\d{1,2}")


class TypedDateField(StringField):
    """A date as dd/mm/jjjj; whether it is one is told by the domain, with all else that is wrong."""

    def _value(self) -> str:
        return _shown_date(self.data)


class TypedAmountField(StringField):
    """An amount in euro as people type it, with a comma."""

    def _value(self) -> str:
        if isinstance(self.data, Decimal):
            return f"{self.data:.2f}".replace(".", ",")
        text = str(self.data or "")
        return text.replace(".", ",") if not self.raw_data and _POINT.fullmatch(text) else text


class TypedNumberField(StringField):
    """A whole number."""

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class KindForm(FlaskForm):
    """The form of one version of a kind. ``kind`` is that version."""

    kind: Kind

    def inputs(self) -> list[Any]:
        """The fields of the kind, in its order."""
        return [self[PREFIX + field.name] for field in self.kind.fields]


@lru_cache(maxsize=256)
def form_for(kind: Kind) -> type[KindForm]:
    """The form class of a version of a kind; made once for each version."""
    made: dict[str, Any] = {PREFIX + field.name: _input(field) for field in kind.fields}
    return type(f"{kind.code.title()}Form", (KindForm,), {"kind": kind, **made})


def data_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored or typed values by name as the data of a form: ``form_for(kind)(data=data_of(values))``."""
    return {PREFIX + name: value for name, value in values.items()}


def typed(form: FlaskForm) -> dict[str, str]:
    """What was typed, by the name of the field, as ``read_values`` wants it: dates as ``2026-11-16``, ticks as ``ja``.

    What is no date stays as it was typed, so that the domain says so.
    """
    found: dict[str, str] = {}
    for field in form:
        if not field.name.startswith(PREFIX):
            continue
        name = field.name.removeprefix(PREFIX)
        if isinstance(field, BooleanField):
            found[name] = "ja" if field.data else ""
        elif isinstance(field, TypedDateField):
            found[name] = _iso(str(field.data or ""))
        else:
            found[name] = "" if field.data is None else str(field.data)
    return found


def put_findings(form: FlaskForm, findings: Iterable[Finding], *, warnings: bool = False) -> list[str]:
    """Put what stops at its field; what belongs to no field of the kind goes above the form.

    Gives the texts of the warnings, or with ``warnings=True`` treats warnings as errors.
    """
    told: list[str] = []
    for finding in findings:
        message = gettext(finding.message).format(**finding.params)
        if finding.severity not in (Severity.BLOCKS, Severity.BLOCKS_SUBMIT) and not warnings:
            told.append(message)
            continue
        name = PREFIX + (finding.field or "")
        if finding.field and name in form:
            form[name].errors = [*form[name].errors, message]
        else:
            form.form_errors.append(message)
    return told


def _input(field: Field) -> Any:
    validators = [Mandatory() if field.required else Optional()]
    plain: dict[str, Any] = {"label": field.label, "validators": validators, "description": field.help}
    match field.type:
        case FieldType.LONG_TEXT:
            return TextAreaField(**plain, render_kw={"rows": 6})
        case FieldType.WHOLE:
            return TypedNumberField(**plain, render_kw={"inputmode": "numeric", "autocomplete": "off"})
        case FieldType.AMOUNT:
            return TypedAmountField(**plain, render_kw={"inputmode": "decimal", "autocomplete": "off"})
        case FieldType.DATE:
            hint = field.help or _("Bijvoorbeeld 01/07/2026")
            return TypedDateField(field.label, validators, description=hint, render_kw={"autocomplete": "off"})
        case FieldType.YES_NO:
            return BooleanField(field.label, description=field.help)
        case FieldType.CHOICE:
            choices = [("", _("Kies uit de lijst")), *field.options]
            return SelectField(**plain, choices=choices, validate_choice=False)
        case FieldType.TEXT:
            return StringField(**plain, render_kw={"maxlength": 200})


def _iso(text: str) -> str:
    try:
        return read_date(text).isoformat()
    except ValueError:
        return text


def _shown_date(data: Any) -> str:
    """A stored date (``date`` or ISO text) as it is typed; anything else as it is."""
    if isinstance(data, date):
        return data.strftime("%d/%m/%Y")
    try:
        return date.fromisoformat(str(data or "")).strftime("%d/%m/%Y")
    except ValueError:
        return str(data or "")
