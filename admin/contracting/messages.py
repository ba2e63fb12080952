"""Messages of an authority: the list over all contracts, those of one contract, a thread (C-014, CP-03)."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from admin.contracting.documents import contract_tabs
from blueprints.access import access
from blueprints.econtracting.messages import act, begin, fill
from blueprints.handling import status_of
from domain.messaging import READING_LABELS, Only
from domain.permissions import Permission
from forms.messages import MessageForm, NewThreadForm
from services import transaction
from services.econtracting import access as contracting
from services.econtracting.notifications import outcomes
from services.messaging import places, reading


class MessagePages(PageView):
    """What contractors wrote, what waits for an answer, and the answers."""

    required_permission = Permission.AUTHORITY_DESK

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Threads over all contracts of the authority, newest first; filters stay in the address."""
        only, text = request.args.get("toon", ""), request.args.get("zoek", "")
        wanted = reading.Criteria(search=text, only=Only(only) if only in set(Only) else None)
        rows = reading.inbox(self.actor, wanted).rows
        return self.render("admin/messages/inbox.html", rows=rows, only=only, text=text)

    @expose("/opdracht/<reference>")
    def of_contract(self, reference: str) -> ResponseReturnValue:
        """The threads of one contract, and the mails that were sent about it."""
        contract = contracting.contract_for(self.actor, reference)
        return self.render(
            "admin/messages/contract.html",
            contract=contract,
            tabs=contract_tabs(self.actor, reference, "messages.of_contract"),
            rows=reading.threads(self.actor, contract),
            mails=outcomes.mails(self.actor, contract),
            may_write=self.actor.may(Permission.AUTHORITY_MESSAGES),
        )

    @expose("/opdracht/<reference>/nieuw", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_MESSAGES)
    def new(self, reference: str) -> ResponseReturnValue:
        """A first message to the contractor: about the contract, or about the document the address names."""
        actor = self.actor
        place = places.contract_place(actor, reference, request.args.get("stuk") or None)
        form = NewThreadForm()
        started = begin(form, place)
        if started is not None:
            return redirect(self.get_url(".show", reference=started))
        context: dict[str, Any] = {"contract": place.contract, "document": place.document, "form": form}
        return self.render("admin/messages/new.html", **context), status_of(form)

    @expose("/<reference>", methods=("GET", "POST"))
    def show(self, reference: str) -> ResponseReturnValue:
        """A thread, with the draft of the authority under it."""
        form = MessageForm()
        if request.method == "POST":
            answered = act(form, reference, self.get_url(".show", reference=reference))
            if answered is not None:
                return answered
        else:
            with transaction.unit_of_work():
                reading.mark_read(self.actor, reference)
        found = reading.thread(self.actor, reference)
        fill(form, found)
        context = {"thread": found, "contract": found.place.contract, "form": form, "labels": READING_LABELS}
        return self.render("admin/messages/thread.html", **context), status_of(form)
