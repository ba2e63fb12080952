"""Outages: the list that is evidence, a new notice with its effect on terms, ending, correcting, withdrawing (7.5)."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, posted_version, put_on_form, status_of
from domain.econtracting.outage_notices import FUNCTION_LABELS, OUTAGE_STATE_LABELS
from domain.errors import DomainError
from domain.permissions import Permission
from forms.outages import EndOutageForm, OutageForm, WithdrawOutageForm
from services.econtracting import outages

_WORDS = {"functions": FUNCTION_LABELS, "states": OUTAGE_STATE_LABELS}


class OutagePages(PageView):
    """Notices of outages."""

    required_permission = Permission.OUTAGES_MANAGE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every notice, the newest first."""
        found = outages.board(self.actor)
        return self.render("admin/contracting/outages/list.html", rows=found, keeps=outages.keeps(self.actor), **_WORDS)

    @expose("/nieuw", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Write a notice, see what it does to terms, publish it."""
        return self._form(None)

    @expose("/<reference>")
    def show(self, reference: str) -> ResponseReturnValue:
        """One notice with the terms of the own contracts that it prolonged."""
        row = outages.one(self.actor, reference)
        return self.render(
            "admin/contracting/outages/show.html",
            row=row,
            prolonged=outages.prolonged_terms(self.actor, reference),
            keeps=outages.keeps(self.actor),
            **_WORDS,
        )

    @expose("/<reference>/verbeteren", methods=("GET", "POST"))
    def correct(self, reference: str) -> ResponseReturnValue:
        """Publish a better notice in its place."""
        return self._form(reference)

    @expose("/<reference>/beeindigen", methods=("GET", "POST"))
    def end(self, reference: str) -> ResponseReturnValue:
        """Say when it was over."""
        row, form = outages.one(self.actor, reference), EndOutageForm()
        if form.validate_on_submit():
            with handling(form) as done:
                outages.end(self.actor, reference, posted_version(form.version.data), form.moment)
            if done:
                flash(
                    gettext("De onbeschikbaarheid is voorbij. Wat ze met termijnen doet, staat hieronder."), "success"
                )
                return redirect(self.get_url(".show", reference=reference))
        elif request.method == "GET":
            form.version.data = str(row.version)
        return self.render("admin/contracting/outages/end.html", row=row, form=form, **_WORDS), status_of(form)

    @expose("/<reference>/intrekken", methods=("GET", "POST"))
    def withdraw(self, reference: str) -> ResponseReturnValue:
        """Say that there was no outage."""
        row, form = outages.one(self.actor, reference), WithdrawOutageForm()
        if form.validate_on_submit():
            with handling(form) as done:
                outages.withdraw(self.actor, reference, posted_version(form.version.data), form.reason.data or "")
            if done:
                flash(gettext("Het bericht is ingetrokken. Het blijft met de reden in de lijst staan."), "success")
                return redirect(self.get_url(".show", reference=reference))
        elif request.method == "GET":
            form.version.data = str(row.version)
        return self.render("admin/contracting/outages/withdraw.html", row=row, form=form, **_WORDS), status_of(form)

    def _form(self, reference: str | None) -> ResponseReturnValue:
        """A notice to write or to correct: first its effect, then published."""
        old = None if reference is None else outages.one(self.actor, reference)
        form = OutageForm()
        preview = None
        if form.validate_on_submit():
            if request.form.get("act") == "publish":
                with handling(form) as done:
                    if old is None:
                        row = outages.publish(self.actor, form.notice)
                    else:
                        version = posted_version(form.version.data)
                        row = outages.correct(self.actor, old.reference, version, form.notice, form.reason.data or "")
                if done:
                    flash(gettext("Het bericht is gepubliceerd."), "success")
                    return redirect(self.get_url(".show", reference=row.reference))
            else:
                try:
                    preview = outages.effect_of(self.actor, form.notice)
                except DomainError as error:
                    put_on_form(form, error)
        elif request.method == "GET" and old is not None:
            form.fill(old.notice)
            form.version.data = str(old.version)
        return self.render(
            "admin/contracting/outages/form.html",
            form=form,
            row=old,
            preview=preview,
            notice=form.notice if preview is not None else None,
            **_WORDS,
        ), status_of(form)
