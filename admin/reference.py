"""The plain reference lists: qualifications, contract types, fundings, RaaS codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext
from flask_wtf import FlaskForm

from admin.base import AuditedCrudView
from admin.lists import Address, day_text
from domain.errors import N_
from domain.permissions import Permission
from forms.back_office import ContractTypeForm, FundingForm, QualificationForm, RaasCodeForm
from forms.confirmation import ConfirmationForm
from models.reference import ContractType, Funding, Qualification, RaasCode
from services import reference
from services.listing import Page


class _ListView(AuditedCrudView):
    """A reference list: every write goes through ``services.reference``."""

    required_permission = Permission.REFERENCE_MANAGE
    list_template = "admin/reference/list.html"
    form_template = "admin/reference/form.html"
    remove_form_class = ConfirmationForm
    list_name: ClassVar[str]
    labels: ClassVar[Mapping[str, str]]
    texts: ClassVar[Mapping[str, str]] = {
        "create_done": N_("De regel is toegevoegd."),
        "change_done": N_("De regel is bewaard."),
        "remove_done": N_("De regel is verwijderd."),
    }

    def list_page(self) -> Mapping[str, Any]:
        """All rows: these lists are short."""
        rows = tuple(reference.rows(self.actor, self.list_name))
        return {
            "page": Page(rows, ("",) * len(rows), 1, more=False),
            "address": Address(self.get_url(".index_view"), {}),
            "search": None,
            "chips": [],
            "labels": self.labels,
            "shown": self.shown,
        }

    def shown(self, row: Any, column: str) -> str:
        """A cell in words."""
        value = getattr(row, column)
        if isinstance(value, bool):
            return gettext("ja") if value else gettext("nee")
        if value is None:
            return ""
        return day_text(value) if hasattr(value, "isoformat") else str(value)

    def key_of(self, row: Any) -> str:
        """The key of a row, for its addresses."""
        return str(row.code)

    def title_of(self, row: Any) -> str:
        """The name of a row."""
        return str(row.name)

    def prepare(self, form: FlaskForm, row: Any | None) -> None:
        """The code of a row never changes."""
        if row is not None and "code" in form and self.list_name != "raas_code":
            form.code.data = row.code
            form.code.render_kw = {"readonly": True}

    def create(self, data: Mapping[str, Any]) -> Any:
        """Add a row."""
        return reference.create(self.actor, self.list_name, data)

    def change(self, key: str, data: Mapping[str, Any]) -> Any:
        """Change a row."""
        return reference.change(self.actor, self.list_name, self.pk(key), data)

    def remove(self, key: str, data: Mapping[str, Any]) -> None:
        """Remove a row that nothing uses."""
        reference.remove(self.actor, self.list_name, self.pk(key))


class QualificationsView(_ListView):
    """Qualifications (9.1)."""

    list_name = "qualification"
    column_list = ("name", "code", "is_nurse", "automatic_right", "valid_from", "valid_to")
    form_columns = ("code", "name", "is_nurse", "automatic_right", "valid_from", "valid_to", "position")
    create_form_class = change_form_class = QualificationForm
    labels: ClassVar[Mapping[str, str]] = {
        "name": N_("Naam"),
        "code": N_("Code"),
        "is_nurse": N_("Verpleegkundige"),
        "automatic_right": N_("Automatisch recht"),
        "valid_from": N_("Geldig vanaf"),
        "valid_to": N_("Geldig tot en met"),
        "position": N_("Volgorde"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Qualification, **kwargs)


class ContractTypesView(_ListView):
    """Contract types (9.2, 9.3)."""

    list_name = "contract_type"
    column_list = ("name", "code", "right_possible", "replacer_excluded_from", "valid_from", "valid_to")
    form_columns = ("code", "name", "right_possible", "replacer_excluded_from", "valid_from", "valid_to", "position")
    create_form_class = change_form_class = ContractTypeForm
    labels: ClassVar[Mapping[str, str]] = {
        "name": N_("Naam"),
        "code": N_("Code"),
        "right_possible": N_("Recht mogelijk"),
        "replacer_excluded_from": N_("Als vervanger uitgesloten vanaf"),
        "valid_from": N_("Geldig vanaf"),
        "valid_to": N_("Geldig tot en met"),
        "position": N_("Volgorde"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ContractType, **kwargs)


class FundingsView(_ListView):
    """Fundings (E-052)."""

    list_name = "funding"
    column_list = ("name", "code", "position")
    form_columns = ("code", "name", "position")
    create_form_class = change_form_class = FundingForm
    labels: ClassVar[Mapping[str, str]] = {"name": N_("Naam"), "code": N_("Code"), "position": N_("Volgorde")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Funding, **kwargs)


class RaasCodesView(_ListView):
    """Which code of a RaaS export stands for which code here."""

    list_name = "raas_code"
    column_list = ("raas_code", "kind", "code")
    form_columns = ("kind", "raas_code", "code")
    create_form_class = change_form_class = RaasCodeForm
    labels: ClassVar[Mapping[str, str]] = {
        "raas_code": N_("Code in RaaS"),
        "kind": N_("Soort"),
        "code": N_("Staat hier voor"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(RaasCode, **kwargs)

    def shown(self, row: Any, column: str) -> str:
        """A cell in words."""
        if column == "kind":
            return gettext("Kwalificatie") if row.kind == "QUALIFICATION" else gettext("Contracttype")
        return super().shown(row, column)

    def key_of(self, row: Any) -> str:
        """The key of a row, for its addresses."""
        return str(row.id)

    def title_of(self, row: Any) -> str:
        """The code in RaaS."""
        return str(row.raas_code)

    def prepare(self, form: FlaskForm, row: Any | None) -> None:
        """The codes to choose from: both lists; the service refuses one of the other kind."""
        if "kind" in form:
            form.code.choices = [
                *[(code, f"{name} ({code})") for code, name in reference.codes("QUALIFICATION")],
                *[(code, f"{name} ({code})") for code, name in reference.codes("CONTRACT_TYPE")],
            ]
