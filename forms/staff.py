"""Forms of the staff screens: shape and words. What is allowed is judged by domain.ecalcura (V-01 to V-41)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from domain.dutch import number
from domain.ecalcura.choice_rules import V32
from domain.ecalcura.contract_rules import V14
from forms.fields import DutchDateField

_HOURS = re.compile(r"-?[0-9]{1,4}(?:[.,][0-9]{1,2})?")


class HoursField(StringField):
    """Weekly hours with a decimal comma or point, at most two decimals; empty gives ``empty``."""

    def __init__(self, label: Any = None, validators: Any = None, empty: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.empty = empty
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return number(self.data) if isinstance(self.data, Decimal) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = self.empty
        if not valuelist:
            return
        self.typed = valuelist[0]
        text = valuelist[0].strip().replace("\u00a0", "")
        if not text:
            return
        if not _HOURS.fullmatch(text):
            raise ValueError(str(_("Vul een aantal uren in met hoogstens twee decimalen, bijvoorbeeld 38 of 19,5.")))
        self.data = Decimal(text.replace(",", "."))


class NationalNumberForm(FlaskForm):
    """One national number to put on the stack (E-066)."""

    national_number = StringField(_("Rijksregisternummer"))


class ContractForm(FlaskForm):
    """A contract (E-070 to E-075)."""

    starts_on = DutchDateField(_("Startdatum"), [InputRequired(_("Vul een startdatum in."))])
    ends_on = DutchDateField(
        _("Einddatum"),
        [Optional()],
        description=_(
            "Enkel als het contract eindigt. Gaat de medewerker uit dienst, "
            "vul dan ook bij Eindeloopbaan een einddatum in."
        ),
    )
    contract_type = SelectField(_("Contracttype"), [InputRequired(_(V14))], validate_choice=False)
    qualification = SelectField(
        _("Kwalificatie"),
        [InputRequired(_(V14))],
        validate_choice=False,
        description=_(
            "De functie die de medewerker echt uitoefent, met het juiste diploma en, indien nodig, het juiste visum. "
            "Oefent iemand twee functies uit, maak dan twee contracten."
        ),
    )
    hours = HoursField(
        _("Uren"),
        [InputRequired(_("Vul de uren in, bijvoorbeeld 38 of 19,5."))],
        description=_("Gemiddelde uren per week van dit contract, de uren vervanging inbegrepen."),
    )
    replacement_hours = HoursField(
        _("Uren vervanging EL"),
        [Optional()],
        empty=Decimal(0),
        description=_(
            "Gemiddelde uren per week waarin de medewerker uren vrijstelling opvangt. Trek ze niet af van 'Uren'. "
            "Laat leeg als het niet van toepassing is."
        ),
    )
    el_right = BooleanField(
        _("Recht Eindeloopbaan"),
        description=_(
            "Contracttype en kwalificatie bepalen of het recht automatisch is. "
            "Vink het anders enkel aan als de medewerker aan alle wettelijke voorwaarden voldoet."
        ),
    )
    el_right_for = HiddenField()
    version = HiddenField()

    def offer(self, contract_types: Mapping[str, str], qualifications: Mapping[str, str]) -> None:
        """Fill the lists: names by code."""
        self.contract_type.choices = _options(contract_types.items(), _("Kies een contracttype"))
        self.qualification.choices = _options(qualifications.items(), _("Kies een kwalificatie"))

    @property
    def combination(self) -> str:
        """Contract type and qualification as chosen, the way the page names a combination."""
        return f"{self.contract_type.data or ''}|{self.qualification.data or ''}"

    @property
    def decided_right(self) -> bool | None:
        """The tick as the person decided it; None while the box was not shown for this combination (E-075)."""
        if self.el_right.data or self.el_right_for.data == self.combination:
            return bool(self.el_right.data)
        return None


def _hours_of_list(value: str) -> int | None:
    return int(value) if value != "" else None


class ChoiceForm(FlaskForm):
    """An end-of-career choice (E-082 to E-088)."""

    decided_on = DutchDateField(
        _("Datum keuze"),
        [InputRequired(_("Vul de datum van de keuze in."))],
        description=_(
            "Wanneer de medewerker koos. Is enkel vrijstelling mogelijk, vul dan het begin van het recht in."
        ),
    )
    begins_on = DutchDateField(
        _("Begin recht"),
        [InputRequired(_("Vul het begin van het recht in."))],
        description=_("De eerste dag van de maand waarin het (bijkomende) recht ontstond, bijvoorbeeld 01/07/2024."),
    )
    ends_on = DutchDateField(
        _("Einde recht"),
        [Optional()],
        description=_(
            "Bij een andere keuze, een hogere leeftijdscategorie of het einde van het contract. "
            "Vul in dat laatste geval ook bij Contracten een einddatum in."
        ),
    )
    age_category = SelectField(
        _("Leeftijdscategorie"),
        [InputRequired(_("Kies een leeftijdscategorie uit de lijst."))],
        validate_choice=False,
        description=_("De categorie waarvoor echt rechten opgebouwd zijn, ook als de medewerker intussen ouder is."),
    )
    premium_hours = SelectField(
        _("Uren premie"),
        [InputRequired(_(V32))],
        coerce=_hours_of_list,
        validate_choice=False,
        invalid_value_message=_("Kies een aantal uren uit de lijst."),
        description=_("Uren per week voor een voltijdse job; 0 als er geen recht op een premie is."),
    )
    exemption_hours = SelectField(
        _("Uren vrijstelling"),
        [InputRequired(_(V32))],
        coerce=_hours_of_list,
        validate_choice=False,
        invalid_value_message=_("Kies een aantal uren uit de lijst."),
        description=_("Uren per week voor een voltijdse job; 0 als er geen recht op vrijstelling is."),
    )
    version = HiddenField()

    def offer(self, categories: Iterable[str], hours: Iterable[int]) -> None:
        """Fill the lists: age categories and the weekly hours to choose from."""
        self.age_category.choices = _options(((name, name) for name in categories), _("Kies een leeftijdscategorie"))
        options = [(str(value), str(value)) for value in hours]
        self.premium_hours.choices = _options(options, _("Kies"))
        self.exemption_hours.choices = _options(options, _("Kies"))


def _options(pairs: Iterable[tuple[str, str]], first: Any) -> list[SelectChoice]:
    return [SelectChoice("", str(first)), *(SelectChoice(value, label) for value, label in pairs)]
