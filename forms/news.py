"""Forms of the newsletter: shape only; the rules are in domain.news."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from domain.news import MAX_BODY, MAX_SOURCE, MAX_TITLE, TOPIC_LABELS, Topic
from forms.fields import Checkboxes, DutchDateField, Language, Mandatory

_MARKS = _("Markdown: # kop, **vet**, *cursief*, - lijst, [tekst](https://adres). HTML wordt gewone tekst.")


class SubscribeForm(FlaskForm):
    """An address and what it wants to hear of."""

    email = StringField(_("E-mailadres"), [Mandatory()])
    topics = Checkboxes(
        _("Waarover wilt u e-mails?"),
        [Mandatory()],
        choices=[(topic.value, _(TOPIC_LABELS[topic])) for topic in Topic],
        validate_choice=False,
    )
    language = Language(_("Taal van de e-mails"), description=_("De nieuwsbrief zelf is in het Nederlands."))


class AddSubscriberForm(SubscribeForm):
    """The same, for somebody who asked by mail."""

    source = StringField(
        _("Hoe werd het gevraagd?"), [Mandatory()], description=_("Bijvoorbeeld: mail van 3 maart 2026.")
    )
    max_source = MAX_SOURCE


class IssueForm(FlaskForm):
    """An issue."""

    title = StringField(_("Titel"), [Mandatory()])
    body = TextAreaField(_("Tekst"), [Mandatory()], description=_MARKS)
    release = SelectField(
        _("Gaat over versie"),
        [Optional()],
        validate_choice=False,
        description=_("Vóór de datum van die versie is het een aankondiging, daarna een verslag."),
    )
    version = HiddenField()
    max_title, max_body = MAX_TITLE, MAX_BODY


class ReleaseForm(FlaskForm):
    """A release."""

    number = StringField(_("Nummer"), [Mandatory()], description=_("Bijvoorbeeld 1.4"))
    released_on = DutchDateField(_("Live op"), [Mandatory()])
    title = StringField(_("Titel"), [Mandatory()])
    changes = TextAreaField(_("Wat is er veranderd?"), [Mandatory()], description=_MARKS)
    in_manual = BooleanField(_("Staat al in de handleiding"))
    version = HiddenField()
    max_title, max_body = MAX_TITLE, MAX_BODY


class VersionForm(FlaskForm):
    """A question with one button, about a version of something."""

    version = HiddenField()
