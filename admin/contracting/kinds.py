"""Kinds of documents: the list, one kind with its versions, the editor, trying the form, releasing (A-07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, posted_version, status_of, translated
from domain.econtracting.actions import ACTION_LABELS
from domain.econtracting.contracts import CONTRACT_TYPE_LABELS
from domain.econtracting.kind_checks import BUILT_IN
from domain.econtracting.kind_differences import DIRECTION_LABELS, Change
from domain.econtracting.kinds import FIELD_TYPE_LABELS, Kind, read_values
from domain.econtracting.terms import TERM_LABELS
from domain.errors import Conflict, Findings, NotFound
from domain.permissions import Permission
from forms.document_kinds import form_for, put_findings, typed
from forms.kind_editor import KindEditorForm, data_of, moved
from forms.kind_editor import put_findings as put_at_inputs
from forms.parameters import ReleaseForm
from services.econtracting import kind_editing, kinds
from services.econtracting.kind_editing import KindVersion


class KindPages(PageView):
    """Everything about kinds; who may change them is for the service to say, the others of an authority look."""

    required_permission = Permission.AUTHORITY_KINDS

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every kind by theme."""
        words = self._words()
        groups = [
            (name, [line for line in words["lines"] if line.kind.theme == code])
            for code, name in words["theme_names"].items()
        ]
        return self.render("admin/contracting/kinds/list.html", groups=groups, **words)

    @expose("/nieuw", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """A new kind, as a draft."""
        return self._editor(None)

    @expose("/<code>")
    def show(self, code: str) -> ResponseReturnValue:
        """One kind: its draft with what that changes, the version in use, and every version before."""
        return self._show(code, ReleaseForm())

    @expose("/<code>/bewerken", methods=("GET", "POST"))
    def edit(self, code: str) -> ResponseReturnValue:
        """Change the draft of a kind, or start one from the version in use."""
        return self._editor(kind_editing.start_of(self.actor, code))

    @expose("/<code>/versie/<int:number>", methods=("GET", "POST"))
    def attempt(self, code: str, number: int) -> ResponseReturnValue:
        """The form as who fills it in sees it; what is typed is judged and kept nowhere."""
        version = self._version(code, number)
        form = form_for(version.kind)()
        right = False
        if form.is_submitted():
            _, found = read_values(version.kind, typed(form))
            put_findings(form, found)
            right = not found
        context = {"view": version, "form": form, "right": right, **self._words()}
        return self.render("admin/contracting/kinds/attempt.html", **context), status_of(form)

    @expose("/<code>/vrijgeven", methods=("POST",))
    def release(self, code: str) -> ResponseReturnValue:
        """Release the draft that was shown."""
        form = ReleaseForm()
        if form.validate_on_submit():
            with handling() as done:
                kind_editing.release(self.actor, code, posted_version(form.version.data))
            if done:
                flash(
                    gettext("De nieuwe versie is vrijgegeven. Nieuwe stukken worden er vanaf nu mee gemaakt."),
                    "success",
                )
                return redirect(self.get_url(".show", code=code))
            found = done.error.findings if isinstance(done.error, Findings) else [done.error]
            form.form_errors += [translated(one) for one in found if one is not None]
        return self._show(code, form)

    @expose("/<code>/weggooien", methods=("POST",))
    def discard(self, code: str) -> ResponseReturnValue:
        """Throw the draft away."""
        form = ReleaseForm()
        if form.validate_on_submit():
            with handling() as done:
                kind_editing.discard(self.actor, code, posted_version(form.version.data))
            if done:
                flash(gettext("Het ontwerp is weggegooid."), "success")
        return redirect(self.get_url(".index"))

    def _show(self, code: str, form: ReleaseForm) -> ResponseReturnValue:
        versions = kind_editing.versions_of(self.actor, code)
        draft = versions[0] if versions[0].draft else None
        if draft is not None:
            form.version.data = str(draft.version)
        return self.render(
            "admin/contracting/kinds/show.html",
            versions=versions,
            shown=next((one for one in versions if one.in_use), versions[0]),
            draft=draft,
            built_in=code in BUILT_IN,
            form=form,
            sentence=_sentence,
            **self._words(),
        ), status_of(form)

    def _version(self, code: str, number: int) -> KindVersion:
        for one in kind_editing.versions_of(self.actor, code):
            if one.number == number:
                return one
        raise NotFound

    def _editor(self, held: KindVersion | None) -> ResponseReturnValue:
        act = request.form.get("act", "")
        conflict: str | None = None
        if request.method == "GET":
            form = KindEditorForm(data=data_of(held.kind, held.version) if held else {"fields": [{}]})
        else:
            form = KindEditorForm()
            changed = moved(form.data, act)
            if changed is not None:
                form = KindEditorForm(formdata=None, data=changed)
        words = self._words()
        form.offer(words["theme_names"], words["kind_names"])
        if held is not None:
            del form.code
        if request.method == "POST" and moved({"fields": [], "attachments": []}, act) is None and form.validate():
            definition = form.definition(held.code if held else None)
            try:
                with handling() as done:
                    if held is None:
                        row = kind_editing.make(self.actor, definition)
                    else:
                        row = kind_editing.save(self.actor, definition, posted_version(form.version.data))
            except Conflict as refused:
                conflict = translated(refused)
                held = kind_editing.start_of(self.actor, definition.code)
                form.version.data = str(held.version)
            else:
                if done:
                    flash(gettext("Het ontwerp is bewaard."), "success")
                    where = ".attempt" if act == "try" else ".show"
                    number = {"number": row.number} if act == "try" else {}
                    return redirect(self.get_url(where, code=row.code, **number))
                if isinstance(done.error, Findings):
                    put_at_inputs(form, done.error.findings)
                elif done.error is not None:
                    target: Any = form[done.error.field] if done.error.field and done.error.field in form else None
                    if target is None:
                        form.form_errors.append(translated(done.error))
                    else:
                        target.errors = [*target.errors, translated(done.error)]
        context = {
            "form": form,
            "held": held,
            "conflict": conflict,
            "needed": frozenset(BUILT_IN[held.code].fields) if held and held.code in BUILT_IN else frozenset(),
            **words,
        }
        return self.render("admin/contracting/kinds/edit.html", **context), 409 if conflict else status_of(form)

    def _words(self) -> dict[str, Any]:
        lines = kind_editing.overview(self.actor)
        return {
            "lines": lines,
            "may_change": kind_editing.may_change(self.actor),
            "direction_labels": DIRECTION_LABELS,
            "type_labels": FIELD_TYPE_LABELS,
            "contract_labels": CONTRACT_TYPE_LABELS,
            "described": _described,
            "theme_names": {theme.code: theme.name for theme in kinds.themes()},
            "kind_names": {line.code: line.kind.name for line in lines},
        }


def _described(kind: Kind, theme_names: dict[str, str], kind_names: dict[str, str]) -> list[dict[str, str]]:
    """What a kind is and does, as rows of a summary."""

    def told(items: Iterable[Any], labels: Mapping[Any, str]) -> str:
        return ", ".join(gettext(labels[one]) for one in items)

    return [
        {"key": gettext("Thema"), "value": theme_names.get(kind.theme, kind.theme)},
        {"key": gettext("Richting"), "value": told(sorted(kind.directions), DIRECTION_LABELS)},
        {
            "key": gettext("Kan een antwoord zijn op"),
            "value": ", ".join(kind_names.get(code, code) for code in kind.answers),
        },
        {"key": gettext("Opent de taak"), "value": told(kind.opens, ACTION_LABELS)},
        {"key": gettext("Rondt de taak af"), "value": told(kind.closes, ACTION_LABELS)},
        {"key": gettext("Start de termijn"), "value": told(kind.starts, TERM_LABELS)},
    ]


def _sentence(change: Change) -> str:
    """A difference in the language of the person."""
    params = {name: gettext(value) if name in change.words else value for name, value in change.params.items()}
    return gettext(change.message).format(**params)
