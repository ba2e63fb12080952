"""The declaration of one quarter: the grid, declaring nothing, reviewing, submitting, the receipt (E-110 to E-119)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura import findings, grid_pages
from blueprints.ecalcura.grid_pages import GridAddresses
from blueprints.ecalcura.phase_texts import phase_text
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import handling, translated
from blueprints.pages import long_date
from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura import reopening, unusual
from domain.ecalcura.review import CONTENT_LABELS
from domain.ecalcura.reviewed_content import FIELD_LABELS
from domain.errors import N_, DomainError, Findings, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from services import transaction
from services.ecalcura import declarations, dossiers, performances, queries, receipts, submission, unusual_values
from services.ecalcura.performances import SaveOutcome
from services.ecalcura.submission import ChangedSinceReview

bp = Blueprint("declarations", __name__, url_prefix="/ecalcura/aangifte")

#: How the fields of justifications begin, and their addresses on the page.
_JUSTIFICATION = "toelichting-"
_QUESTION = "#toelichting-"

_NUMBER = re.compile(r"\d+(\.\d+)?")

#: Fields of a contract that a review compares beside those of the domain.
_FIELDS = FIELD_LABELS | {
    "contract_type": N_("Contracttype"),
    "qualification": N_("Kwalificatie"),
    "starts_on": N_("Startdatum"),
    "ends_on": N_("Einddatum"),
    "choices": N_("Eindeloopbaankeuzes"),
    "certificates": N_("Certificaten"),
    "label": N_("Contractlijn"),
}


@bp.context_processor
def _context() -> dict[str, object]:
    return {"quarter_name": quarter_name, "content_labels": CONTENT_LABELS}


def _number(actor: Actor, quarter: str) -> str:
    """The number of the own dossier of a quarter; NotFound when the address names no quarter."""
    try:
        return dossiers.number_of(actor.organisation_key, Quarter.parse(quarter))
    except InvalidValue:
        raise NotFound from None


def _addresses(quarter: str) -> GridAddresses:
    kept = request.args.to_dict(flat=False)
    return GridAddresses(
        show=url_for("declarations.show", quarter=quarter),
        save=url_for("declarations.save", quarter=quarter, **kept),
        row=url_for("declarations.save_row", quarter=quarter),
        copy=url_for("declarations.copy", quarter=quarter, **kept),
    )


def _page(
    actor: Actor,
    quarter: str,
    *,
    outcome: SaveOutcome | None = None,
    refused: DomainError | None = None,
    kept: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    """The page of the quarter; ``kept`` says that what was typed is saved although something else was refused."""
    number = _number(actor, quarter)
    grid = performances.grid(actor, number)
    view = grid_pages.grid_view(grid, _addresses(quarter), outcome=outcome)
    return render_template(
        "ecalcura/declaration/show.html",
        view=view,
        grid=grid,
        dossier=grid.dossier,
        quarter=quarter,
        submit_refusal=submission.refusal_of(grid.found),
        phase=phase_text(grid.found.situation),
        due=queries.due_of(grid.found),
        reopening=reopening.possibilities(grid.found.situation, [grid.found.facts]),
        timeline=queries.timeline_of(actor, grid.found),
        refused=refused,
        unsaved=grid_pages.unsaved(grid) if refused is not None and not kept else (),
    ), status


@bp.get("/<quarter>", strict_slashes=False)
@access(Permission.DECLARATION_READ)
def show(quarter: str) -> ResponseReturnValue:
    """The grid of the quarter, to fill in or only to read, with the timeline of the dossier."""
    return _page(current_actor(), quarter)


@bp.post("/<quarter>")
@access(Permission.DECLARATION_WRITE)
def save(quarter: str) -> ResponseReturnValue:
    """'Bewaren': every row that can be saved is; the others come back as they were typed."""
    return _save(quarter)


@bp.post("/<quarter>/overnemen")
@access(Permission.DECLARATION_WRITE)
def copy(quarter: str) -> ResponseReturnValue:
    """Save what was typed, then take over last quarter's values on every line that is still empty."""
    return _save(quarter, copy_all=True)


