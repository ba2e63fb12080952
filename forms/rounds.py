"""Forms of the rounds of calculations."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

ALL, LISTED = "alle", "lijst"


class StartForm(FlaskForm):
    """What to calculate, for which period and for whom."""

    period = SelectField(_("Referentieperiode"), [InputRequired(_("Kies een referentieperiode."))])
    kind = RadioField(_("Wat wilt u berekenen?"), [InputRequired(_("Kies wat u wilt berekenen."))])
    scope = RadioField(
        _("Voor wie?"),
        [InputRequired(_("Kies voor welke voorzieningen."))],
        choices=[(ALL, _("Alle voorzieningen waarvoor het kan")), (LISTED, _("Enkel deze voorzieningen"))],
        default=ALL,
    )
    facilities = TextAreaField(
        _("HCO-nummers"),
        [Optional(), Length(max=120_000, message=_("Deze lijst is te lang. Plak enkel de HCO-nummers."))],
        description=_(
            "Eén per regel, of met een spatie of komma ertussen. U kunt een kolom uit een rekenblad plakken."
        ),
    )
    reason = TextAreaField(
        _("Reden"),
        [Optional(), Length(max=2000)],
        description=_("Verplicht voor een herberekening of een correctie. De reden staat in de brief."),
    )

    @property
    def numbers(self) -> list[str] | None:
        """The numbers that were typed or pasted; None for all facilities."""
        if self.scope.data != LISTED:
            return None
        return [number for number in re.split(r"[\s,;]+", self.facilities.data or "") if number]


class AgainForm(FlaskForm):
    """A new version for one facility, after its definitive calculation."""

    kind = RadioField(_("Soort"), [InputRequired(_("Kies een herberekening of een correctie."))])
    reason = TextAreaField(
        _("Reden"),
        [InputRequired(_("Vul een reden in.")), Length(max=2000)],
        description=_("De voorziening leest deze reden in de brief."),
    )


class RollBackForm(FlaskForm):
    """Why a computed round is undone."""

    reason = TextAreaField(_("Reden"), [InputRequired(_("Vul een reden in.")), Length(max=2000)])


class ReleaseForm(FlaskForm):
    """Release what was shown: nothing but the token that proves the person asked."""
