"""The steps of an explanation: what a reader sees of one value, and what it unfolds to (E-002)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.dutch import long_date
from domain.ecalcura.formulas import Formula


class Unit(StrEnum):
    """What a value counts."""

    EURO = "EURO"
    FTE = "VTE"
    HOURS = "UREN"
    MONTHS = "MAANDEN"
    SHARE = "AANDEEL"
    """A part of 1, shown as a percentage."""
    TIME = "ARBEIDSTIJD"
    """A part of 1, shown with its decimals."""


class Mark(StrEnum):
    """Why a reader should look twice."""

    NOTHING = "NUL"
    """The outcome is zero."""
    LEFT_OUT = "TELT_NIET_MEE"
    LIMITED = "BEGRENSD"
    FLOOR = "ONDERGRENS"
    ATTENTION = "AANDACHT"


@dataclass(frozen=True, slots=True)
class Text:
    """A Dutch template and what fills it: words, numbers as printed, days, or other texts."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(
            **{name: long_date(value) if isinstance(value, date) else value for name, value in self.params.items()}
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One value with how it came about.

    ``key`` is its address in the tree (unique, stable for the same calculation). ``sentence`` says it in one sentence;
    ``rule`` is the number in the manual. ``adds_up``: the values of the children (those with a value in the same unit)
    add up to this one. ``person``: about whom it is.
    """

    key: str
    title: Text
    sentence: Text
    rule: str = ""
    value: Decimal | None = None
    unit: Unit | None = None
    formula: Formula | None = None
    mark: Mark | None = None
    person: str | None = None
    adds_up: bool = False
    children: tuple[Step, ...] = ()

    def walk(self) -> Iterator[Step]:
        """This step and everything under it, from top to bottom."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, key: str) -> Step | None:
        """The step with this address."""
        return next((step for step in self.walk() if step.key == key), None)

    @property
    def tells_of_people(self) -> bool:
        """Whether it, or anything under it, is about somebody."""
        return any(step.person is not None for step in self.walk())

    def only(self, people: frozenset[str]) -> Step | None:
        """The same tree with, of the steps about somebody, only those about these people; None when none is left.

        What is about nobody stays beside what is kept: a limit that holds for everybody explains their lines too.
        """
        if self.person is not None:
            return self if self.person in people else None
        kept: list[Step] = []
        found = False
        for child in self.children:
            if not child.tells_of_people:
                kept.append(child)
                continue
            part = child.only(people)
            if part is not None:
                found = True
                kept.append(part)
        return replace(self, children=tuple(kept), adds_up=False) if found else None


@dataclass(frozen=True, slots=True)
class Names:
    """How references and codes are called: people by reference, the rest by code."""

    people: Mapping[str, str] = field(default_factory=dict)
    qualifications: Mapping[str, str] = field(default_factory=dict)
    contract_types: Mapping[str, str] = field(default_factory=dict)

    def person(self, reference: str) -> str:
        """The name of somebody, or the reference when there is none."""
        return self.people.get(reference, reference)

    def qualification(self, code: str) -> str:
        """What a qualification is called."""
        return self.qualifications.get(code) or _words(code)

    def contract_type(self, code: str) -> str:
        """What a contract type is called."""
        return self.contract_types.get(code) or _words(code)


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def address(*parts: object) -> str:
    """The key of a step: ``premies.k1.2023K4``."""
    return ".".join(str(part).replace(" ", "_") for part in parts)


def in_order_of_name(names: Names, people: Iterable[str]) -> list[str]:
    """People in the order somebody would look them up."""
    return sorted(dict.fromkeys(people), key=lambda one: (names.person(one).casefold(), one))