@bp.post("/<quarter>/indienen")
@access(Permission.DECLARATION_SUBMIT)
def review(quarter: str) -> ResponseReturnValue:
    """'Indienen': save what was typed, keep what is going to be reviewed, and show it."""
    return _save(quarter, then_review=True)


def _save(quarter: str, *, copy_all: bool = False, then_review: bool = False) -> ResponseReturnValue:
    actor = current_actor()
    number = _number(actor, quarter)
    kept = request.args.to_dict(flat=False)
    key, saved = None, False
    try:
        outcome, post = grid_pages.save_form(actor, number)
        taken = None
        if not outcome.rejected and (copy_all or post.copy):
            taken = performances.copy_previous(actor, number, None if copy_all else [post.copy or ""])
        transaction.commit()
        saved = True
        if outcome.rejected:
            conflict = any(row.conflict for row in outcome.rejected.values())
            return _page(actor, quarter, outcome=outcome, status=409 if conflict else 422)
        if then_review:
            key = submission.begin_review(actor, number)
            transaction.commit()
    except NotAllowedNow as refused:
        transaction.rollback()
        return _page(actor, quarter, refused=refused, kept=saved, status=409)
    if key is not None:
        return redirect(url_for("declarations.confirm", quarter=quarter, key=key), 303)
    flash(grid_pages.saved_text(outcome, taken), "success")
    anchor = f"l-{post.copy}" if post.copy else None
    return redirect(url_for("declarations.show", quarter=quarter, _anchor=anchor, **kept), 303)


@bp.post("/<quarter>/lijn")
@access(Permission.DECLARATION_WRITE)
def save_row(quarter: str) -> ResponseReturnValue:
    """One row, saved while typing; answers the script in JSON."""
    actor = current_actor()
    return grid_pages.save_row(actor, _number(actor, quarter))


@bp.post("/<quarter>/opnieuw-nakijken")
@access(Permission.DECLARATION_SUBMIT)
def review_again(quarter: str) -> ResponseReturnValue:
    """Review what is there now, after something changed under the earlier review."""
    actor = current_actor()
    number = _number(actor, quarter)
    try:
        key = submission.begin_review(actor, number)
        transaction.commit()
    except NotAllowedNow as refused:
        transaction.rollback()
        return _page(actor, quarter, refused=refused, status=409)
    return redirect(url_for("declarations.confirm", quarter=quarter, key=key), 303)


@bp.route("/<quarter>/niets-aan-te-geven", methods=["GET", "POST"])
@access(Permission.DECLARATION_WRITE)
def nothing(quarter: str) -> ResponseReturnValue:
    """Confirm that there is nothing to declare, or withdraw it (E-023): an answer of its own, with its own question."""
    actor = current_actor()
    number = _number(actor, quarter)
    form = ConfirmationForm()
    grid = performances.grid(actor, number)
    declared = grid.dossier.nothing_to_declare
    if form.validate_on_submit():
        with handling(form) as done:
            declarations.declare_nothing(actor, number, request.form.get("niets") == "ja")
        if done:
            told = gettext("U gaf aan dat er niets aan te geven is. Dien het kwartaal nog in.")
            withdrawn = gettext("De aanduiding is weggehaald. U kunt weer prestaties invullen.")
            flash(withdrawn if declared else told, "success")
            return redirect(url_for("declarations.show", quarter=quarter), 303)
        return _page(actor, quarter, refused=done.error, status=409)
    if grid.read_only is not None:
        return redirect(url_for("declarations.show", quarter=quarter))
    return render_template(
        "ecalcura/declaration/nothing.html", dossier=grid.dossier, quarter=quarter, expected=grid.expected
    )


@bp.route("/<quarter>/indienen/<key>", methods=["GET", "POST"])
@access(Permission.DECLARATION_SUBMIT)
def confirm(quarter: str, key: str) -> ResponseReturnValue:
    """The confirmation with everything outstanding; posting it submits exactly what is shown (E-119)."""
    actor = current_actor()
    number = _number(actor, quarter)
    if request.method == "POST":
        texts = _justifications()
        wrong = _justify(actor, number, texts)
        if wrong:
            return _confirmation(actor, quarter, key, 422, texts, wrong)
        try:
            done = submission.submit(actor, number, key)
            transaction.commit()
        except (ChangedSinceReview, Findings):
            transaction.rollback()
            return _confirmation(actor, quarter, key, 409, texts)
        except NotAllowedNow as refused:
            transaction.rollback()
            return _page(actor, quarter, refused=refused, status=409)
        flash(gettext("Aangifte succesvol ingediend"), "success")
        return redirect(url_for("declarations.receipt", quarter=quarter, reference=done.reference), 303)
    return _confirmation(actor, quarter, key, 200)


