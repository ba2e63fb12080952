"""Documents at the desk: those of a contract, one document, and the acts on what the contractor sent."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.contracting.contracts import ELSEWHERE
from admin.contracting.views import DeskView
from blueprints.access import access
from blueprints.econtracting.document_list import STANDS, DocumentFilter, shown_list
from blueprints.handling import handling, status_of, translated
from domain.actor import Actor
from domain.econtracting.document_states import Act, Direction, possible
from domain.econtracting.publication import WAITING_LABELS
from domain.errors import NotFound
from domain.permissions import Permission
from forms.contracting_desk import ActForm, CorrectionForm, NewDocumentForm, ReopenForm
from services import transaction
from services.econtracting import access as contracting
from services.econtracting import invoices, terms
from services.econtracting.contracts import queries as contracts
from services.econtracting.desk import corrections, lookup, publishing, release, reopening, reviews
from services.econtracting.documents import choices, consulting, drafts, queries


class ContractDocumentPages(DeskView):
    """The documents of one contract."""

    required_permission = Permission.AUTHORITY_DESK
    in_menu = False

    @expose("/<reference>/stukken")
    def index(self, reference: str) -> ResponseReturnValue:
        """By theme, with where each stands and the moment that counts."""
        actor = self.actor
        contract = contracting.contract_for(actor, reference)
        wanted = DocumentFilter.from_arguments(request.args)
        return self.render(
            "admin/contracting/documents/list.html",
            contract=contracts.header_of(actor, contract),
            shown=shown_list(queries.documents_of(actor, contract), wanted),
            filter=wanted,
            stands=STANDS,
            tabs=contract_tabs(actor, reference, "contract_documents.index"),
            may_make=bool(choices.choices(actor, contract).kinds),
            page_address=lambda page: self.get_url(".index", reference=reference, **wanted.arguments(page)),
        )

    @expose("/<reference>/stukken/nieuw", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_DRAFT)
    def new(self, reference: str) -> ResponseReturnValue:
        """Choose a kind, and the document that is answered; then the draft is made."""
        actor = self.actor
        contract = contracting.contract_for(actor, reference)
        found = choices.choices(actor, contract)
        form = NewDocumentForm(data={"kind": request.args.get("soort", ""), "parent": request.args.get("op", "")})
        form.kind.choices = [
            ("", gettext("Kies uit de lijst")),
            *((one.code, gettext(one.name)) for one in found.kinds),
        ]
        parents = {parent.reference: parent.title for one in found.kinds for parent in one.parents}
        form.parent.choices = [("", gettext("Geen")), *parents.items()]
        if form.validate_on_submit():
            version = None
            with handling(form) as done:
                parent = queries.locate(actor, form.parent.data)[1] if form.parent.data else None
                version = drafts.make(actor, contract, form.kind.data, parent)
            if done and version is not None:
                return redirect(url_for("document_drafts.edit", reference=version.reference))
            contract = contracting.contract_for(actor, reference)
        page = self.render(
            "admin/contracting/documents/new.html",
            contract=contracts.header_of(actor, contract),
            choices=found,
            form=form,
            tabs=contract_tabs(actor, reference, "contract_documents.index"),
        )
        return page, status_of(form)


class FileDocumentPages(DeskView):
    """One document, from either party."""

    required_permission = Permission.AUTHORITY_DESK
    in_menu = False

    @expose("/<reference>")
    def show(self, reference: str) -> ResponseReturnValue:
        """What it says, where it stands, what can be done. The first look leaves a trace and starts nothing."""
        actor = self.actor
        if consulting.is_first(actor, reference):
            with transaction.unit_of_work():
                consulting.consult(actor, reference)
        return self.render("admin/contracting/documents/show.html", **self._page(reference))

    def _page(self, reference: str) -> dict[str, Any]:
        actor = self.actor
        page = queries.document(actor, reference)
        contract, row = queries.locate(actor, reference)
        found = lookup.document(actor, reference)
        own = row.direction is Direction.TO_CONTRACTOR
        claim = row if row.claim_state is not None else None
        return {
            "page": page,
            "contract": contracts.header_of(actor, contract),
            "tabs": contract_tabs(actor, page.contract, "contract_documents.index"),
            "terms": terms.for_document(actor, row),
            "others": reviews.other_claims(actor, claim) if claim is not None else (),
            "review_draft": reviews.draft_of(claim, reviews.claims.REVIEW) if claim is not None else None,
            "can_start": page.active and reviews.can_start(found),
            "can_review": claim is not None and page.active and reviews.can_review(claim),
            "can_reopen": not own and reopening.refusal(actor, found) is None,
            "can_correct": own and page.current.consultable_at is not None,
            "answers": _answers(choices.choices(actor, contract), page) if page.active and not own else (),
            "can_ask": claim is not None and page.active and reviews.can_ask_invoice(claim),
            "request_draft": reviews.draft_of(claim, reviews.claims.REQUEST) if claim is not None else None,
            "waiting": publishing.waiting_of([(contract, row, found.version)]).get(found.version.id, ())
            if possible(Act.PUBLISH, row.direction, found.version.state)
            else (),
            "waiting_labels": WAITING_LABELS,
            "invoices": invoices.of_claim(claim) if claim is not None else (),
            "can_register": claim is not None and reviews.can_register_invoice(claim),
            "may_handle_invoices": actor.may(Permission.AUTHORITY_INVOICES),
            "may_draft": actor.may(Permission.AUTHORITY_DRAFT),
            "may_write": actor.may(Permission.AUTHORITY_MESSAGES),
            "may_release": actor.may(Permission.AUTHORITY_RELEASE),
            "form": ActForm(),
        }

    @expose("/<reference>/opnemen", methods=("POST",))
    @access(Permission.AUTHORITY_DRAFT)
    def start(self, reference: str) -> ResponseReturnValue:
        """Take up what the contractor sent (T7)."""
        with handling() as done:
            reviews.start(self.actor, reference)
        self._tell(done, gettext("Het stuk is in behandeling. De opdrachtnemer ziet dat ook."))
        return redirect(self.get_url(".show", reference=reference))

    @expose("/<reference>/nazicht", methods=("POST",))
    @access(Permission.AUTHORITY_DRAFT)
    def review(self, reference: str) -> ResponseReturnValue:
        """Begin the review of a claim, or go on with it."""
        version = None
        with handling() as done:
            version = reviews.begin(self.actor, reference)
        if done and version is not None:
            return redirect(url_for("document_drafts.edit", reference=version.reference))
        self._tell(done, "")
        return redirect(self.get_url(".show", reference=reference))

    @expose("/<reference>/factuur", methods=("POST",))
    @access(Permission.AUTHORITY_DRAFT)
    def ask_invoice(self, reference: str) -> ResponseReturnValue:
        """Begin the request for the invoice of an accepted claim, or go on with it."""
        version = None
        with handling() as done:
            version = reviews.begin_request(self.actor, reference)
        if done and version is not None:
            return redirect(url_for("document_drafts.edit", reference=version.reference))
        self._tell(done, "")
        return redirect(self.get_url(".show", reference=reference))

    @expose("/<reference>/heropenen", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_RELEASE)
    def reopen(self, reference: str) -> ResponseReturnValue:
        """Say what reopening does, ask the reason, do it (T9)."""
        actor, form = self.actor, ReopenForm()
        if form.validate_on_submit():
            with handling(form) as done:
                reopening.reopen(actor, reference, form.reason.data or "")
            if done:
                flash(
                    gettext("Heropend. De opdrachtnemer krijgt een melding en kan een nieuwe versie maken."), "success"
                )
                return redirect(self.get_url(".show", reference=reference))
        refusal = reopening.refusal(actor, lookup.document(actor, reference))
        if refusal is not None and not form.is_submitted():
            flash(translated(refusal), "warning")
            return redirect(self.get_url(".show", reference=reference))
        page = self.render("admin/contracting/documents/reopen.html", **(self._page(reference) | {"form": form}))
        return page, status_of(form)

    @expose("/<reference>/corrigeren", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_RELEASE)
    def correct(self, reference: str) -> ResponseReturnValue:
        """Correct the instant at which a document of the authority became consultable (A-37)."""
        actor = self.actor
        found = lookup.document(actor, reference)
        if found.document.direction is not Direction.TO_CONTRACTOR:
            raise NotFound
        form = CorrectionForm()
        if form.validate_on_submit():
            with handling(form) as done:
                corrections.correct(actor, found.version.reference, form.moment, form.reason.data or "")
            if done:
                flash(gettext("Gecorrigeerd. Het eerste bewijs blijft bewaard, met de correctie ernaast."), "success")
                return redirect(self.get_url(".show", reference=reference))
            found = lookup.document(actor, reference)
        context = self._page(reference) | {"form": form, "proposal": corrections.proposal(found)}
        return self.render("admin/contracting/documents/correct.html", **context), status_of(form)

    @expose("/<reference>/terugnemen", methods=("POST",))
    @access(Permission.AUTHORITY_RELEASE)
    def take_back(self, reference: str) -> ResponseReturnValue:
        """Take back what was released and can never become consultable because of a bad file."""
        version = None
        with handling() as done:
            found = lookup.document(self.actor, reference)
            version = release.take_back(self.actor, found.version.reference)
        self._tell(
            done, gettext("Teruggenomen: het is weer een concept. Vervang het bestand en geef het opnieuw vrij.")
        )
        if done and version is not None:
            return redirect(url_for("document_drafts.check", reference=version.reference))
        return redirect(self.get_url(".show", reference=reference))

    def _tell(self, done: Any, text: str) -> None:
        if not done:
            flash(translated(done.error), "error")
        elif text:
            flash(text, "success")


def _answers(found: choices.Choices, page: Any) -> list[choices.Choice]:
    """The kinds the authority can answer a document with; the review of a claim has its own way."""
    own_way = (reviews.claims.REVIEW, reviews.claims.REQUEST)
    return [
        one
        for one in found.kinds
        if one.code not in own_way and any(parent.reference == page.reference for parent in one.parents)
    ]


def contract_tabs(actor: Actor, reference: str, here: str) -> list[dict[str, Any]]:
    """The tabs of a contract, with the one that is open."""
    found = [{"label": gettext("Gegevens"), "href": url_for("contracts.record", reference=reference), "active": False}]
    for label, endpoint, permission in ELSEWHERE:
        if endpoint in current_app.view_functions and actor.may(permission):
            address = url_for(endpoint, reference=reference)
            found.append({"label": gettext(label), "href": address, "active": endpoint == here})
    return found
