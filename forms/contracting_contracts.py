"""Forms around public contracts: shape only. What is missing or wrong is told by the rules of the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField

from domain.econtracting.contract_data import (
    FIELD_LABELS,
    USUAL_DAYS,
    ContractData,
)
from domain.econtracting.contracts import (
    CONTRACT_TYPE_LABELS,
    GROUND_LABELS,
    ContractType,
    Ground,
)
from domain.econtracting.terms import Regime
from forms.fields import Checkboxes, DutchDateField, FormKeyField, Mandatory


def _text(name: str, *validators: Any, **values: Any) -> StringField:
    return StringField(_(FIELD_LABELS[name]), list(validators), **values)


class ContractForm(FlaskForm):
    """Everything an authority says of a contract (C-005). The choices of ``kinds`` are given by the page."""

    number = _text("number", Mandatory())
    description = _text("description", Mandatory())
    unit = _text("unit", description=_("De afdeling of dienst die de opdracht opvolgt; de opdrachtnemer leest dit"))
    contractor_number = _text("contractor_number", Mandatory(), description=_("Bijvoorbeeld 0999.000.129"))
    contractor_name = _text(
        "contractor_name", description=_("Enkel nodig als deze onderneming hier nog niet bekend is")
    )
    type = RadioField(
        _(FIELD_LABELS["type"]),
        [Mandatory()],
        choices=[(one.value, _(label)) for one, label in CONTRACT_TYPE_LABELS.items()],
        validate_choice=False,
    )
    ground = RadioField(
        _("Waarom via e-Contracting?"),
        [Mandatory()],
        choices=[(one.value, _(label)) for one, label in GROUND_LABELS.items()],
        validate_choice=False,
    )
    ground_reference = _text("ground_reference", Mandatory(), description=_("Bijvoorbeeld Bestek 1M3D8J/26/01"))
    published_on = DutchDateField(
        _(FIELD_LABELS["published_on"]),
        [Mandatory()],
        description=_("Van de aankondiging; zonder aankondiging die van de uitnodiging. Bijvoorbeeld 03/03/2025"),
    )
    regime = RadioField(
        _(FIELD_LABELS["regime"]),
        choices=[
            ("", _("De regels die bij de datum van bekendmaking horen")),
            (Regime.KB2024.value, _("KB2024: één behandelingstermijn voor nazicht en betaling samen")),
            (Regime.KB2013.value, _("KB2013: eerst nazicht, dan betaling")),
        ],
        default="",
        validate_choice=False,
    )
    regime_reason = _text("regime_reason", description=_("Enkel als u andere regels kiest dan die van de datum"))
    processing_days = _text(
        "processing_days",
        Mandatory(),
        default=str(USUAL_DAYS),
        description=_("Onder KB2024 nazicht en betaling samen, onder KB2013 enkel de betaling. 30, of hoogstens 60"),
    )
    derogation_reason = _text(
        "derogation_reason", description=_("Enkel bij meer dan 30 dagen: wat de opdrachtdocumenten daarover zeggen")
    )
    order_number = _text("order_number", description=_("Zet de opdrachtnemer op zijn facturen"))
    contact_name = _text("contact_name", Mandatory(), description=_("Bij voorkeur een dienst, geen persoon"))
    contact_email = _text("contact_email", Mandatory())
    contact_phone = _text("contact_phone")
    kinds = Checkboxes(_(FIELD_LABELS["kinds"]), [Mandatory()], validate_choice=False)
    visible_from = DutchDateField(
        _(FIELD_LABELS["visible_from"]),
        description=_("Laat leeg om de opdracht meteen te tonen. Bijvoorbeeld 01/12/2026"),
    )
    key = FormKeyField()
    version = HiddenField()

    def contract_data(self) -> ContractData:
        """What was typed, for the rules to look at."""
        texts = {
            name: getattr(self, name).data or ""
            for name in (
                "number",
                "description",
                "unit",
                "contractor_number",
                "contractor_name",
                "ground_reference",
                "regime_reason",
                "derogation_reason",
                "order_number",
                "contact_name",
                "contact_email",
                "contact_phone",
            )
        }
        days = (self.processing_days.data or "").strip()
        return ContractData(
            **texts,
            type=_chosen(ContractType, self.type.data),
            ground=_chosen(Ground, self.ground.data),
            published_on=self.published_on.data,
            regime=_chosen(Regime, self.regime.data),
            processing_days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else None,
            kinds=frozenset(self.kinds.data or ()),
            visible_from=self.visible_from.data,
        )

    @staticmethod
    def values_of(data: ContractData) -> dict[str, Any]:
        """The data of a contract as the form shows them."""
        values = {name: getattr(data, name) for name in ContractData.__dataclass_fields__}
        return values | {
            "type": data.type.value if data.type else "",
            "ground": data.ground.value if data.ground else "",
            "regime": data.regime.value if data.regime else "",
            "processing_days": str(data.processing_days),
            "kinds": sorted(data.kinds),
        }


def _chosen(choices: Any, value: str | None) -> Any:
    """The choice of a value; None for none and for what is none."""
    return choices(value) if value in set(choices) else None


class CloseForm(FlaskForm):
    """When the contract was accepted definitively."""

    accepted_on = DutchDateField(_("Datum van de definitieve oplevering"), [Mandatory()])
    version = HiddenField()


class ContractFileForm(FlaskForm):
    """A CSV of contracts."""

    file = FileField(
        _("CSV-bestand met opdrachten"),
        [FileRequired(_("Kies het bestand (CSV)."))],
        description=_("Hoogstens 5.000 rijen, zoals in het voorbeeldbestand"),
    )


class TakeForm(FlaskForm):
    """Make what the preview showed."""


class AuthoritySettingsForm(FlaskForm):
    """How an authority works here."""

    two_people = BooleanField(_("Wie een stuk opmaakte, mag het niet zelf vrijgeven"))
    shows_official = BooleanField(_("De opdrachtnemer ziet de naam van wie bij ons vrijgaf"))
    mailbox = StringField(
        _("Mailbox voor meldingen"),
        description=_("Hierheen gaat bericht van wat opdrachtnemers sturen. Leeg: het contactpunt van elke opdracht"),
    )
    enterprise_number = StringField(
        _("Ondernemingsnummer op facturen"),
        description=_("Hieraan herkennen we facturen aan uw organisatie. Bijvoorbeeld 0999.000.822"),
    )
    version = HiddenField()


class InternalForm(FlaskForm):
    """The contractor's own name for a contract (C-030b). ``seen_*`` is what the form showed."""

    internal_reference = StringField(_("Uw referentie"), description=_("Hoogstens 60 tekens"))
    internal_description = TextAreaField(_("Uw omschrijving"), description=_("Hoogstens 300 tekens"))
    seen_reference = HiddenField()
    seen_description = HiddenField()


class ContractLookUpForm(FlaskForm):
    """The box of the helpdesk for contracts."""

    search = StringField(
        _("Zoeken"),
        [Mandatory()],
        description=_("Opdrachtnummer, ordernummer, ondernemingsnummer of naam van een partij"),
    )
