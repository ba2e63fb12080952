"""Forms of rates, closing days and the recalculation of a term: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from forms.fields import DutchDateField, Mandatory


class RateForm(FlaskForm):
    """The interest of a half-year. ``before`` is what the page showed, when one is changed."""

    half_year = StringField(
        _("Halfjaar"), [Mandatory()], description=_("Bijvoorbeeld 2026H2: juli tot en met december.")
    )
    percent = StringField(_("Percentage per jaar"), [Mandatory()], description=_("Bijvoorbeeld 10,5"))
    source = StringField(_("Bron"), [Mandatory()], description=_("Bijvoorbeeld: Belgisch Staatsblad, 14 juli 2026"))
    derived = BooleanField(_("Zelf berekend, er is nog geen bekendmaking"))
    before = HiddenField()


class DayForm(FlaskForm):
    """A closing day."""

    day = DutchDateField(_("Datum"), [Mandatory()])
    name = StringField(_("Naam"), [Mandatory()])
    statutory = BooleanField(_("Wettelijke feestdag: ze verschuift de laatste dag van een termijn"))
    source = StringField(_("Bron"), [Mandatory()])


class RemoveDayForm(FlaskForm):
    """Asking before a day is taken from the list."""


class RecalculateForm(FlaskForm):
    """Why a term is reckoned anew."""

    reason = TextAreaField(_("Reden"), [Mandatory()])
