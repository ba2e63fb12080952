"""Parameters per reference period: versions, one version in groups, editing a group, comparing, releasing (part 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.parameter_tables import entries_of, label_of, lines_between, lines_of, parts_of
from blueprints.handling import handling, posted_version, status_of, translated
from domain.ecalcura.calculation_states import PARAMETER_SET_LABELS
from domain.ecalcura.parameter_list import GROUP_LABELS, PARAMETERS, Group, values
from domain.errors import Conflict, Finding, Findings, NotFound, Severity
from domain.permissions import Permission
from forms.parameters import NewVersionForm, ReleaseForm, group_form, values_of
from services.ecalcura import parameter_editing, parameter_pages
from services.ecalcura.parameter_editing import SOURCE_LABELS, Source
from services.ecalcura.parameter_pages import PeriodSets, SetView

#: The groups in addresses.
WORDS: Mapping[str, Group] = {
    "kalender": Group.CALENDAR,
    "werktijd": Group.WORKING_TIME,
    "rechten": Group.RIGHTS,
    "premie": Group.PREMIUM,
    "vervanging": Group.REPLACEMENT,
    "attesten": Group.CERTIFICATES,
    "index": Group.INDEX,
    "voorschotten": Group.ADVANCES,
    "afronding": Group.ROUNDING,
    "teksten": Group.TEXTS,
}
_WORD_OF = {group: word for word, group in WORDS.items()}


class ParametersPages(PageView):
    """Everything about parameter sets; what is possible is for the services to say."""

    required_permission = Permission.PARAMETERS_MANAGE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every reference period with its versions."""
        periods = parameter_pages.overview(self.actor)
        return self.render("admin/parameters/list.html", periods=periods, labels=PARAMETER_SET_LABELS)

    @expose("/vergelijken")
    def compare(self) -> ResponseReturnValue:
        """Two versions side by side; differences only, unless asked otherwise."""
        periods = parameter_pages.overview(self.actor)
        rows = [row for period in periods for row in period.rows]
        first = next((period.rows[:2] for period in periods if len(period.rows) > 1), tuple(rows[:2]))
        left = request.args.get("links") or (first[-1].reference if rows else "")
        right = request.args.get("rechts") or (first[0].reference if rows else "")
        everything = request.args.get("alles") == "ja"
        views = [parameter_pages.view(self.actor, one) for one in (left, right)] if rows else []
        lines = lines_between(views[0], views[1], everything) if views else []
        return self.render(
            "admin/parameters/compare.html",
            rows=rows,
            labels=PARAMETER_SET_LABELS,
            views=views,
            lines=lines,
            everything=everything,
            count=sum(line["different"] for line in lines),
        )

    @expose("/nieuw/<period>", methods=("GET", "POST"))
    def new_version(self, period: str) -> ResponseReturnValue:
        """Choose what a new version starts from; a draft that is there is filled anew, which the page says first."""
        sets = parameter_pages.period_sets(self.actor, period)
        form = NewVersionForm()
        sources = self._sources(sets)
        form.source.choices = [(source.value, gettext(SOURCE_LABELS[source])) for source in sources]
        draft = sets.draft
        if form.validate_on_submit():
            with handling(form) as done:
                source = Source(form.source.data)
                if draft is None:
                    row = parameter_editing.create(self.actor, period, source, form.note.data)
                else:
                    version = posted_version(form.version.data)
                    row = parameter_editing.refill(self.actor, draft.reference, version, source)
            if done:
                flash(gettext("Het ontwerp staat klaar. Kijk elke groep na."), "success")
                return redirect(self.get_url(".show", reference=row.reference))
        elif request.method == "GET":
            form.source.data = sources[0].value
            form.version.data = str(draft.version) if draft else ""
        return self.render("admin/parameters/new.html", form=form, sets=sets), status_of(form)

    @expose("/<reference>")
    def show(self, reference: str) -> ResponseReturnValue:
        """One version, group by group, with what every value does and what it was last year."""
        view = parameter_pages.view(self.actor, reference)
        return self.render(
            "admin/parameters/show.html",
            view=view,
            sets=parameter_pages.period_sets(self.actor, view.row.period),
            groups=[(word, group, GROUP_LABELS[group], entries_of(view, group)) for word, group in WORDS.items()],
            labels=PARAMETER_SET_LABELS,
            problems=self._problems(view, view.missing),
            warnings=self._problems(view, [one for one in view.findings if one.severity is Severity.WARNING]),
        )

    @expose("/<reference>/<word>/bewerken", methods=("GET", "POST"))
    def edit(self, reference: str, word: str) -> ResponseReturnValue:
        """Change one group of a draft."""
        view = parameter_pages.view(self.actor, reference)
        group = WORDS.get(word)
        if group is None:
            raise NotFound
        if not view.row.is_draft:
            flash(gettext("Deze versie verandert niet meer. Maak een nieuwe versie."), "warning")
            return redirect(self.get_url(".show", reference=reference))
        parts = parts_of(view)
        held = values(view.content)
        form = group_form(group, parts, held)

        def typed() -> dict[str, Any]:
            return values_of(form, group, parts, held)

        elsewhere: list[tuple[str, str]] = []
        conflict: str | None = None
        if form.validate_on_submit():
            version = posted_version(form.version.data)
            try:
                with handling() as done:
                    parameter_editing.change(self.actor, reference, version, typed())
            except Conflict as refused:
                conflict = translated(refused)
            else:
                if done:
                    flash(gettext("%(group)s is bewaard.", group=gettext(GROUP_LABELS[group])), "success")
                    return redirect(self.get_url(".show", reference=reference) + f"#{word}")
                if isinstance(done.error, Findings):
                    elsewhere = self._put(form, view, done.error.findings)
                elif done.error is not None:
                    form.form_errors.append(translated(done.error))
        elif request.method == "POST":
            wrong = {field.name for field in form if field.errors}
            found = parameter_editing.preview(view.content, typed())
            elsewhere = self._put(form, view, [one for one in found if one.field not in wrong])
        if conflict is not None:
            view = parameter_pages.view(self.actor, reference)
        if conflict is not None or request.method == "GET":
            form.version.data = str(view.row.version)
        context = {
            "view": view,
            "form": form,
            "group": group,
            "group_label": GROUP_LABELS[group],
            "word": word,
            "entries": entries_of(view, group),
            "problems": [*self._form_problems(form, view), *elsewhere],
            "conflict": conflict,
            "now": entries_of(view, group) if conflict else [],
        }
        return self.render("admin/parameters/edit.html", **context), 409 if conflict else status_of(form)

    @expose("/<reference>/vrijgeven", methods=("GET", "POST"))
    def release(self, reference: str) -> ResponseReturnValue:
        """What a release changes and for whom; then the act, by a second person."""
        form = ReleaseForm()
        refused: list[Finding] = []
        if form.validate_on_submit():
            with handling() as done:
                parameter_editing.release(self.actor, reference, posted_version(form.version.data))
            if done:
                flash(gettext("De parameters zijn vrijgegeven en gelden vanaf nu."), "success")
                return redirect(self.get_url(".show", reference=reference))
            if isinstance(done.error, Findings):
                refused = list(done.error.findings)
            elif done.error is not None:
                form.form_errors.append(translated(done.error))
        release = parameter_pages.release_of(self.actor, reference)
        if not release.view.row.is_draft:
            return redirect(self.get_url(".show", reference=reference))
        form.version.data = str(release.view.row.version)
        return self.render(
            "admin/parameters/release.html",
            release=release,
            view=release.view,
            form=form,
            effects=[gettext(one.message).format(**one.params) for one in release.effects],
            obstacle=translated(release.obstacle) if release.obstacle else None,
            problems=self._problems(release.view, refused or release.view.missing),
            warnings=self._problems(
                release.view, [one for one in release.view.findings if one.severity is Severity.WARNING]
            ),
            lines=lines_of(release.view, release.differences),
        ), 422 if refused else status_of(form)

    def _sources(self, sets: PeriodSets) -> list[Source]:
        found = [Source.DEFAULTS]
        if sets.year_before_in_force:
            found.insert(0, Source.LAST_YEAR)
        if sets.in_force is not None:
            found.insert(0, Source.IN_FORCE)
        return found

    def _problems(self, view: SetView, findings: Any) -> list[tuple[str, str | None]]:
        """Findings as lines with a link to where each is changed."""
        found: list[tuple[str, str | None]] = []
        for finding in findings:
            name = (finding.field or "").partition(".")[0]
            group = next((one.group for one in PARAMETERS if one.name == name), None)
            href = None
            if group is not None and view.row.is_draft:
                href = self.get_url(".edit", reference=view.row.reference, word=_WORD_OF[group]) + f"#{finding.field}"
            label = label_of(view, finding.field)
            found.append((f"{label}: {translated(finding)}" if label else translated(finding), href))
        return found

    def _put(self, form: Any, view: SetView, findings: Any) -> list[tuple[str, str | None]]:
        """Findings at their fields; those about another group are given back, with a link to it."""
        elsewhere = []
        for finding in findings:
            if finding.field in form:
                form[finding.field].errors = [*form[finding.field].errors, translated(finding)]
            else:
                elsewhere.append(finding)
        lines = self._problems(view, elsewhere)
        form.form_errors += [message for message, _ in lines]
        return lines

    def _form_problems(self, form: Any, view: SetView) -> list[tuple[str, str | None]]:
        """The errors at the fields of the form, each with the name of its field."""
        found: list[tuple[str, str | None]] = []
        for field in form:
            for error in field.errors:
                label = label_of(view, field.name.removesuffix(".age"))
                target = f"#{field.id}-0" if field.type == "Checkboxes" else f"#{field.id}"
                found.append((f"{label}: {error}" if label else str(error), target))
        return found
