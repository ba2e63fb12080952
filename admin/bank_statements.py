"""Statements of the bank: choose the file, look at what it would date, take it over, read the result per transfer."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.lists import Address, position
from blueprints.handling import handling, status_of, translated
from domain.ecalcura.bank_matching import OUTCOME_LABELS, Outcome
from domain.permissions import Permission
from forms.payments import StatementForm, TakeOverForm
from services.ecalcura import bank_statements, payment_lists
from services.ecalcura.bank_statements import Preview

#: So many transfers a preview shows; what does not match comes first.
SHOWN = 200

TONES = {Outcome.MATCHED: "success", Outcome.ALREADY_DATED: "neutral", Outcome.DUPLICATE: "neutral"}


class StatementPages(PageView):
    """The import in two steps, and what each one did."""

    required_permission = Permission.PAYMENTS_MANAGE
    in_menu = False

    @expose("/afschriften", methods=("GET", "POST"))
    def upload(self) -> ResponseReturnValue:
        """Choose the file; then the preview."""
        form = StatementForm()
        if form.validate_on_submit():
            data = form.file.data.read(bank_statements.MAX_BYTES + 1)
            with handling(form) as done:
                found = bank_statements.keep(self.actor, data)
            if done:
                return self._preview(found, _safe_name(form.file.data.filename))
        return self.render("admin/payments/statement_upload.html", form=form), status_of(form)

    @expose("/afschriften/overnemen", methods=("POST",))
    def take_over(self) -> ResponseReturnValue:
        """Take over what the preview showed: the same file, by its digest."""
        form = TakeOverForm()
        if not form.validate_on_submit():
            flash(gettext("Kies het bestand opnieuw."), "warning")
            return redirect(self.get_url(".upload"))
        with handling() as done:
            statement = bank_statements.take_over(self.actor, form.digest.data, _safe_name(form.file_name.data))
            reference, matched = statement.reference, statement.matched
        if not done:
            assert done.error is not None
            flash(translated(done.error), "error")
            return redirect(self.get_url(".upload"))
        flash(
            ngettext("%(num)s betaling kreeg een memodatum.", "%(num)s betalingen kregen een memodatum.", matched),
            "success",
        )
        return redirect(self.get_url(".record", reference=reference))

    @expose("/afschriften/<reference>")
    def record(self, reference: str) -> ResponseReturnValue:
        """What a statement did, transfer by transfer."""
        statement = bank_statements.find(self.actor, reference)
        asked = request.args.get("uitkomst", "")
        outcome = asked if asked in set(Outcome) else ""
        address = Address(self.get_url(".record", reference=reference), {"uitkomst": outcome} if outcome else {})
        counts = payment_lists.outcome_counts(self.actor, statement.id)
        tabs = [
            {"label": gettext("Alle"), "href": address.path, "active": not outcome, "count": statement.entries},
            *(
                {
                    "label": gettext(OUTCOME_LABELS[one]),
                    "href": address.plus(uitkomst=one.value),
                    "active": outcome == one,
                    "count": counts[one],
                }
                for one in Outcome
                if one in counts
            ),
        ]
        return self.render(
            "admin/payments/statement.html",
            statement=statement,
            page=payment_lists.entry_page(self.actor, statement.id, outcome, position()),
            address=address,
            search=None,
            chips=[],
            tabs=tabs,
            outcome_labels=OUTCOME_LABELS,
            tones=TONES,
        )

    def _preview(self, found: Preview, file_name: str) -> ResponseReturnValue:
        ordered = sorted(found.matches, key=lambda one: one.outcome is Outcome.MATCHED)
        shown = ordered[:SHOWN]
        form = TakeOverForm(formdata=None, data={"digest": found.digest, "file_name": file_name})
        return self.render(
            "admin/payments/statement_preview.html",
            form=form,
            found=found,
            file_name=file_name,
            shown=shown,
            more=len(ordered) - len(shown),
            facilities=bank_statements.facilities_of(one.line.reference for one in shown if one.line is not None),
            outcome_labels=OUTCOME_LABELS,
            tones=TONES,
        )


def _safe_name(name: str | None) -> str:
    """The name of a file without its path and without what no page or log should hold."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[:160] or "afschrift"
