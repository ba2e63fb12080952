"""The tab *Berichten* of a contract, a thread, and writing in it (C-014, CP-03)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, posted_version, status_of
from domain.calendars import BRUSSELS
from domain.messaging import READING_LABELS
from domain.permissions import Permission
from forms.messages import MessageForm, NewThreadForm
from services import transaction
from services.econtracting import access as contracting
from services.econtracting.contracts import queries
from services.econtracting.notifications import outcomes
from services.messaging import places, reading, writing

bp = Blueprint("contracting_messages", __name__)


@bp.get("/econtracting/opdracht/<reference>/berichten")
@access(Permission.DOCUMENTS_READ)
def index(reference: str) -> ResponseReturnValue:
    """The threads of a contract and the mails that were sent about it, in one place."""
    actor = current_actor()
    contract = contracting.contract_for(actor, reference)
    return render_template(
        "econtracting/messages/list.html",
        contract=queries.header(actor, reference),
        rows=reading.threads(actor, contract),
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
        return redirect(url_for(".show", reference=started))
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
def show(reference: str) -> ResponseReturnValue:
    """A thread, oldest message first, with the draft of the own side under it."""
    actor = current_actor()
    form = MessageForm()
    if request.method == "POST":
        answered = act(form, reference, url_for(".show", reference=reference))
        if answered is not None:
            return answered
    else:
        with transaction.unit_of_work():
            reading.mark_read(actor, reference)
    found = reading.thread(actor, reference, everything=request.args.get("alles") == "1")
    fill(form, found)
    page = render_template(
        "econtracting/messages/thread.html",
        contract=queries.header(actor, found.place.contract.reference),
        thread=found,
        form=form,
        labels=READING_LABELS,
    )
    return page, status_of(form)


def begin(form: NewThreadForm, place: places.Place) -> str | None:
    """Begin a thread with what was typed, for both doors; gives its reference, None to show the page (again)."""
    if not form.validate_on_submit():
        return None
    actor, sending = current_actor(), request.form.get("act") == "send"
    with handling(form) as done:
        message = writing.start(
            actor, place, form.subject.data or "", form.body.data or "", awaits_reply=form.awaits_reply.data
        )
        if sending:
            writing.send(actor, message.reference, message.body, message.awaits_reply, message.version)
    if not done:
        return None
    flash(gettext("Het bericht is verzonden.") if sending else gettext("Het concept is bewaard."), "success")
    return reading.reference_of(message)


def act(form: MessageForm, reference: str, back: str) -> ResponseReturnValue | None:
    """What was pressed under a thread, for both doors: keep, send or throw away. None shows the page again."""
    actor = current_actor()
    wanted = request.form.get("act", "save")
    if not form.validate():
        return None
    with handling(form) as done:
        draft = writing.draft(actor, reference)
        version = posted_version(form.version.data) or (0 if draft.body else draft.version)
        text, awaits = form.body.data or "", form.awaits_reply.data
        if wanted == "remove":
            writing.remove(actor, draft.reference)
        elif wanted == "send":
            writing.send(actor, draft.reference, text, awaits, version)
        else:
            draft = writing.save(actor, draft.reference, text, awaits, version)
    if not done:
        return None
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"saved": f"{draft.changed_at.astimezone(BRUSSELS):%H:%M}", "version": draft.version})
    texts: dict[str, str] = {
        "remove": gettext("Het concept is verwijderd."),
        "send": gettext("Het bericht is verzonden."),
    }
    flash(texts.get(wanted, gettext("Het concept is bewaard.")), "success")
    return redirect(back)


def fill(form: MessageForm, found: Any) -> None:
    """Put the draft in the form of a page that was only asked for."""
    if request.method == "GET" and found.draft is not None:
        form.body.data, form.awaits_reply.data = found.draft.body, found.draft.awaits_reply
    form.version.data = found.draft.version if found.draft is not None else ""
