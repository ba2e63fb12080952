"""The form with which a facility asks to reopen quarters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from domain.ecalcura import reopening
from forms.fields import Checkboxes, FormKeyField


class ReopeningRequestForm(FlaskForm):
    """Which quarters, and what is to be changed. ``key`` makes the same form, sent twice, one request.

    Whether a quarter may still be asked is for the service to say: it knows why not.
    """

    quarters = Checkboxes(
        _("Welke kwartalen?"), [InputRequired(_("Kies minstens één kwartaal."))], validate_choice=False
    )
    explanation = TextAreaField(
        _("Wat wilt u wijzigen?"),
        [
            DataRequired(_("Schrijf kort wat u wilt wijzigen. De dossierbeheerder leest dit.")),
            Length(max=reopening.MAX_EXPLANATION, message=_("Hou de uitleg korter dan %(max)d tekens.")),
        ],
    )
    key = FormKeyField()
