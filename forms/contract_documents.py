"""Sending a document: the confirmation, and the fingerprint of what was on the page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired


class SendForm(FlaskForm):
    """The one clear act at the end of the wizard."""

    digest = HiddenField()
    confirm = BooleanField(
        _("Ik heb dit stuk nagekeken en verzend het namens mijn onderneming."),
        validators=[InputRequired(_("Vink aan dat u dit stuk hebt nagekeken en wilt verzenden."))],
    )
