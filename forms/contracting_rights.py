"""Forms of *Groepen en rechten*. They hold the shape; what may be typed is said by the use cases."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField

from domain.econtracting.rights import Level
from forms.fields import Checkboxes, DutchDateField, FormKeyField, Mandatory


class GroupForm(FlaskForm):
    """A group: what it is called and which right it gives."""

    name = StringField(
        _("Naam"),
        [Mandatory()],
        description=_("Bijvoorbeeld 'Betalingen West – verzenden'. De aanbesteder ziet deze naam nooit."),
    )
    theme = RadioField(_("Thema"), [Mandatory()], validate_choice=False)
    level = RadioField(_("Recht"), [Mandatory()], validate_choice=False)
    for_new_contracts = BooleanField(
        _("Werkt vanzelf aan elke nieuwe opdracht"),
        description=_("De groep wordt gekoppeld zodra de aanbesteder een opdracht aanmaakt."),
    )
    version = HiddenField()
    key = FormKeyField()

    def chosen_level(self) -> Level | None:
        """The right that was chosen, or None."""
        value = self.level.data or ""
        return Level(int(value)) if value in {str(int(level)) for level in Level} else None


class MembersForm(FlaskForm):
    """People who become fixed members."""

    people = Checkboxes(_("Personen"), [Mandatory()], validate_choice=False)
    until = DutchDateField(
        _("Lid tot en met"), description=_("Enkel als het lidmaatschap vanzelf moet stoppen. Bijvoorbeeld 31/12/2026.")
    )


class MemberUntilForm(FlaskForm):
    """Up to which day somebody is a member."""

    until = DutchDateField(
        _("Lid tot en met"), description=_("Laat leeg om het lidmaatschap open te laten. Bijvoorbeeld 31/12/2026.")
    )


class ReasonForm(FlaskForm):
    """Why somebody is blocked, or not any more."""

    reason = TextAreaField(
        _("Reden"),
        [Mandatory()],
        description=_("Enkel beheerders van uw onderneming lezen dit."),
        render_kw={"rows": 3},
    )
