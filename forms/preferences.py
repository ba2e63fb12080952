"""The form of what an address for mail prefers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField

from forms.fields import Language

ONCE_A_DAY = "dag"


class PreferenceForm(FlaskForm):
    """How often, and in which language."""

    often = RadioField(
        _("Wanneer"),
        choices=[
            ("meteen", _("Meteen: een e-mail per gebeurtenis")),
            (ONCE_A_DAY, _("Eén keer per dag: een overzicht om 7 uur, als er iets is")),
        ],
        default="meteen",
        description=_(
            "Bevestigingen, gewijzigde bankgegevens, antwoorden van de helpdesk en storingen komen altijd meteen."
        ),
    )
    language = Language(_("Taal van de mails"))
