"""Files of messages in the portal, in both themes: adding to a draft, and fetching (fail closed, sandboxed)."""

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

bp = Blueprint("message_files", __name__, url_prefix="/berichten/bijlagen")


@bp.route("/bericht/<reference>", methods=["GET", "POST", "PUT"])
@access(Permission.MESSAGES)
@takes_files
def of_message(reference: str) -> ResponseReturnValue:
    """The files of a draft message: the list, one more (PUT), or several from a form."""
    return file_uploads.receive(current_actor(), Of.MESSAGE, reference, "message_files")


@bp.get("/<reference>")
@access(Permission.MESSAGES)
def download(reference: str) -> Response:
    """The file itself: of the own side, or of the other one once it counts."""
    return file_uploads.send(current_actor(), doors.only_of_message(reference))


@bp.post("/<reference>/verwijderen")
@access(Permission.MESSAGES)
def remove(reference: str) -> ResponseReturnValue:
    """Take a file off a draft."""
    actor = current_actor()
    return file_uploads.change(
        lambda: doors.remove(actor, doors.only_of_message(reference)),
        lambda name: gettext("%(name)s is verwijderd.", name=name),
    )


@bp.post("/<reference>/opschonen")
@access(Permission.MESSAGES)
def strip(reference: str) -> ResponseReturnValue:
    """Take out what a file tells about a person."""
    actor = current_actor()
    return file_uploads.change(
        lambda: doors.strip(actor, doors.only_of_message(reference)),
        lambda row: gettext("De persoonsgegevens zijn uit %(name)s verwijderd.", name=row.name),
    )


@bp.post("/<reference>/hernoemen")
@access(Permission.MESSAGES)
def rename(reference: str) -> ResponseReturnValue:
    """Give a file another name."""
    actor = current_actor()
    return file_uploads.change(
        lambda: doors.rename(actor, doors.only_of_message(reference), request.form.get("name", "")),
        lambda row: gettext("Het bestand heet nu %(name)s.", name=row.name),
    )
