"""The case of a calculation in its document: each contract, choice and person stands there once, in its place."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from domain.calendars import Quarter
from domain.ecalcura.certificates import CertificateFacts, CertificateStart, CertificateType
from domain.ecalcura.compensation import Case, Person, QuarterBasis
from domain.ecalcura.compensation_parameters import CompensationParameters, FullTimeMethod, LimitLevel, MonthMethod
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts

Thing = TypeVar("Thing", bound=Hashable)

_CONTRACT = ("reference", "start", "end", "type", "qualification", "hours", "replacement_hours", "el_right")
_CHOICE = ("reference", "decided", "begin", "end", "category", "premium_hours", "exemption_hours", "exception")
#: What was entered, each column as one text with spaces; ``contract`` is its place, "-" is an empty field.
_PERFORMANCE = ("contract", "paid_days", "unpaid_days", "paid_hours")
_EMPTY = "-"


class _Pool(Generic[Thing]):
    """Things that are equal stand once. Looking by identity first spares comparing what four quarters share."""

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self._by_identity: dict[int, int] = {}
        self._by_value: dict[Thing, int] = {}

    def place(self, thing: Thing) -> int:
        """Where it stands, put there when it is new."""
        known = self._by_identity.get(id(thing))
        if known is None:
            known = self._by_identity[id(thing)] = self.equal_place(thing)
        return known

    def equal_place(self, thing: Thing) -> int:
        """The same for something made on the spot, whose identity says nothing."""
        known = self._by_value.setdefault(thing, len(self.things))
        if known == len(self.things):
            self.things.append(thing)
        return known


def written(case: Case) -> tuple[dict[str, Any], dict[Quarter, dict[str, int]]]:
    """The case for the document, and per quarter where each contract stands in it, by reference."""
    contracts: _Pool[ContractFacts] = _Pool()
    choices: _Pool[ChoiceFacts] = _Pool()
    people: _Pool[tuple[str, tuple[int, ...], tuple[int, ...]]] = _Pool()
    places: dict[Quarter, dict[str, int]] = {}
    quarters = []
    known: tuple[Any, str, dict[str, int]] = (None, "", {})
    for basis in case.quarters:
        if basis.people is not known[0]:  # most facilities have the same staff all year
            held: dict[str, int] = {}
            rows = []
            for person in basis.people:
                own = tuple([contracts.place(one) for one in person.contracts])
                for one, place in zip(person.contracts, own, strict=True):
                    held[one.reference] = place
                chosen = tuple([choices.place(one) for one in person.choices])
                rows.append(people.equal_place((person.reference, own, chosen)))
            known = basis.people, " ".join(map(str, rows)), held
        places[basis.quarter] = known[2]
        quarters.append(
            {
                "quarter": str(basis.quarter),
                "status": basis.status.value,
                "people": known[1],
                **_performances(basis.performances, known[2]),
            }
        )
    document = {
        "reference_period": case.reference_period,
        "sector": case.sector,
        "parameters": _parameters(case.parameters),
        "certificates": [certificate_row(one) for one in case.certificates],
        "contracts": {
            "columns": _CONTRACT,
            "rows": [
                (
                    one.reference,
                    _day(one.starts_on),
                    _day(one.ends_on),
                    one.contract_type,
                    one.qualification,
                    str(one.hours),
                    str(one.replacement_hours),
                    one.el_right,
                )
                for one in contracts.things
            ],
        },
        "choices": {
            "columns": _CHOICE,
            "rows": [
                (
                    one.reference,
                    _day(one.decided_on),
                    _day(one.begins_on),
                    _day(one.ends_on),
                    one.age_category,
                    one.premium_hours,
                    one.exemption_hours,
                    one.premium_exception,
                )
                for one in choices.things
            ],
        },
        "people": people.things,
        "quarters": quarters,
    }
    return document, places


def _performances(entries: Mapping[str, PerformanceEntry], places: Mapping[str, int]) -> dict[str, Any]:
    """What was entered, by the place of the contract; ``loose`` are rows of contracts that no longer stand there."""
    known = [(places[reference], entry) for reference, entry in entries.items() if reference in places]
    columns: tuple[list[Any], ...] = (
        [place for place, _ in known],
        [_EMPTY if entry.paid_days is None else entry.paid_days for _, entry in known],
        [_EMPTY if entry.unpaid_days is None else entry.unpaid_days for _, entry in known],
        [_EMPTY if entry.paid_hours is None else entry.paid_hours for _, entry in known],
    )
    found: dict[str, Any] = {
        name: " ".join(map(str, column)) for name, column in zip(_PERFORMANCE, columns, strict=True)
    }
    if len(known) < len(entries):
        found["loose"] = [
            (reference, _text(entry.paid_days), _text(entry.unpaid_days), _text(entry.paid_hours))
            for reference, entry in entries.items()
            if reference not in places
        ]
    return found


def _read_performances(raw: Mapping[str, Any], held: Sequence[ContractFacts]) -> dict[str, PerformanceEntry]:
    columns = zip(*[raw[name].split() for name in _PERFORMANCE], strict=True)
    found = {
        held[int(place)].reference: PerformanceEntry(
            *[None if value == _EMPTY else Decimal(value) for value in (days, unpaid, hours)]
        )
        for place, days, unpaid, hours in columns
    }
    for reference, days, unpaid, hours in raw.get("loose", ()):
        found[reference] = PerformanceEntry(_number(days), _number(unpaid), _number(hours))
    return found


def certificate_row(one: CertificateFacts) -> tuple[str | None, ...]:
    """A certificate as the document holds it, with the day it was notified (E-103)."""
    return one.type.value, _day(one.start), _day(one.end), _day(one.notified_on), one.key


def contracts(raw: Mapping[str, Any]) -> list[ContractFacts]:
    """The contracts of the document, in their places."""
    return [
        ContractFacts(
            reference,
            date.fromisoformat(start),
            _read_day(end),
            contract_type,
            qualification,
            Decimal(hours),
            Decimal(replacement_hours),
            el_right,
        )
        for reference, start, end, contract_type, qualification, hours, replacement_hours, el_right in raw["contracts"][
            "rows"
        ]
    ]


def read(raw: Mapping[str, Any]) -> Case:
    """The case back."""
    held, choices = contracts(raw), [_read_choice(row) for row in raw["choices"]["rows"]]
    people = [
        Person(reference, tuple(held[place] for place in own), tuple(choices[place] for place in chosen))
        for reference, own, chosen in raw["people"]
    ]
    return Case(
        raw["reference_period"],
        raw["sector"],
        _read_parameters(raw["parameters"]),
        tuple(
            CertificateFacts(CertificateType(kind), _read_day(start), _read_day(end), _read_day(notified), key)
            for kind, start, end, notified, key in raw["certificates"]
        ),
        tuple(
            QuarterBasis(
                Quarter.parse(one["quarter"]),
                QuarterStatus(one["status"]),
                tuple(people[int(place)] for place in one["people"].split()),
                _read_performances(one, held),
            )
            for one in raw["quarters"]
        ),
    )


def _read_choice(row: list[Any]) -> ChoiceFacts:
    reference, decided, begins, ends, *rest = row
    return ChoiceFacts(reference, date.fromisoformat(decided), date.fromisoformat(begins), _read_day(ends), *rest)


def _parameters(held: CompensationParameters) -> dict[str, Any]:
    return {
        "y1": {code: str(amount) for code, amount in held.y1.items()},
        "y2": {code: str(amount) for code, amount in held.y2.items()},
        "nurse_qualifications": sorted(held.nurse_qualifications),
        "full_time_hours": str(held.full_time_hours),
        "hours_per_day": str(held.hours_per_day),
        "full_time_method": held.full_time_method.value,
        "cap": str(held.cap),
        "month_method": held.month_method.value,
        "limit_level": held.limit_level.value,
        "floor_sectors": sorted(held.floor_sectors),
        "floor_hours": str(held.floor_hours),
        "floor_without_beneficiary": held.floor_without_beneficiary,
        "excluded_replacers": {code: day.isoformat() for code, day in held.excluded_replacers.items()},
        "required_certificates": [one.value for one in held.required_certificates],
        "certificate_start": held.certificate_start.value,
        "fte_digits": held.fte_digits,
        "euro_digits": held.euro_digits,
    }


def _read_parameters(raw: Mapping[str, Any]) -> CompensationParameters:
    return CompensationParameters(
        y1={code: Decimal(amount) for code, amount in raw["y1"].items()},
        y2={code: Decimal(amount) for code, amount in raw["y2"].items()},
        nurse_qualifications=frozenset(raw["nurse_qualifications"]),
        full_time_hours=Decimal(raw["full_time_hours"]),
        hours_per_day=Decimal(raw["hours_per_day"]),
        full_time_method=FullTimeMethod(raw["full_time_method"]),
        cap=Decimal(raw["cap"]),
        month_method=MonthMethod(raw["month_method"]),
        limit_level=LimitLevel(raw["limit_level"]),
        floor_sectors=frozenset(raw["floor_sectors"]),
        floor_hours=Decimal(raw["floor_hours"]),
        floor_without_beneficiary=raw["floor_without_beneficiary"],
        excluded_replacers={code: date.fromisoformat(day) for code, day in raw["excluded_replacers"].items()},
        required_certificates=tuple(CertificateType(one) for one in raw["required_certificates"]),
        certificate_start=CertificateStart(raw["certificate_start"]),
        fte_digits=raw["fte_digits"],
        euro_digits=raw["euro_digits"],
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _read_day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
