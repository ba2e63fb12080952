"""The tab *Berekening*: why this amount, an estimate before submitting, and what if (E-002, E-003)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.access import access, current_actor
from blueprints.ecalcura import amount_tree, scenario_pages
from blueprints.ecalcura.amount_tree import asked_tree
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import translated
from domain.ecalcura.calculation_states import CALCULATION_LABELS, KIND_LABELS
from domain.ecalcura.certificates import CERTIFICATE_LABELS
from domain.ecalcura.estimate import GAP_TEXTS
from domain.ecalcura.explanation import explain
from domain.errors import InvalidValue
from domain.permissions import Permission
from services import access as rights
from services.ecalcura import estimates, explanations
from services.ecalcura import what_if as simulation

bp = Blueprint("compensation", __name__, url_prefix="/ecalcura/berekening")
bp.record_once(lambda state: amount_tree.register(state.app))


@bp.context_processor
def _context() -> dict[str, object]:
    return {
        "kind_labels": KIND_LABELS,
        "status_labels": CALCULATION_LABELS,
        "quarter_name": quarter_name,
        "gap_texts": GAP_TEXTS,
        "certificate_labels": CERTIFICATE_LABELS,
    }


@bp.get("/")
@access(Permission.COMPENSATION_READ)
def index() -> ResponseReturnValue:
    """Every reference period with what was communicated, and the amount over the years."""
    return render_template("ecalcura/compensation/index.html", rows=explanations.overview(current_actor()))


@bp.get("/<period>", strict_slashes=False)
@access(Permission.COMPENSATION_READ)
def show(period: str) -> ResponseReturnValue:
    """One reference period: its calculations beside last year's, why they differ, and one of them unfolded."""
    page = explanations.of_period(current_actor(), period, request.args.get("toon") or None)
    return render_template(
        "ecalcura/compensation/show.html",
        page=page,
        tree=asked_tree(page.tree, page.names.people, request.args),
        period=period,
    )


@bp.get("/raming/<period>")
@access(Permission.COMPENSATION_READ)
def estimate(period: str) -> ResponseReturnValue:
    """What the period would give with the data of now, and what is still missing."""
    actor = current_actor()
    found = estimates.of(actor, rights.own_facility_id(actor), period)
    whole = request.args.get("jaar") == "1"
    outcome = found.whole_year if whole else found.now
    tree = None
    names = explanations.names_of(found.names)
    if outcome is not None:
        root = explain(outcome.compensation, outcome.case, names, as_if=outcome.as_if)
        tree = asked_tree(root, names.people, request.args)
    return render_template(
        "ecalcura/compensation/estimate.html", found=found, outcome=outcome, whole=whole, tree=tree, period=period
    )


@bp.get("/simulatie/<period>")
@access(Permission.COMPENSATION_READ)
def what_if(period: str) -> ResponseReturnValue:
    """What if: changes on a copy. The scenario stands in the address (``w``); nothing is stored."""
    actor = current_actor()
    codes = request.args.getlist("w")
    try:
        found = simulation.of(actor, rights.own_facility_id(actor), period, codes)
    except InvalidValue as wrong:
        flash(translated(wrong), "error")
        return redirect(url_for(".what_if", period=period))
    forms = scenario_pages.forms(found, request.args)
    sent = forms.get(request.args.get("doe", ""))
    if sent is not None:
        code = scenario_pages.code_of(request.args["doe"], sent)
        if code is not None:
            address = url_for(".what_if", period=period, w=[*codes, code])
            return redirect(f"{address}#effect")
    tree = None
    if found.after is not None and found.case is not None and found.codes:
        root = explain(found.after, found.case, found.names, as_if=found.quarters)
        tree = asked_tree(root, found.names.people, request.args)
    page = render_template(
        "ecalcura/compensation/what_if.html",
        found=found,
        forms=forms,
        tree=tree,
        period=period,
        describe=lambda line: scenario_pages.describe(line, found.names),
    )
    return page, 200 if sent is None else 422
