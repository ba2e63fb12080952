"""Forms about proof: asking who it was, checking a code or a file, removing after the retention term."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import Length

from forms.fields import Mandatory


class DisclosureForm(FlaskForm):
    """Why somebody wants to know who it was."""

    reason = TextAreaField(
        _("Waarom wilt u dit weten?"),
        [Mandatory()],
        description=_("Uw naam, het moment en deze reden worden bewaard."),
    )


class CheckForm(FlaskForm):
    """A short code, a file, or the digest of a file: at least one of them."""

    code = StringField(
        _("Code van het ontvangstbewijs"),
        [Length(max=40, message=_("Een code heeft tien tekens."))],
        description=_("Tien tekens, bijvoorbeeld 7K2QX-M4D9T. Hoofdletters en streepjes maken niet uit."),
    )
    file = FileField(
        _("Bestand"),
        description=_("Uw browser berekent het controlegetal. Het bestand zelf verlaat uw computer dan niet."),
    )
    hash = StringField(
        _("Of het controlegetal (SHA-256) van het bestand"),
        [Length(max=120, message=_("Een controlegetal heeft 64 tekens."))],
        description=_("64 tekens, de cijfers 0 tot 9 en de letters a tot f."),
    )


class ErasureForm(FlaskForm):
    """The number of the contract, typed over."""

    number = StringField(_("Nummer van de opdracht"), [Mandatory()])
