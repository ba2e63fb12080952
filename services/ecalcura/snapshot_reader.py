"""The facts a calculation needs, read from the immutable copies of the quarters of one facility (format 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.compensation import Person, QuarterBasis
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from services.ecalcura import snapshots
from services.ecalcura.derivations import PersonName


class SnapshotReader:
    """Makes facts of the copies of one facility; what several quarters say alike becomes one object."""

    def __init__(self) -> None:
        self.names: dict[str, PersonName] = {}
        self._contracts: dict[tuple[Any, ...], ContractFacts] = {}
        self._choices: dict[tuple[Any, ...], ChoiceFacts] = {}
        self._people: dict[tuple[Any, ...], Person] = {}
        self._staff_text = ""
        self._staff: tuple[Person, ...] = ()

    def basis(self, quarter: Quarter, status: QuarterStatus, text: str) -> QuarterBasis | None:
        """The staff and the performances of one copy; None when it has a form this program does not know.

        Nothing of it counts when the quarter takes no part. A stub of a quarter that nobody ever opened says nothing at
        all, and takes no part either (A-09, A-37).
        """
        parts = _parts(text)
        staff_text, rest = parts if parts is not None else (text, json.loads(text))
        if rest.get("format") != snapshots.FORMAT:
            return None
        if staff_text != self._staff_text:
            self._staff = self._people_of(json.loads(staff_text))
            self._staff_text = staff_text
        if not (self._staff or rest["performances"] or rest["nothing_to_declare"]):
            status = QuarterStatus.NEVER_OPENED
        if not status.takes_part:
            return QuarterBasis(quarter, status)
        performances = {
            raw["contract"]: _entry(raw["paid_days"], raw["unpaid_days"], raw["paid_hours"])
            for raw in rest["performances"]
        }
        return QuarterBasis(quarter, status, self._staff, performances)

    def _people_of(self, content: Mapping[str, Any]) -> tuple[Person, ...]:
        contracts: dict[str, list[ContractFacts]] = {}
        for raw in content["contracts"]:
            contracts.setdefault(raw["staff"], []).append(self._contract(raw))
        choices: dict[str, list[ChoiceFacts]] = {}
        for raw in content["choices"]:
            choices.setdefault(raw["staff"], []).append(self._choice(raw))
        people = []
        for raw in content["staff"]:
            reference = raw["reference"]
            own, chosen = contracts.get(reference, ()), choices.get(reference, ())
            key = (reference, *map(id, own), None, *map(id, chosen))
            person = self._people.get(key)
            if person is None:
                person = self._people[key] = Person(reference, tuple(own), tuple(chosen))
                self.names[reference] = PersonName(raw["last_name"], raw["first_name"])
            people.append(person)
        return tuple(people)

    def _contract(self, raw: Mapping[str, Any]) -> ContractFacts:
        key = tuple(raw.values())
        known = self._contracts.get(key)
        if known is None:
            known = self._contracts[key] = ContractFacts(
                raw["reference"],
                date.fromisoformat(raw["starts_on"]),
                _day(raw["ends_on"]),
                raw["contract_type"],
                raw["qualification"],
                Decimal(raw["hours"]),
                Decimal(raw["replacement_hours"]),
                raw["el_right"],
            )
        return known

    def _choice(self, raw: Mapping[str, Any]) -> ChoiceFacts:
        key = tuple(raw.values())
        known = self._choices.get(key)
        if known is None:
            known = self._choices[key] = ChoiceFacts(
                raw["reference"],
                date.fromisoformat(raw["decided_on"]),
                date.fromisoformat(raw["begins_on"]),
                _day(raw["ends_on"]),
                raw["age_category"],
                raw["premium_hours"],
                raw["exemption_hours"],
                raw["premium_exception"],
            )
        return known


#: What follows what in a canonical copy of format 1: its keys are sorted.
_CHOICES, _FACILITY, _PERFORMANCES, _QUARTER, _STAFF = (
    '"choices":[',
    ',"facility":{',
    ',"performances":[',
    '],"quarter":"',
    ',"staff":[',
)


def _parts(text: str) -> tuple[str, Any] | None:
    """A copy as the text of its staff part and all the rest read; None when it is not laid out as expected.

    The staff part is by far the longest, and mostly the same in all quarters: it is read once when the text is the
    same. A name cannot look like a key: a quotation mark inside a text has a backslash before it.
    """
    choices, facility = text.find(_CHOICES), text.find(_FACILITY)
    performances, staff = text.find(_PERFORMANCES), text.rfind(_STAFF)
    quarter = text.find(_QUARTER, performances)
    if not 0 < choices < facility < performances < quarter < staff:
        return None
    rest = json.loads("{" + text[facility + 1 : staff] + "}")
    return "{" + text[choices:facility] + text[staff:], rest


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@lru_cache(maxsize=16384)
def _entry(paid_days: str | None, unpaid_days: str | None, paid_hours: str | None) -> PerformanceEntry:
    """The same amounts come back on many lines."""
    return PerformanceEntry(*[None if one is None else Decimal(one) for one in (paid_days, unpaid_days, paid_hours)])
