"""The audit log: who did what and when; personal values stay out of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import ReadOnlyView
from admin.lists import Address, position, typed
from domain.audit_events import AuditEvent
from domain.permissions import Permission
from models.audit import AuditEntry
from services import back_office
from services.back_office import LogQuery


class LogView(ReadOnlyView):
    """The audit log."""

    required_permission = Permission.AUDIT_READ
    column_list = ("sequence", "at", "actor", "event", "subject")
    list_template = "admin/log/list.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(AuditEntry, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """The newest entries, by subject, actor or event."""
        event = request.args.get("gebeurtenis", "")
        person = request.args.get("persoon", "")
        query = LogQuery(
            subject_type=typed("soort"),
            subject_key=typed("zoek"),
            actor_id=int(person) if person.isascii() and person.isdigit() and len(person) < 10 else None,
            event=AuditEvent(event) if event in set(AuditEvent) else None,
        )
        words = {
            "zoek": query.subject_key,
            "soort": query.subject_type,
            "persoon": "" if query.actor_id is None else str(query.actor_id),
            "gebeurtenis": query.event or "",
        }
        labels = {
            "zoek": gettext("Onderwerp"),
            "soort": gettext("Soort"),
            "persoon": gettext("Account"),
            "gebeurtenis": gettext("Gebeurtenis"),
        }
        address = Address(self.get_url(".index_view"), {name: str(value) for name, value in words.items() if value})
        return {
            "page": back_office.log_page(self.actor, query, position()),
            "address": address,
            "search": query.subject_key,
            "search_label": gettext("Onderwerp (dossiernummer, HCO-nummer …)"),
            "chips": [(f"{labels[name]}: {value}", address.without(name)) for name, value in words.items() if value],
            "words": words,
            "events": [event.value for event in AuditEvent],
            "as_text": _as_text,
        }

    @expose("/<int:sequence>")
    def record(self, sequence: int) -> ResponseReturnValue:
        """One entry with its place in the chain."""
        row, personal, digest, previous = back_office.log_entry(self.actor, sequence)
        context = {"row": row, "personal": personal, "digest": digest, "previous": previous, "as_text": _as_text}
        return self.render("admin/log/entry.html", **context)


def _as_text(value: Any) -> str:
    """A value of an entry as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
