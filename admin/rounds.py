"""Rounds of calculations: start, follow, look at the dry run, release with four eyes, roll back; a new version too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.lists import Address, position, typed
from blueprints.access import access
from blueprints.handling import handling, status_of, translated
from domain.ecalcura.calculation_states import CALCULATION_LABELS, KIND_LABELS, ROUND_LABELS, CalculationKind
from domain.ecalcura.changed_lines import LINE_LABELS, VALUE_LABELS
from domain.ecalcura.differences import CAUSE_LABELS, CauseKind
from domain.ecalcura.rounds import AFTERWARDS, KIND_HELP, REMARK_LABELS, Remark
from domain.errors import NotFound
from domain.permissions import Permission
from forms.rounds import ALL, LISTED, AgainForm, ReleaseForm, RollBackForm, StartForm
from services.ecalcura import round_changes, round_queries, round_release, rounds
from services.ecalcura.round_queries import Shown
from services.ecalcura.rounds import ChangedSince, Plan

#: Tone and shape of the tag of a state.
_LOOKS = {
    "QUEUED": ("neutral", "clock"),
    "CALCULATING": ("info", "open"),
    "READY": ("warning", "audit"),
    "RELEASED": ("success", "check"),
    "ROLLED_BACK": ("neutral", "blocked"),
    "STOPPED": ("neutral", "blocked"),
}


class RoundPages(PageView):
    """Everything around a round; what is possible is for the services to say."""

    required_permission = Permission.CALCULATIONS_READ

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every round, newest first; ``periode`` in the address limits them."""
        periods = round_queries.periods(self.actor)
        asked = typed("periode")
        code = asked if asked in periods else ""
        page = round_queries.listing(self.actor, position(), code)
        here = self.get_url(".index")
        tabs = [{"label": gettext("Alle"), "href": here, "active": not code}]
        tabs += [
            {"label": one, "href": self.get_url(".index", periode=one), "active": one == code} for one in periods[:6]
        ]
        return self.render(
            "admin/rounds/list.html",
            page=page,
            tabs=tabs,
            address=Address(here, {"periode": code} if code else {}),
            may_run=self.actor.may(Permission.CALCULATIONS_RUN),
            **self._words(),
        )

    @expose("/nieuw", methods=("GET", "POST"))
    @access(Permission.CALCULATIONS_RUN)
    def create(self) -> ResponseReturnValue:
        """Choose what is calculated and for whom. Who is refused is listed first; the others can go on without them."""
        if request.method == "GET" and typed("hco") and typed("periode"):
            period, kind = typed("periode"), typed("soort")
            return redirect(self.get_url(".again", period=period, hco_number=typed("hco"), soort=kind))
        form = StartForm(data=self._proposal())
        form.period.choices = [(one, one) for one in round_queries.periods(self.actor)]
        form.kind.choices = _kinds(CalculationKind)
        plan: Plan | None = None
        if form.validate_on_submit():
            kind = CalculationKind(form.kind.data)
            with handling(form) as looked:
                plan = rounds.plan(self.actor, form.period.data, kind, form.numbers)
            confirmed = "confirmed" in request.form
            if looked and (confirmed or not (plan and plan.refused)):
                with handling(form) as done:
                    reference = rounds.start(
                        self.actor, form.period.data, kind, form.numbers, form.reason.data, only_ready=confirmed
                    ).reference
                if done:
                    flash(gettext("De ronde is gestart."), "success")
                    return redirect(self.get_url(".show", reference=reference))
                plan = None
        context = {"form": form, "plan": plan, "hints": _hints(), "say": translated, "listed": LISTED}
        return self.render("admin/rounds/start.html", **context), status_of(form)

    def _proposal(self) -> dict[str, Any]:
        """What the address proposes: ``periode``, ``soort``."""
        kind = typed("soort")
        period = typed("periode") or round_queries.proposed(round_queries.periods(self.actor))
        return {"period": period, "kind": kind if kind in set(CalculationKind) else None, "scope": ALL}

    @expose("/opnieuw/<period>/<hco_number>", methods=("GET", "POST"))
    @access(Permission.CALCULATIONS_RUN)
    def again(self, period: str, hco_number: str) -> ResponseReturnValue:
        """A recalculation or correction of one facility (E-151), with a reason."""
        name = round_queries.facility_name(self.actor, hco_number)
        wanted = typed("soort")
        form = AgainForm(data={"kind": wanted if wanted in AFTERWARDS else CalculationKind.RECALCULATION.value})
        form.kind.choices = _kinds(CalculationKind.RECALCULATION, CalculationKind.CORRECTION)
        if form.validate_on_submit():
            with handling(form) as done:
                kind = CalculationKind(form.kind.data)
                reference = rounds.start(self.actor, period, kind, [hco_number], form.reason.data).reference
            if done:
                flash(gettext("De berekening is gestart."), "success")
                return redirect(self.get_url(".show", reference=reference))
        context = {"form": form, "period": period, "hco_number": hco_number, "name": name, "hints": _hints()}
        return self.render("admin/rounds/again.html", **context), status_of(form)

    @expose("/rondes/<reference>")
    def show(self, reference: str) -> ResponseReturnValue:
        """Progress while it is computed; then the dry run: totals, swings with causes, what stands out."""
        found = round_queries.page(self.actor, reference)
        problems = round_queries.lines(self.actor, reference, Shown.PROBLEMS, "", position())
        zeros = round_queries.lines(self.actor, reference, Shown.ZERO, "", position())
        return self.render(
            "admin/rounds/show.html",
            found=found,
            problems=problems,
            zeros=zeros,
            causes=_causes,
            remark_labels=_remark_heads(),
            tab="show",
            **self._words(),
        )

    @expose("/rondes/<reference>/voorzieningen")
    def lines(self, reference: str) -> ResponseReturnValue:
        """What the round gives per facility, with the link to its explanation."""
        found = round_queries.page(self.actor, reference)
        wanted, search = typed("toon"), typed("zoek")
        shown = Shown(wanted) if wanted in set(Shown) else Shown.ALL
        page = round_queries.lines(self.actor, reference, shown, search, position())
        words = {name: value for name, value in (("toon", shown.value), ("zoek", search)) if value}
        here = self.get_url(".lines", reference=reference)
        return self.render(
            "admin/rounds/lines.html",
            found=found,
            page=page,
            search=search,
            search_label=gettext("HCO-nummer of naam"),
            shown=shown,
            choices=_shown_labels(),
            chips=[],
            result=None,
            address=Address(here, words),
            status_labels={status: gettext(label) for status, label in CALCULATION_LABELS.items()},
            tab="lines",
            **self._words(),
        )

    @expose("/rondes/<reference>/stoppen", methods=("POST",))
    @access(Permission.CALCULATIONS_RUN)
    def stop(self, reference: str) -> ResponseReturnValue:
        """Stop the computing."""
        return self._act(reference, rounds.stop, gettext("De ronde is gestopt."))

    @expose("/rondes/<reference>/verderzetten", methods=("POST",))
    @access(Permission.CALCULATIONS_RUN)
    def resume(self, reference: str) -> ResponseReturnValue:
        """Go on with a round whose work failed."""
        return self._act(reference, rounds.resume, gettext("De ronde gaat verder."))

    def _act(self, reference: str, service: Callable[[Any, str], None], told: str) -> ResponseReturnValue:
        with handling() as done:
            service(self.actor, reference)
        flash(told if done.error is None else translated(done.error), "success" if done else "warning")
        return redirect(self.get_url(".show", reference=reference))

    @expose("/rondes/<reference>/vrijgeven", methods=("GET", "POST"))
    @access(Permission.CALCULATIONS_RELEASE)
    def release(self, reference: str) -> ResponseReturnValue:
        """What releasing does, who may, and what changed since; then everything at once."""
        found = round_queries.page(self.actor, reference)
        form, changed = ReleaseForm(), ()
        if form.validate_on_submit():
            try:
                with handling(form) as done:
                    rounds.release(self.actor, reference)
                if done:
                    told = ngettext(
                        "%(num)s berekening is vrijgegeven. De brief wordt gemaakt.",
                        "%(num)s berekeningen zijn vrijgegeven. De brieven worden gemaakt.",
                        found.row.summary.calculated if found.row.summary else found.row.total,
                    )
                    flash(told, "success")
                    return redirect(self.get_url(".show", reference=reference))
            except ChangedSince as refused:
                changed = refused.facilities
                form.form_errors.append(translated(refused))
        elif found.ready:
            changed = tuple(round_release.changed(found.round))
        context = {"form": form, "found": found, "changed": changed, "say": translated}
        return self.render("admin/rounds/release.html", **context, **self._words()), status_of(form)

    @expose("/rondes/<reference>/opnieuw", methods=("POST",))
    @access(Permission.CALCULATIONS_RUN)
    def recalculate(self, reference: str) -> ResponseReturnValue:
        """Compute the facilities again whose data changed since."""
        numbers = request.form.getlist("hco")
        told = ngettext(
            "%(num)s voorziening wordt opnieuw berekend.",
            "%(num)s voorzieningen worden opnieuw berekend.",
            len(numbers),
        )
        return self._act(reference, lambda actor, one: rounds.recalculate(actor, one, numbers), told)

    @expose("/rondes/<reference>/terugdraaien", methods=("GET", "POST"))
    @access(Permission.CALCULATIONS_RUN)
    def roll_back(self, reference: str) -> ResponseReturnValue:
        """Undo a computed round, with a reason."""
        found = round_queries.page(self.actor, reference)
        form = RollBackForm()
        if form.validate_on_submit():
            with handling(form) as done:
                rounds.roll_back(self.actor, reference, form.reason.data)
            if done:
                flash(gettext("De ronde is teruggedraaid. Er is niets meegedeeld."), "success")
                return redirect(self.get_url(".show", reference=reference))
        context = {"form": form, "found": found}
        return self.render("admin/rounds/roll_back.html", **context, **self._words()), status_of(form)

    @expose("/wijzigingen/<reference>")
    def changes(self, reference: str) -> ResponseReturnValue:
        """What a calculation changed against the one it takes the place of, line by line."""
        found = round_changes.of(self.actor, reference)
        if found.before is None:
            raise NotFound
        return self.render(
            "admin/rounds/changes.html",
            found=found,
            line_labels={kind: gettext(label) for kind, label in LINE_LABELS.items()},
            value_labels={name: gettext(label) for name, label in VALUE_LABELS.items()},
            cause_labels={kind: gettext(label) for kind, label in CAUSE_LABELS.items()},
            **self._words(),
        )

    def _words(self) -> dict[str, Any]:
        """What every page of a round says in words."""
        return {
            "kind_labels": {kind: gettext(label) for kind, label in KIND_LABELS.items()},
            "state_labels": {state: gettext(label) for state, label in ROUND_LABELS.items()},
            "looks": _LOOKS,
            "remark": _remark,
            "problem": _problem,
        }


