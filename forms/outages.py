"""Forms of outages: shape and format; what a notice must hold is a rule of the domain."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from domain.calendars import BRUSSELS
from domain.econtracting.document_states import Function
from domain.econtracting.outage_notices import EVERYTHING, FUNCTION_LABELS, MAX_TEXT, MAX_TITLE, Notice, functions_of
from forms.fields import Checkboxes, DutchDateField, Mandatory

_TIME = re.compile(r"([01]?\d|2[0-3])[:.u](\d{2})")


class TimeField(StringField):
    """A time of the day, typed as 14:30."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("description", _("Bijvoorbeeld 14:30"))
        super().__init__(label, validators if validators is not None else [Optional()], **kwargs)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """A time of the day, or nothing."""
        if self.data and self.data.strip() and self.clock is None:
            raise ValidationError(str(_("Vul een uur in zoals 14:30.")))

    @property
    def clock(self) -> time | None:
        """What was typed as a time; None when it is none."""
        match = _TIME.fullmatch((self.data or "").strip())
        return time(int(match[1]), int(match[2])) if match and int(match[2]) < 60 else None


def instant(day: date | None, at: time | None) -> datetime | None:
    """A day and a time in Brussels; without a time midnight, without a day nothing."""
    return None if day is None else datetime.combine(day, at or time(), BRUSSELS)


class OutageForm(FlaskForm):
    """A notice, with the reason when it corrects another."""

    title = StringField(
        _("Titel"), [Mandatory()], description=_("Wat mensen merken, bijvoorbeeld 'Opladen lukt niet'.")
    )
    planned = RadioField(
        _("Oorzaak"),
        [InputRequired(_("Kies of het gepland of onverwacht is."))],
        choices=[("ja", _("Gepland onderhoud")), ("nee", _("Onverwacht probleem"))],
    )
    functions = Checkboxes(
        _("Wat werkt niet?"),
        [Mandatory()],
        choices=[(EVERYTHING, _("Alles")), *((one.value, _(FUNCTION_LABELS[one])) for one in Function)],
    )
    starts_on = DutchDateField(_("Vanaf"), [InputRequired(_("Vul in vanaf wanneer."))])
    starts_at = TimeField(_("Uur van het begin"), [InputRequired(_("Vul het uur in, bijvoorbeeld 14:30."))])
    ends_on = DutchDateField(_("Tot"), description=_("Laat leeg zolang het niet voorbij is."))
    ends_at = TimeField(_("Uur van het einde"))
    body = TextAreaField(_("Uitleg"), [Optional()])
    remedy = TextAreaField(
        _("Wat kunnen mensen zelf doen?"),
        [Optional()],
        description=_("Bijvoorbeeld: wis één keer de cookies en meld u opnieuw aan."),
    )
    third_party = BooleanField(_("De oorzaak ligt bij een derde"))
    visible_until = DutchDateField(
        _("Zichtbaar tot en met"), description=_("Laat leeg om het bericht twee dagen na het einde weg te halen.")
    )
    reason = TextAreaField(_("Reden van de verbetering"), [Optional()])
    version = HiddenField()

    max_title, max_text = MAX_TITLE, MAX_TEXT

    @property
    def notice(self) -> Notice:
        """What was typed, as the rules read it."""
        starts = instant(self.starts_on.data, self.starts_at.clock)
        assert starts is not None  # validated
        until = self.visible_until.data
        return Notice(
            planned=self.planned.data == "ja",
            functions=functions_of(self.functions.data or []),
            starts_at=starts,
            ends_at=instant(self.ends_on.data, self.ends_at.clock),
            title=(self.title.data or "").strip(),
            body=(self.body.data or "").strip(),
            remedy=(self.remedy.data or "").strip(),
            third_party=bool(self.third_party.data),
            visible_until=None if until is None else datetime.combine(until, time(23, 59, 59), BRUSSELS),
        )

    def fill(self, notice: Notice) -> None:
        """What stands in a notice, to be corrected."""
        starts = notice.starts_at.astimezone(BRUSSELS)
        self.title.data, self.planned.data = notice.title, "ja" if notice.planned else "nee"
        self.functions.data = [one.value for one in sorted(notice.functions)]
        self.starts_on.data, self.starts_at.data = starts.date(), f"{starts:%H:%M}"
        if notice.ends_at is not None:
            ends = notice.ends_at.astimezone(BRUSSELS)
            self.ends_on.data, self.ends_at.data = ends.date(), f"{ends:%H:%M}"
        self.body.data, self.remedy.data, self.third_party.data = notice.body, notice.remedy, notice.third_party
        if notice.visible_until is not None:
            self.visible_until.data = notice.visible_until.astimezone(BRUSSELS).date()


class EndOutageForm(FlaskForm):
    """When an outage was over; empty is now."""

    ends_on = DutchDateField(_("Voorbij op"), description=_("Laat leeg als het nu voorbij is."))
    ends_at = TimeField(_("Om"))
    version = HiddenField()

    @property
    def moment(self) -> datetime | None:
        """The instant, or None for now."""
        return instant(self.ends_on.data, self.ends_at.clock)


class WithdrawOutageForm(FlaskForm):
    """Why a notice is withdrawn."""

    reason = TextAreaField(_("Reden"), [Mandatory()])
    version = HiddenField()
