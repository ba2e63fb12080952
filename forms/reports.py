"""Asking for a report as a file: which form, and for all facilities which report."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired


class AllFacilitiesForm(FlaskForm):
    """A report of every facility; made in the background."""

    rapport = SelectField(_("Rapport"), [InputRequired(_("Kies een rapport."))])
    formaat = RadioField(
        _("Formaat"),
        [InputRequired(_("Kies een formaat."))],
        choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV")],
        default="xlsx",
    )
