"""Choice lines on the file of a person: add, change, delete, and end together with a contract (E-082 to E-091)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.staff import bp, filters
from blueprints.ecalcura.staff.lines import END_BOTH, Attempt, accepted, attempt, gather_at_end, posted_day, tell
from blueprints.handling import handling, posted_version, status_of
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.staff import ChoiceForm
from services.access import own_facility_id
from services.ecalcura import choices, parameter_sets
from services.ecalcura.staff_file import ChoiceView, Editing, StaffFile, staff_file


def _form(line: ChoiceView | None) -> ChoiceForm:
    stored = {}
    if line is not None:
        stored = {
            "decided_on": line.decided_on,
            "begins_on": line.starts_on,
            "ends_on": line.ends_on,
            "age_category": line.age_category,
            "premium_hours": line.premium_hours,
            "exemption_hours": line.exemption_hours,
            "version": line.version,
        }
    form = ChoiceForm(data=stored)
    rights = parameter_sets.rights_now()
    form.offer(rights.categories, sorted(rights.selectable_hours))
    return form


def _draft(form: ChoiceForm) -> choices.ChoiceDraft:
    return choices.ChoiceDraft(
        decided_on=form.decided_on.data,
        begins_on=form.begins_on.data,
        ends_on=form.ends_on.data,
        age_category=form.age_category.data or "",
        premium_hours=form.premium_hours.data,
        exemption_hours=form.exemption_hours.data,
    )


def _page(person: StaffFile, form: ChoiceForm, tried: Attempt, line: ChoiceView | None) -> ResponseReturnValue:
    if tried.conflict is not None and line is not None:
        form.version.data = line.version
    if line is not None and line.editing is Editing.END_ONLY:
        gather_at_end(form)
    return render_template(
        "ecalcura/staff/choice_form.html",
        person=person,
        form=form,
        line=line,
        tried=tried,
        state=filters.read(request),
    ), tried.status(form)


@bp.route("/<reference>/eindeloopbaan/toevoegen", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def choice_add(reference: str) -> ResponseReturnValue:
    """Add a choice line."""
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file(actor, facility_id, reference)
    form, tried = _form(None), Attempt()
    if form.validate_on_submit():
        tried = attempt(
            form,
            lambda: choices.add_choice(
                actor,
                facility_id,
                reference,
                _draft(form),
                acknowledged=accepted(),
                end_contracts_too=END_BOTH in request.form,
            ),
        )
        if tried.saved:
            flash(gettext("De eindeloopbaankeuze is toegevoegd."), "success")
            return redirect(url_for("staff.choices", reference=reference, **state.values))
    return _page(person, form, tried, None)


@bp.route("/<reference>/eindeloopbaan/<line>/bewerken", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def choice_edit(reference: str, line: str) -> ResponseReturnValue:
    """Change a choice line; a colleague's change in between is shown beside one's own."""
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file(actor, facility_id, reference)
    view = person.choice(line)
    form, tried = _form(view), Attempt()
    if form.validate_on_submit():
        tried = attempt(
            form,
            lambda: choices.change_choice(
                actor,
                facility_id,
                reference,
                line,
                _draft(form),
                posted_version(form.version.data),
                acknowledged=accepted(),
                end_contracts_too=END_BOTH in request.form,
            ),
        )
        if tried.saved:
            flash(gettext("De eindeloopbaankeuze is bewaard."), "success")
            return redirect(url_for("staff.choices", reference=reference, **state.values))
        if tried.conflict is not None:
            view = staff_file(actor, facility_id, reference).choice(line)
    return _page(person, form, tried, view)


@bp.route("/<reference>/eindeloopbaan/<line>/verwijderen", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def choice_remove(reference: str, line: str) -> ResponseReturnValue:
    """Ask, then delete a choice line (E-089, V-41)."""
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file(actor, facility_id, reference)
    view = person.choice(line)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            choices.delete_choice(actor, facility_id, reference, line, posted_version(request.form.get("version")))
        if done:
            flash(gettext("De eindeloopbaankeuze is verwijderd."), "success")
            return redirect(url_for("staff.choices", reference=reference, **state.values))
    page = render_template("ecalcura/staff/choice_remove.html", form=form, person=person, line=view, state=state)
    return page, status_of(form)


@bp.post("/<reference>/eindeloopbaan/<line>/einde")
@access(Permission.STAFF_WRITE)
def choice_end(reference: str, line: str) -> ResponseReturnValue:
    """One click: give a choice line the end date of the contract (E-070, V-20)."""
    actor, state = current_actor(), filters.read(request)
    with handling() as done:
        choices.end_choice(
            actor,
            own_facility_id(actor),
            reference,
            line,
            posted_day(request.form.get("ends_on", "")),
            posted_version(request.form.get("version")),
        )
    if done:
        flash(gettext("De eindeloopbaankeuze heeft nu dezelfde einddatum."), "success")
    tell(done)
    return redirect(url_for("staff.choices", reference=reference, **state.values))
