"""The tab *Certificaten* (E-100 to E-104)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.quarter_names import quarter_name, quarter_ranges
from blueprints.handling import handling, posted_version, status_of
from domain.ecalcura.certificate_shares import START_RULE_HELP
from domain.ecalcura.certificates import ACT_LABELS, CERTIFICATE_LABELS, DECLARATIONS, CertificateStart, CertificateType
from domain.permissions import Permission
from forms.certificates import CertificateForm, PeriodForm
from forms.confirmation import ConfirmationForm
from services.ecalcura import certificate_overview, certificates

bp = Blueprint("certificates", __name__, url_prefix="/ecalcura/certificaten")


@bp.context_processor
def _context() -> dict[str, object]:
    return {
        "labels": CERTIFICATE_LABELS,
        "declarations": DECLARATIONS,
        "acts": ACT_LABELS,
        "kinds": list(CertificateType),
        "quarter_name": quarter_name,
    }


@bp.get("/")
@access(Permission.CERTIFICATES_READ)
def index() -> ResponseReturnValue:
    """The certificates of the facility, what is missing, and every notification."""
    shown = certificate_overview.certificates_page(current_actor())
    rules: dict[CertificateStart, list[str]] = {}
    for period in shown.periods:
        rules.setdefault(period.rule, []).append(period.code)
    return render_template(
        "ecalcura/certificates/index.html",
        shown=shown,
        uncovered=quarter_ranges(shown.uncovered),
        rules=list(rules.items()),
        rule_help=START_RULE_HELP,
    )


@bp.route("/toevoegen", methods=["GET", "POST"])
@access(Permission.CERTIFICATES_WRITE)
def add() -> ResponseReturnValue:
    """Add a certificate: a declaration, notified to the department."""
    wanted = request.args.get("soort", "")
    form = CertificateForm(kind=wanted if wanted in set(CertificateType) else None)
    form.kind.choices = [(kind.value, gettext(CERTIFICATE_LABELS[kind])) for kind in CertificateType]
    if form.validate_on_submit():
        kind = CertificateType(form.kind.data) if form.kind.data in set(CertificateType) else None
        with handling(form) as done:
            certificates.add_certificate(current_actor(), kind, form.start.data, form.end.data, key=form.key.data or "")
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
    form = PeriodForm(data={"start": row.starts_on, "end": row.ends_on, "version": row.version})
    if form.validate_on_submit():
        made_on = posted_version(form.version.data)
        with handling(form) as done:
            row = certificates.change_certificate(actor, reference, form.start.data, form.end.data, made_on)
        if done and row.version == made_on:
            flash(gettext("U wijzigde niets: de periode is dezelfde gebleven."), "info")
        elif done:
            flash(gettext("Het certificaat is bewaard. Het Departement Zorg krijgt hiervan een melding."), "success")
        if done:
            return redirect(url_for("certificates.index"))
    return render_template("ecalcura/certificates/form.html", form=form, row=row), status_of(form)


@bp.route("/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.CERTIFICATES_WRITE)
def remove(reference: str) -> ResponseReturnValue:
    """Ask, then delete a certificate while that is allowed; else say what to do instead."""
    actor = current_actor()
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            certificates.withdraw_certificate(actor, reference)
        if done:
            flash(gettext("Het certificaat is verwijderd. Het Departement Zorg krijgt hiervan een melding."), "success")
            return redirect(url_for("certificates.index"))
    return render_template(
        "ecalcura/certificates/remove.html",
        form=form,
        row=certificates.certificate(actor, reference),
        obstacle=certificate_overview.obstacle_to_removal(actor, reference),
    ), status_of(form)
