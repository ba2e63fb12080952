"""The own calendar of somebody at a desk: its address made, renewed, revoked; of contracts, and of the campaign."""

from __future__ import annotations

from types import ModuleType

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from services.ecalcura import campaign_feed
from services.econtracting import calendar_feed


class AgendaPages(PageView):
    """One calendar of contracts per person and organisation."""

    required_permission = Permission.AUTHORITY_DESK
    source: ModuleType = calendar_feed
    template = "admin/contracting/agenda.html"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Whether there is a calendar, and what one is for."""
        return self.render(self.template, feed=self.source.of(self.actor), address=None)

    @expose("/nieuw", methods=("POST",))
    def renew(self) -> ResponseReturnValue:
        """Make a new address and show it, once."""
        address = None
        if ConfirmationForm().validate_on_submit():
            with handling() as done:
                token = self.source.renew(self.actor)
            if done:
                address = calendar_feed.address(token)
        return self.render(self.template, feed=self.source.of(self.actor), address=address)

    @expose("/intrekken", methods=("POST",))
    def revoke(self) -> ResponseReturnValue:
        """Take the address back."""
        if ConfirmationForm().validate_on_submit():
            with handling() as done:
                self.source.revoke(self.actor)
            if done:
                flash(gettext("Uw agenda is ingetrokken. Het adres werkt niet meer."), "success")
        return redirect(self.get_url(".index"))


class CampaignAgendaPages(AgendaPages):
    """One calendar of the campaign per person of the department."""

    required_permission = Permission.DOSSIER_REVIEW
    source = campaign_feed
    template = "admin/campaign/agenda.html"
