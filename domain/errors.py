"""What can be wrong, in words for the person who reads it.

A message is a Dutch template; its placeholders are filled from ``params``. The edge translates the template
(it is a gettext key) and formats it; ``str()`` gives the Dutch text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from typing import Any


def N_(text: str) -> str:
    """Mark a text for translation where no request, and so no language, exists."""
    return text


class Severity(StrEnum):
    """What a finding stops: saving, submitting, or nothing."""

    BLOCKS = "B"
    BLOCKS_SUBMIT = "I"
    WARNING = "W"
    INFORMATION = "i"


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation of a rule: its number, how heavy it weighs and the message for the person.

    ``field`` names the input it belongs to; ``subject`` identifies the row (a public reference) when a page shows many.
    """

    code: str
    severity: Severity
    message: str
    field: str | None = None
    subject: str | None = None
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params)


class DomainError(Exception):
    """A refusal that a person can act on. Everything else that is raised is a bug."""

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**self.params)


class InvalidValue(DomainError):
    """One field holds something that cannot be."""


class Findings(DomainError):
    """Several fields or rows are wrong; all are told at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(N_("Kijk de gemarkeerde velden na."))


class NotAllowedNow(DomainError):
    """The state of the dossier or the calendar does not allow this act now."""


class Conflict(DomainError):
    """Somebody else changed the same thing in between. ``theirs`` and ``yours`` map a field label to its value."""

    def __init__(
        self,
        message: str,
        *,
        theirs: Mapping[str, Any] | None = None,
        yours: Mapping[str, Any] | None = None,
        code: str | None = None,
        **params: Any,
    ) -> None:
        super().__init__(message, code=code, **params)
        self.theirs = dict(theirs or {})
        self.yours = dict(yours or {})


class Forbidden(DomainError):
    """The actor lacks a right. ``permission`` names it, so that the page can say who grants it."""

    def __init__(self, permission: str) -> None:
        super().__init__(N_("U hebt geen toegang tot deze functie."))
        self.permission = permission


class NotFound(DomainError):
    """Does not exist, or is not the actor's: the two must look the same."""

    def __init__(self) -> None:
        super().__init__(N_("Deze pagina of dit dossier bestaat niet."))


class TooMany(DomainError):
    """A quota is used up; the message says when to try again."""


class Unavailable(DomainError):
    """A part outside the application does not answer; nothing was lost or changed."""
