"""Forms of the rights of persons: shape and format; what they mean is for the services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from domain.erasing import HoldScope
from forms.fields import FormKeyField


class InspectionForm(FlaskForm):
    """The number of the person; posted, so that it never stands in an address."""

    number = StringField(
        _("Rijksregisternummer"),
        [DataRequired(_("Vul het rijksregisternummer in.")), Length(max=40)],
        description=_("11 cijfers. Het nummer komt niet in het adres of in een logbestand."),
    )


class ReviewForm(InspectionForm):
    """The same at the department, which says why."""

    reason = StringField(
        _("Reden"),
        [DataRequired(_("Vul in waarom u het persoonsdossier nodig hebt.")), Length(max=300)],
        description=_("Bijvoorbeeld het nummer van de klacht. De voorziening leest deze reden."),
    )


class PersonFileForm(FlaskForm):
    """Which file of a person: the number and the reason as they stood on the page."""

    number = HiddenField()
    reason = HiddenField()
    kind = HiddenField()


class CorrectionForm(FlaskForm):
    """What a staff member asks to correct."""

    number = StringField(
        _("Rijksregisternummer van het personeelslid"),
        [DataRequired(_("Vul het rijksregisternummer in.")), Length(max=40)],
        description=_("11 cijfers."),
    )
    field = RadioField(_("Wat klopt er niet?"), [InputRequired(_("Kies wat er niet klopt."))])
    quarter = SelectField(_("In welk kwartaal?"), [Optional()], description=_("Enkel als het over een kwartaal gaat."))
    wanted = TextAreaField(_("Wat moet er staan?"), [DataRequired(_("Vul in wat er moet staan.")), Length(max=2000)])
    key = FormKeyField()


class CorrectionActForm(FlaskForm):
    """What is done with a request; the version is of the page that asked."""

    answer = TextAreaField(_("Antwoord aan het personeelslid"), [Optional(), Length(max=2000)])
    version = HiddenField()


class InvolveForm(FlaskForm):
    """What the department is asked about a request."""

    body = TextAreaField(
        _("Uw bericht aan het departement"),
        [DataRequired(_("Vul uw bericht in.")), Length(max=4000)],
        description=_("Noem het personeelslid niet: het departement ziet het verzoek."),
    )
    version = HiddenField()


class HoldForm(FlaskForm):
    """Why erasing has to wait, and of what. What the choices are called depends on whose the data are."""

    scope = RadioField(
        _("Wat moet wachten?"),
        [InputRequired(_("Kies wat moet wachten."))],
        choices=[(one.value, "") for one in HoldScope],
        default=HoldScope.ONE.value,
    )
    reason = StringField(_("Reden"), [DataRequired(_("Vul in waarom het wissen moet wachten.")), Length(max=500)])


class HoldFacilityForm(FlaskForm):
    """Whose data have to wait, all of them, and why."""

    hco_number = StringField(
        _("HCO-nummer"), [DataRequired(_("Vul het HCO-nummer in.")), Length(max=20)], description=_("8 cijfers.")
    )
    reason = StringField(_("Reden"), [DataRequired(_("Vul in waarom het wissen moet wachten.")), Length(max=500)])
