"""Forms of a simulation. They are sent by GET and change nothing, so they carry no token; what is typed is a number or
a date, and who it is about is a reference of the own facility."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired, Optional

from forms.fields import DutchDateField
from forms.staff import HoursField

HOURS = _("Vul de uren per week in, bijvoorbeeld 38 of 19,5.")
REPLACING = _("Vul de uren vervanging in, of 0.")
CHOOSE = _("Kies uit de lijst.")


class _OnAddress(FlaskForm):
    """Read from the address; ``doe`` says which form was sent."""

    class Meta:
        """Nothing is changed, so nothing needs protection."""

        csrf = False


class HoursChangeForm(_OnAddress):
    """Other hours for a contract from a quarter on."""

    contract = SelectField(_("Contract"), [InputRequired(CHOOSE)])
    since = SelectField(_("Vanaf"), [InputRequired(CHOOSE)])
    hours = HoursField(_("Uren per week"), [InputRequired(HOURS)])
    replacement_hours = HoursField(_("Waarvan uren vervanging EL"), [InputRequired(REPLACING)])


class ChoiceChangeForm(_OnAddress):
    """Another choice for somebody from a quarter on."""

    person = SelectField(_("Medewerker"), [InputRequired(CHOOSE)])
    since = SelectField(_("Vanaf"), [InputRequired(CHOOSE)])
    premium_hours = SelectField(_("Uren premie"), [InputRequired(CHOOSE)])
    exemption_hours = SelectField(_("Uren vrijstelling"), [InputRequired(CHOOSE)])


class HiringForm(_OnAddress):
    """Somebody new who replaces."""

    qualification = SelectField(_("Kwalificatie"), [InputRequired(CHOOSE)])
    starts_on = DutchDateField(_("Startdatum"), [InputRequired(_("Vul een startdatum in."))])
    ends_on = DutchDateField(_("Einddatum"), [Optional()], description=_("Leeg als het contract doorloopt."))
    hours = HoursField(_("Uren per week"), [InputRequired(HOURS)])
    replacement_hours = HoursField(_("Waarvan uren vervanging EL"), [InputRequired(REPLACING)])


class EndForm(_OnAddress):
    """A contract that ends."""

    contract = SelectField(_("Contract"), [InputRequired(CHOOSE)])
    ends_on = DutchDateField(_("Einddatum"), [InputRequired(_("Vul een einddatum in."))])


FORMS: dict[str, type[Any]] = {
    "uren": HoursChangeForm,
    "keuze": ChoiceChangeForm,
    "aanwerven": HiringForm,
    "beeindigen": EndForm,
}
"""The forms by the word in the address."""
