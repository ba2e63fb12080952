"""Forms of notification addresses: shape only; the rules are in domain.econtracting.notifications."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Length

from forms.fields import Checkboxes, Language, Mandatory


class AddressChangeForm(FlaskForm):
    """What an address hears of, and in which language."""

    events = Checkboxes(
        _("Gebeurtenissen"), validate_choice=False, description=_("Waarvoor dit adres een mail krijgt.")
    )
    language = Language(_("Taal van de mails"))
    version = HiddenField()


class AddressForm(AddressChangeForm):
    """A new address."""

    email = StringField(
        _("E-mailadres"),
        [Mandatory(), Length(max=254, message=_("Vul hoogstens %(max)d tekens in."))],
        description=_("Liefst een gedeelde mailbox. Het adres krijgt eerst een mail om te bevestigen."),
    )
    theme = SelectField(_("Thema"), validate_choice=False, description=_("Kies een thema, of laat staan voor alles."))
