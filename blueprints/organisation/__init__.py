"""*Mijn organisatie* (E-040 to E-055): organisation data, contact persons, bank accounts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, posted_version, status_of, translated
from domain.identifiers import format_social_security_number
from domain.organisation import THEMES, AccountFacts, ContactData, ContactPersonFacts
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.organisation import BankAccountForm, ContactForm, DetailsForm
from services.organisations import bank_accounts, contacts, details

bp = Blueprint("organisation", __name__, url_prefix="/organisatie")


def _tabs() -> list[dict[str, object]]:
    """The tabs somebody may open: the bank tab is absent without the financial role (E-009)."""
    actor = current_actor()
    tabs = [
        (gettext("Organisatiegegevens"), "organisation.data", Permission.ORGANISATION_READ),
        (gettext("Contactpersonengegevens"), "organisation.contact_list", Permission.CONTACTS_WRITE),
        (gettext("Bankgegevens"), "organisation.bank", Permission.BANK_READ),
    ]
    return [
        {"label": label, "href": url_for(endpoint), "endpoint": endpoint}
        for label, endpoint, permission in tabs
        if actor.may(permission)
    ]


@bp.context_processor
def _context() -> dict[str, object]:
    return {"organisation_tabs": _tabs()}


@bp.get("/")
@access(Permission.ORGANISATION_READ)
def data() -> ResponseReturnValue:
    """The organisation data, read only for whoever may not change them."""
    return render_template("organisation/data.html", facility=details.own_details(current_actor()))


@bp.route("/bewerken", methods=["GET", "POST"])
@access(Permission.ORGANISATION_WRITE)
def edit() -> ResponseReturnValue:
    """Change telephone, e-mail, website and social security number."""
    actor = current_actor()
    facility = details.own_details(actor)
    number = facility.social_security_number
    form = DetailsForm(
        data={
            "phone": facility.phone,
            "email": facility.email,
            "website": facility.website or "",
            "social_security_number": format_social_security_number(number) if number else "",
            "version": facility.version,
        }
    )
    if form.validate_on_submit():
        entry = ContactData(
            phone=form.phone.data or "",
            email=form.email.data or "",
            website=form.website.data or "",
            social_security_number=form.social_security_number.data or "",
        )
        with handling(form) as done:
            warnings = details.change_details(actor, entry, posted_version(form.version.data))
        if done:
            flash(gettext("De organisatiegegevens zijn bewaard."), "success")
            for warning in warnings:
                flash(translated(warning), "warning")
            return redirect(url_for("organisation.data"))
    return render_template("organisation/edit.html", form=form, facility=facility), status_of(form)


@bp.get("/contactpersonen")
@access(Permission.CONTACTS_WRITE)
def contact_list() -> ResponseReturnValue:
    """The contact persons with their themes."""
    return render_template("organisation/contacts.html", people=contacts.contacts(current_actor()), themes=THEMES)


@bp.route("/contactpersonen/toevoegen", methods=["GET", "POST"])
@access(Permission.CONTACTS_WRITE)
def contact_add() -> ResponseReturnValue:
    """Add a contact person."""
    form = ContactForm(themes=["ECALCURA"])
    form.themes.choices = _theme_choices()
    if form.validate_on_submit():
        with handling(form) as done:
            contacts.add_contact(current_actor(), _contact_entry(form))
        if done:
            flash(gettext("De contactpersoon is toegevoegd."), "success")
            return redirect(url_for("organisation.contact_list"))
    return render_template("organisation/contact_form.html", form=form, person=None), status_of(form)


@bp.route("/contactpersonen/<reference>", methods=["GET", "POST"])
@access(Permission.CONTACTS_WRITE)
def contact_edit(reference: str) -> ResponseReturnValue:
    """Change a contact person."""
    actor = current_actor()
    person = contacts.contact(actor, reference)
    form = ContactForm(
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
    form.themes.choices = _theme_choices()
    if form.validate_on_submit():
        with handling(form) as done:
            contacts.change_contact(actor, reference, _contact_entry(form), posted_version(form.version.data))
        if done:
            flash(gettext("De contactpersoon is bewaard."), "success")
            return redirect(url_for("organisation.contact_list"))
    return render_template("organisation/contact_form.html", form=form, person=person), status_of(form)


@bp.route("/contactpersonen/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.CONTACTS_WRITE)
def contact_remove(reference: str) -> ResponseReturnValue:
    """Ask, then remove a contact person."""
    actor = current_actor()
    person = contacts.contact(actor, reference)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            contacts.remove_contact(actor, reference)
        if done:
            flash(gettext("De contactpersoon is verwijderd."), "success")
            return redirect(url_for("organisation.contact_list"))
    return render_template("organisation/contact_remove.html", form=form, person=person), status_of(form)


@bp.get("/bankgegevens")
@access(Permission.BANK_READ)
def bank() -> ResponseReturnValue:
    """The bank accounts in use and the earlier ones."""
    actor = current_actor()
    return render_template(
        "organisation/bank.html",
        accounts=bank_accounts.accounts(actor),
        ended=bank_accounts.ended_accounts(actor),
        fundings={funding.code: funding.name for funding in bank_accounts.fundings()},
    )


@bp.route("/bankgegevens/toevoegen", methods=["GET", "POST"])
@access(Permission.BANK_WRITE)
def bank_add() -> ResponseReturnValue:
    """Add a bank account; the first one is proposed as default."""
    actor = current_actor()
    form = BankAccountForm(is_default=not bank_accounts.accounts(actor))
    return _save_account(form, None)


@bp.route("/bankgegevens/<reference>", methods=["GET", "POST"])
@access(Permission.BANK_WRITE)
def bank_edit(reference: str) -> ResponseReturnValue:
    """Change a bank account."""
    row = bank_accounts.account(current_actor(), reference)
    form = BankAccountForm(
        data={
            "is_default": row.is_default,
            "iban": row.iban,
            "holder": row.holder,
            "street": row.street,
            "house_number": row.house_number,
            "box": row.box or "",
            "postal_code": row.postal_code,
            "city": row.city,
            "fundings": [funding.funding_code for funding in row.fundings],
        }
    )
    return _save_account(form, reference)


def _save_account(form: BankAccountForm, reference: str | None) -> ResponseReturnValue:
    form.fundings.choices = [(funding.code, funding.name) for funding in bank_accounts.fundings()]
    if form.validate_on_submit():
        entry = AccountFacts(
            iban=form.iban.data or "",
            holder=form.holder.data or "",
            street=form.street.data or "",
            house_number=form.house_number.data or "",
            postal_code=form.postal_code.data or "",
            city=form.city.data or "",
            box=form.box.data or "",
            is_default=bool(form.is_default.data),
            fundings=frozenset(form.fundings.data or ()),
        )
        with handling(form) as done:
            bank_accounts.save_account(current_actor(), entry, reference)
        if done:
            flash(gettext("Het bankrekeningnummer is bewaard."), "success")
            return redirect(url_for("organisation.bank"))
    return render_template("organisation/bank_form.html", form=form, reference=reference), status_of(form)


@bp.route("/bankgegevens/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.BANK_WRITE)
def bank_remove(reference: str) -> ResponseReturnValue:
    """Ask, then stop using a bank account."""
    actor = current_actor()
    row = bank_accounts.account(actor, reference)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            bank_accounts.remove_account(actor, reference)
        if done:
            flash(gettext("Het bankrekeningnummer is verwijderd."), "success")
            return redirect(url_for("organisation.bank"))
    return render_template("organisation/bank_remove.html", form=form, account=row), status_of(form)


def _theme_choices() -> list[tuple[str, str]]:
    return [(code, gettext(label)) for code, label in THEMES.items()]


def _contact_entry(form: ContactForm) -> contacts.ContactEntry:
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
