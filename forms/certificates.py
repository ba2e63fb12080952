"""Forms of a certificate (E-104). The period is judged by domain.ecalcura.certificates (V-80)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField

from forms.fields import DutchDateField, FormKeyField, Mandatory


def _start() -> DutchDateField:
    return DutchDateField(_("Startdatum"), [Mandatory()])


def _end() -> DutchDateField:
    return DutchDateField(
        _("Einddatum"),
        description=_("Enkel als uw voorziening niet langer aan de voorwaarden voldoet. Bijvoorbeeld 30/06/2024"),
    )


class CertificateForm(FlaskForm):
    """A new certificate: which one, from when, and until when it held."""

    kind = RadioField(_("Certificaat"), [Mandatory()], validate_choice=False)
    start = _start()
    end = _end()
    key = FormKeyField()


class PeriodForm(FlaskForm):
    """The period of a certificate; ``version`` is the one the form was made on."""

    start = _start()
    end = _end()
    version = HiddenField()
