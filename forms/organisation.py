"""Forms of *Mijn organisatie*. They hold the shape; the rules of V-70 to V-77 are in domain.organisation."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from forms.fields import FormKeyField, Mandatory


def _text(label: Any, most: int, *, required: bool = False, **kwargs: Any) -> StringField:
    length = Length(max=most, message=_("Vul hoogstens %(max)d tekens in."))
    return StringField(label, [Mandatory(), length] if required else [length], **kwargs)


class CheckboxesField(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DetailsForm(FlaskForm):
    """General contact data (E-041, E-042)."""

    phone = _text(
        _("Telefoonnummer"), 40, required=True, description=_("Algemeen telefoonnummer, bijvoorbeeld 09 123 45 67")
    )
    email = _text(_("E-mailadres"), 254, required=True, description=_("Algemeen e-mailadres van de voorziening"))
    website = _text(_("URL"), 200, description=_("Adres van de website, bijvoorbeeld https://www.voorbeeld.be"))
    social_security_number = _text(_("RSZ-nummer"), 20, description=_("9 cijfers, bijvoorbeeld 1234567-49"))
    version = HiddenField()


class ContactForm(FlaskForm):
    """A contact person (E-045)."""

    given_name = _text(_("Voornaam"), 80, required=True)
    family_name = _text(_("Naam"), 80, required=True)
    email = _text(_("E-mailadres"), 254, required=True)
    phone = _text(_("Telefoonnummer"), 40)
    job_title = _text(_("Functie"), 80)
    themes = CheckboxesField(
        _("Thema's"),
        validate_choice=False,
        description=_("Deze persoon krijgt een e-mail bij elke berekening en elk nieuw bericht van het thema."),
    )
    version = HiddenField()
    key = FormKeyField()


class BankAccountForm(FlaskForm):
    """A bank account with its holder (E-054); the order is that of the page, and so of the error summary."""

    iban = _text(_("IBAN"), 42, required=True, description=_("Hoofdletters BE en 14 cijfers; spaties mogen."))
    is_default = BooleanField(
        _("Standaard"),
        description=_("De standaardrekening dient voor elke financiering zonder eigen rekening."),
    )
    fundings = CheckboxesField(
        _("Financiering"),
        validate_choice=False,
        description=_("Waarvoor u betalingen op dit nummer wilt ontvangen. Elke financiering kan op één nummer."),
    )
    holder = _text(
        _("Rekeninghouder"),
        160,
        required=True,
        description=_("De naam zoals die op de rekeninguittreksels staat. Kijk dit na."),
    )
    street = _text(_("Straat"), 120, required=True)
    house_number = _text(_("Nr."), 12, required=True)
    box = _text(_("Bus"), 12)
    postal_code = _text(_("Postcode"), 8, required=True)
    city = _text(_("Plaats"), 80, required=True)
    key = FormKeyField()
