"""*Wat ziet deze persoon?*, and the emergency block."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.econtracting.rights.blueprint import bp, position, typed, words
from blueprints.handling import handling, status_of
from domain.econtracting.rights_explained import CLUE_TEXTS, MISSING_ABOUT, VERB_LABELS
from domain.permissions import ROLE_LABELS, Permission
from forms.contracting_rights import ReasonForm
from services.econtracting.rights import blocking, simulation


@bp.get("/econtracting/rechten/persoon/<person>")
@access(Permission.RIGHTS_MANAGE)
def person(person: str) -> ResponseReturnValue:
    """The contracts somebody sees and what the person may in them."""
    found = simulation.simulate(current_actor(), person, typed("zoek"), position())
    return render_template(
        "econtracting/rights/person.html",
        found=found,
        search=typed("zoek"),
        role_text=", ".join(gettext(ROLE_LABELS[role]) for role in sorted(found.person.roles)),
        **words(),
    )


@bp.get("/econtracting/rechten/persoon/<person>/opdracht/<contract>")
@access(Permission.RIGHTS_MANAGE)
def person_in_contract(person: str, contract: str) -> ResponseReturnValue:
    """Per theme what somebody may in one contract, and why or why not."""
    found = simulation.explain(current_actor(), person, contract)
    return render_template(
        "econtracting/rights/person_in_contract.html",
        found=found,
        clue_texts=CLUE_TEXTS,
        missing_about=MISSING_ABOUT,
        verb_labels=VERB_LABELS,
        **words(),
    )


@bp.route("/econtracting/rechten/persoon/<person>/blokkeren", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def block(person: str) -> ResponseReturnValue:
    """The emergency block, with a reason."""
    return _asked(person, lifting=False)


@bp.route("/econtracting/rechten/persoon/<person>/deblokkeren", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def unblock(person: str) -> ResponseReturnValue:
    """Lift the block, with a reason."""
    return _asked(person, lifting=True)


def _asked(reference: str, *, lifting: bool) -> ResponseReturnValue:
    actor = current_actor()
    form = ReasonForm()
    row = simulation.person(actor, reference)
    if form.validate_on_submit():
        act = blocking.unblock if lifting else blocking.block
        with handling(form) as done:
            act(actor, reference, form.reason.data or "")
        if done:
            text = (
                gettext("%(name)s kan opnieuw aanmelden.", name=row.name)
                if lifting
                else gettext("%(name)s is geblokkeerd en kan vanaf nu niets meer.", name=row.name)
            )
            flash(text, "success")
            return redirect(url_for("contracting_rights.person", person=reference))
    return render_template("econtracting/rights/block.html", form=form, row=row, lifting=lifting), status_of(form)
