"""The tab *Certificaten* (E-100 to E-104)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, posted_version, status_of, translated
from domain.ecalcura.certificates import CERTIFICATE_LABELS, DECLARATIONS, CertificateType
from domain.permissions import Permission
from forms.certificates import CertificateForm
from forms.confirmation import ConfirmationForm
from services.ecalcura import certificates

bp = Blueprint("certificates", __name__, url_prefix="/ecalcura/certificaten")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": CERTIFICATE_LABELS, "declarations": DECLARATIONS, "kinds": list(CertificateType)}


@bp.get("/")
@access(Permission.CERTIFICATES_READ)
def index() -> ResponseReturnValue:
    """The certificates of the facility, and what is missing."""
    rows = certificates.certificates(current_actor())
    missing = [kind for kind in CertificateType if kind not in {row.kind for row, _ in rows}]
    return render_template("ecalcura/certificates/index.html", rows=rows, missing=missing)


def _form(**values: object) -> CertificateForm:
    form = CertificateForm(**values)
    form.kind.choices = [(kind.value, gettext(CERTIFICATE_LABELS[kind])) for kind in CertificateType]
    return form


@bp.route("/toevoegen", methods=["GET", "POST"])
@access(Permission.CERTIFICATES_WRITE)
def add() -> ResponseReturnValue:
    """Add a certificate: a declaration, notified to the department."""
    form = _form()
    if form.validate_on_submit():
        with handling(form) as done:
            certificates.add_certificate(
                current_actor(), CertificateType(form.kind.data), form.start.data, form.end.data
            )
        if done:
            flash(gettext("Het certificaat is toegevoegd. Het Departement Zorg krijgt hiervan een melding."), "success")
            return redirect(url_for("certificates.index"))
    return render_template("ecalcura/certificates/form.html", form=form, row=None), status_of(form)


@bp.route("/<reference>", methods=["GET", "POST"])
@access(Permission.CERTIFICATES_WRITE)
def edit(reference: str) -> ResponseReturnValue:
    """Change the period of a certificate, or end it."""
    actor = current_actor()
    row = certificates.certificate(actor, reference)
    form = _form(
        data={"kind": row.kind.value, "start": row.starts_on, "end": row.ends_on, "version": row.version},
    )
    if form.validate_on_submit():
        with handling(form) as done:
            certificates.change_certificate(
                actor, reference, form.start.data, form.end.data, posted_version(form.version.data)
            )
        if done:
            flash(gettext("Het certificaat is bewaard. Het Departement Zorg krijgt hiervan een melding."), "success")
            return redirect(url_for("certificates.index"))
    return render_template("ecalcura/certificates/form.html", form=form, row=row), status_of(form)


@bp.route("/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.CERTIFICATES_WRITE)
def remove(reference: str) -> ResponseReturnValue:
    """Ask, then delete a certificate while that is allowed."""
    actor = current_actor()
    row = certificates.certificate(actor, reference)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling() as done:
            certificates.withdraw_certificate(actor, reference)
        if done:
            flash(gettext("Het certificaat is verwijderd. Het Departement Zorg krijgt hiervan een melding."), "success")
        elif done.error is not None:
            flash(translated(done.error), "error")
        return redirect(url_for("certificates.index"))
    return render_template("ecalcura/certificates/remove.html", form=form, row=row), status_of(form)
