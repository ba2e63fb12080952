"""What saving a contract and saving a choice have in common: warnings that are accepted, conflicts that are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flask import flash, request
from flask_wtf import FlaskForm

from blueprints.handling import Outcome, handling, status_of, translated
from domain.errors import N_, Conflict, Finding, Findings, InvalidValue, Severity
from forms.fields import read_date
from services.ecalcura.staff_changes import Saved

#: The extra button that also ends the lines of the other tab.
END_BOTH = "end_both"


@dataclass
class Attempt:
    """One try to save a line, and what the page shows of it."""

    saved: Saved | None = None
    warnings: list[Finding] = field(default_factory=list)
    conflict: Conflict | None = None
    blocked: bool = False

    @property
    def acknowledged(self) -> list[str]:
        """The rule numbers that the form carries on: what was accepted before, and what is shown now."""
        shown = [warning.code for warning in self.warnings]
        return list(dict.fromkeys([*accepted(), *shown]))

    @property
    def can_insist(self) -> bool:
        """Whether only warnings stand in the way: the button then reads 'Toch bewaren'."""
        return bool(self.warnings) and not self.blocked

    def says(self, code: str) -> bool:
        """Whether a warning of this rule is shown."""
        return any(warning.code == code for warning in self.warnings)

    def status(self, form: FlaskForm) -> int:
        """The status of the page."""
        if self.conflict is not None:
            return 409
        return 422 if self.warnings else status_of(form)


def accepted() -> list[str]:
    """The rule numbers of the warnings that the person saw and accepts by sending the form again."""
    return [code[:8] for code in request.form.getlist("acknowledged")][:20]


def attempt(form: FlaskForm, act: Callable[[], Saved]) -> Attempt:
    """Run a use case that saves a line. What it says ends up in the form or in the attempt."""
    tried = Attempt()
    outcome: Outcome | None = None
    try:
        with handling(form) as outcome:
            tried.saved = act()
    except Conflict as conflict:
        tried.conflict = conflict
        return tried
    if not outcome:
        tried.saved = None
        if isinstance(outcome.error, Findings):
            found = outcome.error.findings
            tried.warnings = [item for item in found if item.severity is Severity.WARNING]
            tried.blocked = any(item.severity is Severity.BLOCKS for item in found)
        return tried
    if tried.saved is not None:
        for note in tried.saved.notes:
            if note.severity is Severity.INFORMATION:
                flash(translated(note), "info")
    return tried


def gather_at_end(form: FlaskForm) -> None:
    """Show every error at the end date: the only field of the page when a closed quarter leaves nothing else."""
    for other in form:
        if other.name != "ends_on" and other.errors:
            form["ends_on"].errors = [*form["ends_on"].errors, *other.errors]
            other.errors = []


def posted_day(value: str) -> date:
    """The day that a one-click form carries; InvalidValue when somebody changed it into something else."""
    try:
        return read_date(value)
    except ValueError:
        raise InvalidValue(N_("Vul een geldige datum in."), field="ends_on") from None


def tell(outcome: Outcome) -> None:
    """Show why a one-click act was refused."""
    error = outcome.error
    if isinstance(error, Findings):
        for finding in error.findings:
            if finding.severity is Severity.BLOCKS:
                flash(translated(finding), "error")
    elif error is not None:
        flash(translated(error), "error")
