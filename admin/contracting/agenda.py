"""The own calendar of somebody of an authority: its address made, renewed, revoked."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from services.econtracting import calendar_feed


class AgendaPages(PageView):
    """One calendar per person and organisation."""

    required_permission = Permission.AUTHORITY_DESK

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Whether there is a calendar, and what one is for."""
        return self.render("admin/contracting/agenda.html", feed=calendar_feed.of(self.actor), address=None)

    @expose("/nieuw", methods=("POST",))
    def renew(self) -> ResponseReturnValue:
        """Make a new address and show it, once."""
        address = None
        if ConfirmationForm().validate_on_submit():
            with handling() as done:
                token = calendar_feed.renew(self.actor)
            if done:
                address = calendar_feed.address(token)
        return self.render("admin/contracting/agenda.html", feed=calendar_feed.of(self.actor), address=address)

    @expose("/intrekken", methods=("POST",))
    def revoke(self) -> ResponseReturnValue:
        """Take the address back."""
        if ConfirmationForm().validate_on_submit():
            with handling() as done:
                calendar_feed.revoke(self.actor)
            if done:
                flash(gettext("Uw agenda is ingetrokken. Het adres werkt niet meer."), "success")
        return redirect(self.get_url(".index"))
