"""All groups, the matrix of people and themes, contracts that nobody works on, and the export."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.econtracting.rights.blueprint import bp, page_number, position, sub_tabs, typed, words
from blueprints.handling import handling, posted_version, translated
from domain.permissions import Permission
from services import clock, transaction
from services.econtracting.rights import exporting, overview, reading_rule, warnings
from services.econtracting.rights import matrix as matrices


@bp.get("/econtracting/groepen")
@access(Permission.RIGHTS_MANAGE)
def index() -> ResponseReturnValue:
    """The groups by theme, and what needs attention."""
    found = overview.overview(current_actor())
    tabs = sub_tabs("contracting_rights.index", found.without_group)
    return render_template("econtracting/rights/groups.html", overview=found, sub_tabs=tabs, **words())


@bp.get("/econtracting/rechten")
@access(Permission.RIGHTS_MANAGE)
def matrix() -> ResponseReturnValue:
    """People and themes: the highest right with the group it comes from, everywhere or in one contract."""
    actor = current_actor()
    person, contract, only = typed("zoek"), typed("opdracht"), typed("enkel") == "zonder"
    found = matrices.matrix(actor, words=person, contract=contract, number=page_number(), empty_only=only)
    asked = {"zoek": person, "opdracht": contract, "enkel": "zonder" if only else ""}
    return render_template(
        "econtracting/rights/matrix.html",
        matrix=found,
        asked={name: value for name, value in asked.items() if value},
        sub_tabs=sub_tabs("contracting_rights.matrix", warnings.without_group(actor)),
        **words(),
    )


@bp.get("/econtracting/rechten/zonder-groep")
@access(Permission.RIGHTS_MANAGE)
def without_group() -> ResponseReturnValue:
    """Contracts that only beheerders see, with one act to give them a group."""
    actor = current_actor()
    found = warnings.contracts_without_group(actor, typed("zoek"), position())
    groups = [group for group in overview.overview(actor).groups if group.active]
    return render_template(
        "econtracting/rights/without_group.html",
        found=found,
        groups=groups,
        themes={theme.code: theme.name for theme in warnings.themes()},
        search=typed("zoek"),
        sub_tabs=sub_tabs("contracting_rights.without_group", warnings.without_group(actor)),
        **words(),
    )


@bp.post("/econtracting/rechten/lezen")
@access(Permission.RIGHTS_MANAGE)
def manager_reads() -> ResponseReturnValue:
    """Switch whether beheerders read content without a group (A-13)."""
    with handling() as done:
        changed = reading_rule.set_manager_reads(
            current_actor(), request.form.get("reads") == "1", posted_version(request.form.get("version"))
        )
    if not done:
        flash(translated(done.error) if done.error else "", "error")
    elif changed:
        flash(gettext("De instelling is bewaard en geldt meteen."), "success")
    return redirect(url_for("contracting_rights.index"))


@bp.post("/econtracting/rechten/export/<kind>")
@access(Permission.RIGHTS_MANAGE)
def export(kind: str) -> ResponseReturnValue:
    """Everything that was given as a file: ``csv`` or ``xlsx``. By POST, because it leaves a trace."""
    actor = current_actor()
    name = f"rechten-{clock.today():%Y%m%d}"
    if kind == "xlsx":
        with exporting.as_workbook(actor, gettext) as book:
            content = book.read()
        mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        kind, mimetype = "csv", "text/csv"
        content = b"".join(exporting.as_csv_file(actor, gettext))
    transaction.commit()
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
