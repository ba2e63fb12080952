"""The tab *Organisatiegegevens* (E-040 to E-042)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, posted_version, status_of, translated
from blueprints.organisation.blueprint import bp
from domain.identifiers import format_social_security_number
from domain.organisation import ContactData, one_line_address
from domain.permissions import Permission
from forms.organisation import DetailsForm
from services.organisations import details

ENDPOINTS = {"organisation.data", "organisation.edit"}


@bp.get("/")
@access(Permission.ORGANISATION_READ)
def data() -> ResponseReturnValue:
    """The organisation data, read only for whoever may not change them."""
    facility = details.own_details(current_actor())
    address = one_line_address(
        facility.street, facility.house_number, facility.box, facility.postal_code, facility.city
    )
    return render_template(
        "organisation/data.html", facility=facility, address=address, number_warning=details.number_warning(facility)
    )


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
    return render_template(
        "organisation/edit.html", form=form, facility=facility, number_warning=details.number_warning(facility)
    ), status_of(form)