def _justifications() -> dict[str, str]:
    """What was written about unusual values, by the key of the question."""
    return {
        name.removeprefix(_JUSTIFICATION): text
        for name, text in request.form.items()
        if name.startswith(_JUSTIFICATION)
    }


def _justify(actor: Actor, number: str, texts: dict[str, str]) -> dict[str, str]:
    """Keep the justifications before anything else, so that none is lost; gives what is wrong, by question."""
    if not any(text.strip() for text in texts.values()):
        return {}
    wrong = unusual_values.justify(actor, number, texts)
    transaction.commit()
    return {key: translated(refused) for key, refused in wrong.items()}


def _confirmation(
    actor: Actor,
    quarter: str,
    key: str,
    status: int,
    texts: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> ResponseReturnValue:
    shown = submission.review_page(actor, _number(actor, quarter), key)
    if shown.reference is not None:
        return redirect(url_for("declarations.receipt", quarter=quarter, reference=shown.reference), 303)
    page = url_for("declarations.show", quarter=quarter)
    template = "changed" if shown.differences else "confirm"
    attempted = texts is not None
    wrong = findings.wrong_answers(shown.questions, wrong or {}, attempted=attempted)
    questions = findings.questions(shown.questions, shown.lines, texts or {}, wrong)
    blocking = findings.finding_links(shown.review.blocking, shown.lines, page, questions=_QUESTION)
    return render_template(
        f"ecalcura/declaration/{template}.html",
        shown=shown,
        dossier=shown.found.dossier,
        due=queries.due_of(shown.found),
        quarter=quarter,
        key=key,
        attempted=attempted,
        blocking=findings.with_wrong_answers(blocking, questions, _QUESTION),
        warnings=findings.finding_groups(shown.review.warnings, shown.lines, page),
        questions=questions,
        only_questions=all(one.code in unusual.TITLES for one in shown.review.blocking),
        information=findings.finding_links(shown.review.information, shown.lines, page),
        counts=receipts.counts(shown.lines, shown.review, sum(one.answered for one in shown.questions)),
        bank_url=url_for("organisation.bank"),
        contacts_url=url_for("organisation.contact_list"),
        field_labels=_FIELDS,
        shown_value=_value_texts(),
    ), status


def _value_texts() -> Callable[[str, Any], str]:
    """How a value of a reviewed content reads: dates written out, names for codes, a comma in numbers."""
    names = performances.names_of_codes()

    def text(field: str, value: Any) -> str:
        if value is None or value == "":
            return "–"
        if isinstance(value, bool):
            return gettext("ja") if value else gettext("nee")
        if field in ("starts_on", "ends_on"):
            return long_date(date.fromisoformat(value))
        if field in ("contract_type", "qualification"):
            return names.get(value, value)
        return str(value).replace(".", ",") if _NUMBER.fullmatch(str(value)) else str(value)

    return text


@bp.get("/<quarter>/ontvangstbewijs/<reference>")
@access(Permission.DECLARATION_READ)
def receipt(quarter: str, reference: str) -> ResponseReturnValue:
    """The proof of a submission: the moment to the second and the digest of what was submitted."""
    actor = current_actor()
    proof = queries.receipt(actor, _number(actor, quarter), reference)
    return render_template(
        "ecalcura/declaration/receipt.html", proof=proof, dossier=proof.found.dossier, quarter=quarter
    )


@bp.get("/<quarter>/ontvangstbewijs/<reference>/pdf")
@access(Permission.DECLARATION_READ)
def receipt_file(quarter: str, reference: str) -> ResponseReturnValue:
    """The receipt as a file."""
    actor = current_actor()
    name, content = receipts.file(actor, _number(actor, quarter), reference)
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
