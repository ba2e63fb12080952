"""Mail that left, waits, failed or came back: the list, one mail as it left, and sending again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import ReadOnlyView
from admin.dossiers import counted
from admin.lists import Address, day_text, position, typed
from admin.mail_words import mail_label, mail_state, mail_subject
from blueprints.handling import handling, translated
from blueprints.headers import csp_nonce
from blueprints.mail_words import bounce_words, failure_words
from domain.errors import NotFound
from domain.permissions import Permission
from forms.fields import read_date
from models.outbox import OutboxMessage
from services import mail_texts, outbox
from services.outbox import reading
from services.outbox.reading import Criteria, Result

_TONES = {"SENT": "success", "FAILED": "error", "BOUNCED": "error", "PENDING": "info", "DIGEST": "neutral"}


class OutboxView(ReadOnlyView):
    """The mail."""

    required_permission = Permission.OUTBOX_READ
    column_list = ("made_at", "recipient", "template", "subject", "state", "attempts")
    list_template = "admin/outbox/list.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(OutboxMessage, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """Mail, the newest first, by result, template, recipient, what it is about and period."""
        wanted, words = _criteria()
        address = Address(self.get_url(".index_view"), words)
        counts = reading.mail_counts(self.actor)
        active = wanted.result
        tabs = [
            {"label": gettext("Alle"), "href": address.without("toestand"), "active": active is None, "count": None}
        ]
        for one in Result:
            tabs.append(
                {
                    "label": mail_state(one).capitalize(),
                    "href": address.plus(toestand=one.value),
                    "active": active is one,
                    "count": counted(counts[one]),
                }
            )
        return {
            "page": reading.mail_list(self.actor, wanted, position()),
            "address": address,
            "search": wanted.recipient,
            "search_label": gettext("E-mailadres"),
            "chips": _chips(wanted, address),
            "tabs": tabs,
            "wanted": wanted,
            "words": words,
            "templates": sorted((mail_label(name), name) for name in (*mail_texts.TEMPLATES, "digest")),
            **_SAID,
        }

    @expose("/<int:message_id>")
    def record(self, message_id: int) -> ResponseReturnValue:
        """One mail: to whom, about what, with what result, and its text."""
        shown = reading.mail_page(self.actor, message_id)
        return self.render("admin/outbox/record.html", shown=shown, row=shown.row, **_SAID)

    @expose("/<int:message_id>/pagina")
    def html(self, message_id: int) -> ResponseReturnValue:
        """The HTML of a mail as a page of its own, in which nothing acts and nothing is fetched."""
        shown = reading.mail_page(self.actor, message_id)
        if shown.mail is None:
            raise NotFound
        nonce = csp_nonce()
        answer = Response(mail_texts.page_of(shown.mail, nonce), mimetype="text/html")
        answer.headers["Content-Security-Policy"] = (
            f"sandbox; default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        return answer

    @expose("/<int:message_id>/opnieuw", methods=("POST",))
    def resend(self, message_id: int) -> ResponseReturnValue:
        """Put a mail back in line, with the same Message-ID."""
        with handling() as done:
            message = outbox.resend(self.actor, message_id)
            hidden = message.subject_type in reading.HIDDEN
            recipient = gettext("een adres van e-Contracting") if hidden else message.recipient
        if done:
            flash(gettext("De e-mail aan %(recipient)s wordt opnieuw verzonden.", recipient=recipient), "success")
        elif done.error is not None:
            flash(translated(done.error), "warning")
        return redirect(self.get_url(".index_view"))

    @expose("/opnieuw", methods=("POST",))
    def resend_some(self) -> ResponseReturnValue:
        """Put the chosen mails back in line; those that cannot leave again are counted."""
        ids = {int(one) for one in request.form.getlist("rowid") if one.isascii() and one.isdigit() and len(one) < 10}
        sent, refused = 0, 0
        with handling() as done:
            sent, refused = outbox.resend_some(self.actor, ids)
        if not done:
            flash(translated(done.error) if done.error is not None else "", "warning")
        elif not ids:
            flash(gettext("Kies eerst een of meer e-mails."), "warning")
        else:
            flash(
                ngettext("%(num)s e-mail wordt opnieuw verzonden.", "%(num)s e-mails worden opnieuw verzonden.", sent),
                "success" if sent else "warning",
            )
            if refused:
                flash(
                    ngettext(
                        "%(num)s e-mail kan niet opnieuw vertrekken: open ze om te zien waarom.",
                        "%(num)s e-mails kunnen niet opnieuw vertrekken: open ze om te zien waarom.",
                        refused,
                    ),
                    "warning",
                )
        return redirect(self.get_url(".index_view"))


_SAID = {
    "mail_label": mail_label,
    "mail_state": mail_state,
    "mail_subject": mail_subject,
    "bounce_words": bounce_words,
    "failure_words": failure_words,
    "tones": _TONES,
}


def _criteria() -> tuple[Criteria, dict[str, str]]:
    """What the address asks for, and the words of it that mean something."""
    asked, template = request.args.get("toestand", ""), request.args.get("soort", "")
    first, last = _day("van"), _day("tot")
    wanted = Criteria(
        result=Result(asked) if asked in set(Result) else None,
        template=template if template in mail_texts.TEMPLATES or template == "digest" else "",
        recipient=typed("zoek"),
        about=typed("over"),
        first=first,
        last=last,
    )
    words = {
        "zoek": wanted.recipient,
        "toestand": wanted.result.value if wanted.result else "",
        "soort": wanted.template,
        "over": wanted.about,
        "van": first.strftime("%d/%m/%Y") if first else "",
        "tot": last.strftime("%d/%m/%Y") if last else "",
    }
    return wanted, {name: value for name, value in words.items() if value}


def _day(name: str) -> date | None:
    try:
        return read_date(typed(name)) if typed(name) else None
    except ValueError:
        return None


def _chips(wanted: Criteria, address: Address) -> list[tuple[str, str]]:
    chips = []
    if wanted.recipient:
        chips.append((gettext("E-mailadres: %(text)s", text=wanted.recipient), address.without("zoek")))
    if wanted.template:
        chips.append((gettext("Soort: %(text)s", text=mail_label(wanted.template)), address.without("soort")))
    if wanted.about:
        chips.append((gettext("Over: %(text)s", text=wanted.about), address.without("over")))
    if wanted.first:
        chips.append((gettext("Vanaf %(day)s", day=day_text(wanted.first)), address.without("van")))
    if wanted.last:
        chips.append((gettext("Tot en met %(day)s", day=day_text(wanted.last)), address.without("tot")))
    return chips
