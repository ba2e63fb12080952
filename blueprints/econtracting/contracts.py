"""The contracts of a contractor: the list to work from, the overview of one, and the own name one gives it (C-030b)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, status_of
from blueprints.lists import Address, position, typed
from domain.econtracting.contracts import CONTRACT_STATE_LABELS, ContractState
from domain.permissions import Permission
from forms.contracting_contracts import InternalForm
from services.econtracting.contracts import changing, mine, queries
from services.econtracting.contracts import overview as overviews
from services.econtracting.contracts.mine import Criteria, MyContracts

bp = Blueprint("contracting", __name__, url_prefix="/econtracting")


@bp.get("/")
@access(Permission.CONTRACTS_READ)
def index() -> ResponseReturnValue:
    """My contracts; a beheerder switches to all of the enterprise, and starts there without any of the own."""
    asked = request.args.get("toon", "")
    criteria = _criteria(asked)
    found = mine.my_contracts(current_actor(), criteria, position())
    if found.manages and not asked and not found.page.rows:
        found = mine.my_contracts(current_actor(), replace(criteria, every=True), position())
    address = Address(url_for(".index"), _words(found.criteria, asked))
    return render_template(
        "econtracting/contracts/index.html",
        found=found,
        page=found.page,
        address=address,
        criteria=found.criteria,
        result=_result(found),
        chips=_chips(found.criteria, address),
        states=CONTRACT_STATE_LABELS,
        switch=_switch(found, address),
        pages=(address.previous_page(found.page), address.next_page(found.page)),
    )


def _criteria(asked: str) -> Criteria:
    state = request.args.get("toestand", "")
    return Criteria(
        search=typed("zoek"),
        state=ContractState(state) if state in set(ContractState) else None,
        every=asked in ("alle", "zonder-groep"),
        without_group=asked == "zonder-groep",
    )


def _words(criteria: Criteria, asked: str) -> dict[str, str]:
    shown = "zonder-groep" if criteria.without_group else "alle" if criteria.every else "mijn" if asked else ""
    words = {"zoek": criteria.search, "toestand": criteria.state.value if criteria.state else "", "toon": shown}
    return {name: value for name, value in words.items() if value}


def _switch(found: MyContracts, address: Address) -> list[dict[str, Any]]:
    """Whose contracts are shown; only a beheerder has the choice."""
    if not found.manages:
        return []
    every, nobody = found.criteria.every, found.criteria.without_group
    return [
        {"label": gettext("Mijn opdrachten"), "href": address.plus(toon="mijn"), "active": not every},
        {"label": gettext("Alle opdrachten"), "href": address.plus(toon="alle"), "active": every and not nobody},
        {
            "label": gettext("Zonder groep"),
            "href": address.plus(toon="zonder-groep"),
            "active": nobody,
            "count": "1.000+" if found.unstaffed.more else str(found.unstaffed.number),
        },
    ]


def _result(found: MyContracts) -> str:
    if found.count.more:
        return gettext("meer dan 1.000 opdrachten")
    return ngettext("%(num)s opdracht", "%(num)s opdrachten", found.count.number)


def _chips(criteria: Criteria, address: Address) -> list[tuple[str, str]]:
    chips = []
    if criteria.search:
        chips.append((gettext("Zoekterm: %(text)s", text=criteria.search), address.without("zoek")))
    if criteria.state:
        label = gettext(CONTRACT_STATE_LABELS[criteria.state])
        chips.append((gettext("Toestand: %(text)s", text=label), address.without("toestand")))
    return chips


@bp.get("/opdracht/<reference>")
@access(Permission.CONTRACTS_READ)
def show(reference: str) -> ResponseReturnValue:
    """The overview of a contract."""
    found = overviews.overview(current_actor(), reference)
    return render_template("econtracting/contracts/overview.html", found=found, contract=found.contract)


@bp.route("/opdracht/<reference>/eigen-gegevens", methods=("GET", "POST"))
@access(Permission.CONTRACT_INFO_WRITE)
def internal(reference: str) -> ResponseReturnValue:
    """The own reference and description of a contract; the authority never sees them."""
    actor = current_actor()
    contract = queries.header(actor, reference)
    form = InternalForm(
        data={
            "internal_reference": contract.internal_reference,
            "internal_description": contract.internal_description,
            "seen_reference": contract.internal_reference,
            "seen_description": contract.internal_description,
        }
    )
    if form.validate_on_submit():
        with handling(form) as done:
            changing.change_internal(
                actor,
                reference,
                (form.internal_reference.data or "", form.internal_description.data or ""),
                (form.seen_reference.data or "", form.seen_description.data or ""),
            )
        if done:
            flash(gettext("Uw gegevens bij de opdracht zijn bewaard."), "success")
            return redirect(url_for(".show", reference=reference))
    return render_template("econtracting/contracts/internal.html", form=form, contract=contract), status_of(form)
