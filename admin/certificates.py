"""The certificates that facilities notified, with what they change of calculations that were made already (E-103)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, url_for

from admin.base import ReadOnlyView
from admin.lists import Address, position
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.certificates import ACT_LABELS, CERTIFICATE_LABELS
from domain.permissions import Permission
from models.organisation import CertificateNotification
from services.ecalcura import certificate_notices


class CertificateNoticesView(ReadOnlyView):
    """The work list of notified certificates."""

    required_permission = Permission.DOSSIER_REVIEW
    column_list = ("facility", "certificate", "act", "before", "after", "notified_at")
    list_template = "admin/certificates/list.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(CertificateNotification, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """Every notification, the newest first."""
        return {
            "page": certificate_notices.notices(self.actor, position()),
            "address": Address(self.get_url(".index_view"), {}),
            "search": None,
            "chips": [],
            "result": None,
            "labels": CERTIFICATE_LABELS,
            "acts": ACT_LABELS,
            "recalculate": _recalculate if self.actor.may(Permission.CALCULATIONS_RUN) else None,
        }


def _recalculate(period: str, hco_number: str) -> str | None:
    """Where a recalculation of one facility is started; None while there is no such page."""
    endpoint = "calculations.create"
    if endpoint not in current_app.view_functions:
        return None
    words = {"periode": period, "soort": CalculationKind.RECALCULATION.value, "hco": hco_number}
    return f"{url_for(endpoint)}?{urlencode(words)}"
