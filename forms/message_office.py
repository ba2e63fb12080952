"""Forms of the office side of messages: shape only; the rules are in domain.desks and domain.canned_texts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from domain.organisation import SECTOR_LABELS
from forms.fields import Checkboxes, FormKeyField, Mandatory
from forms.messages import NewThreadForm


class DeskForm(FlaskForm):
    """A desk; whoever can sit at it is given by the page. ``version`` is the counter of the row it was made on."""

    name = StringField(_("Naam"), [Mandatory()])
    mailbox = StringField(_("Mailbox"))
    sectors = Checkboxes(_("Sectoren"), choices=[(code, label) for code, label in SECTOR_LABELS.items()])
    members = Checkboxes(_("Dossierbeheerders"), coerce=int)
    active = BooleanField(_("In gebruik"), default=True)
    version = HiddenField()


class CannedTextForm(FlaskForm):
    """A canned text. ``version`` is the counter of the row it was made on."""

    title = StringField(_("Titel"), [Mandatory()])
    subject = StringField(_("Onderwerp van een nieuw gesprek"))
    body = TextAreaField(_("Tekst"), [Mandatory()])
    active = BooleanField(_("In gebruik"), default=True)
    version = HiddenField()


class OfficeThreadForm(NewThreadForm):
    """The first message to a facility: about which quarter, from which desk."""

    quarter = SelectField(_("Waarover gaat het?"))
    desk = SelectField(_("Bureau"))


class ToManyForm(NewThreadForm):
    """One message to several facilities. ``key`` makes the same form, sent twice, one message each."""

    facilities = TextAreaField(_("Voorzieningen"), [Mandatory()])
    quarter = SelectField(_("Waarover gaat het?"))
    key = FormKeyField()
