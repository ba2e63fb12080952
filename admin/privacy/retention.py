"""Terms of retention at the department: the classes, what is announced, what was erased with its proof (E-153)."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.lists import Address, position
from blueprints.handling import handling, status_of
from domain.erasing import EVERYTHING, OBSTACLE_LABELS, HoldScope
from domain.errors import N_
from domain.permissions import Permission
from domain.retention import ANNOUNCED, PROCEDURE_LABELS, RULES, RetentionClass
from forms.confirmation import ConfirmationForm
from forms.privacy import HoldFacilityForm, HoldForm
from services.privacy import announced, holds
from services.privacy.announced import Announced

_ALL_KINDS = N_("Alle soorten gegevens")


def _label_of(code: str) -> str:
    """What a notice is about, in words: its kind of data, or all kinds."""
    return _ALL_KINDS if code == EVERYTHING else RULES[RetentionClass(code)].label


class RetentionTermPages(PageView):
    """Classes, notices and proofs; a notice is held for a reason and released."""

    required_permission = Permission.RETENTION_MANAGE

    def render(self, template: str, **kwargs: Any) -> str:
        """Every page names classes."""
        made: str = super().render(template, rules=RULES, classes=RetentionClass, label_of=_label_of, **kwargs)
        return made

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What is announced, by class."""
        asked = request.args.get("klasse", "")
        which = RetentionClass(asked) if asked in {one.value for one in ANNOUNCED} else None
        address = Address(self.get_url(".index"), {"klasse": which.value} if which else {})
        return self.render(
            "admin/privacy/notices.html",
            page=announced.notices(self.actor, which, erased=False, position=position()),
            everything=announced.everything_held(self.actor),
            address=address,
            which=which,
            choices=[(one.value, gettext(RULES[one].label)) for one in ANNOUNCED],
            obstacle_labels=OBSTACLE_LABELS,
            tab="notices",
        )

    @expose("/termijnen")
    def terms(self) -> ResponseReturnValue:
        """The table of classes: term, basis, and what erasing means."""
        return self.render("admin/privacy/terms.html", procedures=PROCEDURE_LABELS, tab="terms")

    @expose("/gewist")
    def erased(self) -> ResponseReturnValue:
        """What was erased, with its proof."""
        page = announced.proofs(self.actor, position())
        return self.render(
            "admin/privacy/proofs.html",
            page=page,
            address=Address(self.get_url(".erased"), {}),
            rows_of=lambda proof: json.loads(proof.rows),
            tab="erased",
        )

    @expose("/voorziening", methods=("GET", "POST"))
    def facility(self) -> ResponseReturnValue:
        """Hold everything of a facility of which nothing need be announced yet."""
        form = HoldFacilityForm()
        if form.validate_on_submit():
            with handling(form) as done:
                held = holds.hold_facility(self.actor, form.hco_number.data or "", form.reason.data or "")
            if done:
                flash(gettext("Dit wordt niet gewist tot iemand het weer vrijgeeft."), "success")
                return redirect(self.get_url(".record", reference=held.reference), 303)
        return self.render("admin/privacy/hold_facility.html", form=form), status_of(form)

    @expose("/<reference>", methods=("GET", "POST"))
    def record(self, reference: str) -> ResponseReturnValue:
        """One notice; posted: hold it for a reason."""
        form = HoldForm()
        if form.validate_on_submit():
            with handling(form) as done:
                held = holds.hold(self.actor, reference, form.reason.data or "", HoldScope(form.scope.data))
            if done:
                flash(gettext("Dit wordt niet gewist tot iemand het weer vrijgeeft."), "success")
                return redirect(self.get_url(".record", reference=held.reference), 303)
        return self._record(reference, form)

    @expose("/<reference>/vrijgeven", methods=("POST",))
    def release(self, reference: str) -> ResponseReturnValue:
        """Let held data go."""
        form = ConfirmationForm()
        if form.validate_on_submit():
            with handling(form) as done:
                holds.release(self.actor, reference)
            if done:
                flash(gettext("Vrijgegeven: het wissen gaat ten vroegste morgen door."), "success")
                return redirect(self.get_url(".record", reference=reference), 303)
        return self._record(reference, form)

    def _record(self, reference: str, form: Any) -> ResponseReturnValue:
        shown: Announced = announced.notice(self.actor, reference)
        asked = form if isinstance(form, HoldForm) else HoldForm(formdata=None)
        asked.scope.choices = [
            (HoldScope.ONE.value, gettext("Enkel deze gegevens")),
            (HoldScope.ALL.value, _all_of(shown)),
        ]
        return self.render(
            "admin/privacy/notice.html",
            shown=shown,
            form=asked,
            problems=form,
            obstacle_labels=OBSTACLE_LABELS,
            all_kinds=shown.notice.retention_class == EVERYTHING,
        ), status_of(form)


def _all_of(shown: Announced) -> str:
    """The second choice: everything of whom, or of when."""
    if shown.notice.facility_id is not None:
        return gettext(
            "Alle soorten gegevens van %(facility)s, ook wat later aangekondigd wordt", facility=shown.facility_name
        )
    return gettext("Alle soorten gegevens van %(quarter)s, ook wat later aangekondigd wordt", quarter=shown.subject)
