"""Releases: what changed, when, and whether the manual tells it already (C-063)."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.lists import Address, position
from admin.news.base import NewsPages
from blueprints.handling import handling, posted_version, status_of
from blueprints.marked_text import pictures_from_elsewhere, rendered
from domain.news import check_pictures
from forms.news import ReleaseForm, VersionForm
from services.news import releases


class ReleasePages(NewsPages):
    """The releases."""

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every release, the newest first."""
        page = releases.listed(self.actor, position())
        return self.render("admin/news/releases.html", page=page, address=Address(self.get_url(".index"), {}))

    @expose("/nieuw", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Note a release."""
        return self._form(None)

    @expose("/<reference>")
    def show(self, reference: str) -> ResponseReturnValue:
        """How it looks."""
        row = releases.get(self.actor, reference)
        form = VersionForm(version=str(row.version))
        findings = check_pictures(pictures_from_elsewhere(row.changes))
        return self.render("admin/news/release.html", row=row, body=rendered(row.changes), findings=findings, form=form)

    @expose("/<reference>/bewerken", methods=("GET", "POST"))
    def edit(self, reference: str) -> ResponseReturnValue:
        """Change it; also after publication, when the manual tells it."""
        return self._form(releases.get(self.actor, reference))

    @expose("/<reference>/publiceren", methods=("POST",))
    def publish(self, reference: str) -> ResponseReturnValue:
        """Show it to everybody."""
        with handling() as done:
            row = releases.publish(self.actor, reference, posted_version(request.form.get("version")))
        if done.error is not None:
            raise done.error
        flash(gettext("Versie %(number)s staat in de lijst.", number=row.number), "success")
        return redirect(self.get_url(".show", reference=reference))

    def _form(self, row: releases.ReleaseView | None) -> ResponseReturnValue:
        form = ReleaseForm()
        if form.validate_on_submit():
            entry = releases.ReleaseEntry(
                number=form.number.data or "",
                released_on=form.released_on.data,
                title=form.title.data or "",
                changes=form.changes.data or "",
                in_manual=bool(form.in_manual.data),
            )
            with handling(form) as done:
                if row is None:
                    made = releases.add(self.actor, entry)
                else:
                    made = releases.change(self.actor, row.reference, posted_version(form.version.data), entry)
            if done:
                flash(gettext("De versie is bewaard."), "success")
                return redirect(self.get_url(".show", reference=made.reference))
        elif request.method == "GET" and row is not None:
            form.number.data, form.released_on.data, form.title.data = row.number, row.released_on, row.title
            form.changes.data, form.in_manual.data, form.version.data = row.changes, row.in_manual, str(row.version)
        return self.render("admin/news/release_form.html", form=form, row=row), status_of(form)
