"""Making documents of the authority: fields, files, the check, handing over, releasing or sending back (T1 to T5)."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.contracting.views import DeskView
from blueprints.access import access
from blueprints.errors import wants_json
from blueprints.handling import handling, posted_version, status_of, translated
from domain.calendars import BRUSSELS
from domain.econtracting import reviews as rules
from domain.econtracting.claims import CLAIM_LABELS
from domain.econtracting.document_states import VersionState
from domain.errors import Finding, Findings, NotFound, Severity
from domain.permissions import Permission
from forms.contracting_desk import ActForm, ReleaseForm, SendBackForm
from forms.document_kinds import KindForm, data_of, form_for, put_findings, typed
from services.econtracting import attachments, claims, terms
from services.econtracting.contracts import queries as contracts
from services.econtracting.desk import checking, release, reviews
from services.econtracting.documents import drafts, queries
from services.econtracting.documents.drafts import Draft

_STOPS = (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)


class DraftPages(DeskView):
    """A draft of the authority, from the first field to its release."""

    required_permission = Permission.AUTHORITY_DESK
    in_menu = False

    @expose("/<reference>", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_DRAFT)
    def edit(self, reference: str) -> ResponseReturnValue:
        """The fields, with the claim beside them when it is a review; what is typed is kept as it is."""
        actor = self.actor
        if request.method == "GET":
            draft = drafts.draft(actor, reference)
            return self._fields(draft, form_for(draft.opened.kind)(data=data_of(draft.typed)))
        opened = drafts.editable(actor, reference, lock=False)
        form = form_for(opened.kind)()
        with handling() as done:
            reviews.keep(actor, reference, typed(form), posted_version(request.form.get("version")))
        if not done:
            raise done.error or NotFound
        draft = drafts.draft(actor, reference)
        if wants_json():
            stops = sum(one.severity in _STOPS for one in draft.findings)
            saved = f"{draft.kept_at.astimezone(BRUSSELS):%H:%M}"
            return jsonify({"saved": saved, "version": draft.version, "open": stops})
        if request.form.get("stap") != "verder":
            flash(gettext("Bewaard. U of een collega kunt later verder werken."), "success")
            return redirect(self.get_url(".edit", reference=reference))
        wrong = [one for one in draft.findings if one.severity in _STOPS and f"f_{one.field}" in form]
        if wrong:
            put_findings(form, wrong)
            return self._fields(draft, form)
        return self._onward(draft)

    def _onward(self, draft: Draft) -> ResponseReturnValue:
        """After a review that accepts comes the request for the invoice; after anything else the check."""
        opened = draft.opened
        if opened.kind.code == claims.REVIEW and rules.accepted_of(opened.values) is not None:
            claim = claims.claim_of(opened.document)
            made = None
            if claim is not None:
                with handling() as done:
                    made = reviews.begin_request(self.actor, claim.reference)
                if done and made is not None:
                    return redirect(self.get_url(".edit", reference=made.reference))
        return redirect(self.get_url(".check", reference=opened.version.reference))

    def _fields(self, draft: Draft, form: KindForm) -> ResponseReturnValue:
        actor, opened = self.actor, draft.opened
        claim = claims.claim_of(opened.document)
        review = reviews.draft_of(claim, claims.REVIEW) if claim is not None else None
        page = self.render(
            "admin/contracting/drafts/edit.html",
            contract=contracts.header_of(actor, opened.contract),
            draft=draft,
            form=form,
            kind=opened.kind,
            steps=_steps(draft, review.reference if review else None, "fields"),
            claim=queries.document(actor, claim.reference) if claim is not None else None,
            claim_labels=CLAIM_LABELS,
            terms=terms.for_document(actor, claim) if claim is not None else (),
            others=reviews.other_claims(actor, claim) if claim is not None else (),
            is_review=opened.kind.code == claims.REVIEW,
            is_request=opened.kind.code == claims.REQUEST,
            stale=reviews.is_stale(opened),
            attached=attachments.of_version(opened.version.id),
            slots=_slots(draft),
            notes=checking.notes_of([opened.version.id]),
            warnings=[translated(one) for one in draft.findings if one.severity not in _STOPS],
        )
        return page, status_of(form)

    @expose("/<reference>/bijlagen")
    @access(Permission.AUTHORITY_DRAFT)
    def files(self, reference: str) -> ResponseReturnValue:
        """The files of a draft, on a page of their own: adding one changes the draft under the fields."""
        draft = drafts.draft(self.actor, reference)
        opened = draft.opened
        return self.render(
            "admin/contracting/drafts/files.html",
            contract=contracts.header_of(self.actor, opened.contract),
            draft=draft,
            attached=attachments.of_version(opened.version.id),
            slots=_slots(draft),
        )

    @expose("/<reference>/nakijken")
    def check(self, reference: str) -> ResponseReturnValue:
        """Everything that goes, whether it is complete, and the one act that comes next."""
        return self._check(reference, ReleaseForm())

    def _check(self, reference: str, form: ReleaseForm, *, attempted: bool = False) -> ResponseReturnValue:
        actor = self.actor
        page = checking.check_page(actor, reference)
        form.seen.data = " ".join(f"{one.reference}:{one.version}" for one in page.drafts)
        claim = page.claim
        context = {
            "contract": contracts.header_of(actor, page.drafts[0].opened.contract),
            "page": page,
            "form": form,
            "act": ActForm(),
            "steps": _steps_of_check(page),
            "claim": queries.document(actor, claim.reference) if claim is not None else None,
            "terms": terms.for_document(actor, claim) if claim is not None else (),
            "blocking": [(translated(one), self._place(page, one)) for one in page.blocking],
            "warnings": [(translated(one), self._place(page, one)) for one in page.warnings],
            "refusal": translated(page.refusal) if page.refusal is not None else None,
        }
        return self.render("admin/contracting/drafts/check.html", **context), 409 if attempted else 200

    def _place(self, page: checking.CheckPage, one: Finding) -> str | None:
        """Where something is put right, for who may do so."""
        if not page.may_draft:
            return None
        for draft in page.drafts:
            if one in draft.findings:
                return self.get_url(".edit", reference=draft.reference, _anchor=f"f_{one.field}" if one.field else None)
        return self.get_url(".edit", reference=page.drafts[-1].reference)

    @expose("/<reference>/klaar", methods=("POST",))
    @access(Permission.AUTHORITY_DRAFT)
    def hand_over(self, reference: str) -> ResponseReturnValue:
        """Hand drafts that go together over to who may release, or take that back."""
        ready = request.form.get("klaar") == "1"
        with handling() as done:
            for one in checking.together(self.actor, reference, lock=True):
                drafts.hand_over(self.actor, one.version.reference, ready)
        told = gettext("Klaargezet om vrij te geven.") if ready else gettext("Teruggenomen: u kunt verder werken.")
        flash(told if done else translated(done.error), "success" if done else "error")  # type: ignore[arg-type]
        return redirect(self.get_url(".check", reference=reference))

    @expose("/<reference>/vrijgeven", methods=("POST",))
    @access(Permission.AUTHORITY_RELEASE)
    def release(self, reference: str) -> ResponseReturnValue:
        """Release exactly what was on the page (T5); it is consultable at once when it can be (T6)."""
        form = ReleaseForm()
        chosen = form.chosen
        if not form.validate_on_submit() or reference not in {one for one, _ in chosen}:
            raise NotFound
        released = None
        with handling() as done:
            released = release.release_together(self.actor, chosen)
        if done and released:
            waits = any(one.state is VersionState.RELEASED for one in released)
            told = (
                gettext("Vrijgegeven. Het is raadpleegbaar zodra aan alle voorwaarden voldaan is; zie de lijst.")
                if waits
                else gettext("Vrijgegeven en raadpleegbaar voor de opdrachtnemer.")
            )
            flash(told, "success")
            place, _number = queries.place_of(self.actor, released[0].reference)
            return redirect(url_for("file_documents.show", reference=place))
        if not isinstance(done.error, Findings):
            flash(translated(done.error), "error")  # type: ignore[arg-type]
        return self._check(reference, form, attempted=True)

    @expose("/<reference>/terugsturen", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_RELEASE)
    def send_back(self, reference: str) -> ResponseReturnValue:
        """Refuse to release, with a note for who makes the draft."""
        page = checking.check_page(self.actor, reference)
        draft = next(one for one in page.drafts if one.reference == reference)
        form = SendBackForm(data={"version": str(draft.version)})
        if form.validate_on_submit():
            with handling(form) as done:
                release.send_back(self.actor, reference, posted_version(form.version.data), form.note.data or "")
            if done:
                flash(gettext("Teruggestuurd met uw opmerking."), "success")
                return redirect(url_for("desk.index", lijst="vrijgeven"))
        contract = contracts.header_of(self.actor, draft.opened.contract)
        context = {"page": page, "draft": draft, "form": form, "contract": contract}
        return self.render("admin/contracting/drafts/send_back.html", **context), status_of(form)

    @expose("/<reference>/weggooien", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_DRAFT)
    def discard(self, reference: str) -> ResponseReturnValue:
        """Ask, then throw a draft away (T3)."""
        draft = drafts.draft(self.actor, reference)
        opened = draft.opened
        form = ActForm()
        if form.validate_on_submit():
            claim = claims.claim_of(opened.document)
            review = reviews.draft_of(claim, claims.REVIEW) if claim is not None else None
            other = review.reference if review is not None and review.reference != reference else None
            contract = opened.contract.reference
            with handling(form) as done:
                drafts.remove(self.actor, reference)
            if done:
                flash(gettext("Het concept is weggegooid."), "success")
                if other is not None:
                    return redirect(self.get_url(".check", reference=other))
                return redirect(url_for("contract_documents.index", reference=contract))
        contract_view = contracts.header_of(self.actor, opened.contract)
        page = self.render("admin/contracting/drafts/discard.html", draft=draft, form=form, contract=contract_view)
        return page, status_of(form)


def _slots(draft: Draft) -> list[tuple[str, str, bool]]:
    """The files the kind asks for: name, label, and whether this contract cannot do without."""
    opened = draft.opened
    return [(one.name, one.label, one.obliged(opened.contract.type)) for one in opened.kind.attachments]


def _steps(draft: Draft, review: str | None, here: str) -> list[dict[str, Any]]:
    """The steps of a draft; a review and its request share one row of steps."""
    code, reference = draft.opened.kind.code, draft.opened.version.reference
    check = {"label": gettext("Nakijken en vrijgeven"), "state": "todo"}
    if code == claims.REVIEW:
        return [
            {"label": gettext("Nazicht"), "state": "current"},
            {"label": gettext("Factuuraanvraag"), "state": "todo"},
            check,
        ]
    if code == claims.REQUEST:
        first = {"label": gettext("Nazicht"), "state": "done"}
        if review is not None:
            first["href"] = url_for("document_drafts.edit", reference=review)
        return [first, {"label": gettext("Factuuraanvraag"), "state": "current"}, check]
    fields = {"label": gettext("Gegevens en bijlagen"), "state": "current" if here == "fields" else "done"}
    return [fields | {"href": url_for("document_drafts.edit", reference=reference)}, check]


def _steps_of_check(page: checking.CheckPage) -> list[dict[str, Any]]:
    found = [
        {
            "label": gettext(draft.kind_name) if draft.kind_code != claims.REVIEW else gettext("Nazicht"),
            "state": "error" if any(one.severity in _STOPS for one in draft.findings) else "done",
            "href": url_for("document_drafts.edit", reference=draft.reference) if page.may_draft else None,
        }
        for draft in page.drafts
    ]
    return [*found, {"label": gettext("Nakijken en vrijgeven"), "state": "current"}]
