"""How an authority works here: who may release, whether the contractor sees the official, the mailbox (A-23, A-38)."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, posted_version, status_of
from domain.permissions import Permission
from forms.contracting_contracts import AuthoritySettingsForm
from services.econtracting.contracts import party_settings


class PartySettingsPages(PageView):
    """The settings of the own authority."""

    required_permission = Permission.AUTHORITY_CONTRACTS

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Look and change."""
        now = party_settings.of_authority(self.actor)
        form = AuthoritySettingsForm(
            data={
                "two_people": now.two_people,
                "shows_official": now.shows_official,
                "mailbox": now.mailbox,
                "enterprise_number": now.enterprise_number,
                "version": now.version,
            }
        )
        if form.validate_on_submit():
            with handling(form) as done:
                party_settings.save_authority(
                    self.actor,
                    two_people=form.two_people.data,
                    shows_official=form.shows_official.data,
                    mailbox=form.mailbox.data or "",
                    enterprise_number=form.enterprise_number.data or "",
                    version=posted_version(form.version.data),
                )
            if done:
                flash(gettext("De instellingen zijn bewaard."), "success")
                return redirect(self.get_url(".index"))
        return self.render("admin/contracting/settings.html", form=form), status_of(form)
