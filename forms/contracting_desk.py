"""Forms of the desk of the authority: shape and format. What is allowed is for the services to say."""

from __future__ import annotations

import re
from datetime import datetime, time

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from domain.calendars import BRUSSELS
from forms.fields import DutchDateField

_TIME = re.compile(r"([01]?\d|2[0-3])[:.u]([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,3}))?)?")


class ActForm(FlaskForm):
    """An act that only asks to be confirmed."""

    version = HiddenField()


class ReleaseForm(FlaskForm):
    """Releasing what was checked. ``seen`` names every draft with the counter it was read at: ``ref:3 ref:1``."""

    seen = HiddenField()

    @property
    def chosen(self) -> list[tuple[str, int]]:
        """The drafts, in the order in which they are released."""
        found = []
        for part in (self.seen.data or "").split()[:10]:
            reference, _colon, version = part.partition(":")
            found.append((reference, int(version) if version.isdecimal() and len(version) < 10 else 0))
        return found


class SendBackForm(FlaskForm):
    """Refusing to release, with what has to change."""

    note = TextAreaField(
        _("Wat moet er veranderen?"),
        [DataRequired(_("Schrijf wat er moet veranderen.")), Length(max=2000)],
        description=_("Enkel uw collega’s lezen dit. De opdrachtnemer ziet niets van dit concept."),
    )
    version = HiddenField()


class ReopenForm(FlaskForm):
    """Reopening a document of the contractor."""

    reason = TextAreaField(
        _("Reden van het heropenen"),
        [DataRequired(_("Geef de reden: de opdrachtnemer krijgt ze te lezen.")), Length(max=2000)],
        description=_(
            "De opdrachtnemer leest deze reden en maakt een nieuwe versie. De verzonden versie blijft bewaard."
        ),
    )


class NewDocumentForm(FlaskForm):
    """Which kind of document to make, and what it answers."""

    kind = SelectField(_("Soort dossierstuk"), [InputRequired(_("Kies een soort."))], validate_choice=False)
    parent = SelectField(
        _("Antwoord op"),
        validate_choice=False,
        description=_("Enkel nodig als het stuk op een ander stuk antwoordt."),
    )


class CorrectionForm(FlaskForm):
    """Another instant of becoming consultable, in Brussels time."""

    on = DutchDateField(_("Raadpleegbaar op"), [InputRequired(_("Vul de datum in."))])
    at = StringField(
        _("Uur"),
        [DataRequired(_("Vul het uur in, bijvoorbeeld 8:30."))],
        description=_("Bijvoorbeeld 8:30"),
    )
    reason = TextAreaField(
        _("Reden van de correctie"),
        [DataRequired(_("Geef de reden: beide partijen krijgen ze te lezen.")), Length(max=2000)],
    )

    def validate_at(self, field: StringField) -> None:
        """A time of the day."""
        if not _TIME.fullmatch((field.data or "").strip()):
            raise ValidationError(_("Vul een uur in zoals 8:30."))

    @property
    def moment(self) -> datetime:
        """The instant that was typed, with the offset of Brussels."""
        found = _TIME.fullmatch((self.at.data or "").strip())
        assert found is not None
        assert self.on.data is not None
        hour, minute, second, part = found.groups()
        micros = int((part or "0").ljust(3, "0")) * 1000
        return datetime.combine(self.on.data, time(int(hour), int(minute), int(second or 0), micros), BRUSSELS)
