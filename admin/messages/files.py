"""Files of messages at both offices: adding to a draft, and fetching (fail closed, sandboxed)."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints import file_uploads
from blueprints.file_uploads import takes_files
from domain.permissions import Permission
from services.econtracting.attachments import doors
from services.econtracting.attachments.doors import Of


class MessageFilePages(PageView):
    """No page of its own: what the page of a thread needs for its files."""

    required_permission = Permission.MESSAGES_OFFICE
    in_menu = False

    @expose("/bericht/<reference>", methods=("GET", "POST", "PUT"))
    @takes_files
    def of_message(self, reference: str) -> ResponseReturnValue:
        """The files of a draft message: the list, one more (PUT), or several from a form."""
        return file_uploads.receive(self.actor, Of.MESSAGE, reference, "office_message_files")

    @expose("/<reference>")
    def download(self, reference: str) -> Response:
        """The file itself: of the own side, or of the other one once it counts."""
        return file_uploads.send(self.actor, doors.only_of_message(reference))

    @expose("/<reference>/verwijderen", methods=("POST",))
    def remove(self, reference: str) -> ResponseReturnValue:
        """Take a file off a draft."""
        return file_uploads.change(
            lambda: doors.remove(self.actor, doors.only_of_message(reference)),
            lambda name: gettext("%(name)s is verwijderd.", name=name),
        )

    @expose("/<reference>/opschonen", methods=("POST",))
    def strip(self, reference: str) -> ResponseReturnValue:
        """Take out what a file tells about a person."""
        return file_uploads.change(
            lambda: doors.strip(self.actor, doors.only_of_message(reference)),
            lambda row: gettext("De persoonsgegevens zijn uit %(name)s verwijderd.", name=row.name),
        )

    @expose("/<reference>/hernoemen", methods=("POST",))
    def rename(self, reference: str) -> ResponseReturnValue:
        """Give a file another name."""
        return file_uploads.change(
            lambda: doors.rename(self.actor, doors.only_of_message(reference), request.form.get("name", "")),
            lambda row: gettext("Het bestand heet nu %(name)s.", name=row.name),
        )
