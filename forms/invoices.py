"""Forms about received invoices: upload, confirm, register by hand, payment, rejection."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from domain.calendars import BRUSSELS
from forms.fields import DutchDateField, Mandatory
from forms.parameters import NumberField

_TIME = r"([01]?\d|2[0-3])[:.u]([0-5]\d)"


class _Received(FlaskForm):
    """When the invoice reached the access point; empty is now."""

    received_on = DutchDateField(
        _("Ontvangen op"),
        description=_("De dag waarop de factuur toekwam op uw Peppol-toegangspunt. Leeg: vandaag, op dit moment."),
    )
    received_time = StringField(
        _("Om"), [Optional(), Regexp(f"^{_TIME}$", message=_("Vul een uur in, bijvoorbeeld 14:30."))]
    )

    def moment(self, now: datetime) -> datetime | None:
        """The instant that was typed; None is now. A day before without an hour counts from its noon."""
        day = self.received_on.data
        if day is None:
            return None
        text = (self.received_time.data or "").strip().replace(".", ":").replace("u", ":")
        if text:
            hour, minute = text.split(":")
            return datetime.combine(day, time(int(hour), int(minute)), BRUSSELS)
        return None if day == now.astimezone(BRUSSELS).date() else datetime.combine(day, time(12), BRUSSELS)


class InvoiceUploadForm(FlaskForm):
    """The XML file of an invoice."""

    file = FileField(_("XML-bestand van de factuur"), [Mandatory()])

    def validate_file(self, field: Any) -> None:
        """A file has to be chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(gettext("Kies het XML-bestand."))


class InvoiceConfirmForm(_Received):
    """Keep what was shown: the same file by its digest (SHA-256, hex) and its mark, with the outcome shown."""

    digest = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])
    mark = HiddenField()
    outcome = HiddenField()


class InvoiceByHandForm(_Received):
    """An invoice that did not come as XML."""

    number = StringField(_("Nummer van de factuur"), [Mandatory()])
    issued_on = DutchDateField(_("Factuurdatum"), [Mandatory()])
    amount = NumberField(_("Bedrag exclusief btw"), [Mandatory()], kind="euro")
    payable = NumberField(_("Te betalen, inclusief btw"), [Mandatory()], kind="euro")

    def validate_issued_on(self, field: Any) -> None:
        """A date is needed."""
        if field.data is None and not field.errors:
            raise ValidationError(gettext("Vul de datum in die op de factuur staat."))

    def _needs_amount(self, field: Any) -> None:
        if not isinstance(field.data, Decimal) and not field.errors:
            raise ValidationError(gettext("Vul een bedrag in, bijvoorbeeld 1250,50."))

    validate_amount = validate_payable = _needs_amount


class PaymentForm(FlaskForm):
    """When it was paid."""

    paid_on = DutchDateField(_("Betaald op"), [Mandatory()])


class RejectionForm(FlaskForm):
    """Why an invoice is refused."""

    reason = TextAreaField(
        _("Reden"),
        [Mandatory(), Length(max=500)],
        description=_("De opdrachtnemer leest dit en stuurt een nieuwe factuur."),
    )


class EmptyForm(FlaskForm):
    """An act without anything to fill in."""
