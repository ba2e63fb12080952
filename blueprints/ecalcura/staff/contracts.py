"""Contracts on the file of a person: add, change, delete, and end together with a choice (E-070 to E-076)."""

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
from forms.staff import ContractForm
from services.access import own_facility_id
from services.ecalcura import contracts
from services.ecalcura.staff_file import ContractView, Editing, StaffFile, staff_file

#: Article 4 of the decree of 7 December 2018 names who cannot be a replacer (E-079); it is linked, not retold.
ARTICLE_4 = "https://www.ejustice.just.fgov.be/eli/besluit/2018/12/07/2018015682/justel#Art.4"


def _form(person: StaffFile, line: ContractView | None) -> ContractForm:
    stored = {}
    if line is not None:
        stored = {
            "starts_on": line.starts_on,
            "ends_on": line.ends_on,
            "contract_type": line.contract_type_code,
            "qualification": line.qualification_code,
            "hours": line.hours,
            "replacement_hours": line.replacement_hours,
            "el_right": line.el_right,
            "el_right_for": f"{line.contract_type_code}|{line.qualification_code}",
            "version": line.version,
        }
    form = ContractForm(data=stored)
    form.offer(person.lists.contract_type_names, person.lists.qualification_names)
    return form


def _draft(form: ContractForm) -> contracts.ContractDraft:
    return contracts.ContractDraft(
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        contract_type=form.contract_type.data or "",
        qualification=form.qualification.data or "",
        hours=form.hours.data,
        replacement_hours=form.replacement_hours.data,
        el_right=form.decided_right,
    )


def _page(person: StaffFile, form: ContractForm, tried: Attempt, line: ContractView | None) -> ResponseReturnValue:
    if form.decided_right is None and form.contract_type.data and form.qualification.data:
        form.el_right.data = person.lists.is_automatic(form.contract_type.data, form.qualification.data)
        form.el_right_for.data = form.combination
    if tried.conflict is not None and line is not None:
        form.version.data = line.version
    if line is not None and line.editing is Editing.END_ONLY:
        gather_at_end(form)
    return render_template(
        "ecalcura/staff/contract_form.html",
        person=person,
        form=form,
        line=line,
        tried=tried,
        state=filters.read(request),
        automatic=" ".join(f"{kind}|{qualification}" for kind, qualification in person.lists.automatic()),
        article_4=ARTICLE_4,
    ), tried.status(form)


@bp.route("/<reference>/contracten/toevoegen", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def contract_add(reference: str) -> ResponseReturnValue:
    """Add a contract."""
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file(actor, facility_id, reference)
    form, tried = _form(person, None), Attempt()
    if form.validate_on_submit():
        tried = attempt(
            form,
            lambda: contracts.add_contract(
                actor,
                facility_id,
                reference,
                _draft(form),
                acknowledged=accepted(),
                end_choices_too=END_BOTH in request.form,
            ),
        )
        if tried.saved:
            flash(gettext("Het contract is toegevoegd."), "success")
            return redirect(url_for("staff.file", reference=reference, **state.values))
    return _page(person, form, tried, None)


@bp.route("/<reference>/contracten/<line>/bewerken", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def contract_edit(reference: str, line: str) -> ResponseReturnValue:
    """Change a contract; a colleague's change in between is shown beside one's own."""
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file(actor, facility_id, reference)
    view = person.contract(line)
    form, tried = _form(person, view), Attempt()
    if form.validate_on_submit():
        tried = attempt(
            form,
            lambda: contracts.change_contract(
                actor,
                facility_id,
                reference,
                line,
                _draft(form),
                posted_version(form.version.data),
                acknowledged=accepted(),
                end_choices_too=END_BOTH in request.form,
            ),
        )
        if tried.saved:
            flash(gettext("Het contract is bewaard."), "success")
            return redirect(url_for("staff.file", reference=reference, **state.values))
        if tried.conflict is not None:
            view = staff_file(actor, facility_id, reference).contract(line)
    return _page(person, form, tried, view)


@bp.route("/<reference>/contracten/<line>/verwijderen", methods=["GET", "POST"])
@access(Permission.STAFF_WRITE)
def contract_remove(reference: str, line: str) -> ResponseReturnValue:
    """Ask, then delete a contract (E-076, V-18, V-19)."""
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file(actor, facility_id, reference)
    view = person.contract(line)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            contracts.delete_contract(actor, facility_id, reference, line, posted_version(request.form.get("version")))
        if done:
            flash(gettext("Het contract is verwijderd."), "success")
            return redirect(url_for("staff.file", reference=reference, **state.values))
    page = render_template("ecalcura/staff/contract_remove.html", form=form, person=person, line=view, state=state)
    return page, status_of(form)


@bp.post("/<reference>/contracten/<line>/einde")
@access(Permission.STAFF_WRITE)
def contract_end(reference: str, line: str) -> ResponseReturnValue:
    """One click: give a contract the end date of the choice (E-084, V-21)."""
    actor, state = current_actor(), filters.read(request)
    with handling() as done:
        contracts.end_contract(
            actor,
            own_facility_id(actor),
            reference,
            line,
            posted_day(request.form.get("ends_on", "")),
            posted_version(request.form.get("version")),
        )
    if done:
        flash(gettext("Het contract heeft nu dezelfde einddatum."), "success")
    tell(done)
    return redirect(url_for("staff.file", reference=reference, **state.values))
