"""A compensation case as JSON, and its outcome: for checking a calculation outside the database (``simulate``).

A case is read strictly: an unknown name, code or value is refused, because a typing error would otherwise silently
become somebody's amount (L-04). What is read is computed as it stands; the checks of the screens do not apply (L-02).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from domain.calendars import Quarter, local_date, quarters_of
from domain.ecalcura.certificates import CertificateFacts, CertificateStart, CertificateType
from domain.ecalcura.compensation import Case, Person, QuarterBasis
from domain.ecalcura.compensation_parameters import CompensationParameters, FullTimeMethod, LimitLevel, MonthMethod
from domain.ecalcura.compensation_result import Compensation, QuarterStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.errors import N_, DomainError, InvalidValue

WRONG = N_("{place}: {value} is hier geen geldige waarde.")
MISSING = N_("{place}: hier ontbreekt {name}.")
UNKNOWN = N_("{place}: {name} is niet gekend.")
TWICE = N_("{place}: {value} komt twee keer voor.")

SECTORS = frozenset({"IBW", "PVT", "REVALIDATIE", "MBE", "CVK3"})
QUALIFICATIONS = frozenset(
    {
        "VERPLEEGKUNDIGE_BACHELOR",
        "VERPLEEGKUNDIGE_GEGRADUEERDE",
        "ZORGKUNDIGE",
        "MAATSCHAPPELIJK_ASSISTENT",
        "KINESITHERAPEUT",
        "ERGOTHERAPEUT",
        "LOGOPEDIST",
        "DIETIST",
        "PSYCHOLOOG",
        "ORTHOPEDAGOOG",
        "PEDAGOOG",
        "OPVOEDER",
        "ANDERE_A1",
        "ANDERE_A2",
        "ANDERE_A3",
    }
)
CONTRACT_TYPES = frozenset({"LOONTREKKENDE", "STATUTAIR", "INTERIM", "ZELFSTANDIGE", "SOCIALE_MARIBEL", "STUDENT"})

_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")

Value = TypeVar("Value")
Kind = TypeVar("Kind", bound=StrEnum)


class _Part:
    """One object of the case: its fields are taken one by one, and none may be left over."""

    def __init__(self, place: str, raw: Any) -> None:
        if not isinstance(raw, Mapping):
            raise InvalidValue(WRONG, place=place, value=_shown(raw))
        self.place, self._left = place, dict(raw)

    def take(self, name: str, read: Callable[[str, Any], Value]) -> Value:
        """A field that must be there."""
        if name not in self._left:
            raise InvalidValue(MISSING, place=self.place, name=name)
        return read(f"{self.place}.{name}", self._left.pop(name))

    def get(self, name: str, read: Callable[[str, Any], Value], default: Value) -> Value:
        """A field that may be left out; ``null`` counts as left out."""
        value = self._left.pop(name, None)
        return default if value is None else read(f"{self.place}.{name}", value)

    def each(self, name: str, read: Callable[[str, Any], Value]) -> tuple[Value, ...]:
        """A list that may be left out."""
        none: tuple[Value, ...] = ()
        return self.get(name, _each(read), none)

    def done(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._left:
            raise InvalidValue(UNKNOWN, place=self.place, name=name)


def read_case(raw: Any) -> Case:
    """The case of the JSON object; raises InvalidValue naming the place that is wrong."""
    part = _Part("case", raw)
    period = part.take("reference_period", _text)
    known = quarters_of(period)
    sector = part.take("sector", _one_of(SECTORS))
    parameters = part.get("parameters", _parameters, CompensationParameters())
    certificates = part.each("certificates", _certificate)
    statuses = part.take("quarters", _mapping(_enum(QuarterStatus)))
    people = part.each("staff", _person)
    rows = part.each("performances", _performance)
    part.done()
    _distinct("case.staff", (one.reference for person in people for one in person.contracts))
    _distinct("case.staff", (one.reference for person in people for one in person.choices))
    contracts = {one.reference for person in people for one in person.contracts}
    performances: dict[Quarter, dict[str, PerformanceEntry]] = {quarter: {} for quarter in known}
    for place, quarter, contract, entry in rows:
        if quarter not in performances or contract not in contracts:
            raise InvalidValue(WRONG, place=place, value=f"{quarter} {contract}")
        if contract in performances[quarter]:
            raise InvalidValue(TWICE, place=place, value=f"{quarter} {contract}")
        performances[quarter][contract] = entry
    bases = []
    for name, status in statuses.items():
        quarter = _quarter("case.quarters", name)
        if quarter not in performances:
            raise InvalidValue(WRONG, place="case.quarters", value=name)
        bases.append(QuarterBasis(quarter, status, people, performances[quarter]))
    return Case(period, sector, parameters, certificates, tuple(bases))


def printed(outcome: Compensation) -> dict[str, Any]:
    """The outcome in the form of the interface: strings with the digits they were rounded to."""
    return {
        "total": str(outcome.total),
        "premium_total": str(outcome.premium_total),
        "replacement_total": str(outcome.replacement_total),
        "premiums": [
            {
                "choice": line.choice,
                "quarter": str(line.quarter),
                "effective_time": str(line.effective_time),
                "months": str(line.months),
                "amount": str(line.amount),
            }
            for line in outcome.premiums
        ],
        "rights": [
            {
                "quarter": str(right.quarter),
                "hours": str(right.hours),
                "floor_applied": right.floor_applied,
                "certificate_share": str(right.certificate_share),
                "fte": str(right.fte),
            }
            for right in outcome.rights
        ],
        "right_fte": str(outcome.right_fte),
        "replacement_fte": str(outcome.replacement_fte),
        "limit_factor": "1"
        if outcome.limit_factor == 1
        else str(outcome.limit_factor)
        if outcome.limit_factor
        else "0",
        "replacements": [
            {
                "contract": line.contract,
                "quarters": {str(quarter): str(fte) for quarter, fte in line.quarters.items()},
                "average_fte": str(line.average_fte),
                "amount": str(line.amount),
            }
            for line in outcome.replacements
        ],
        "notes": [str(note) for note in outcome.notes],
    }


def _parameters(place: str, raw: Any) -> CompensationParameters:
    part, default = _Part(place, raw), CompensationParameters()
    amounts = _mapping(_amount, keys=QUALIFICATIONS)
    found = CompensationParameters(
        y1=part.get("y1", amounts, default.y1),
        y2=part.get("y2", amounts, default.y2),
        nurse_qualifications=frozenset(
            part.get("nurse_qualifications", _each(_one_of(QUALIFICATIONS)), tuple(default.nurse_qualifications))
        ),
        full_time_hours=part.get("full_time_hours", _positive, default.full_time_hours),
        hours_per_day=part.get("hours_per_day", _positive, default.hours_per_day),
        full_time_method=part.get("full_time_method", _enum(FullTimeMethod), default.full_time_method),
        month_method=part.get("month_method", _enum(MonthMethod), default.month_method),
        limit_level=part.get("limit_level", _enum(LimitLevel), default.limit_level),
        floor_sectors=frozenset(part.get("floor_sectors", _each(_one_of(SECTORS)), tuple(default.floor_sectors))),
        floor_hours=part.get("floor_hours", _amount, default.floor_hours),
        floor_without_beneficiary=part.get("floor_without_beneficiary", _flag, default.floor_without_beneficiary),
        excluded_replacers=part.get(
            "excluded_replacers", _mapping(_day, keys=CONTRACT_TYPES), default.excluded_replacers
        ),
        certificate_start=part.get("certificate_start", _enum(CertificateStart), default.certificate_start),
    )
    part.done()
    return found


def _certificate(place: str, raw: Any) -> CertificateFacts:
    part = _Part(place, raw)
    found = CertificateFacts(
        type=part.take("type", _enum(CertificateType)),
        start=part.take("start", _day),
        end=part.get("end", _day, None),
        notified_on=part.get("notified_on", _day_of_moment, None),
    )
    part.done()
    return found


def _person(place: str, raw: Any) -> Person:
    part = _Part(place, raw)
    found = Person(part.take("insz", _text), part.each("contracts", _contract), part.each("choices", _choice))
    part.done()
    return found


def _contract(place: str, raw: Any) -> ContractFacts:
    part = _Part(place, raw)
    found = ContractFacts(
        reference=part.take("id", _text),
        starts_on=part.take("start", _day),
        ends_on=part.get("end", _day, None),
        contract_type=part.take("contract_type", _one_of(CONTRACT_TYPES)),
        qualification=part.take("qualification", _one_of(QUALIFICATIONS)),
        hours=part.take("hours", _positive),
        replacement_hours=part.get("replacement_hours", _amount, Decimal(0)),
        el_right=part.get("el_right", _flag, False),
    )
    part.done()
    return found


def _choice(place: str, raw: Any) -> ChoiceFacts:
    part = _Part(place, raw)
    begins_on = part.take("start", _day)
    found = ChoiceFacts(
        reference=part.take("id", _text),
        decided_on=part.get("decided_on", _day, begins_on),
        begins_on=begins_on,
        ends_on=part.get("end", _day, None),
        age_category=part.get("age_category", _text, ""),
        premium_hours=part.get("premium_hours", _whole, 0),
        exemption_hours=part.get("exemption_hours", _whole, 0),
        premium_exception=part.get("premium_exception", _flag, False),
    )
    part.done()
    return found


def _performance(place: str, raw: Any) -> tuple[str, Quarter, str, PerformanceEntry]:
    part = _Part(place, raw)
    quarter, contract = part.take("quarter", _quarter), part.take("contract", _text)
    entry = PerformanceEntry(
        part.get("paid_days", _amount, None),
        part.get("unpaid_days", _amount, None),
        part.get("paid_hours", _amount, None),
    )
    part.done()
    return place, quarter, contract, entry


def _shown(raw: Any) -> str:
    return repr(raw)[:60]


def _text(place: str, raw: Any) -> str:
    if not isinstance(raw, str) or not raw:
        raise InvalidValue(WRONG, place=place, value=_shown(raw))
    return raw


def _flag(place: str, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise InvalidValue(WRONG, place=place, value=_shown(raw))
    return raw


def _whole(place: str, raw: Any) -> int:
    value = _amount(place, raw)
    if value != int(value):
        raise InvalidValue(WRONG, place=place, value=_shown(raw))
    return int(value)


def _amount(place: str, raw: Any) -> Decimal:
    """An exact decimal of 0 or more, as text or a whole number; a float has lost what it said."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int)) or not _DECIMAL.fullmatch(str(raw)):
        raise InvalidValue(WRONG, place=place, value=_shown(raw))
    return Decimal(raw)


