"""The canned texts of the department: the list, and the form of one with a preview."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, posted_version, status_of
from domain.canned_texts import PLACEHOLDERS, CannedContent
from domain.permissions import Permission
from forms.message_office import CannedTextForm
from models.message import CannedText
from services.messaging import canned_texts


class CannedTextPages(PageView):
    """The texts that are sent often."""

    required_permission = Permission.DESKS_MANAGE
    in_menu = False  # a tab beside the messages

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every text."""
        return self.render("admin/messages/canned_texts.html", rows=canned_texts.listed(self.actor))

    @expose("/nieuw", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """A new text."""
        return self._page(CannedTextForm(), None)

    @expose("/<reference>", methods=("GET", "POST"))
    def edit(self, reference: str) -> ResponseReturnValue:
        """Change a text, or look at what is typed as a facility would read it."""
        row = canned_texts.get(self.actor, reference)
        return self._page(CannedTextForm(obj=row), row)

    def _page(self, form: CannedTextForm, row: CannedText | None) -> ResponseReturnValue:
        seen = None
        if form.validate_on_submit():
            content = CannedContent(form.title.data or "", form.subject.data or "", form.body.data or "")
            active, version = bool(form.active.data), posted_version(form.version.data)
            if "preview" in request.form:
                with handling(form) as done:
                    seen = canned_texts.preview(content)
            else:
                with handling(form) as done:
                    if row is None:
                        canned_texts.create(self.actor, content, active=active)
                    else:
                        canned_texts.change(self.actor, row.reference, content, version, active=active)
                if done:
                    flash(gettext("De standaardtekst is bewaard."), "success")
                    return redirect(self.get_url(".index"))
        context = {"form": form, "row": row, "seen": seen, "placeholders": PLACEHOLDERS}
        return self.render("admin/messages/canned_text.html", **context), status_of(form)
