"""What the pages of the desk share: the file of a document and the lines of a claim, for their templates."""

from __future__ import annotations

from typing import Any

from flask import url_for

from admin.base import PageView
from domain.econtracting import claim_lines


class DeskView(PageView):
    """Pages of documents of a contract."""

    def render(self, template: str, **context: Any) -> str:
        """A page, with what every document on it needs."""
        words = {
            "file_address": file_address,
            "read_lines": claim_lines.lines_of,
            "lines_total": claim_lines.total,
        }
        return str(super().render(template, **(words | context)))


def file_address(reference: str) -> str:
    """Where a file is fetched."""
    return url_for("attachments.download", reference=reference)
