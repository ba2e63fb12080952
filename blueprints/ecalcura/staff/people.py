"""The staff list, and adding people to it or removing them from it (E-065, E-066, E-068)."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.staff import bp, filters
from blueprints.handling import handling, posted_version, put_on_form, status_of, translated
from domain.actor import Actor
from domain.calendars import Quarter
from domain.errors import TooMany
from domain.identifiers import format_national_number
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.staff import NationalNumberForm
from services import clock
from services.access import own_facility_id
from services.ecalcura import staff, staff_file, staff_queries

_SEVERAL = re.compile(r"[;,\n\t]+")


@bp.get("", strict_slashes=False)
@access(Permission.STAFF_READ)
def index() -> ResponseReturnValue:
    """The list as the address says. A number in the address by hand leads on, like one that is searched for."""
    actor = current_actor()
    typed = request.args.get("zoek", "")
    if filters.is_number(typed):
        return _by_number(actor, typed, filters.read(request))
    state = filters.read(request)
    page = staff_queries.staff_list(actor, own_facility_id(actor), state.wanted, state.page)
    return render_template(
        "ecalcura/staff/index.html",
        page=page,
        state=state,
        chips=filters.chips(state, page.lists),
        staff_roles=staff_queries.ROLE_LABELS,
        short_roles=staff_queries.SHORT_LABELS,
        quarters=_recent_quarters(),
    )


@bp.post("", strict_slashes=False)
@access(Permission.STAFF_READ)
def search() -> ResponseReturnValue:
    """Search and filter: posted, because a national number may be typed; all else goes into the address."""
    state = filters.read_values(request.form)
    typed = request.form.get("zoek", "")
    if filters.is_number(typed):
        return _by_number(current_actor(), typed, state)
    return redirect(url_for("staff.index", **state.values))


def _by_number(actor: Actor, typed: str, state: filters.ListState) -> ResponseReturnValue:
    """To the file of the person with this number, or back to the list with what to do."""
    reference = staff_queries.reference_of(actor, own_facility_id(actor), typed)
    if reference is not None:
        return redirect(url_for("staff.file", reference=reference))
    flash(
        gettext(
            "Er staat geen medewerker met dit rijksregisternummer in de lijst. "
            "Zoek op een deel van de naam of op het volledige nummer (11 cijfers)."
        ),
        "warning",
    )
    return redirect(url_for("staff.index", **state.but(zoek=None)))


def _recent_quarters() -> list[str]:
    """For the list of suggestions: this quarter and the eleven before it."""
    quarter = Quarter.of(clock.today())
    found = []
    for _ in range(12):
        found.append(str(quarter))
        quarter = quarter.previous()
    return found


@bp.route("/toevoegen", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def add() -> ResponseReturnValue:
    """Stack national numbers with '+', then add everybody at once (E-066). The stack travels in the form."""
    form = NationalNumberForm()
    stack = _Stack(current_actor())
    status = 200
    if form.validate_on_submit():
        try:
            if "remove" in request.form:
                stack.remove(request.form["remove"])
            else:
                stack.put(form, form.national_number.data or "")
                if "add" not in request.form and not form.national_number.errors and stack.submit(form):
                    return redirect(url_for("staff.index", zonder="contract"))
        except TooMany as full:
            form.national_number.errors = [translated(full)]
            status = 429
    wrong = form.national_number.errors or form.form_errors or any(item["error"] for item in stack.items)
    if wrong and status == 200:
        status = 503 if stack.down else 422
    return render_template("ecalcura/staff/add.html", form=form, items=stack.items), status


class _Stack:
    """The numbers that stand ready, each with the name that was found; names are for the eye and never stored."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.facility_id = own_facility_id(actor)
        self.down = False
        numbers = list(dict.fromkeys(request.form.getlist("numbers")))[: staff.MOST_AT_ONCE]
        self.items: list[dict[str, Any]] = [
            self._item(number, request.form.get(f"name-{number}", "")[:200]) for number in numbers
        ]

    def _item(self, number: str, name: str, error: str | None = None) -> dict[str, Any]:
        return {"value": number, "shown": format_national_number(number), "text": name, "error": error}

    def remove(self, number: str) -> None:
        """Take a number off the stack."""
        self.items = [item for item in self.items if item["value"] != number]

    def put(self, form: NationalNumberForm, typed: str) -> None:
        """Look up what was typed (several when pasted from a list) and stack what is right; the rest stays typed."""
        left, errors = [], []
        parts = [part.strip() for part in _SEVERAL.split(typed) if part.strip()]
        for text in parts:
            with handling() as done:
                found = staff.find_candidate(self.actor, self.facility_id, text, [item["value"] for item in self.items])
            if isinstance(done.error, TooMany):
                raise done.error
            problem = done.error or found.finding
            if problem is None:
                self.items.append(self._item(found.number, found.name))
                continue
            self.down = self.down or problem.code == "register"
            left.append(text)
            errors.append(translated(problem) if len(parts) == 1 else f"{text}: {translated(problem)}")
        form.national_number.data = "; ".join(left)
        form.national_number.errors = list(dict.fromkeys(errors))

    def submit(self, form: NationalNumberForm) -> bool:
        """Add everybody of the stack; False when somebody cannot be added, with the reason at the number."""
        numbers = [item["value"] for item in self.items]
        with handling() as done:
            addition = staff.add_staff(self.actor, self.facility_id, numbers)
        if isinstance(done.error, TooMany):
            raise done.error
        if done.error is not None:
            put_on_form(form, done.error)
            return False
        self.down = addition.down
        reasons = {found.number: translated(found.finding) for found in addition.refused if found.finding}
        for item in self.items:
            item["error"] = reasons.pop(item["value"], None)
        form.form_errors.extend(reasons.values())
        if addition.added:
            count = len(addition.added)
            flash(
                ngettext(
                    "%(num)d medewerker is toegevoegd. Klik op het rijksregisternummer voor het contract.",
                    "%(num)d medewerkers zijn toegevoegd. Klik op een rijksregisternummer voor het contract.",
                    count,
                ),
                "success",
            )
        return bool(addition.added)


@bp.route("/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def remove(reference: str) -> ResponseReturnValue:
    """Ask, then remove a person of whom nothing is known yet (E-068, V-07)."""
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file.staff_file(actor, facility_id, reference)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            staff.remove_staff(actor, facility_id, reference, posted_version(request.form.get("version")))
        if done:
            flash(gettext("%(name)s is uit de personeelslijst verwijderd.", name=person.name), "success")
            return redirect(url_for("staff.index", **state.values))
    page = render_template("ecalcura/staff/remove_person.html", form=form, person=person, state=state)
    return page, status_of(form)
