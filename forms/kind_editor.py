"""The form in which a kind of documents is changed: fields and attachments can be added, removed and moved.

Every button submits the form, so it works without a script. What is possible is for ``kind_checks`` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField

from domain.econtracting.actions import ACTION_LABELS, ActionType
from domain.econtracting.contracts import CONTRACT_TYPE_LABELS, ContractType
from domain.econtracting.document_states import Direction
from domain.econtracting.kind_definitions import name_for
from domain.econtracting.kind_differences import DIRECTION_LABELS
from domain.econtracting.kinds import FIELD_TYPE_LABELS, Attachment, Field, FieldType, Kind
from domain.econtracting.terms import TERM_LABELS, TermKind
from domain.errors import Finding
from domain.folding import fold
from forms.fields import Checkboxes, Mandatory

_MOVE = re.compile(r"(remove|up|down)-(fields|attachments)-(\d{1,3})")


def _choices(labels: Any) -> list[tuple[str, Any]]:
    return [(one.value, _(label)) for one, label in labels.items()]


class _FieldRow(Form):
    """One field of the kind. ``name`` is made of the label for a new one and never changes."""

    name = HiddenField()
    label = StringField(_("Wat de invuller leest"), [Mandatory()])
    type = SelectField(_("Type"), choices=_choices(FIELD_TYPE_LABELS), default=FieldType.TEXT.value)
    required = BooleanField(_("Verplicht"), default=True)
    help = TextAreaField(_("Uitleg bij het veld"))
    options = TextAreaField(
        _("Keuzes, één per lijn"),
        description=_("Schrijf de code, een streepje | en de naam: MC | Btw verlegd."),
    )
    negative = BooleanField(_("Een negatief getal mag"))
    after = SelectField(_("Niet vóór deze datum"), validate_choice=False)


class _AttachmentRow(Form):
    """One attachment the kind asks for."""

    name = HiddenField()
    label = StringField(_("Welke bijlage"), [Mandatory()])
    required = BooleanField(_("Verplicht"), default=True)
    required_for = Checkboxes(_("Enkel verplicht bij"), choices=_choices(CONTRACT_TYPE_LABELS))


class KindEditorForm(FlaskForm):
    """The definition of a kind. ``version`` is that of the draft that was shown, 0 when there was none."""

    code = StringField(
        _("Code"),
        [Mandatory()],
        description=_("Hoofdletters, bijvoorbeeld WERFVERSLAG. De code verandert later niet meer."),
    )
    name = StringField(_("Naam"), [Mandatory()])
    theme = SelectField(
        _("Thema"),
        [Mandatory()],
        validate_choice=False,
        description=_("Wie een recht heeft in dit thema, ziet deze soort."),
    )
    directions = Checkboxes(_("Richting"), [Mandatory()], choices=_choices(DIRECTION_LABELS))
    fields = FieldList(FormField(_FieldRow))
    attachments = FieldList(FormField(_AttachmentRow))
    answers = Checkboxes(_("Kan een antwoord zijn op"))
    opens = Checkboxes(_("Opent de taak"), choices=_choices(ACTION_LABELS))
    closes = Checkboxes(_("Rondt de taak af"), choices=_choices(ACTION_LABELS))
    starts = Checkboxes(
        _("Start de termijn"),
        choices=_choices(TERM_LABELS),
        description=_("Enkel de termijnen die de regels van de opdracht kennen, starten echt."),
    )
    active = BooleanField(_("In gebruik"), default=True)
    version = HiddenField()

    def offer(self, themes: Mapping[str, str], kinds: Mapping[str, str]) -> None:
        """Give the lists to choose from: themes and kinds (code to name), and the dates of the kind itself."""
        self.theme.choices = [("", gettext("Kies uit de lijst")), *themes.items()]
        self.answers.choices = list(kinds.items())
        dates: list[tuple[str, str]] = []
        for row in self.fields:
            row.form.after.choices = [("", gettext("Geen vergelijking")), *dates]
            held = row.form.after.data
            if held and held not in dict(dates):
                row.form.after.choices.append((held, held))
            if row.form.type.data == FieldType.DATE.value and row.form["name"].data:
                dates.append((row.form["name"].data, row.form.label.data or row.form["name"].data))

    def definition(self, code: str | None = None) -> Kind:
        """What was typed as a kind; ``code`` is that of a kind that is changed."""
        taken: set[str] = set()
        fields = []
        for row in self.fields:
            data = row.data
            name = data["name"] or name_for(data["label"] or "", taken | self._names(self.fields))
            taken.add(name)
            fields.append(_field(name, data))
        attached: set[str] = set()
        attachments = []
        for row in self.attachments:
            data = row.data
            name = data["name"] or name_for(data["label"] or "", attached | self._names(self.attachments))
            attached.add(name)
            types = tuple(ContractType(one) for one in data["required_for"] or ())
            attachments.append(Attachment(name, _text(data["label"]), bool(data["required"]), types))
        return Kind(
            code=_text(self.code.data).upper() if code is None else code,
            name=_text(self.name.data),
            theme=self.theme.data or "",
            directions=frozenset(Direction(one) for one in self.directions.data or ()),
            fields=tuple(fields),
            attachments=tuple(attachments),
            answers=tuple(self.answers.data or ()),
            opens=tuple(ActionType(one) for one in self.opens.data or ()),
            closes=tuple(ActionType(one) for one in self.closes.data or ()),
            starts=tuple(TermKind(one) for one in self.starts.data or ()),
            active=bool(self.active.data),
        )

    @staticmethod
    def _names(rows: Any) -> set[str]:
        return {row.data["name"] for row in rows if row.data["name"]}


def data_of(kind: Kind, version: int) -> dict[str, Any]:
    """A kind as the data of the editor."""
    return {
        "code": kind.code,
        "name": kind.name,
        "theme": kind.theme,
        "directions": [one.value for one in kind.directions],
        "fields": [
            {
                "name": one.name,
                "label": one.label,
                "type": one.type.value,
                "required": one.required,
                "help": one.help,
                "options": "\n".join(f"{value} | {label}" for value, label in one.options),
                "negative": one.negative,
                "after": one.after or "",
            }
            for one in kind.fields
        ],
        "attachments": [
            {
                "name": one.name,
                "label": one.label,
                "required": one.required,
                "required_for": [type_.value for type_ in one.required_for],
            }
            for one in kind.attachments
        ],
        "answers": list(kind.answers),
        "opens": [one.value for one in kind.opens],
        "closes": [one.value for one in kind.closes],
        "starts": [one.value for one in kind.starts],
        "active": kind.active,
        "version": str(version),
    }


def moved(data: dict[str, Any], act: str) -> dict[str, Any] | None:
    """The data of the editor after a button: a row added, removed, moved, or nothing. None for any other button."""
    if act == "refresh":
        return data
    if act in ("add-fields", "add-attachments"):
        which = act.removeprefix("add-")
        return data | {which: [*data[which], {"required": True}]}
    match = _MOVE.fullmatch(act)
    if match is None:
        return None
    how, which, place = match.group(1), match.group(2), int(match.group(3))
    rows = list(data[which])
    if place < len(rows):
        row = rows.pop(place)
        if how != "remove":
            rows.insert(max(0, place + (-1 if how == "up" else 1)), row)
    return data | {which: rows}


def put_findings(form: KindEditorForm, findings: Iterable[Finding]) -> None:
    """Put every finding at its input; ``fields.2.label`` is the label of the third field."""
    for finding in findings:
        message = gettext(finding.message).format(**{name: _word(value) for name, value in finding.params.items()})
        first, *rest = (finding.field or "").split(".")
        if first not in form:
            form.form_errors.append(message)
        elif len(rest) == 2:
            part = "label" if rest[1] == "name" else rest[1]  # the name of a field is made of its label
            target = form[first].entries[int(rest[0])].form[part]
            target.errors = [*target.errors, message]
        else:
            form[first].errors = [*form[first].errors, message]
    for rows in (form.fields, form.attachments):  # so that the summary on top finds what is inside
        rows.errors = [*rows.errors, *(row.errors for row in rows if row.errors)]


def _word(value: Any) -> Any:
    return gettext(value) if value in FIELD_TYPE_LABELS.values() else value


def _text(text: str | None) -> str:
    return (text or "").strip()


def _field(name: str, data: dict[str, Any]) -> Field:
    type_ = FieldType(data["type"])
    return Field(
        name=name,
        label=_text(data["label"]),
        type=type_,
        required=bool(data["required"]) and type_ is not FieldType.YES_NO,
        help=_text(data["help"]),
        options=_options(data["options"]) if type_ is FieldType.CHOICE else (),
        negative=bool(data["negative"]) and type_ in (FieldType.AMOUNT, FieldType.WHOLE),
        after=data["after"] or None if type_ is FieldType.DATE else None,
    )


def _options(text: str | None) -> tuple[tuple[str, str], ...]:
    """``MC | Btw verlegd`` per line; a line without a code gets one made of its name."""
    found = []
    for line in (text or "").splitlines():
        value, bar, label = (part.strip() for part in line.partition("|"))
        if bar:
            found.append((value, label))
        elif value:
            found.append((re.sub(r"[^A-Z0-9]+", "_", fold(value).upper()).strip("_")[:40], value))
    return tuple(found)
