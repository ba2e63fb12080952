"""The proof of a contract for its authority, and what happens with contracts after the retention term."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.contracting.documents import contract_tabs
from blueprints.access import access
from blueprints.econtracting.evidence import broken_text, page_number, receipt_file, sent
from blueprints.handling import handling, status_of, translated
from domain.permissions import Permission
from forms.evidence import ErasureForm
from services import transaction
from services.econtracting.archive import ordering, retention
from services.econtracting.contracts import queries
from services.econtracting.proof import overview, sweep
from services.econtracting.proof.reading import ContractReport


class ContractEvidencePages(PageView):
    """The chain of one contract: the same as the contractor reads, and never who of the contractor it was (C-046)."""

    required_permission = Permission.AUTHORITY_DESK
    in_menu = False

    @expose("/<reference>/bewijs")
    def index(self, reference: str) -> ResponseReturnValue:
        """What happened in the contract and is proven, newest first."""
        return self._page(reference)

    @expose("/<reference>/bewijs/nakijken", methods=("POST",))
    def verify(self, reference: str) -> ResponseReturnValue:
        """Read everything again, now."""
        return self._page(reference, overview.verify_now(self.actor, reference))

    def _page(self, reference: str, report: ContractReport | None = None) -> ResponseReturnValue:
        contract = queries.header(self.actor, reference)
        shown = overview.overview(self.actor, reference, page_number(request.args.get("pagina")))
        return self.render(
            "admin/contracting/evidence/contract.html",
            contract=contract,
            shown=shown,
            tabs=contract_tabs(self.actor, reference, "contract_evidence.index"),
            orders=ordering.orders_of(self.actor, reference) if shown.may_export else [],
            report=report,
            broken=broken_text(report),
        )

    @expose("/<reference>/bewijs/pakket", methods=("POST",))
    def package(self, reference: str) -> ResponseReturnValue:
        """The whole file of the contract; a big one is made in the background."""
        with handling() as done:
            made = ordering.ask(self.actor, reference)
        if not done:
            assert done.error is not None
            flash(translated(done.error), "warning")
        elif made is not None:
            return sent(made)
        else:
            flash(gettext("Het pakket wordt gemaakt. U vindt het hier zodra het klaar is."), "success")
        return redirect(self.get_url(".index", reference=reference))

    @expose("/bewijs/pakket/<reference>", methods=("POST",))
    def fetch(self, reference: str) -> ResponseReturnValue:
        """A package that was made in the background."""
        made = ordering.fetch(self.actor, reference)
        transaction.commit()
        return sent(made)

    @expose("/bewijs/<version>/ontvangstbewijs.<kind>")
    def receipt(self, version: str, kind: str) -> ResponseReturnValue:
        """The receipt of a version: ``pdf`` for people, ``json`` for programs."""
        return receipt_file(version, kind)


class RetentionPages(PageView):
    """Whether all proof holds, and contracts whose contents may be removed (A-43)."""

    required_permission = Permission.AUTHORITY_DESK

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The last checks, and closed contracts in the order in which they become due."""
        manages = self.actor.may(Permission.AUTHORITY_CONTRACTS)
        return self.render(
            "admin/contracting/evidence/retention.html",
            state=sweep.state(self.actor),
            due=retention.due(self.actor) if manages else [],
            manages=manages,
            years=retention.years(),
        )

    @expose("/<reference>/verwijderen", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_CONTRACTS)
    def erase(self, reference: str) -> ResponseReturnValue:
        """Ask, then remove contents and files; the proof stays."""
        contract = queries.header(self.actor, reference)
        form = ErasureForm()
        if form.validate_on_submit():
            with handling(form) as done:
                retention.erase(self.actor, reference, form.number.data or "")
            if done:
                told = gettext("De inhoud van opdracht %(number)s is verwijderd.", number=contract.number)
                flash(told, "success")
                return redirect(self.get_url(".index"))
        return self.render("admin/contracting/evidence/erase.html", contract=contract, form=form), status_of(form)
