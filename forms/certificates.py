"""Form of a certificate (E-104). The period is judged by domain.ecalcura.certificates (V-80)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Optional

from forms.fields import DutchDateField


class CertificateForm(FlaskForm):
    """Which certificate, from when, and until when it held."""

    kind = RadioField(_("Certificaat"), [InputRequired(_("Kies een certificaat."))])
    start = DutchDateField(_("Startdatum"), [Optional()])
    end = DutchDateField(
        _("Einddatum"),
        [Optional()],
        description=_("Enkel als uw voorziening niet langer aan de voorwaarden voldoet."),
    )
    version = HiddenField()
