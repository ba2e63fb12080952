"""Files of drafts and messages at the desk of an authority, and fetching those that contractors sent."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints import file_uploads
from blueprints.access import access
from blueprints.file_uploads import takes_files
from domain.permissions import Permission
from services.econtracting.attachments import doors
from services.econtracting.attachments.doors import Of

_METHODS = ("GET", "POST", "PUT")


class AttachmentPages(PageView):
    """No page of its own: what the pages of drafts, documents and messages need for their files."""

    required_permission = Permission.AUTHORITY_DESK
    in_menu = False

    @expose("/stuk/<reference>", methods=_METHODS)
    @access(Permission.AUTHORITY_DRAFT)
    @takes_files
    def of_version(self, reference: str) -> ResponseReturnValue:
        """The files of a draft: the list, one more (PUT), or several from a form."""
        return file_uploads.receive(self.actor, Of.VERSION, reference, "attachments")

    @expose("/bericht/<reference>", methods=_METHODS)
    @access(Permission.AUTHORITY_MESSAGES)
    @takes_files
    def of_message(self, reference: str) -> ResponseReturnValue:
        """The files of a draft message."""
        return file_uploads.receive(self.actor, Of.MESSAGE, reference, "attachments")

    @expose("/<reference>")
    def download(self, reference: str) -> Response:
        """The file itself: of the own side, or of a contractor once it was sent."""
        return file_uploads.send(self.actor, reference)

    @expose("/<reference>/verwijderen", methods=("POST",))
    def remove(self, reference: str) -> ResponseReturnValue:
        """Take a file off a draft."""
        return file_uploads.change(
            lambda: doors.remove(self.actor, reference), lambda name: gettext("%(name)s is verwijderd.", name=name)
        )

    @expose("/<reference>/opschonen", methods=("POST",))
    def strip(self, reference: str) -> ResponseReturnValue:
        """Take out what a file tells about a person."""
        return file_uploads.change(
            lambda: doors.strip(self.actor, reference),
            lambda row: gettext("De persoonsgegevens zijn uit %(name)s verwijderd.", name=row.name),
        )

    @expose("/<reference>/hernoemen", methods=("POST",))
    def rename(self, reference: str) -> ResponseReturnValue:
        """Give a file another name."""
        return file_uploads.change(
            lambda: doors.rename(self.actor, reference, request.form.get("name", "")),
            lambda row: gettext("Het bestand heet nu %(name)s.", name=row.name),
        )
