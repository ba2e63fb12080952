"""*Alles over deze persoon* (E-153): the person file of the own facility, as a page, a PDF and JSON."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, status_of
from blueprints.pages import long_date, moment
from blueprints.privacy.blueprint import bp
from domain.dutch import number as decimal_text
from domain.permissions import Permission
from domain.person_file import NOT_SEARCHED, NOTHING, PersonFile, Section
from domain.retention import RULES
from forms.privacy import InspectionForm, PersonFileForm
from services import transaction
from services.privacy import announced, person_file
from services.privacy.person_file import File

ENDPOINTS = {
    "privacy.inspection",
    "privacy.person",
    "privacy.person_export",
    "privacy.corrections",
    "privacy.correction_new",
    "privacy.correction",
    "privacy.correction_act",
    "privacy.involve",
}
#: What a section tells in words that are translated: codes of columns whose values are texts of ours.
_OURS = frozenset({"source", "purpose", "outcome", "event", "by", "calculation", "what", "field", "state"})


@bp.route("/privacy-inzage", methods=["GET", "POST"])
@access(Permission.PERSON_FILE)
def inspection() -> ResponseReturnValue:
    """Type the number of somebody; the answer looks the same for nobody and for somebody of another facility."""
    form, made = InspectionForm(), None
    if form.validate_on_submit():
        with handling(form):
            made = person_file.of_number(current_actor(), form.number.data or "")
    soon = announced.of_facility(current_actor()) if made is None else ()
    page = render_template("privacy/inspection.html", form=form, announced=soon, rules=RULES, **context(made))
    return page, status_of(form)


@bp.get("/privacy-inzage/<reference>")
@access(Permission.PERSON_FILE)
def person(reference: str) -> ResponseReturnValue:
    """Everything about somebody of the staff list."""
    with transaction.unit_of_work():
        made = person_file.of_staff_member(current_actor(), reference)
    return render_template("privacy/inspection.html", form=None, reference=reference, **context(made))


@bp.post("/privacy-inzage/bestand")
@access(Permission.PERSON_FILE)
def person_export() -> ResponseReturnValue:
    """The file as PDF or JSON; asked for by its number in the body of the request."""
    form = PersonFileForm()
    with transaction.unit_of_work():
        made = person_file.exported(current_actor(), form.number.data or "", form.kind.data or "")
    return given(made)


def given(made: File) -> Response:
    """A file to keep; opened by a browser it can run nothing."""
    response = Response(made.content, mimetype=made.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def context(made: PersonFile | None, reason: str = "", threads: str = "messages_portal.show") -> dict[str, Any]:
    """What the shared picture of a file needs (templates/macros/person_file.html); ``threads``: where threads open."""
    export = PersonFileForm(formdata=None, data={"number": made.national_number if made else "", "reason": reason})
    return {
        "made": made,
        "export": export,
        "columns": _columns,
        "cell": _cell,
        "thread_at": lambda reference: url_for(threads, reference=reference),
        "nothing": gettext(NOTHING),
        "not_searched": gettext(NOT_SEARCHED),
    }


def _columns(section: Section) -> list[tuple[str, str]]:
    """The columns of a section that hold anything, with their labels."""
    fields = section.description.fields
    return [
        (code, gettext(label))
        for code, label in fields.items()
        if any(row.get(code) not in (None, "") for row in section.rows)
    ]


def _cell(code: str, value: Any) -> str:
    """A value of a row as text in the language of the person."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nee")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, (Decimal, int)):
        return decimal_text(value)
    return gettext(value) if code in _OURS else str(value)
