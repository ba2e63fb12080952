"""What is pressed on the pages of a thread, the same for every door: begin, keep, send, throw away, add files."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints import file_uploads
from blueprints.access import current_actor
from blueprints.handling import handling, posted_version
from domain.calendars import BRUSSELS
from forms.messages import MessageForm, NewThreadForm
from services import transaction
from services.econtracting.attachments.doors import Of
from services.messaging import places, reading, writing
from services.messaging.reading import Thread

#: Where the files of a draft stand on the page of its thread.
FILES = "#bijlagen"


def begin(form: NewThreadForm, place: places.Place) -> str | None:
    """Begin a thread with what was typed; gives its reference, None to show the page (again)."""
    if not form.validate_on_submit():
        return None
    actor, sending = current_actor(), request.form.get("act") == "send"
    with handling(form) as done:
        message = writing.start(
            actor,
            place,
            form.subject.data or "",
            form.body.data or "",
            awaits_reply=form.awaits_reply.data,
            sending=sending,
        )
        if sending:
            writing.send(actor, message.reference, message.body, message.awaits_reply, message.version)
    if not done:
        return None
    flash(gettext("Het bericht is verzonden.") if sending else gettext("Het concept is bewaard."), "success")
    return reading.reference_of(message)


def begun(address: str) -> ResponseReturnValue:
    """Go to the thread that was begun: to its files, when those were asked for."""
    return redirect(address + (FILES if request.form.get("act") == "files" else ""))


def act(form: MessageForm, reference: str, back: str, pressed: str | None = None) -> ResponseReturnValue | None:
    """What was pressed under a thread (``pressed`` where another button means the same). None shows the page again.

    Without script, adding files sends the whole form: the text is kept first, then the files come to its draft.
    """
    actor = current_actor()
    wanted = pressed or request.form.get("act", "save")
    if wanted == "send" and not form.validate():
        return None
    if wanted != "send" and not form.csrf_token.validate(form):
        return None
    with handling(form) as done:
        draft = writing.draft(actor, reference)
        kept = draft.reference
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
    if wanted == "upload":
        file_uploads.take_all(actor, Of.MESSAGE, kept)
    if wanted in ("files", "upload"):
        return redirect(back + FILES)
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
        form.version.data = str(found.draft.version)


def opened(form: MessageForm, reference: str) -> Thread:
    """The thread that a page shows, with the form of its draft; opening it marks it as read."""
    actor = current_actor()
    if request.method == "GET":
        with transaction.unit_of_work():
            reading.mark_read(actor, reference)
    asked = request.args.get("voor", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    found = reading.thread(actor, reference, before=before)
    fill(form, found)
    return found
