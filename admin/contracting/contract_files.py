"""Contracts as files: the list taken along as CSV or XLSX, and many contracts read from a CSV with a preview first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, request, send_file, stream_with_context
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.contracting.contracts import criteria_of
from blueprints.access import access
from blueprints.handling import handling, status_of, translated
from domain.calendars import local_date
from domain.econtracting.contract_data import FIELD_LABELS
from domain.econtracting.contract_rows import COLUMNS, ROW_RESULT_LABELS, JudgedRow, RowResult
from domain.econtracting.contracts import CONTRACT_STATE_LABELS, CONTRACT_TYPE_LABELS, GROUND_LABELS
from domain.errors import N_, NotFound
from domain.permissions import Permission
from forms.contracting_contracts import ContractFileForm, TakeForm
from services import clock, spreadsheets, transaction
from services.econtracting.contracts import importing, office
from services.econtracting.contracts.importing import Reading
from services.workbooks import Book, SheetColumn

#: 5,000 rows with long texts stay below this.
MAX_BYTES = 8 * 1024 * 1024
#: So many rows of a file are shown at once.
SHOWN = 100

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADINGS = {
    "state": N_("Toestand"),
    "made_at": N_("Gemaakt op"),
    "visible_since": N_("Zichtbaar sinds"),
    "accepted_on": N_("Definitief opgeleverd op"),
}
_LABELS: tuple[Any, ...] = (CONTRACT_STATE_LABELS, CONTRACT_TYPE_LABELS, GROUND_LABELS)


class ContractFilePages(PageView):
    """Reading contracts from a file, and writing the list to one."""

    required_permission = Permission.AUTHORITY_DESK
    in_menu = False

    @expose("/inlezen", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_CONTRACTS)
    def upload(self) -> ResponseReturnValue:
        """Choose a file; what it would do is shown on a page of its own."""
        form = ContractFileForm()
        if form.validate_on_submit():
            content = form.file.data.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                form.file.errors = [gettext("Het bestand is groter dan 8 MB. Splits het op.")]
            else:
                with handling(form) as done:
                    kept = importing.read(self.actor, form.file.data.filename or "", content)
                if done:
                    return redirect(self.get_url(".reading", reference=kept.reference))
        columns = [(column, gettext(FIELD_LABELS[field])) for column, field in COLUMNS.items()]
        return self.render("admin/contracting/contracts/upload.html", form=form, columns=columns), status_of(form)

    @expose("/inlezen/voorbeeld.csv")
    @access(Permission.AUTHORITY_CONTRACTS)
    def template(self) -> ResponseReturnValue:
        """The file to begin with: the titles and one row that shows how."""
        titles, rows = importing.template()
        return _attachment(spreadsheets.as_csv(titles, rows), "opdrachten-voorbeeld.csv")

    @expose("/inlezen/<reference>", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_CONTRACTS)
    def reading(self, reference: str) -> ResponseReturnValue:
        """What becomes of each row; confirmed, the new ones are made, once."""
        form = TakeForm()
        if form.validate_on_submit():
            before = importing.reading(self.actor, reference)
            with handling() as done:
                found = importing.take(self.actor, reference)
            if not done:
                assert done.error is not None
                flash(translated(done.error), "error")
            elif before.taken_at is not None:
                flash(gettext("Dit bestand was al ingelezen. Er is niets bijgekomen."), "info")
            else:
                text = ngettext("%(num)s opdracht gemaakt.", "%(num)s opdrachten gemaakt.", len(found.made))
                flash(text, "success")
            return redirect(self.get_url(".reading", reference=reference))
        return self._show(form, importing.reading(self.actor, reference))

    def _show(self, form: TakeForm, found: Reading) -> ResponseReturnValue:
        asked = request.args.get("resultaat", "")
        wanted = RowResult(asked) if asked in set(RowResult) else None
        rows = [row for row in found.rows if wanted is None or row.result is wanted]
        number = _page(request.args.get("pagina", ""), len(rows))
        tabs = [
            {
                "label": gettext("Alle rijen") if result is None else gettext(ROW_RESULT_LABELS[result]),
                "href": self.get_url(".reading", reference=found.reference, resultaat=result.value if result else None),
                "active": wanted is result,
                "count": str(len(found.rows) if result is None else found.counts[result]),
            }
            for result in (None, *RowResult)
        ]
        return self.render(
            "admin/contracting/contracts/reading.html",
            form=form,
            found=found,
            new=found.counts[RowResult.NEW],
            rows=[self._row(row, found) for row in rows[(number - 1) * SHOWN : number * SHOWN]],
            tabs=tabs,
            number=number,
            pages=max(1, -(-len(rows) // SHOWN)),
            page_href=lambda page: self.get_url(
                ".reading", reference=found.reference, resultaat=asked or None, pagina=page
            ),
        )

    def _row(self, row: JudgedRow, found: Reading) -> dict[str, Any]:
        number = row.cells.get("opdrachtnummer", "")
        made = found.made.get(" ".join(number.split()))
        reasons = [(one.field or "", translated(one)) for one in row.findings]
        return {
            "number": row.number,
            "contract": number[:80],
            "description": row.cells.get("omschrijving", "")[:120],
            "result": row.result.value,
            "label": gettext(ROW_RESULT_LABELS[row.result]),
            "reasons": reasons,
            "differs": ", ".join(row.differs),
            "href": self.get_url("contracts.record", reference=made) if made else None,
        }

    @expose("/export/<kind>")
    def export(self, kind: str) -> ResponseReturnValue:
        """The whole list as a file; who took it along is traced."""
        if kind not in ("csv", "xlsx"):
            raise NotFound
        criteria = criteria_of(request.args)
        with transaction.unit_of_work():
            rows = office.export(self.actor, criteria)
        header = [gettext(FIELD_LABELS["contractor_number"]), gettext(FIELD_LABELS["contractor_name"])]
        header += [gettext(_HEADINGS.get(name) or FIELD_LABELS[name]) for name in office.EXPORTED]
        name = f"opdrachten-{clock.today():%Y%m%d}"
        if kind == "csv":
            return _attachment(spreadsheets.as_csv(header, rows, _cells), f"{name}.csv")
        return _workbook(header, rows, f"{name}.xlsx")


def _page(typed: str, rows: int) -> int:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    return max(1, min(number, -(-rows // SHOWN)))


def _cells(row: Sequence[Any]) -> list[Any]:
    """The values of a row as a person reads them."""
    return [_word(value) for value in row]


def _word(value: Any) -> Any:
    for labels in _LABELS:
        if type(value) is type(next(iter(labels))):
            return gettext(labels[value])
    return local_date(value) if isinstance(value, datetime) else value


def _attachment(pieces: Iterator[bytes], name: str) -> Response:
    return Response(
        stream_with_context(pieces),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _workbook(header: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> ResponseReturnValue:
    """The same as XLSX, written to a file that is gone once it was sent."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer was sent
    book = Book(target, title=gettext("Opdrachten"), made=clock.now())
    sheet = book.sheet(gettext("Opdrachten"), [SheetColumn(label, 24) for label in header])
    for row in rows:
        sheet.row(_cells(row))
    sheet.finish()
    book.close()
    target.seek(0)
    return send_file(target, mimetype=_XLSX, as_attachment=True, download_name=name)
