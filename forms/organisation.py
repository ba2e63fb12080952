"""Forms of *Mijn organisatie*. They hold the shape; the rules of V-70 to V-77 are in domain.organisation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget


def _text(label: str, most: int, *, required: bool = False, **kwargs: object) -> StringField:
    presence = InputRequired(_("Vul dit veld in.")) if required else Optional()
    return StringField(label, [presence, Length(max=most, message=_("Hoogstens %(max)d tekens."))], **kwargs)


class CheckboxesField(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DetailsForm(FlaskForm):
    """General contact data (E-041, E-042)."""

    phone = _text(_("Telefoonnummer"), 40, required=True)
    email = _text(_("E-mailadres"), 254, required=True)
    website = _text(_("URL"), 200, description=_("Adres van de website, bijvoorbeeld https://www.voorbeeld.be"))
    social_security_number = _text(
        _("RSZ-nummer"),
        20,
        description=_("9 cijfers. U vindt het RSZ(PPO)-nummer in het werkgeversrepertorium van de sociale zekerheid."),
    )
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


class BankAccountForm(FlaskForm):
    """A bank account with its holder (E-054)."""

    is_default = BooleanField(
        _("Standaard"),
        description=_("De standaardrekening dient voor elke financiering zonder eigen rekening."),
    )
    iban = _text(_("IBAN"), 42, required=True, description=_("Begint met hoofdletters BE, gevolgd door 14 cijfers."))
    holder = _text(
        _("Rekeninghouder"), 160, description=_("Naam zoals die op de rekeninguittreksels staat. Kijk dit na.")
    )
    street = _text(_("Straat"), 120)
    house_number = _text(_("Nr."), 12)
    box = _text(_("Bus"), 12)
    postal_code = _text(_("Postcode"), 8)
    city = _text(_("Plaats"), 80)
    fundings = CheckboxesField(
        _("Financiering"),
        validate_choice=False,
        description=_("Waarvoor u betalingen op dit nummer wilt ontvangen. Elke financiering kan op één nummer."),
    )
