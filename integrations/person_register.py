"""The person register (rijksregister): from a national number to a name.

``PersonRegister`` is all the application asks of it. ``register_of`` makes the one that the installation names; the
embedded one is synthetic and knows no real person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from domain.errors import InvalidValue
from domain.identifiers import parse_national_number


class Answer(StrEnum):
    """What the register answered. PROTECTED exists there, but may not be given out; callers show it as UNKNOWN."""

    FOUND = "FOUND"
    UNKNOWN = "UNKNOWN"
    PROTECTED = "PROTECTED"


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """What the register tells of a person. ``birth_date`` is None when it is not completely known (V-06).

    The values stay out of ``repr`` so that no log shows them by accident.
    """

    national_number: str = field(repr=False)
    last_name: str = field(repr=False)
    first_name: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: str | None = field(repr=False)


class RegisterDown(Exception):
    """The register cannot be reached or did not answer in time; nothing is known about the number."""


class PersonRegister(Protocol):
    """A register that can be asked for one person."""

    def find(self, national_number: str) -> tuple[Answer, RegisteredPerson | None]:
        """The person with these eleven digits (check digits already right); a person only with ``Answer.FOUND``.

        Raises RegisterDown. Writes nothing and keeps nothing.
        """
        ...


_LAST_NAMES = (
    "Aerts", "Baert", "Beckers", "Bogaert", "Bosmans", "Ceulemans", "Claes", "Claeys", "Cools", "Coppens", "Cuypers",
    "De Backer", "De Clercq", "De Cock", "De Groote", "De Meyer", "De Pauw", "De Ridder", "De Smet", "De Vos",
    "De Wilde", "Declercq", "Deprez", "Desmet", "Devos", "Dewulf", "El Amrani", "Engelen", "Evens", "François",
    "Geerts", "Goossens", "Hendrickx", "Hermans", "Heylen", "Jacobs", "Janssens", "Lambrechts", "Lemmens", "Lenaerts",
    "Maes", "Martens", "Mertens", "Michiels", "Moens", "Nijs", "Pauwels", "Peeters", "Raes", "Segers", "Smets",
    "Stevens", "Thys", "Timmermans", "Van Acker", "Van Damme", "Van den Bossche", "Van de Velde", "Van Dyck",
    "Van Hecke", "Vandenberghe", "Verbeke", "Verhaegen", "Verhoeven", "Vermeulen", "Verstraete", "Wauters", "Willems",
    "Wouters", "Yıldız",
)  # fmt: skip
_WOMEN = (
    "Amina", "An", "Anke", "Annelies", "Astrid", "Barbara", "Beatrijs", "Carine", "Chantal", "Christel", "Conny",
    "Daphne", "Els", "Eva", "Fatima", "Femke", "Greet", "Griet", "Hilde", "Ilse", "Inge", "Ingrid", "Joke", "Julie",
    "Karin", "Katrien", "Kristien", "Leen", "Lieve", "Lotte", "Lutgart", "Marleen", "Martine", "Mieke", "Nadia",
    "Nathalie", "Nele", "Patricia", "Rita", "Sabine", "Sofie", "Stéphanie", "Tine", "Veerle", "Zoë",
)  # fmt: skip
_MEN = (
    "Ahmed", "Alain", "Bart", "Benoît", "Bram", "Christophe", "Danny", "Dirk", "Erik", "Filip", "Frank", "Geert",
    "Gunther", "Hans", "Ivo", "Jan", "Jeroen", "Johan", "Karim", "Koen", "Kris", "Kurt", "Luc", "Maarten", "Marc",
    "Mehmet", "Nico", "Olivier", "Patrick", "Paul", "Peter", "Pieter", "Raf", "Rudi", "Stefaan", "Steven", "Sven",
    "Thierry", "Tom", "Wim", "Wouter", "Yves",
)  # fmt: skip

_UNKNOWN_SERIALS = frozenset({"996"})
_PROTECTED_SERIALS = frozenset({"995"})
_INCOMPLETE_SERIALS = frozenset({"994"})


class EmbeddedRegister:
    """A synthetic register: every right number has one fictional person, always the same one.

    Serial 996 is unknown, 995 is protected, 994 has an incomplete birth date; all others are found. Sex and birth date
    follow from the number.
    """

    def find(self, national_number: str) -> tuple[Answer, RegisteredPerson | None]:
        """See PersonRegister."""
        try:
            number = parse_national_number(national_number)
        except InvalidValue:
            return Answer.UNKNOWN, None
        serial = number.digits[6:9]
        if serial in _UNKNOWN_SERIALS:
            return Answer.UNKNOWN, None
        if serial in _PROTECTED_SERIALS:
            return Answer.PROTECTED, None
        draw = hashlib.sha256(number.digits.encode()).digest()
        sex = number.sex.value if number.sex is not None else None
        first_names: Sequence[str] = {"M": _MEN, "F": _WOMEN}.get(sex or "", (*_WOMEN, *_MEN))
        person = RegisteredPerson(
            national_number=number.digits,
            last_name=_LAST_NAMES[int.from_bytes(draw[:4], "big") % len(_LAST_NAMES)],
            first_name=first_names[int.from_bytes(draw[4:8], "big") % len(first_names)],
            birth_date=None if serial in _INCOMPLETE_SERIALS else number.birth_date,
            sex=sex,
        )
        return Answer.FOUND, person


def embedded_register() -> PersonRegister:
    """The synthetic register of development, tests and demonstrations."""
    return EmbeddedRegister()


def register_of(setting: str | None) -> PersonRegister:
    """The register that an installation names: nothing or ``embedded``, or ``module:factory`` of its own client.

    The factory takes no arguments and gives a PersonRegister. Raises ImportError or AttributeError at start when there
    is no such factory.
    """
    if not setting or setting == "embedded":
        return embedded_register()
    module, _, factory = setting.partition(":")
    return cast(PersonRegister, getattr(import_module(module), factory)())
