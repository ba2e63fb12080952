"""What a file or its name tells about a person of the contractor (5.4, A-21): found, told, and taken out on request.

A digital signature that was put on purpose is content: it is mentioned and stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from domain.econtracting.attachments import split_name
from domain.econtracting.given_names import GIVEN_NAMES
from domain.errors import N_
from domain.folding import fold


class Trace(StrEnum):
    """What was found, and where."""

    AUTHOR = "AUTEUR"
    LAST_EDITOR = "LAATST_BEWAARD_DOOR"
    MANAGER = "MANAGER"
    PROPERTY = "EIGENSCHAP"
    COMMENTS = "OPMERKINGEN"
    OWNER = "EIGENAAR_TOESTEL"
    PLACE = "PLAATS"
    SIGNED = "HANDTEKENING"
    UNSEEN = "NIET_NAGEKEKEN"
    FILE_NAME = "BESTANDSNAAM"
    NAME_PATTERN = "NAAM_IN_BESTANDSNAAM"


TRACE_LABELS: dict[Trace, str] = {
    Trace.AUTHOR: N_("Auteur in de eigenschappen van het bestand"),
    Trace.LAST_EDITOR: N_("Laatst bewaard door"),
    Trace.MANAGER: N_("Manager in de eigenschappen van het bestand"),
    Trace.PROPERTY: N_("Een naam in de eigenschappen van het bestand"),
    Trace.COMMENTS: N_("Wie opmerkingen of wijzigingen maakte"),
    Trace.OWNER: N_("Fotograaf of eigenaar van het toestel"),
    Trace.PLACE: N_("Plaats waar de foto genomen werd"),
    Trace.SIGNED: N_("Digitaal ondertekend: de naam van de ondertekenaar hoort bij de inhoud en blijft staan"),
    Trace.UNSEEN: N_("Dit soort bestand kunnen we niet nakijken op namen van personen"),
    Trace.FILE_NAME: N_("De bestandsnaam noemt iemand van uw organisatie"),
    Trace.NAME_PATTERN: N_("De bestandsnaam lijkt de naam van een persoon te bevatten"),
}

#: What can be taken out of the bytes; the others are about the name, or are only told.
IN_CONTENT = frozenset(
    {Trace.AUTHOR, Trace.LAST_EDITOR, Trace.MANAGER, Trace.PROPERTY, Trace.COMMENTS, Trace.OWNER, Trace.PLACE}
)
IN_NAME = frozenset({Trace.FILE_NAME, Trace.NAME_PATTERN})
_MAX_VALUE = 80
_MAX_TRACES = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One observation: the trace, the value that was found, and the file inside a ZIP it was found in."""

    trace: Trace
    value: str = ""
    inside: str = ""


def clipped(found: Iterable[Told]) -> tuple[Told, ...]:
    """Each observation once (a name in the properties not beside the author), values short, not too many to read."""
    short = (Told(one.trace, " ".join(one.value.split())[:_MAX_VALUE], one.inside[:_MAX_VALUE]) for one in found)
    once = dict.fromkeys(short)
    named = {(one.value, one.inside) for one in once if one.trace is not Trace.PROPERTY}
    return tuple(one for one in once if one.trace is not Trace.PROPERTY or (one.value, one.inside) not in named)[
        :_MAX_TRACES
    ]


def as_json(found: Iterable[Told]) -> str:
    """How observations are kept with the file."""
    return json.dumps([{"trace": one.trace.value, "value": one.value, "inside": one.inside} for one in found])


def from_json(text: str) -> tuple[Told, ...]:
    """What was kept."""
    return tuple(Told(Trace(one["trace"]), one["value"], one["inside"]) for one in json.loads(text))


@dataclass(frozen=True, slots=True)
class PersonName:
    """The name of somebody of the own organisation."""

    given: str
    family: str


_WORD = re.compile(r"[^\W\d_]+")
_LEAST = 4
"""A single name shorter than this says too little: Jan is also January."""


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)))


def in_file_name(name: str, people: Collection[PersonName], organisation: str = "") -> tuple[Told, ...]:
    """Persons a file name tells of: people of the own organisation, else a given name with a word behind it.

    A name that is also in the name of the organisation (Janssens Bouw BV) tells nothing.
    """
    words = _words(split_name(name)[0])
    company = set(_words(organisation))
    for person in people:
        given, family = _words(person.given), _words(person.family)
        whole = bool(given and family) and set(given) | set(family) <= set(words)
        single = [part for part in (given, family) if len("".join(part)) >= _LEAST and _follow(part, words)]
        if whole or any(not set(part) <= company for part in single):
            return (Told(Trace.FILE_NAME, f"{person.given} {person.family}".strip()),)
    for first, second in pairwise(words):
        for one, other in ((first, second), (second, first)):
            if one in GIVEN_NAMES and len(other) > 2 and other not in _NO_NAMES and not {one, other} <= company:
                return (Told(Trace.NAME_PATTERN, f"{first} {second}"),)
    return ()


_TRADE = """
factuur vordering vorderingsstaat schuldvordering plan plannen lot perceel werf nazicht verslag bijlage bestek meetstaat
staat offerte foto fotos tekening document versie deel sectie straat laan plein weg brug jan feb mrt mar apr mei jun jul
aug sep okt nov dec januari februari maart april juni juli augustus september oktober november december
"""
#: Words of the trade beside a word that is also a given name: "plan Roos", "jan_feb".
_NO_NAMES = frozenset(_TRADE.split())


def _follow(parts: list[str], words: list[str]) -> bool:
    """Whether the parts of a name stand behind each other."""
    return any(words[place : place + len(parts)] == parts for place in range(len(words) - len(parts) + 1))


def in_text(text: str, people: Collection[PersonName]) -> PersonName | None:
    """Somebody of the own organisation whose given and family name are both in a text."""
    words = set(_words(text))
    for person in people:
        name = {*_words(person.given), *_words(person.family)}
        if person.given and person.family and name <= words:
            return person
    return None
