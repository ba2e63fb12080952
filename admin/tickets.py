"""Questions to the helpdesk: the list, one question with what the person read, the answer; agreements to the terms."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, posted_version, status_of, translated
from blueprints.lists import Address, position, typed
from domain.errors import N_
from domain.helpdesk import STATE_LABELS, THEME_LABELS
from domain.permissions import Permission
from forms.helpdesk import TicketAnswerForm
from services import helpdesk_answering as answering
from services import terms_of_use
from services.helpdesk_answering import Criteria, Pile

PILE_LABELS: dict[Pile, str] = {
    Pile.OPEN: N_("Nieuw en in behandeling"),
    Pile.NEW: N_("Nieuw"),
    Pile.TAKEN: N_("In behandeling"),
    Pile.DONE: N_("Afgehandeld"),
    Pile.ALL: N_("Alle"),
}


class TicketPages(PageView):
    """The work of the technical helpdesk."""

    required_permission = Permission.TICKETS_MANAGE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The questions of the own theme."""
        word = request.args.get("toon", "")
        pile = Pile(word) if word in set(Pile) else Pile.OPEN
        criteria = Criteria(pile, typed("zoek"))
        return self.render(
            "admin/tickets/list.html",
            page=answering.listed(self.actor, criteria, position()),
            address=Address(
                self.get_url(".index"), {"toon": word if pile.value == word else "", "zoek": criteria.search}
            ),
            search=criteria.search,
            pile=pile,
            pile_labels=PILE_LABELS,
            state_labels=STATE_LABELS,
            theme_labels=THEME_LABELS,
        )

    @expose("/<code>", methods=("GET", "POST"))
    def show(self, code: str) -> ResponseReturnValue:
        """One question; answering it keeps it open or closes it."""
        seen = answering.seen(self.actor, code)
        form = TicketAnswerForm(data={"answer": seen.row.answer, "version": seen.row.version})
        if form.validate_on_submit():
            close = request.form.get("act") == "close"
            with handling(form) as done:
                answering.answer(
                    self.actor, code, form.answer.data or "", posted_version(form.version.data), close=close
                )
            if done:
                told = gettext("Beantwoord en afgehandeld.") if close else gettext("Antwoord bewaard.")
                flash(told, "success")
                return redirect(self.get_url(".index") if close else self.get_url(".show", code=seen.row.code))
        context: dict[str, Any] = {"form": form, "seen": seen, "row": seen.row}
        page = self.render("admin/tickets/show.html", **context, state_labels=STATE_LABELS, theme_labels=THEME_LABELS)
        return page, status_of(form)

    @expose("/<code>/opnemen", methods=("POST",))
    def take(self, code: str) -> ResponseReturnValue:
        """Take it, over from somebody else too, or take it up again."""
        form = TicketAnswerForm()
        with handling() as done:
            answering.take(self.actor, code, posted_version(form.version.data))
        if done:
            flash(gettext("U behandelt deze vraag."), "success")
        elif done.error is not None:
            flash(translated(done.error), "error")
        return redirect(self.get_url(".show", code=code))


class TermsPages(PageView):
    """How many people agreed with each version of the terms of use; nobody is named (CP-01)."""

    required_permission = Permission.AUDIT_READ

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The versions."""
        return self.render("admin/tickets/terms.html", agreed=terms_of_use.agreed(self.actor))
