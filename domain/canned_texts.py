"""Canned texts of the department (standaardteksten): a text with placeholders, filled when it is put in a message.

Decisions where the manual is silent:

* There is no placeholder for the case manager: the facility reads the desk, never the official.
* What is not known where a text is used stays as ``{kwartaal}`` in the draft, and a message with such a placeholder in
  it is not sent: a person fills it in or takes it out.
* What fills a placeholder is data and is never read as a text again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import N_, Finding, Severity
from domain.messaging import MAX_BODY, MAX_SUBJECT

MAX_TITLE = 120

#: A placeholder, or a brace that belongs to none.
_BRACES = re.compile(r"\{([^{}\n]*)\}|[{}]")

NO_TITLE = N_("Vul een titel in, zodat uw collega's de tekst terugvinden.")
LONG_TITLE = N_("Hou de titel korter dan {max} tekens.")
LONG_SUBJECT = N_("Hou het onderwerp korter dan {max} tekens.")
ONE_LINE = N_("Zet dit op één regel.")
NO_BODY = N_("Schrijf de tekst van het bericht.")
LONG_BODY = N_("Hou de tekst korter dan {max} tekens.")
UNKNOWN = N_("{name} bestaat niet. Gebruik enkel deze gegevens: {known}.")
NO_PERSON = N_("{name} kan niet: de voorziening leest uw bureau, nooit een persoon. Gebruik {desk}.")
LOOSE = N_("Een accolade hoort bij een gegeven, bijvoorbeeld {example}. Haal de losse accolade weg.")
UNFILLED = N_("Vul {names} zelf in of haal het weg: dit gegeven is in dit gesprek niet bekend.")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder with what it becomes and an example for the preview."""

    name: str
    meaning: str
    example: str

    @property
    def written(self) -> str:
        """As it is typed: ``{kwartaal}``."""
        return "{" + self.name + "}"


PLACEHOLDERS: tuple[Placeholder, ...] = (
    Placeholder("voorziening", N_("de naam van de voorziening"), "PVT De Linde"),
    Placeholder("hco_nummer", N_("het HCO-nummer van de voorziening"), "71000012"),
    Placeholder("sector", N_("de sector van de voorziening"), "Psychiatrisch verzorgingstehuis"),
    Placeholder("kwartaal", N_("het kwartaal waarover het gesprek gaat"), "1ste kwartaal 2026"),
    Placeholder("referentieperiode", N_("de referentieperiode van dat kwartaal"), "2025-2026"),
    Placeholder("laatste_dag", N_("de laatste dag waarop de voorziening dat kwartaal kan indienen"), "15 oktober 2026"),
    Placeholder("bureau", N_("de naam van uw bureau"), "Bureau PVT"),
    Placeholder("mailbox", N_("het e-mailadres van de dienst"), "ecalcura@example.be"),
)
_KNOWN = {placeholder.name: placeholder for placeholder in PLACEHOLDERS}

#: What somebody would expect to exist, and does not: no person is named.
_PERSONS = frozenset({"dossierbeheerder", "naam", "medewerker", "behandelaar"})


@dataclass(frozen=True, slots=True)
class CannedContent:
    """A text: a title to find it by, the subject of a thread that begins with it (may be empty), and the body."""

    title: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text in which every known placeholder is filled; ``missing`` are those that stayed, as they are written."""

    text: str
    missing: tuple[str, ...] = ()


def check(content: CannedContent) -> list[Finding]:
    """What is wrong with a text as it was typed: lengths, and placeholders that do not exist."""
    found = []
    for name, value, most, too_long in (
        ("title", content.title, MAX_TITLE, LONG_TITLE),
        ("subject", content.subject, MAX_SUBJECT, LONG_SUBJECT),
    ):
        if len(value.strip()) > most:
            found.append(_wrong(name, too_long, max=most))
        if len(value.strip().splitlines()) > 1:
            found.append(_wrong(name, ONE_LINE))
    if not content.title.strip():
        found.append(_wrong("title", NO_TITLE))
    if not content.body.strip():
        found.append(_wrong("body", NO_BODY))
    elif len(content.body) > MAX_BODY:
        found.append(_wrong("body", LONG_BODY, max=MAX_BODY))
    return found + _braces("subject", content.subject) + _braces("body", content.body)


def fill(text: str, values: Mapping[str, str | None]) -> Filled:
    """A text with its placeholders filled; one without a value stays as it is written."""
    missing: dict[str, None] = {}

    def one(match: re.Match[str]) -> str:
        name = match[1]
        value = values.get(name) if name in _KNOWN else None
        if value:
            return value
        if name in _KNOWN:
            missing[match[0]] = None
        return match[0]

    return Filled(_BRACES.sub(one, text), tuple(missing))


def check_filled(text: str) -> list[Finding]:
    """That no placeholder is left in a message that is sent; other braces are anybody's."""
    left = dict.fromkeys(match[0] for match in _BRACES.finditer(text) if match[1] in _KNOWN)
    return [_wrong("body", UNFILLED, names=", ".join(left))] if left else []


def examples() -> dict[str, str]:
    """What fills the placeholders of a preview without a facility."""
    return {placeholder.name: placeholder.example for placeholder in PLACEHOLDERS}


def _braces(field: str, text: str) -> list[Finding]:
    found: dict[str, Finding] = {}
    known = ", ".join(placeholder.written for placeholder in PLACEHOLDERS)
    for match in _BRACES.finditer(text):
        name = match[1]
        if name in _KNOWN:
            continue
        if name is None:
            found.setdefault("", _wrong(field, LOOSE, example=PLACEHOLDERS[0].written))
        elif name.strip().lower() in _PERSONS:
            found.setdefault(name, _wrong(field, NO_PERSON, name=match[0], desk="{bureau}"))
        else:
            found.setdefault(name, _wrong(field, UNKNOWN, name=match[0], known=known))
    return list(found.values())


def _wrong(field: str, message: str, **params: object) -> Finding:
    return Finding("A-38", Severity.BLOCKS, message, field, params=params)
