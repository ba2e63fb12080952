"""Forms of the letters: the text of a kind has a box for each of its paragraphs."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import (
    NAMES_LABELS,
    PARAGRAPH_LENGTH,
    PARAGRAPHS,
    SUBJECT_LENGTH,
    WHEN_LABELS,
    LetterContent,
    Names,
    When,
)


class LetterTextForm(FlaskForm):
    """What every letter has; ``text_form`` adds the paragraphs of a kind."""

    subject = StringField(_("Onderwerp"), [DataRequired(_("Vul een onderwerp in.")), Length(max=SUBJECT_LENGTH)])
    names = RadioField(
        _("Hoe staan personeelsleden in de bijlage?"),
        choices=[(name.value, _(label)) for name, label in NAMES_LABELS.items()],
        default=Names.INITIALS.value,
        description=_("Een brief met volledige namen is enkel te lezen met de rol voor privacygevoelige gegevens."),
    )
    facility = StringField(
        _("HCO-nummer voor het voorbeeld"),
        [Optional(), Length(max=20)],
        description=_(
            "Leeg: een voorbeeld met verzonnen gegevens. Met een nummer: met de laatste brief van die voorziening."
        ),
    )
    based_on = HiddenField()


def text_form(kind: LetterKind, content: LetterContent, number: int, *, with_names: bool) -> Any:
    """The form of a kind, filled in with a text; ``number`` is the version it starts from."""
    fields: dict[str, Any] = {}
    for item in PARAGRAPHS[kind]:
        hint = None if item.when is When.ALWAYS else _(WHEN_LABELS[item.when])
        fields[item.name] = TextAreaField(_(item.label), [Length(max=PARAGRAPH_LENGTH)], description=hint or "")
    form_class = type("TextForm", (LetterTextForm,), fields)
    form = form_class(
        data={
            "subject": content.subject,
            "names": content.names.value,
            "based_on": number,
            **{item.name: content.paragraphs.get(item.name, "") for item in PARAGRAPHS[kind]},
        }
    )
    if not with_names:
        del form.names
    return form


def typed_content(kind: LetterKind, form: Any) -> LetterContent:
    """What stands in the form, as a text."""
    names = Names(form.names.data) if "names" in form else Names.INITIALS
    return LetterContent(
        form.subject.data or "", {item.name: form[item.name].data or "" for item in PARAGRAPHS[kind]}, names
    )
