"""Forms of the helpdesk: shape only; the rules are in domain.helpdesk."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, RadioField, StringField, TelField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from domain.helpdesk import MAX_ANSWER, MAX_BODY, MAX_NAME, MAX_PAGE, MAX_PHONE, MAX_SUBJECT, TicketTheme
from forms.fields import Mandatory


class TicketForm(FlaskForm):
    """A question to the helpdesk. ``website`` is for robots: nobody sees it, and who fills it in is no person."""

    subject = StringField(
        _("Wat werkt er niet?"),
        [Mandatory(), Length(max=MAX_SUBJECT, message=_("Hou dit korter dan %(max)d tekens."))],
        description=_("In één zin, bijvoorbeeld: ik kan mijn aangifte niet openen."),
    )
    body = TextAreaField(
        _("Wat deed u, en wat gebeurde er?"),
        [Mandatory(), Length(max=MAX_BODY, message=_("Hou dit korter dan %(max)d tekens."))],
        description=_(
            "Schrijf geen rijksregisternummers of namen van personeelsleden op: de helpdesk heeft die niet nodig."
        ),
    )
    code = StringField(
        _("Code van een foutpagina"),
        [Optional(), Length(max=20)],
        description=_("Als u er een kreeg, bijvoorbeeld K7M-4QX."),
    )
    email = EmailField(_("E-mailadres"), [Optional(), Length(max=254)])
    phone = TelField(_("Telefoonnummer"), [Optional(), Length(max=MAX_PHONE)])
    page = HiddenField(validators=[Optional(), Length(max=MAX_PAGE)])
    website = StringField(_("Laat dit veld leeg"))

    def validate_website(self, field: Any) -> None:
        """Only a robot fills this in; a person is told what to do."""
        if field.data:
            raise ValidationError(str(_("Maak het veld ‘Laat dit veld leeg’ leeg en verstuur opnieuw.")))


class UnknownTicketForm(TicketForm):
    """Of who is not signed in: who asks, and for which theme."""

    name = StringField(
        _("Uw naam"), [Mandatory(), Length(max=MAX_NAME, message=_("Hou dit korter dan %(max)d tekens."))]
    )
    theme = RadioField(
        _("Voor wie werkt u?"),
        [Optional()],
        choices=[
            (TicketTheme.ECALCURA.value, _("Een zorgvoorziening (eCalcura)")),
            (TicketTheme.ECONTRACTING.value, _("Een onderneming of aanbesteder (e-Contracting)")),
            (TicketTheme.ANY.value, _("Iets anders, of ik weet het niet")),
        ],
        default=TicketTheme.ANY.value,
    )


class TicketAnswerForm(FlaskForm):
    """What the helpdesk answers. ``version`` is of the page that was read."""

    answer = TextAreaField(
        _("Antwoord"),
        [Optional(), Length(max=MAX_ANSWER, message=_("Hou dit korter dan %(max)d tekens."))],
        description=_("Wie de vraag stelde, leest dit na aanmelden. Geen rijksregisternummers."),
    )
    version = HiddenField()


class TicketSearchForm(FlaskForm):
    """The code that somebody reads out."""

    code = StringField(_("Code"), [Optional(), Length(max=40)])
