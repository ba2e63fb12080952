"""On which contracts a group works: chosen from a list, looked at before it is done, ended again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.access import access, current_actor
from blueprints.econtracting.rights.blueprint import bp, position, typed, words
from blueprints.handling import handling, status_of, translated
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from services.econtracting.rights import links, overview, previewing


@bp.get("/econtracting/groepen/<group>/opdrachten")
@access(Permission.RIGHTS_MANAGE)
def choose_contracts(group: str) -> ResponseReturnValue:
    """Contracts on which the group does not work yet, to tick; or all that were found at once."""
    row, found = previewing.linkable(current_actor(), group, typed("zoek"), position())
    template = "econtracting/rights/contracts_choose.html"
    return render_template(template, group=row, found=found, search=typed("zoek"), most=links.MOST_AT_ONCE, **words())


@bp.post("/econtracting/groepen/<group>/opdrachten/voorbeeld")
@access(Permission.RIGHTS_MANAGE)
def preview_contracts(group: str) -> ResponseReturnValue:
    """What people gain, before it is done."""
    actor = current_actor()
    every, search = request.form.get("alles") == "1", request.form.get("zoek", "")[:100]
    if every:
        only = request.form.get("zonder_groep") == "1"
        chosen = previewing.all_found(actor, group, search, without_group=only)
    else:
        chosen = list(dict.fromkeys(request.form.getlist("contracts")))
    if not chosen:
        flash(gettext("Kies minstens één opdracht."), "error")
        return redirect(url_for("contracting_rights.choose_contracts", group=group, zoek=search or None))
    return _shown(group, chosen)


@bp.post("/econtracting/rechten/zonder-groep/voorbeeld")
@access(Permission.RIGHTS_MANAGE)
def preview_without_group() -> ResponseReturnValue:
    """The same from the list of contracts without a group, where the group is chosen too."""
    group, search = request.form.get("group", "")[:16], request.form.get("zoek", "")[:100]
    chosen = list(dict.fromkeys(request.form.getlist("contracts")))
    if group and request.form.get("alles") == "1":
        chosen = previewing.all_found(current_actor(), group, search, without_group=True)
    if not group or not chosen:
        text = gettext("Kies minstens één opdracht.") if group else gettext("Kies een groep.")
        flash(text, "error")
        return redirect(url_for("contracting_rights.without_group", zoek=search or None))
    return _shown(group, chosen)


def _shown(group: str, chosen: list[str]) -> ResponseReturnValue:
    found = previewing.of_linking(current_actor(), group, chosen)
    template = "econtracting/rights/link_preview.html"
    return render_template(template, preview=found, most=links.MOST_AT_ONCE, **words())


@bp.post("/econtracting/groepen/<group>/opdrachten")
@access(Permission.RIGHTS_MANAGE)
def link_contracts(group: str) -> ResponseReturnValue:
    """Do what was looked at."""
    chosen = request.form.get("contracts", "").split()
    with handling() as done:
        linked = links.link(current_actor(), group, chosen)
    if not done:
        flash(translated(done.error) if done.error else "", "error")
    else:
        text = ngettext(
            "De groep werkt nu aan %(num)s opdracht meer.", "De groep werkt nu aan %(num)s opdrachten meer.", linked.new
        )
        flash(text if linked.new else gettext("De groep werkte al aan deze opdrachten."), "success")
    return redirect(url_for("contracting_rights.group", group=group))


@bp.route("/econtracting/groepen/<group>/opdrachten/<reference>/loskoppelen", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def unlink_contract(group: str, reference: str) -> ResponseReturnValue:
    """Show who loses what, then let the group stop working on one contract."""
    actor = current_actor()
    form = ConfirmationForm()
    row, losses = previewing.of_unlinking(actor, group, reference)
    contract = previewing.contract(actor, reference)
    to_contract = request.args.get("van") == "opdracht"
    back = (
        url_for("contracting_access.index", reference=reference)
        if to_contract
        else url_for("contracting_rights.group", group=group)
    )
    if form.validate_on_submit():
        with handling(form) as done:
            links.unlink(actor, group, reference)
        if done:
            flash(gettext("De groep werkt niet meer aan opdracht %(number)s.", number=contract.number), "success")
            return redirect(back)
    page = render_template(
        "econtracting/rights/unlink.html",
        form=form,
        group=row,
        row=contract,
        losses=losses,
        theme=overview.theme_name(row.theme),
        back=back,
        **words(),
    )
    return page, status_of(form)
