"""The threads of one contract, and beginning one, for an authority (C-014)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.contracting.documents import contract_tabs
from blueprints.access import access
from blueprints.handling import status_of
from blueprints.messages.acting import begin, begun
from domain.permissions import Permission
from forms.messages import NewThreadForm
from services.econtracting import access as contracting
from services.econtracting.notifications import outcomes
from services.messaging import places, reading

if TYPE_CHECKING:
    from admin.base import PageView as _Pages
else:
    _Pages = object


class ContractThreads(_Pages):
    """The pages of messages that belong to a contract."""

    @expose("/opdracht/<reference>")
    @access(Permission.AUTHORITY_DESK)
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
        place = places.contract_place(self.actor, reference, request.args.get("stuk") or None)
        form = NewThreadForm()
        started = begin(form, place)
        if started is not None:
            return begun(self.get_url(".show", reference=started))
        context: dict[str, Any] = {"contract": place.contract, "document": place.document, "form": form}
        return self.render("admin/messages/new.html", **context), status_of(form)
