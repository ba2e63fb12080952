"""The tab *Acties en termijnen* of a contract: what is to be done, by whom, and the clocks that run."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from blueprints.access import access, current_actor
from domain.econtracting.actions import WAITING
from domain.permissions import Permission
from services.econtracting import access as contracting
from services.econtracting import actions, terms
from services.econtracting.contracts import queries as contracts

bp = Blueprint("contracting_terms", __name__, url_prefix="/econtracting")


@bp.get("/opdracht/<reference>/acties")
@access(Permission.CONTRACTS_READ)
def index(reference: str) -> ResponseReturnValue:
    """The tasks of both parties and the terms of a contract, as far as the reader reads their themes."""
    actor = current_actor()
    contract = contracting.contract_for(actor, reference)
    found = actions.of_contract(actor, contract)
    return render_template(
        "econtracting/documents/follow_up.html",
        contract=contracts.header_of(actor, contract),
        ours=[one for one in found if one.state in WAITING and one.mine],
        theirs=[one for one in found if one.state in WAITING and not one.mine],
        over=[one for one in found if one.state not in WAITING],
        terms=terms.for_contract(actor, contract),
    )
