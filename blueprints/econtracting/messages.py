"""The tab *Berichten* of a contract, a thread, and writing in it (C-014, CP-03); the same module as /berichten."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.access import access, current_actor
from blueprints.file_uploads import takes_files
from blueprints.handling import status_of
from blueprints.lists import Address, position
from blueprints.messages.acting import act, begin, begun, fill, opened
from blueprints.messages.starting import about_page
from domain.errors import NotFound
from domain.messaging import READING_LABELS
from domain.permissions import Permission
from forms.messages import MessageForm, NewThreadForm
from services.econtracting import access as contracting
from services.econtracting.contracts import queries
from services.econtracting.notifications import outcomes
from services.messaging import places, reading

__all__ = ["act", "begin", "bp", "fill"]

bp = Blueprint("contracting_messages", __name__)


@bp.get("/econtracting/opdracht/<reference>/berichten")
@access(Permission.DOCUMENTS_READ)
def index(reference: str) -> ResponseReturnValue:
    """The threads of a contract and the mails that were sent about it, in one place."""
    actor = current_actor()
    contract = contracting.contract_for(actor, reference)
    page = reading.inbox(actor, reading.Criteria(contract=contract.reference), position())
    address = Address(url_for(".index", reference=reference), {})
    return render_template(
        "econtracting/messages/list.html",
        contract=queries.header(actor, reference),
        page=page,
        address=address,
        pages=(address.previous_page(page), address.next_page(page)),
        mails=outcomes.mails(actor, contract),
    )


@bp.route("/econtracting/opdracht/<reference>/berichten/nieuw", methods=["GET", "POST"])
@access(Permission.CONTRACT_MESSAGES)
def new(reference: str) -> ResponseReturnValue:
    """A first message: about the contract, or about the document that the address names."""
    actor = current_actor()
    place = places.contract_place(actor, reference, request.args.get("stuk") or None)
    form = NewThreadForm()
    started = begin(form, place)
    if started is not None:
        return begun(url_for(".show", reference=started))
    if request.method == "GET":
        form.body.data = about_page()
    page = render_template(
        "econtracting/messages/new.html",
        contract=queries.header(actor, reference),
        document=place.document,
        form=form,
        may_send=reading.may_send(actor, place),
    )
    return page, status_of(form)


@bp.route("/econtracting/bericht/<reference>", methods=["GET", "POST"])
@access(Permission.DOCUMENTS_READ)
@takes_files
def show(reference: str) -> ResponseReturnValue:
    """A thread of a contract, oldest message first, with the draft of the own side under it."""
    actor = current_actor()
    form = MessageForm()
    if request.method == "POST":
        answered = act(form, reference, url_for(".show", reference=reference))
        if answered is not None:
            return answered
    found = opened(form, reference)
    if not isinstance(found.place, places.ContractPlace):
        raise NotFound
    if not found.messages and found.later:
        return redirect(url_for(".show", reference=reference))
    page = render_template(
        "econtracting/messages/thread.html",
        contract=queries.header(actor, found.place.contract.reference),
        thread=found,
        form=form,
        labels=READING_LABELS,
    )
    return page, status_of(form)
