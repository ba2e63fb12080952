"""The wizard in which a document is made: its kind, its fields, its files, the check, and sending it (T1 to T4)."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.access import access, current_actor
from blueprints.errors import wants_json
from blueprints.handling import handling, posted_version, status_of, translated
from domain.actor import Actor
from domain.calendars import BRUSSELS
from domain.econtracting import claim_lines, document_content
from domain.econtracting.claim_lines import ClaimLine
from domain.econtracting.claim_tables import ReadTable
from domain.econtracting.rights import MISSING_TEXTS
from domain.errors import N_, DomainError, Finding, Findings, InvalidValue, NotFound, Severity
from domain.permissions import Permission
from forms.claim_lines import ClaimLinesForm
from forms.confirmation import ConfirmationForm
from forms.contract_documents import SendForm
from forms.document_kinds import KindForm, data_of, form_for, put_findings, typed
from services import transaction
from services.econtracting import access as contracting
from services.econtracting import attachments, claims
from services.econtracting.contracts import queries as contracts
from services.econtracting.documents import choices, drafts, queries, sending
from services.econtracting.documents.drafts import Draft
from services.econtracting.documents.sending import ChangedSinceCheck, CheckPage

bp = Blueprint("contracting_drafts", __name__, url_prefix="/econtracting")

_STOPS = (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)


@bp.app_template_global("draft_steps")
def steps(draft: Draft | None, here: str) -> list[dict[str, Any]]:
    """The steps of the wizard, for the macro ``stepper``; a step with something to put right says so."""
    labels = _labels(draft)
    wrong = _steps_with_findings(draft) if draft is not None else set()
    passed = [name for name, _ in labels].index(here)
    found = []
    for place, (name, label) in enumerate(labels):
        state = "current" if name == here else "done" if place < passed else "todo"
        if state == "done" and name in wrong:
            state = "error"
        href = None
        if draft is not None and name in ("fields", "lines", "files") and state != "current":
            href = url_for(f"contracting_drafts.{name}", reference=draft.opened.version.reference)
        found.append({"label": label, "state": state, "href": href})
    return found


def _labels(draft: Draft | None) -> list[tuple[str, str]]:
    lines = [("lines", gettext("Vorderingsstaat"))] if draft is not None and _has_lines(draft) else []
    return [
        ("kind", gettext("Soort")),
        ("fields", gettext("Gegevens")),
        *lines,
        ("files", gettext("Bijlagen")),
        ("check", gettext("Nakijken en verzenden")),
    ]


def _has_lines(draft: Draft) -> bool:
    return draft.opened.kind.code == claims.CLAIM


def _steps_with_findings(draft: Draft) -> set[str]:
    names = {field.name for field in draft.opened.kind.fields}
    return {"fields" if one.field in names else "files" for one in draft.findings if one.severity in _STOPS}


@bp.route("/opdracht/<reference>/stukken/nieuw", methods=["GET", "POST"])
@access(Permission.DOCUMENTS_WRITE)
def kind(reference: str) -> ResponseReturnValue:
    """Choose a kind, and perhaps the document that is answered; the drafts that are there already stand beside it."""
    actor = current_actor()
    contract = contracting.contract_for(actor, reference)
    refused: DomainError | None = None
    if request.method == "POST":
        version = None
        with handling() as done:
            parent_reference = request.form.get("op", "")
            parent = queries.locate(actor, parent_reference)[1] if parent_reference else None
            version = drafts.make(actor, contract, request.form.get("soort", ""), parent)
        if done and version is not None:
            return redirect(url_for(".fields", reference=version.reference), 303)
        refused = done.error
        contract = contracting.contract_for(actor, reference)
    page = render_template(
        "econtracting/documents/kind.html",
        contract=contracts.header_of(actor, contract),
        choices=choices.choices(actor, contract),
        chosen=request.args.get("soort", ""),
        answered=request.args.get("op", ""),
        refused=translated(refused) if refused is not None else None,
        missing_texts=MISSING_TEXTS,
    )
    return page, 409 if refused is not None else 200


@bp.route("/concept/<reference>/gegevens", methods=["GET", "POST"])
@access(Permission.DOCUMENTS_WRITE)
def fields(reference: str) -> ResponseReturnValue:
    """The fields of the kind; what is typed is kept as it is, and told when it is not right yet."""
    actor = current_actor()
    if request.method == "GET":
        draft = drafts.draft(actor, reference)
        return _fields_page(actor, draft, form_for(draft.opened.kind)(data=data_of(draft.typed)))
    opened = drafts.editable(actor, reference, lock=False)
    form = form_for(opened.kind)()
    with handling() as done:
        findings = drafts.save(actor, reference, typed(form), None, posted_version(request.form.get("version")))
    if not done:
        raise done.error or NotFound
    draft = drafts.draft(actor, reference)
    if wants_json():
        return jsonify(_kept(draft))
    wrong = [one for one in findings if one.severity in _STOPS and f"f_{one.field}" in form]
    if request.form.get("stap") != "verder":
        flash(gettext("Bewaard. U of een collega kunt later verder werken."), "success")
        return redirect(url_for(".fields", reference=reference), 303)
    if not wrong:
        return redirect(url_for(".lines" if _has_lines(draft) else ".files", reference=reference), 303)
    put_findings(form, wrong)
    return _fields_page(actor, draft, form)


def _kept(draft: Draft) -> dict[str, Any]:
    """What the script that keeps while typing wants to know."""
    stops = sum(one.severity in _STOPS for one in draft.findings)
    return {"saved": f"{draft.kept_at.astimezone(BRUSSELS):%H:%M}", "version": draft.version, "open": stops}


def _fields_page(actor: Actor, draft: Draft, form: KindForm) -> ResponseReturnValue:
    page = render_template(
        "econtracting/documents/fields.html",
        contract=contracts.header_of(actor, draft.opened.contract),
        draft=draft,
        form=form,
        warnings=[translated(one) for one in draft.findings if one.severity not in _STOPS],
    )
    return page, status_of(form)


@bp.route("/concept/<reference>/staat", methods=["GET", "POST"])
@access(Permission.DOCUMENTS_WRITE)
def lines(reference: str) -> ResponseReturnValue:
    """The lines of a claim: pasted or from a spreadsheet, shown cell by cell before they are kept."""
    actor = current_actor()
    draft = drafts.draft(actor, reference)
    if not _has_lines(draft):
        raise NotFound
    form = ClaimLinesForm()
    table = None
    act = request.form.get("act", "")
    if request.method == "POST" and act == "tonen":
        table = form.table() if form.filled else None
        if table is None:
            form.pasted.errors = [gettext("Plak de lijnen, of kies een rekenblad.")]
    elif request.method == "POST":
        with handling(form) as done:
            wanted = [] if act == "leegmaken" else _shown_lines(request.form.get("lijnen", ""))
            drafts.keep_lines(actor, reference, wanted, posted_version(request.form.get("version")))
        if done:
            flash(_told_lines(len(wanted)), "success")
            return redirect(url_for(".lines" if act == "leegmaken" else ".files", reference=reference), 303)
    page = render_template(
        "econtracting/documents/lines.html",
        contract=contracts.header_of(actor, draft.opened.contract),
        draft=draft,
        form=form,
        kept=claim_lines.lines_of(draft.lines),
        table=table,
        shown=json.dumps(claim_lines.stored(table.lines)) if table is not None and table.usable else "",
        total=claim_lines.total(table.lines) if table is not None and table.usable else None,
        sums=_sums(draft, table),
    )
    return page, status_of(form)


def _shown_lines(text: str) -> list[ClaimLine]:
    """The lines of the preview as they come back; whatever else comes in is refused."""
    try:
        found = claim_lines.lines_of(json.loads(text))
        sound = all(claim_lines.is_sound(line) for line in found)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise InvalidValue(N_("De lijnen konden niet gelezen worden. Plak of laad ze opnieuw op.")) from None
    if len(found) > claim_lines.MAX_LINES or not sound:
        raise InvalidValue(N_("De lijnen konden niet gelezen worden. Plak of laad ze opnieuw op."))
    return found


def _told_lines(count: int) -> str:
    if not count:
        return gettext("De lijnen zijn verwijderd.")
    return ngettext("%(num)s lijn is bewaard.", "%(num)s lijnen zijn bewaard.", count)


def _sums(draft: Draft, table: ReadTable | None) -> list[Finding]:
    if table is None or not table.usable:
        return []
    return claim_lines.check_sum(table.lines, draft.opened.values.get(claims.AMOUNT))


@bp.get("/concept/<reference>/bijlagen")
@access(Permission.DOCUMENTS_WRITE)
def files(reference: str) -> ResponseReturnValue:
    """The files of a draft: those the kind asks for, and any other."""
    actor = current_actor()
    draft = drafts.draft(actor, reference)
    return render_template(
        "econtracting/documents/files.html",
        contract=contracts.header_of(actor, draft.opened.contract),
        draft=draft,
        attached=attachments.of_version(draft.opened.version.id),
        slots=[(one.name, one.label, one.obliged(draft.opened.contract.type)) for one in draft.opened.kind.attachments],
    )


@bp.post("/concept/<reference>/nakijken")
@access(Permission.DOCUMENTS_WRITE)
def begin(reference: str) -> ResponseReturnValue:
    """Keep what is going to be checked, and show it."""
    check = None
    with handling() as done:
        check = sending.begin_check(current_actor(), reference)
    if done and check is not None:
        return redirect(url_for(".check", reference=reference, key=check.key), 303)
    raise done.error or NotFound


@bp.route("/concept/<reference>/nakijken/<key>", methods=["GET", "POST"])
@access(Permission.DOCUMENTS_WRITE)
def check(reference: str, key: str) -> ResponseReturnValue:
    """Everything that goes, what it will start, and the one act: posting it sends exactly what is shown (T4).

    Posting asks the right to send; it is refused in words when that is not there, and the attempt is kept.
    """
    actor = current_actor()
    form = SendForm()
    refused: DomainError | None = None
    if request.method == "POST" and form.validate():
        try:
            version = sending.send(actor, reference, key, form.digest.data or "")
            transaction.commit()
        except NotFound:
            raise
        except DomainError as problem:
            transaction.rollback()
            refused = problem
            with transaction.unit_of_work():
                sending.refused(actor, reference, problem)
        else:
            return _to_receipt(actor, version.reference, fresh=True)
    page = sending.check_page(actor, reference, key)
    if page.sent or page.opened.version.sent_at is not None:
        if refused is not None:
            flash(translated(refused), "warning")
        return _to_receipt(actor, reference, fresh=False)
    form.digest.data = page.digest
    return _check_page(actor, page, form, refused)


def _to_receipt(actor: Actor, reference: str, *, fresh: bool) -> ResponseReturnValue:
    document, number = queries.place_of(actor, reference)
    new = {"nieuw": "1"} if fresh else {}
    return redirect(url_for("contracting_documents.sent", reference=document, number=number, **new), 303)


def _check_page(actor: Actor, page: CheckPage, form: SendForm, refused: DomainError | None) -> ResponseReturnValue:
    draft = drafts.draft(actor, page.opened.version.reference)
    problems = refused.findings if isinstance(refused, Findings) else page.findings
    told = refused if refused is not None and not isinstance(refused, (Findings, ChangedSinceCheck)) else None
    html = render_template(
        "econtracting/documents/check.html",
        contract=contracts.header_of(actor, page.opened.contract),
        draft=draft,
        page=page,
        form=form,
        fields=document_content.shown(page.opened.kind, page.opened.version.content),
        attached=attachments.of_version(page.opened.version.id),
        blocking=[(translated(one), _place(draft, one)) for one in problems if one.severity in _STOPS],
        warnings=[(translated(one), _place(draft, one)) for one in problems if one.severity not in _STOPS],
        refused=translated(told) if told is not None else None,
        refusal=translated(page.refusal) if page.refusal is not None else None,
        changed=bool(page.differences),
        attempted=refused is not None,
    )
    return html, 409 if refused is not None else status_of(form)


def _place(draft: Draft, one: Finding) -> str:
    """Where something is put right."""
    reference = draft.opened.version.reference
    if one.field in {field.name for field in draft.opened.kind.fields}:
        return url_for(".fields", reference=reference, _anchor=f"f_{one.field}")
    return url_for(".files", reference=reference)


@bp.post("/concept/<reference>/klaarzetten")
@access(Permission.DOCUMENTS_WRITE)
def hand_over(reference: str) -> ResponseReturnValue:
    """'Klaar om te verzenden': colleagues who may send see that it waits for them; or take that back."""
    actor = current_actor()
    ready = request.form.get("klaar") != "nee"
    with handling() as done:
        drafts.hand_over(actor, reference, ready)
    if not done:
        raise done.error or NotFound
    told = gettext("Het concept staat klaar. Collega's die mogen verzenden, zien het bij de dossierstukken.")
    flash(told if ready else gettext("Het concept is terug in opmaak."), "success")
    document, _ = queries.place_of(actor, reference)
    return redirect(url_for("contracting_documents.show", reference=document), 303)


@bp.route("/concept/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.DOCUMENTS_WRITE)
def remove(reference: str) -> ResponseReturnValue:
    """Throw a draft away, after a question (T3)."""
    actor = current_actor()
    form = ConfirmationForm()
    opened = drafts.editable(actor, reference, lock=False)
    contract = contracts.header_of(actor, opened.contract)
    if form.validate_on_submit():
        with handling(form) as done:
            drafts.remove(actor, reference)
        if done:
            flash(gettext("Het concept is verwijderd."), "success")
            return redirect(url_for("contracting_documents.index", reference=contract.reference), 303)
    return render_template(
        "econtracting/documents/remove.html", contract=contract, opened=opened, form=form
    ), status_of(form)
