"""Contracts and performances of one dossier; during an audit the case manager edits them here (E-063)."""

from __future__ import annotations

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from admin.lists import list_words
from blueprints.access import access
from blueprints.ecalcura import grid_pages
from blueprints.ecalcura.grid_pages import GridAddresses
from domain.errors import DomainError, NotAllowedNow
from domain.permissions import Permission
from services import transaction
from services.ecalcura import case_page, performances, receipts
from services.ecalcura.performances import SaveOutcome


class DossierGrid(PageView):
    """The grid of one dossier at the desk of the department."""

    required_permission = Permission.DOSSIER_REVIEW
    in_menu = False

    @expose("/<number>/prestaties")
    def show(self, number: str) -> ResponseReturnValue:
        """The grid, to read; to fill in during an audit (E-063)."""
        shown = self._page(number)
        with transaction.unit_of_work():
            case_page.viewed(self.actor, number)
        return shown

    @expose("/<number>/prestaties", methods=("POST",))
    @access(Permission.DOSSIER_DECIDE)
    def save(self, number: str) -> ResponseReturnValue:
        """'Bewaren': every row that can be saved is; the others come back as they were typed."""
        return self._save(number)

    @expose("/<number>/prestaties/overnemen", methods=("POST",))
    @access(Permission.DOSSIER_DECIDE)
    def copy(self, number: str) -> ResponseReturnValue:
        """Save what was typed, then take over last quarter's values on every line that is still empty."""
        return self._save(number, copy_all=True)

    @expose("/<number>/prestaties/lijn", methods=("POST",))
    @access(Permission.DOSSIER_DECIDE)
    def save_row(self, number: str) -> ResponseReturnValue:
        """One row, saved while typing; answers the script in JSON."""
        return grid_pages.save_row(self.actor, number)

    @expose("/<number>/ontvangstbewijs/<reference>")
    def receipt(self, number: str, reference: str) -> ResponseReturnValue:
        """The receipt of a submission as a file."""
        name, content = receipts.file(self.actor, number, reference)
        response = Response(content, mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def _save(self, number: str, *, copy_all: bool = False) -> ResponseReturnValue:
        actor = self.actor
        try:
            outcome, post = grid_pages.save_form(actor, number)
            taken = None
            if not outcome.rejected and (copy_all or post.copy):
                taken = performances.copy_previous(actor, number, None if copy_all else [post.copy or ""])
            transaction.commit()
        except NotAllowedNow as refused:
            transaction.rollback()
            return self._page(number, refused=refused, status=409)
        if outcome.rejected:
            conflict = any(row.conflict for row in outcome.rejected.values())
            return self._page(number, outcome=outcome, status=409 if conflict else 422)
        flash(grid_pages.saved_text(outcome, taken), "success")
        return redirect(self.get_url(".show", number=number, **list_words()), 303)

    def _page(
        self,
        number: str,
        *,
        outcome: SaveOutcome | None = None,
        refused: DomainError | None = None,
        status: int = 200,
    ) -> ResponseReturnValue:
        grid = performances.grid(self.actor, number)
        words = list_words()
        addresses = GridAddresses(show=self.get_url(".show", number=number))
        if self.actor.may(Permission.DOSSIER_DECIDE):
            addresses = GridAddresses(
                show=addresses.show,
                save=self.get_url(".save", number=number, **words),
                row=self.get_url(".save_row", number=number),
                copy=self.get_url(".copy", number=number, **words),
            )
        view = grid_pages.grid_view(grid, addresses, outcome=outcome)
        return self.render(
            "admin/dossiers/performances.html",
            grid=grid,
            view=view,
            dossier=grid.dossier,
            facility=grid.found.facility,
            refused=refused,
            unsaved=grid_pages.unsaved(grid) if refused is not None else (),
            list_words=words,
            tab="performances",
        ), status
