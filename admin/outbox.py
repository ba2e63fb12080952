"""Mail that left, waits or failed, and sending it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import ReadOnlyView
from admin.dossiers import counted
from admin.lists import Address, position, typed
from admin.mail_words import mail_label, mail_state
from blueprints.handling import handling
from domain.permissions import Permission
from models.outbox import DeliveryState, OutboxMessage
from services import back_office, outbox


class OutboxView(ReadOnlyView):
    """The mail."""

    required_permission = Permission.OUTBOX_READ
    column_list = ("made_at", "recipient", "template", "subject", "state", "attempts")
    list_template = "admin/outbox/list.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(OutboxMessage, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """Mail, the newest first, by state and recipient."""
        asked, recipient = request.args.get("toestand", ""), typed("zoek")
        state = DeliveryState(asked) if asked in set(DeliveryState) else None
        words = {"zoek": recipient, "toestand": state.value if state else ""}
        address = Address(self.get_url(".index_view"), {name: value for name, value in words.items() if value})
        counts = back_office.mail_counts(self.actor)
        tabs = [{"label": gettext("Alle"), "href": address.without("toestand"), "active": state is None, "count": None}]
        for one in DeliveryState:
            tabs.append(
                {
                    "label": mail_state(one).capitalize(),
                    "href": address.plus(toestand=one.value),
                    "active": state is one,
                    "count": counted(counts[one]),
                }
            )
        return {
            "page": back_office.mail_list(self.actor, state, recipient, position()),
            "address": address,
            "search": recipient,
            "search_label": gettext("E-mailadres"),
            "chips": [(gettext("E-mailadres: %(text)s", text=recipient), address.without("zoek"))] if recipient else [],
            "tabs": tabs,
            "state": state,
            "mail_label": mail_label,
            "mail_state": mail_state,
        }

    @expose("/<int:message_id>/opnieuw", methods=("POST",))
    def resend(self, message_id: int) -> ResponseReturnValue:
        """Put a mail back in line, with the same Message-ID."""
        with handling() as done:
            message = outbox.resend(self.actor, message_id)
            hidden = message.subject_type in back_office.CONTRACTING_MAIL
            recipient = gettext("een adres van e-Contracting") if hidden else message.recipient
        if done:
            flash(gettext("De e-mail aan %(recipient)s wordt opnieuw verzonden.", recipient=recipient), "success")
        return redirect(self.get_url(".index_view"))
