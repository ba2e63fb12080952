"""The documents of a contract: the list, one document with its versions and moments, what was sent (C-016, C-052)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.econtracting.document_list import SENDERS, STANDS, DocumentFilter, shown_list
from blueprints.handling import handling
from domain.econtracting import claim_lines
from domain.econtracting.document_states import Direction
from domain.errors import NotFound
from domain.permissions import Permission
from services import transaction
from services.econtracting import access as contracting
from services.econtracting import invoices, terms
from services.econtracting.contracts import queries as contracts
from services.econtracting.documents import choices, consulting, drafts, queries

bp = Blueprint("contracting_documents", __name__, url_prefix="/econtracting")


@bp.app_context_processor
def _context() -> dict[str, Any]:
    return {
        "link_if_there": link_if_there,
        "read_lines": claim_lines.lines_of,
        "lines_total": claim_lines.total,
    }


def link_if_there(endpoint: str, **values: Any) -> str | None:
    """The address of a page that another part of the product offers, or None while it does not."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


@bp.get("/opdracht/<reference>/stukken")
@access(Permission.DOCUMENTS_READ)
def index(reference: str) -> ResponseReturnValue:
    """The documents of a contract by theme, with where they stand and their two legal moments."""
    actor = current_actor()
    contract = contracting.contract_for(actor, reference)
    wanted = DocumentFilter.from_arguments(request.args)
    return render_template(
        "econtracting/documents/list.html",
        contract=contracts.header_of(actor, contract),
        shown=shown_list(queries.documents_of(actor, contract), wanted),
        filter=wanted,
        stands=[(key, gettext(text)) for key, text in STANDS.items()],
        senders=[(key, gettext(text)) for key, text in SENDERS.items()],
        may_make=bool(choices.choices(actor, contract).kinds),
    )


@bp.get("/stuk/<reference>")
@access(Permission.DOCUMENTS_READ)
def show(reference: str) -> ResponseReturnValue:
    """A document. The first look at what the other party sent leaves a trace in a transaction of its own."""
    actor = current_actor()
    if consulting.is_first(actor, reference):
        with transaction.unit_of_work():
            consulting.consult(actor, reference)
    page = queries.document(actor, reference)
    contract, row = queries.locate(actor, reference)
    return render_template(
        "econtracting/documents/show.html",
        contract=contracts.header_of(actor, contract),
        page=page,
        terms=terms.for_document(actor, row),
        invoices=invoices.of_claim(row),
        answers=_answers(page.direction, choices.choices(actor, contract), reference) if page.active else (),
    )


def _answers(direction: Direction, found: choices.Choices, reference: str) -> list[choices.Choice]:
    """The kinds the reader can answer a document of the other party with."""
    if direction is Direction.TO_AUTHORITY:
        return []
    return [one for one in found.kinds if any(parent.reference == reference for parent in one.parents)]


@bp.post("/stuk/<reference>/nieuwe-versie")
@access(Permission.DOCUMENTS_WRITE)
def renew(reference: str) -> ResponseReturnValue:
    """Begin a new version of a document that was reopened."""
    actor = current_actor()
    version = None
    with handling() as done:
        _, row = queries.locate(actor, reference)
        version = drafts.new_version(actor, row)
    if done and version is not None:
        return redirect(url_for("contracting_drafts.fields", reference=version.reference), 303)
    if done.error is not None:
        raise done.error
    raise NotFound


@bp.get("/stuk/<reference>/verzonden/<int:number>")
@access(Permission.DOCUMENTS_READ)
def sent(reference: str, number: int) -> ResponseReturnValue:
    """The receipt of a version that was sent: the moment to the second, in local time and UTC, and its short code."""
    actor = current_actor()
    page = queries.document(actor, reference)
    version = next((one for one in page.versions if one.number == number and one.counts_at is not None), None)
    if version is None:
        raise NotFound
    contract, row = queries.locate(actor, reference)
    return render_template(
        "econtracting/documents/sent.html",
        contract=contracts.header_of(actor, contract),
        page=page,
        version=version,
        terms=terms.for_document(actor, row),
        fresh=request.args.get("nieuw") == "1",
    )
