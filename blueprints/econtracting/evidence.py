"""The tab *Bewijs* of a contract: the chain in words, checking, receipts, the package, and who of ours it was."""

from __future__ import annotations

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, status_of, translated
from domain.errors import NotFound
from domain.permissions import Permission
from forms.evidence import DisclosureForm
from services import transaction
from services.econtracting.archive import ordering
from services.econtracting.archive.ordering import Package
from services.econtracting.contracts import queries
from services.econtracting.proof import overview, receipts
from services.econtracting.proof.reading import ContractReport

bp = Blueprint("contracting_evidence", __name__)


@bp.get("/econtracting/opdracht/<reference>/bewijs")
@access(Permission.DOCUMENTS_READ)
def index(reference: str) -> ResponseReturnValue:
    """What happened in the contract and is proven, newest first."""
    return _page(reference)


@bp.post("/econtracting/opdracht/<reference>/bewijs/nakijken")
@access(Permission.DOCUMENTS_READ)
def verify(reference: str) -> ResponseReturnValue:
    """Read everything again, now."""
    return _page(reference, overview.verify_now(current_actor(), reference))


def _page(reference: str, report: ContractReport | None = None) -> ResponseReturnValue:
    actor = current_actor()
    contract = queries.header(actor, reference)
    shown = overview.overview(actor, reference, page_number(request.args.get("pagina")))
    orders = ordering.orders_of(actor, reference) if shown.may_export else []
    return render_template(
        "econtracting/evidence/index.html",
        contract=contract,
        shown=shown,
        orders=orders,
        report=report,
        broken=broken_text(report),
    )


def broken_text(report: ContractReport | None) -> str:
    """What does not hold, in words; empty when all does."""
    if report is None or report.broken is None:
        return ""
    place = report.broken
    return gettext(place.reason).format(position=place.position, **place.params)


def page_number(typed: str | None) -> int:
    """A page as it stands in the address; the first when it is none."""
    return int(typed) if typed and typed.isdecimal() and len(typed) < 7 else 1


@bp.post("/econtracting/opdracht/<reference>/bewijs/pakket")
@access(Permission.DOCUMENTS_READ)
def package(reference: str) -> ResponseReturnValue:
    """The whole file of the contract as a package; a big one is made in the background."""
    with handling() as done:
        made = ordering.ask(current_actor(), reference)
    if not done:
        assert done.error is not None
        flash(translated(done.error), "warning")
    elif made is not None:
        return sent(made)
    else:
        flash(gettext("Het pakket wordt gemaakt. U vindt het hier zodra het klaar is."), "success")
    return redirect(url_for(".index", reference=reference))


@bp.post("/econtracting/bewijs/pakket/<reference>")
@access(Permission.DOCUMENTS_READ)
def fetch(reference: str) -> ResponseReturnValue:
    """A package that was made in the background."""
    made = ordering.fetch(current_actor(), reference)
    transaction.commit()
    return sent(made)


def sent(package: Package) -> ResponseReturnValue:
    """A package to keep."""
    return send_file(package.content, "application/zip", as_attachment=True, download_name=package.name, max_age=0)


@bp.get("/econtracting/bewijs/<version>/ontvangstbewijs.<kind>")
@access(Permission.DOCUMENTS_READ)
def receipt(version: str, kind: str) -> ResponseReturnValue:
    """The receipt of a version: ``pdf`` for people, ``json`` for programs."""
    return receipt_file(version, kind)


def receipt_file(version: str, kind: str) -> ResponseReturnValue:
    """The receipt of a version as a file, through either door."""

    makers = {"pdf": (receipts.pdf, "application/pdf"), "json": (receipts.json, "application/json")}
    if kind not in makers:
        raise NotFound
    make, media_type = makers[kind]
    name, content = make(current_actor(), version)
    return send_file(io.BytesIO(content), media_type, as_attachment=True, download_name=name, max_age=0)


@bp.route("/econtracting/bewijs/<code>/wie", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def who(code: str) -> ResponseReturnValue:
    """Ask who of the own company it was, with a reason."""
    actor = current_actor()
    question = overview.question(actor, code)
    form, person = DisclosureForm(), None
    if form.validate_on_submit():
        with handling(form) as done:
            told = overview.disclose(actor, code, form.reason.data or "")
        person = told if done else None
    contract = queries.header(actor, question.contract)
    page = render_template(
        "econtracting/evidence/who.html", contract=contract, question=question, form=form, person=person
    )
    return page, status_of(form)