def _positive(place: str, raw: Any) -> Decimal:
    value = _amount(place, raw)
    if not value:
        raise InvalidValue(WRONG, place=place, value=_shown(raw))
    return value


def _day(place: str, raw: Any) -> date:
    try:
        return date.fromisoformat(_text(place, raw))
    except ValueError:
        raise InvalidValue(WRONG, place=place, value=_shown(raw)) from None


def _day_of_moment(place: str, raw: Any) -> date:
    """A day, or an instant with its offset: then the Brussels day of it."""
    text = _text(place, raw)
    if "T" not in text:
        return _day(place, raw)
    try:
        return local_date(datetime.fromisoformat(text))
    except ValueError:
        raise InvalidValue(WRONG, place=place, value=_shown(raw)) from None


def _quarter(place: str, raw: Any) -> Quarter:
    try:
        return Quarter.parse(_text(place, raw))
    except DomainError:
        raise InvalidValue(WRONG, place=place, value=_shown(raw)) from None


def _one_of(values: frozenset[str]) -> Callable[[str, Any], str]:
    def read(place: str, raw: Any) -> str:
        if raw not in values:
            raise InvalidValue(WRONG, place=place, value=_shown(raw))
        return str(raw)

    return read


def _enum(kind: type[Kind]) -> Callable[[str, Any], Kind]:
    def read(place: str, raw: Any) -> Kind:
        try:
            return kind(raw)
        except ValueError:
            raise InvalidValue(WRONG, place=place, value=_shown(raw)) from None

    return read


def _each(read: Callable[[str, Any], Value]) -> Callable[[str, Any], tuple[Value, ...]]:
    def read_all(place: str, raw: Any) -> tuple[Value, ...]:
        if not isinstance(raw, list):
            raise InvalidValue(WRONG, place=place, value=_shown(raw))
        return tuple(read(f"{place}[{number}]", one) for number, one in enumerate(raw))

    return read_all


def _mapping(
    read: Callable[[str, Any], Value], *, keys: frozenset[str] | None = None
) -> Callable[[str, Any], dict[str, Value]]:
    def read_all(place: str, raw: Any) -> dict[str, Value]:
        if not isinstance(raw, Mapping):
            raise InvalidValue(WRONG, place=place, value=_shown(raw))
        for key in raw:
            if keys is not None and key not in keys:
                raise InvalidValue(UNKNOWN, place=place, name=key)
        return {key: read(f"{place}.{key}", value) for key, value in raw.items()}

    return read_all


def _distinct(place: str, references: Iterable[str]) -> None:
    seen: set[str] = set()
    for reference in references:
        if reference in seen:
            raise InvalidValue(TWICE, place=place, value=reference)
        seen.add(reference)
