"""Files that come in and go out, for both doors: read before anything is locked, given out so that nothing runs.

A view that takes files says so with ``takes_files``; only there the limit of a request is that of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any, TypeVar, cast
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, flash, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.handling import translated
from domain.actor import Actor
from domain.econtracting.attachments import TOO_BIG, AttachmentState
from domain.errors import DomainError, Findings, InvalidValue, NotFound
from domain.own_path import own_path
from services import transaction
from services.connections import connections
from services.econtracting import attachments
from services.econtracting.attachments import doors, reading, receiving, showing
from services.econtracting.attachments.doors import Of
from services.econtracting.documents import consulting

View = TypeVar("View", bound=Callable[..., Any])
log = structlog.get_logger("files")

_ROOM = 1024 * 1024
"""What a request with files holds besides them."""
_FILES_IN_A_FORM = 3
"""A form without script may carry as much as this many of the largest files; the script sends them one by one."""


def takes_files(view: View) -> View:
    """Mark a view that takes files."""
    view.__takes_files__ = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Widen the limit of a request where files are taken, before anything reads it; give templates a line per file.

    Only for who is signed in: a form is read to its end to find its token, before anything asks who sent it.
    """

    @app.before_request
    def _limit() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "__takes_files__", False) and session.get("identity"):
            one = connections().settings.attachment_bytes
            request.max_content_length = one * (1 if request.method == "PUT" else _FILES_IN_A_FORM) + _ROOM

    app.jinja_env.filters["file_line"] = showing.line
    app.jinja_env.globals["largest_file"] = lambda: connections().settings.attachment_bytes


def receive(actor: Actor, of: Of, reference: str, door: str) -> ResponseReturnValue:
    """One address for a draft's files: PUT takes one, POST a form with several, GET shows the list (for the script)."""
    if request.method == "PUT":
        return _receive_one(actor, of, reference)
    if request.method == "POST":
        take_all(actor, of, reference)
        return redirect(own_path(request.form.get("terug")) or "/", 303)
    found = doors.target(actor, of, reference, lock=False)
    back = own_path(request.args.get("terug")) or "/"
    slots = [(one.name, one.label) for one in found.slots]
    shown = render_template("econtracting/attachments/list.html", files=found.files, door=door, back=back, slots=slots)
    return jsonify(html=shown)


def _take(actor: Actor, of: Of, reference: str, slot: str, name: str, stream: IO[bytes]) -> Any:
    """Look whether it may, read without any transaction, then write the row: a slow line holds up nobody."""
    transaction.rollback()
    transaction.begin_mode(writes=False)
    try:
        doors.check_room(actor, of, reference, slot)
        people = receiving.people_of(actor)
        transaction.rollback()
        arrived = attachments.take_in(name, stream, people, organisation=actor.organisation_name)
    finally:
        transaction.rollback()
        transaction.begin_mode(writes=True)
    row = doors.add(actor, of, reference, arrived, slot)
    transaction.commit()
    return row


def _receive_one(actor: Actor, of: Of, reference: str) -> ResponseReturnValue:
    """The body is the file; the address carries its name and slot."""
    name, slot = request.args.get("naam", ""), request.args.get("slot", "")
    limit = connections().settings.attachment_bytes
    try:
        if (request.content_length or 0) > limit:
            raise InvalidValue(TOO_BIG, code="TOO_BIG", limit=limit // 1024 // 1024)
        row = _take(actor, of, reference, slot, name, cast(IO[bytes], request.stream))
    except (InvalidValue, Findings) as error:
        transaction.rollback()
        return jsonify(message=" ".join(messages_of(error)), code=error.code), 422
    problem = reading.problem(row)
    answer = {"reference": row.reference, "name": row.name, "state": row.state.value}
    return jsonify(answer | {"message": translated(problem) if problem else ""}), 201


def take_all(actor: Actor, of: Of, reference: str) -> None:
    """Every file of the form by itself: those that are right are taken, of the others the next page tells why."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        flash(gettext("Kies eerst een of meer bestanden."), "error")
    for file in files:
        try:
            row = _take(actor, of, reference, request.form.get("slot", ""), file.filename or "", file.stream)
        except (InvalidValue, Findings) as error:
            transaction.rollback()
            flash(f"{file.filename}: {' '.join(messages_of(error))}"[:600], "error")
            continue
        problem = reading.problem(row)
        if problem is not None:
            flash(translated(problem), "error" if row.state is AttachmentState.INFECTED else "warning")
        else:
            flash(gettext("%(name)s is toegevoegd.", name=row.name), "success")


def messages_of(error: DomainError) -> list[str]:
    """All that is wrong, in the language of the person."""
    if isinstance(error, Findings):
        return [translated(one) for one in error.findings]
    return [translated(error)]


def change(act: Callable[[], Any], done: Callable[[Any], str]) -> ResponseReturnValue:
    """Do something with a file of a draft and go back to where the form stands; a refusal is told there."""
    back = own_path(request.form.get("terug")) or "/"
    try:
        outcome = act()
        transaction.commit()
    except NotFound:
        raise
    except DomainError as error:
        transaction.rollback()
        flash(" ".join(messages_of(error)), "error")
    else:
        flash(done(outcome), "success")
    return redirect(back, 303)


def send(actor: Actor, reference: str) -> Response:
    """A file as an attachment that no browser runs. Opening what the other party sent is recorded the first time."""
    found = doors.fetch(actor, reference)
    row = found.attachment
    content = attachments.open_content(row)
    name, size, media_type = row.name, row.size, row.media_type
    document = found.document if found.theirs else None
    if document is not None and consulting.is_first(actor, document):
        with transaction.unit_of_work():
            consulting.consult(actor, document)
    log.info("file given out", file=reference, side=actor.side.value, organisation=actor.organisation_key)
    response = Response(_whole(content, reference), mimetype=media_type)
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _whole(content: Iterator[bytes], reference: str) -> Iterator[bytes]:
    """What turns out to be damaged ends too early: the browser says that the download failed."""
    try:
        yield from content
    except DomainError:
        log.error("file damaged or store away while it was given out", file=reference)
        raise


def disposition(name: str) -> str:
    """``attachment`` with the name, in both ways browsers read."""
    plain = "".join(letter if letter.isascii() and letter not in '"\\%' else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
