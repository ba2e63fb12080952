"""Files of drafts and messages at the counter, and fetching them."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints import file_uploads
from blueprints.access import access, current_actor
from blueprints.file_uploads import takes_files
from domain.permissions import Permission
from services.econtracting.attachments import doors
from services.econtracting.attachments.doors import Of

bp = Blueprint("contracting_attachments", __name__, url_prefix="/econtracting/bijlagen")
_METHODS = ["GET", "POST", "PUT"]


@bp.route("/stuk/<reference>", methods=_METHODS)
@access(Permission.DOCUMENTS_WRITE)
@takes_files
def of_version(reference: str) -> ResponseReturnValue:
    """The files of a draft: the list, one more (PUT), or several from a form."""
    return file_uploads.receive(current_actor(), Of.VERSION, reference, "contracting_attachments")


@bp.route("/bericht/<reference>", methods=_METHODS)
@access(Permission.CONTRACT_MESSAGES)
@takes_files
def of_message(reference: str) -> ResponseReturnValue:
    """The files of a draft message."""
    return file_uploads.receive(current_actor(), Of.MESSAGE, reference, "contracting_attachments")


@bp.get("/<reference>")
@access(Permission.DOCUMENTS_READ)
def download(reference: str) -> Response:
    """The file itself."""
    return file_uploads.send(current_actor(), reference)


@bp.post("/<reference>/verwijderen")
@access(Permission.DOCUMENTS_WRITE)
def remove(reference: str) -> ResponseReturnValue:
    """Take a file off a draft."""
    actor = current_actor()
    return file_uploads.change(
        lambda: doors.remove(actor, reference), lambda name: gettext("%(name)s is verwijderd.", name=name)
    )


@bp.post("/<reference>/opschonen")
@access(Permission.DOCUMENTS_WRITE)
def strip(reference: str) -> ResponseReturnValue:
    """Take out what a file tells about a person."""
    actor = current_actor()
    return file_uploads.change(
        lambda: doors.strip(actor, reference),
        lambda row: gettext("De persoonsgegevens zijn uit %(name)s verwijderd.", name=row.name),
    )


@bp.post("/<reference>/hernoemen")
@access(Permission.DOCUMENTS_WRITE)
def rename(reference: str) -> ResponseReturnValue:
    """Give a file another name."""
    actor = current_actor()
    return file_uploads.change(
        lambda: doors.rename(actor, reference, request.form.get("name", "")),
        lambda row: gettext("Het bestand heet nu %(name)s.", name=row.name),
    )
