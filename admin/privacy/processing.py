"""The register of processing (GDPR article 30), as the tables tell it: page, CSV and JSON."""

from __future__ import annotations

import json

from flask import Response
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from domain.errors import NotFound
from domain.permissions import Permission
from domain.processing import BASIS_LABELS, CATEGORY_LABELS, RECIPIENT_LABELS, SUBJECT_LABELS
from domain.retention import RULES
from services import spreadsheets
from services.privacy import processing


class ProcessingPages(PageView):
    """The whole register on one page."""

    required_permission = Permission.RETENTION_MANAGE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Tables with personal data, then those without."""
        tables = processing.shown(self.actor)
        return self.render(
            "admin/privacy/processing.html",
            tables=tables,
            rules=RULES,
            subjects=SUBJECT_LABELS,
            categories=CATEGORY_LABELS,
            bases=BASIS_LABELS,
            recipients=RECIPIENT_LABELS,
        )

    @expose("/verwerkingsregister.<kind>")
    def file(self, kind: str) -> ResponseReturnValue:
        """The register as CSV or JSON."""
        held = processing.as_json(processing.shown(self.actor))
        if kind == "json":
            text = json.dumps(held, ensure_ascii=False, indent=2)
            return _attachment(text.encode(), "application/json", "verwerkingsregister.json")
        if kind != "csv":
            raise NotFound
        header = [
            gettext("Tabel"),
            gettext("Doel"),
            gettext("Van wie"),
            gettext("Kolommen"),
            gettext("Rechtsgrond"),
            gettext("Ontvangers"),
            gettext("Bewaard"),
        ]
        rows = [
            (
                one["table"],
                one["purpose"],
                ", ".join(one["subjects"]),
                ", ".join(f"{column['column']} ({column['category']})" for column in one["columns"]),
                one["basis"],
                ", ".join(one["recipients"]),
                one["kept"],
            )
            for one in held["processing"]
        ]
        content = b"".join(spreadsheets.as_csv(header, rows))
        return _attachment(content, "text/csv; charset=utf-8", "verwerkingsregister.csv")


def _attachment(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
