"""Forms of the back office: shape and format. Every decision is taken by the service that gets the data."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from domain.calendars import BRUSSELS
from forms.fields import Checkboxes, DutchDateField

_TIME = re.compile(r"([01]?\d|2[0-3])[:.u](\d{2})")
_CODE = r"[A-Z][A-Z0-9_]*"


def _trimmed(value: str | None) -> str | None:
    """What was typed, without the spaces around it."""
    return value.strip() if isinstance(value, str) else value


class DecisionForm(FlaskForm):
    """A step of a case manager: which one is in the address, why is here. The version is of the page that asked."""

    reason = TextAreaField(_("Reden"), [Optional(), Length(max=2000)])
    version = HiddenField()


class BulkForm(FlaskForm):
    """One step for several dossiers. ``rows`` hold number and version of each as it was shown."""

    reason = TextAreaField(_("Reden"), [Optional(), Length(max=2000)])


class ReopeningForm(FlaskForm):
    """A request to reopen that came in by e-mail, and what is decided about it."""

    received_on = DutchDateField(_("Ontvangen op"), [InputRequired(_("Vul de datum in waarop de e-mail binnenkwam."))])
    received_at = StringField(
        _("Uur van ontvangst"),
        [DataRequired(_("Vul het uur in, bijvoorbeeld 14:30."))],
        description=_("Bijvoorbeeld 14:30"),
    )
    quarters = Checkboxes(_("Kwartalen"), [InputRequired(_("Kies minstens één kwartaal."))])
    decision = RadioField(
        _("Beslissing"),
        [InputRequired(_("Kies wat u met de aanvraag doet."))],
        choices=[
            ("GRANTED", _("Heropenen: alle gekozen kwartalen in één keer")),
            ("REFUSED", _("Weigeren")),
            ("LATER", _("Enkel registreren; later beslissen")),
        ],
    )
    reason = TextAreaField(_("Reden"), [Optional(), Length(max=2000)])

    def validate_received_at(self, field: Any) -> None:
        """A time of the day."""
        if field.data and not _TIME.fullmatch(field.data.strip()):
            raise ValidationError(str(_("Vul een uur in zoals 14:30.")))

    @property
    def moment(self) -> datetime:
        """Date and time as an instant in Brussels."""
        match = _TIME.fullmatch(self.received_at.data.strip())
        assert match is not None  # validated
        return datetime.combine(self.received_on.data, time(int(match[1]), int(match[2])), BRUSSELS)


class GrantForm(FlaskForm):
    """Grant a request; the reason of the request stands there already."""

    reason = TextAreaField(
        _("Reden om te heropenen"),
        [DataRequired(_("Vul een reden in.")), Length(max=2000)],
        description=_("Overgenomen uit de aanvraag. De reden staat op de tijdlijn en in het logboek."),
    )


class RefuseForm(FlaskForm):
    """Refuse a request: the facility reads the reason."""

    refusal = TextAreaField(
        _("Reden om te weigeren"),
        [DataRequired(_("Vul een reden in: de voorziening krijgt ze te lezen.")), Length(max=2000)],
        description=_("De voorziening leest deze reden. Ze staat ook in het logboek."),
    )


class RevealForm(FlaskForm):
    """Why a national number has to be seen."""

    reason = StringField(
        _("Reden"),
        [DataRequired(_("Vul in waarom u het volledige nummer nodig hebt.")), Length(max=300)],
        description=_("Uw naam, de reden en het tijdstip worden bewaard in het logboek."),
    )


class LookUpForm(FlaskForm):
    """The one box of the helpdesk."""

    search = StringField(
        _("Zoeken"),
        [DataRequired(_("Vul een nummer, een naam of een code in.")), Length(max=100)],
        description=_(
            "HCO-nummer, ondernemingsnummer, dossiernummer, kwartaal, rijksregisternummer, naam, "
            "of de code van een pagina ‘Geen toegang’"
        ),
    )


class BlockForm(FlaskForm):
    """Whom to keep out and why."""

    kind = RadioField(
        _("Wie blokkeert u?"),
        [InputRequired(_("Kies een persoon of een organisatie."))],
        choices=[("ORGANISATION", _("Een organisatie")), ("PERSON", _("Een persoon"))],
    )
    key = StringField(
        _("Nummer"),
        [DataRequired(_("Vul het nummer in.")), Length(max=40)],
        filters=[_trimmed],
        description=_(
            "Organisatie: HCO-nummer, ondernemingsnummer of OVO-code. Persoon: het accountnummer uit het logboek."
        ),
    )
    reason = TextAreaField(_("Reden"), [DataRequired(_("Vul een reden in.")), Length(max=1000)])


class UnblockForm(FlaskForm):
    """Why a block is lifted."""

    reason = TextAreaField(_("Reden"), [DataRequired(_("Vul een reden in.")), Length(max=1000)])


class _ListForm(FlaskForm):
    code = StringField(
        _("Code"),
        [
            DataRequired(_("Vul een code in.")),
            Length(max=40),
            Regexp(_CODE + "$", message=_("Een code bestaat uit hoofdletters, cijfers en _ en begint met een letter.")),
        ],
        filters=[_trimmed],
        description=_("De code verandert niet meer na het bewaren."),
    )
    name = StringField(_("Naam"), [DataRequired(_("Vul een naam in.")), Length(max=80)], filters=[_trimmed])
    position = IntegerField(
        _("Volgorde"),
        [InputRequired(_("Vul een getal in.")), NumberRange(0, 9999, _("Vul een getal van 0 tot 9999 in."))],
        default=0,
    )


class QualificationForm(_ListForm):
    """A qualification (9.1)."""

    is_nurse = BooleanField(_("Verpleegkundige: kan een premie kiezen"))
    automatic_right = BooleanField(_("Geeft automatisch recht op eindeloopbaan"))
    valid_from = DutchDateField(_("Geldig vanaf"), [InputRequired(_("Vul een datum in."))])
    valid_to = DutchDateField(_("Geldig tot en met"), description=_("Laat leeg zolang ze gebruikt wordt."))


class ContractTypeForm(_ListForm):
    """A contract type (9.2, 9.3)."""

    right_possible = BooleanField(_("Recht op eindeloopbaan mogelijk"))
    replacer_excluded_from = DutchDateField(
        _("Als vervanger uitgesloten vanaf"), description=_("Laat leeg als dit contracttype als vervanger mag.")
    )
    valid_from = DutchDateField(_("Geldig vanaf"), [InputRequired(_("Vul een datum in."))])
    valid_to = DutchDateField(_("Geldig tot en met"), description=_("Laat leeg zolang het gebruikt wordt."))


class FundingForm(_ListForm):
    """A funding (E-052)."""

    name = StringField(_("Naam"), [DataRequired(_("Vul een naam in.")), Length(max=120)], filters=[_trimmed])


class RaasCodeForm(FlaskForm):
    """Which code of a RaaS export stands for which code here."""

    kind = SelectField(
        _("Soort"),
        [InputRequired(_("Kies een soort."))],
        choices=[("QUALIFICATION", _("Kwalificatie")), ("CONTRACT_TYPE", _("Contracttype"))],
    )
    raas_code = StringField(
        _("Code in RaaS"), [DataRequired(_("Vul de code van RaaS in.")), Length(max=10)], filters=[_trimmed]
    )
    code = SelectField(_("Staat hier voor"), [InputRequired(_("Kies een code."))])


class RaasUploadForm(FlaskForm):
    """The RaaS export of one facility."""

    hco_number = StringField(
        _("HCO-nummer van de voorziening"),
        [DataRequired(_("Vul het HCO-nummer in.")), Length(max=20)],
        filters=[_trimmed],
        description=_("Bijvoorbeeld 71000034"),
    )
    file = FileField(
        _("Bestand uit RaaS"),
        [FileRequired(_("Kies het bestand (CSV)."))],
        description=_("CSV met puntkomma’s, zoals RaaS het uitvoert"),
    )


class RaasConfirmForm(FlaskForm):
    """Take over what the preview showed: the file by its digest, the facility by its number."""

    hco_number = HiddenField(validators=[InputRequired()])
    digest = HiddenField(validators=[InputRequired(), Regexp(r"[0-9a-f]{64}$")])
