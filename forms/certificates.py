"""Form of a certificate (E-104). The period is judged by domain.ecalcura.certificates (V-80)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField

from forms.fields import DutchDateField, FormKeyField, Mandatory


class PeriodForm(FlaskForm):
    """From when a certificate holds and, once it no longer does, until when."""

    start = DutchDateField(_("Startdatum"), [Mandatory()])
    end = DutchDateField(
        _("Einddatum"),
        description=_("Enkel als uw voorziening niet langer aan de voorwaarden voldoet. Bijvoorbeeld 30/06/2024"),
    )
    version = HiddenField()


class CertificateForm(PeriodForm):
    """A new certificate: which one, and its period."""

    kind = RadioField(_("Certificaat"), [Mandatory()], validate_choice=False)
    key = FormKeyField()
