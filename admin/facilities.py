"""Facilities: the list, and one facility with its contacts, accounts, certificates and dossiers. Read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import ReadOnlyView
from admin.lists import Address, position, typed
from domain.ecalcura.campaign import PHASE_LABELS
from domain.ecalcura.certificates import CERTIFICATE_LABELS
from domain.identifiers import format_enterprise_number, format_iban, format_social_security_number
from domain.organisation import SECTOR_LABELS, THEMES
from domain.permissions import Permission
from models.organisation import Facility, Sector
from services import transaction
from services.ecalcura import case_facilities


class FacilitiesView(ReadOnlyView):
    """The facilities."""

    required_permission = Permission.FACILITIES_READ
    column_list = ("hco_number", "name", "sector", "city", "enterprise_number", "phone", "email")
    list_template = "admin/facilities/list.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Facility, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """Facilities by name, with search and sector."""
        search, asked = typed("zoek"), request.args.get("sector", "")
        sector = Sector(asked) if asked in set(Sector) else None
        words = {"zoek": search, "sector": sector.value if sector else ""}
        address = Address(self.get_url(".index_view"), {name: value for name, value in words.items() if value})
        chips = [(gettext("Zoekterm: %(text)s", text=search), address.without("zoek"))] if search else []
        if sector:
            label = gettext(SECTOR_LABELS[sector])
            chips.append((gettext("Sector: %(text)s", text=label), address.without("sector")))
        return {
            "page": case_facilities.facility_list(self.actor, search, sector, position()),
            "address": address,
            "search": search,
            "search_label": gettext("HCO-nummer, ondernemingsnummer, naam of gemeente"),
            "chips": chips,
            "sectors": [(code, gettext(text)) for code, text in SECTOR_LABELS.items()],
            "sector": sector,
            "enterprise_number": format_enterprise_number,
        }

    @expose("/<hco_number>")
    def record(self, hco_number: str) -> ResponseReturnValue:
        """Everything of one facility."""
        with transaction.unit_of_work():
            page = case_facilities.facility_page(self.actor, hco_number)
        return self.render(
            "admin/facilities/page.html",
            page=page,
            sector_labels=SECTOR_LABELS,
            certificate_labels=CERTIFICATE_LABELS,
            phase_labels=PHASE_LABELS,
            themes=THEMES,
            enterprise_number=format_enterprise_number,
            iban=format_iban,
            social_security_number=format_social_security_number,
        )
