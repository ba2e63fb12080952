"""The desks of the department: which there are, and who sits at them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, posted_version, status_of
from domain.desks import DeskContent
from domain.organisation import SECTOR_LABELS
from domain.permissions import Permission
from forms.message_office import DeskForm
from services.messaging import desks


class MessageDeskPages(PageView):
    """The list of desks, and the form of one."""

    required_permission = Permission.DESKS_MANAGE
    in_menu = False  # a tab beside the messages

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every desk, with who sits at it and what waits there."""
        rows = desks.listed(self.actor)
        return self.render("admin/messages/desks.html", rows=rows, sector_labels=SECTOR_LABELS)

    @expose("/nieuw", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """A new desk."""
        form = self._form(DeskForm())
        if form.validate_on_submit():
            with handling(form) as done:
                desks.create(self.actor, _content(form))
            if done:
                flash(gettext("Het bureau is toegevoegd."), "success")
                return redirect(self.get_url(".index"))
        return self.render("admin/messages/desk.html", form=form, desk=None), status_of(form)

    @expose("/<reference>", methods=("GET", "POST"))
    def edit(self, reference: str) -> ResponseReturnValue:
        """Change a desk."""
        desk = desks.get(self.actor, reference)
        held = {
            "name": desk.name,
            "mailbox": desk.mailbox,
            "sectors": desk.sectors.split(),
            "members": desks.members_of(desk),
            "active": desk.active,
            "version": desk.version,
        }
        form = self._form(DeskForm(data=held))
        if form.validate_on_submit():
            with handling(form) as done:
                desks.change(self.actor, reference, _content(form), posted_version(form.version.data))
            if done:
                flash(gettext("Het bureau is bewaard."), "success")
                return redirect(self.get_url(".index"))
        return self.render("admin/messages/desk.html", form=form, desk=desk), status_of(form)

    def _form(self, form: DeskForm) -> DeskForm:
        people: list[tuple[Any, str]] = [(one.account_id, one.name) for one in desks.candidates(self.actor)]
        form.members.choices = people
        form.sectors.choices = [(code, gettext(label)) for code, label in SECTOR_LABELS.items()]
        known = {account_id for account_id, _ in people}
        form.members.data = [one for one in form.members.data or [] if one in known]
        return form


def _content(form: DeskForm) -> DeskContent:
    return DeskContent(
        form.name.data or "",
        form.mailbox.data or "",
        tuple(form.sectors.data or ()),
        tuple(form.members.data or ()),
        bool(form.active.data),
    )
