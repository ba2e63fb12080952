"""The tab *Contactpersonengegevens* (E-045 to E-047)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, posted_version, status_of, translated
from blueprints.organisation.blueprint import bp
from domain.organisation import THEME_ECALCURA, THEMES, ContactPersonFacts
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.organisation import ContactForm
from services import mail_preferences
from services.organisations import contacts

ENDPOINTS = {
    "organisation.contact_list",
    "organisation.contact_add",
    "organisation.contact_edit",
    "organisation.contact_remove",
}


@bp.get("/contactpersonen")
@access(Permission.CONTACTS_WRITE)
def contact_list() -> ResponseReturnValue:
    """The contact persons with their themes, and whether anybody follows eCalcura (V-61)."""
    actor = current_actor()
    return render_template(
        "organisation/contacts.html",
        people=contacts.contacts(actor),
        themes=THEMES,
        unfollowed=contacts.unfollowed(actor),
        bouncing={row.email.lower(): row for row in mail_preferences.bouncing(actor)},
    )


@bp.route("/contactpersonen/toevoegen", methods=["GET", "POST"])
@access(Permission.CONTACTS_WRITE)
def contact_add() -> ResponseReturnValue:
    """Add a contact person; the theme is proposed."""
    form = _form(ContactForm(themes=[THEME_ECALCURA]))
    if form.validate_on_submit():
        with handling(form) as done:
            contacts.add_contact(current_actor(), _entry(form), key=form.key.data or "")
        if done:
            return _saved(gettext("De contactpersoon is toegevoegd."))
    return render_template("organisation/contact_form.html", form=form, person=None), status_of(form)


@bp.route("/contactpersonen/<reference>", methods=["GET", "POST"])
@access(Permission.CONTACTS_WRITE)
def contact_edit(reference: str) -> ResponseReturnValue:
    """Change a contact person."""
    actor = current_actor()
    person = contacts.contact(actor, reference)
    form = _form(
        ContactForm(
            data={
                "given_name": person.first_name,
                "family_name": person.last_name,
                "email": person.email,
                "phone": person.phone or "",
                "job_title": person.job_title or "",
                "themes": [theme.theme for theme in person.themes],
                "version": person.version,
            }
        )
    )
    if form.validate_on_submit():
        with handling(form) as done:
            contacts.change_contact(actor, reference, _entry(form), posted_version(form.version.data))
        if done:
            return _saved(gettext("De contactpersoon is bewaard."))
    return render_template("organisation/contact_form.html", form=form, person=person), status_of(form)


@bp.route("/contactpersonen/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.CONTACTS_WRITE)
def contact_remove(reference: str) -> ResponseReturnValue:
    """Ask, then remove a contact person."""
    actor = current_actor()
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            contacts.remove_contact(actor, reference)
        if done:
            return _saved(gettext("De contactpersoon is verwijderd."))
    person = contacts.contact(actor, reference)
    return render_template("organisation/contact_remove.html", form=form, person=person), status_of(form)


def _form(form: ContactForm) -> ContactForm:
    form.themes.choices = [(code, gettext(label)) for code, label in THEMES.items()]
    return form


def _saved(message: str) -> ResponseReturnValue:
    """Back to the list, with what was done and, when nobody follows eCalcura now, what that means (V-61)."""
    flash(message, "success")
    warning = contacts.unfollowed(current_actor())
    if warning is not None:
        flash(translated(warning), "warning")
    return redirect(url_for("organisation.contact_list"))


def _entry(form: ContactForm) -> contacts.ContactEntry:
    return contacts.ContactEntry(
        ContactPersonFacts(
            family_name=form.family_name.data or "",
            given_name=form.given_name.data or "",
            email=form.email.data or "",
            phone=form.phone.data or "",
            themes=frozenset(form.themes.data or ()),
        ),
        job_title=form.job_title.data or "",
    )
