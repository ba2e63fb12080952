"""Forms of the payment pages: shape and format. What may be is decided by the services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from forms.fields import DutchDateField


class OrderDayForm(FlaskForm):
    """On which day the bank executes an order."""

    execute_on = DutchDateField(
        _("Uitvoeringsdag"),
        [InputRequired(_("Vul de dag in waarop de bank moet betalen."))],
        description=_("De dag waarop de bank betaalt: een werkdag. Alles wat tegen die dag te betalen is, komt mee."),
    )


class ActForm(FlaskForm):
    """An act that needs no more than a click."""


class MemoDateForm(FlaskForm):
    """The day the money is on the account."""

    value_date = DutchDateField(
        _("Memodatum"),
        [Optional()],
        description=_("De dag waarop het geld op de rekening van de voorziening staat. Leeg maken haalt de datum weg."),
    )


class StatementForm(FlaskForm):
    """A statement of the bank."""

    file = FileField(
        _("Rekeningafschrift"),
        [FileRequired(_("Kies het bestand dat u bij de bank hebt opgehaald."))],
        description=_("camt.053 (XML) of CSV met de kolommen referentie; bedrag; valutadatum; iban. Hoogstens 8 MB."),
    )


class TakeOverForm(FlaskForm):
    """Take over what the preview showed: the same file, by its digest."""

    digest = HiddenField(validators=[InputRequired(), Regexp(r"[0-9a-f]{64}$")])
    file_name = HiddenField(validators=[Length(max=160)])