def _kinds(*kinds: Any) -> list[tuple[str, str]]:
    chosen = list(CalculationKind) if kinds == (CalculationKind,) else kinds
    return [(kind.value, gettext(KIND_LABELS[kind])) for kind in chosen]


def _hints() -> dict[str, str]:
    return {kind.value: gettext(text) for kind, text in KIND_HELP.items()}


def _shown_labels() -> list[tuple[str, str]]:
    return [
        (Shown.ALL.value, gettext("Alle")),
        (Shown.PROBLEMS.value, gettext("Niet berekend")),
        (Shown.ZERO.value, gettext("Bedrag nul")),
        (Shown.REMARKS.value, gettext("Met opmerking")),
    ]


def _remark(one: Remark) -> str:
    return gettext(REMARK_LABELS[one.rule]).format(quarter=one.quarter)


def _remark_heads() -> dict[str, str]:
    return {
        "A-37": gettext("In audit: de laatste kopie telt"),
        "E-129": gettext("Telt niet mee: niet geopend, of nog open"),
        "E-101": gettext("Geen volledig certificaat"),
    }


def _problem(message: str, params: Any) -> str:
    return gettext(message).format(**params)


def _causes(swing: Any) -> list[tuple[str, Any]]:
    return [(gettext(CAUSE_LABELS[CauseKind(kind)]), amount) for kind, amount in swing.causes]
