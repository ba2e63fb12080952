"""Where the lines of a claim are pasted or uploaded. What they are worth is for the domain to say."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField

from domain.econtracting.claim_tables import ReadTable
from services.econtracting import claim_lines


class ClaimLinesForm(FlaskForm):
    """Lines as text or as a file; ``version`` is that of the draft they belong to."""

    pasted = TextAreaField(
        _("Lijnen plakken"),
        description=_("Kopieer de rijen in uw rekenblad, met de kolomtitels erbij, en plak ze hier."),
    )
    file = FileField(
        _("Of een rekenblad opladen"), description=_("Een CSV- of XLSX-bestand van hoogstens 5 MB, zonder wachtwoord.")
    )
    version = HiddenField()

    @property
    def filled(self) -> bool:
        """Whether anything was given."""
        return bool(self.file.data and self.file.data.filename) or bool((self.pasted.data or "").strip())

    def table(self) -> ReadTable:
        """What was uploaded, or else what was pasted, as lines with findings."""
        if self.file.data and self.file.data.filename:
            return claim_lines.read_file(self.file.data.stream)
        return claim_lines.read_pasted(self.pasted.data or "")
