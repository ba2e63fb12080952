"""Input shapes that forms share: dates as people type them, mandatory fields, the key of a form for something new."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from services import languages
from services.form_keys import new_form_key

_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Mandatory:
    """Marks a field as mandatory. What is missing is told by the rule of the domain, with all else that is wrong."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it so

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing to check here."""


class Checkboxes(SelectMultipleField):
    """Several choices as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Language(RadioField):
    """A language, each by its own name: those of which there is a catalogue, and Dutch."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(
            label,
            [AnyOf(tuple(languages.known()), message=_("Kies een taal uit de lijst."))],
            choices=lambda: [(code, name, {"lang": code}) for code, name in languages.known().items()],
            default=languages.SOURCE,
            validate_choice=False,
            **kwargs,
        )


class FormKeyField(HiddenField):
    """The key of a form for something new (services.form_keys): the same form sent twice makes one row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", default=new_form_key, **kwargs)


def read_date(text: str) -> date:
    """A date of 1900 to 2100 typed as ``1/7/2024``, ``01-07-2024`` or ``2024-07-01``; ValueError for anything else."""
    if match := _ISO.fullmatch(text.strip()):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DATE.fullmatch(text.strip()):
        day, month, year = (int(part) for part in match.groups())
    else:
        raise ValueError(text)
    if not 1900 <= year <= 2100:
        raise ValueError(text)
    return date(year, month, day)


class DutchDateField(StringField):
    """A date as dd/mm/jjjj. What was typed is shown again when it is no date."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("description", _("Bijvoorbeeld 01/07/2024"))
        super().__init__(label, validators if validators is not None else [Optional()], **kwargs)
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return self.data.strftime("%d/%m/%Y") if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = None
        if not valuelist:
            return
        self.typed = valuelist[0]
        if not valuelist[0].strip():
            return
        try:
            self.data = read_date(valuelist[0])
        except ValueError as wrong:
            raise ValueError(str(_("Vul een bestaande datum in, bijvoorbeeld 01/07/2024."))) from wrong
