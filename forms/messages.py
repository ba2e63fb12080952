"""Forms of messages: shape only; the rules are in domain.messaging."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from domain.messaging import MAX_BODY, MAX_SUBJECT
from forms.fields import Mandatory


class MessageForm(FlaskForm):
    """The text of a message. ``version`` is the counter of the draft it was typed on."""

    body = TextAreaField(
        _("Bericht"), [Mandatory(), Length(max=MAX_BODY, message=_("Hou het bericht korter dan %(max)d tekens."))]
    )
    awaits_reply = BooleanField(_("Ik verwacht een antwoord"))
    version = HiddenField()


class NewThreadForm(MessageForm):
    """The first message of a thread."""

    subject = StringField(
        _("Onderwerp"),
        [Mandatory(), Length(max=MAX_SUBJECT, message=_("Hou het onderwerp korter dan %(max)d tekens."))],
    )


class FacilityThreadForm(NewThreadForm):
    """The first message of a facility: about which quarter, and to whom. ``to`` is left out when there is no desk."""

    quarter = SelectField(_("Waarover gaat het?"))
    to = RadioField(_("Aan"))
