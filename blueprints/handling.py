"""The edge of a use case: commit when it went well, undo and show it when the domain says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm

from domain.errors import Conflict, DomainError, Finding, Findings, Forbidden, NotFound, Severity
from services import transaction

#: Refusals that are a page of their own, never a message in a form.
_PAGES = (Forbidden, NotFound, Conflict, transaction.OutcomeUnknown)

#: What is shown as an error; warnings and information have a place of their own.
_STOPS = (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)


class Outcome:
    """Truthy when the use case was committed; otherwise ``error`` says why not."""

    def __init__(self) -> None:
        self.done = False
        self.error: DomainError | None = None

    def __bool__(self) -> bool:
        return self.done


def translated(problem: DomainError | Finding) -> str:
    """The message of a problem in the language of the person."""
    return gettext(problem.message).format(**problem.params)


@contextmanager
def handling(form: FlaskForm | None = None) -> Iterator[Outcome]:
    """Run a use case: commit, or roll back and put the refusal on the form (at its field where it names one).

    Forbidden, NotFound, Conflict and a commit that was not answered pass through to their pages.
    """
    outcome = Outcome()
    try:
        yield outcome
        transaction.commit()
        outcome.done = True
    except _PAGES:
        transaction.rollback()
        raise
    except DomainError as error:
        transaction.rollback()
        outcome.error = error
        if form is not None:
            put_on_form(form, error)


def put_on_form(form: FlaskForm, error: DomainError) -> None:
    """Show a refusal at the field it is about, or above the form when there is no such field."""
    problems: list[DomainError | Finding] = [error]
    if isinstance(error, Findings):
        problems = [finding for finding in error.findings if finding.severity in _STOPS]
    for problem in problems:
        message = translated(problem)
        target: Any = form[problem.field] if problem.field and problem.field in form else None
        if target is None:
            form.form_errors.append(message)
        else:
            target.errors = [*target.errors, message]


def status_of(form: FlaskForm) -> int:
    """The status of a page that shows a form: 422 when something in it is wrong."""
    return 422 if form.errors or form.form_errors else 200


def posted_version(value: str | int | None) -> int:
    """The version a form was made on; 0, which never matches, when it is missing or malformed."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
