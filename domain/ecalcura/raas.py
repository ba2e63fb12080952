"""The take-over of staff contracts from a RaaS export (E-015 to E-019, docs/rules/ecalcura.md).

``read_rows`` (from ``raas_file``) turns a file into rows and refuses a file that is no export; ``judge`` decides row by
row what is taken and keeps, for each rejected row, the first reason that applies. Nothing is stored here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from domain.ecalcura.contract_rules import check_own_exemption, check_replacer_type
from domain.ecalcura.personnel import DEFAULT_RIGHTS, ChoiceFacts, ContractFacts, ContractTypeFacts
from domain.ecalcura.raas_file import RaasRow as RaasRow
from domain.ecalcura.raas_file import read_rows as read_rows
from domain.errors import N_, Finding, InvalidValue, Severity
from domain.identifiers import parse_national_number

MAX_NAME = 80

#: Contracts that ended before this day stay behind (E-015).
ACTIVE_FROM = date(2021, 7, 1)
#: Sectors that had no RaaS file: they enter their staff by hand (E-017, E-018).
SECTORS_WITHOUT_RAAS = frozenset({"IBW", "CVK3"})

_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:[.,][0-9]{0,12})?|[.,][0-9]{1,12})")
_CENT = Decimal("0.01")


class RaasReason(StrEnum):
    """Why a row is rejected, in the order in which they are judged; the first one is for a facility as a whole."""

    SECTOR = N_("Sector niet van toepassing")
    HCO_NUMBER = N_("Ander HCO-nummer")
    NATIONAL_NUMBER = N_("Rijksregisternummer ongeldig")
    DATE = N_("Datum ongeldig")
    ENDED = N_("Contract beëindigd vóór 01/07/2021")
    CONTRACT_TYPE = N_("Contracttype onbekend")
    QUALIFICATION = N_("Kwalificatie onbekend")
    HOURS = N_("Uren ongeldig")
    DUPLICATE = N_("Dubbele regel")


@dataclass(frozen=True, slots=True)
class RaasMapping:
    """Codes of RaaS and what they are here; an editable list. Codes are compared exactly."""

    contract_types: Mapping[str, str]
    qualifications: Mapping[str, str]


DEFAULT_MAPPING = RaasMapping(
    contract_types={
        "L": "LOONTREKKENDE",
        "S": "STATUTAIR",
        "I": "INTERIM",
        "Z": "ZELFSTANDIGE",
        "M": "SOCIALE_MARIBEL",
        "ST": "STUDENT",
    },
    qualifications={
        "VB": "VERPLEEGKUNDIGE_BACHELOR",
        "VG": "VERPLEEGKUNDIGE_GEGRADUEERDE",
        "ZK": "ZORGKUNDIGE",
        "MA": "MAATSCHAPPELIJK_ASSISTENT",
        "KI": "KINESITHERAPEUT",
        "ER": "ERGOTHERAPEUT",
        "LO": "LOGOPEDIST",
        "DI": "DIETIST",
        "PS": "PSYCHOLOOG",
        "OP": "ORTHOPEDAGOOG",
        "PE": "PEDAGOOG",
        "OV": "OPVOEDER",
        "A1": "ANDERE_A1",
        "A2": "ANDERE_A2",
        "A3": "ANDERE_A3",
    },
)

#: Contract types that do not count as replacer, and from which day (9.3; editable).
EXCLUDED_REPLACERS: Mapping[str, ContractTypeFacts] = {
    code: ContractTypeFacts(code, right_possible=False, replacer_excluded_from=date(2019, 7, 1))
    for code in ("INTERIM", "ZELFSTANDIGE", "SOCIALE_MARIBEL", "STUDENT")
}


#: What makes two contracts the same one: national number, start, qualification.
ContractKey = tuple[str, date, str]


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row that is taken over, with normalised values. Hours are weekly, two decimals."""

    row: int
    national_number: str = field(repr=False)
    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    contract_type: str
    qualification: str
    start: date
    end: date | None
    hours: Decimal
    replacement_hours: Decimal

    @property
    def key(self) -> ContractKey:
        """What makes it the same contract in a later import."""
        return self.national_number, self.start, self.qualification


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that stays behind: why, and the value that was judged."""

    row: int
    reason: RaasReason
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RaasWarning:
    """Something to look at afterwards; the row was taken all the same."""

    row: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class RaasOutcome:
    """The judgement of a file. ``refusal`` is set when the facility as a whole cannot import."""

    rows: int
    taken: tuple[TakenRow, ...] = ()
    unchanged: int = 0
    rejected: tuple[RejectedRow, ...] = ()
    warnings: tuple[RaasWarning, ...] = ()
    refusal: RaasReason | None = None

    @property
    def persons(self) -> int:
        """Distinct people among the taken rows."""
        return len({row.national_number for row in self.taken})

    @property
    def contracts(self) -> int:
        """Contracts among the taken rows: one each."""
        return len(self.taken)

    def summary(self) -> dict[str, Any]:
        """What ``raas import`` prints; it holds no personal data."""
        return {
            "rows": self.rows,
            "taken": len(self.taken),
            "persons": self.persons,
            "contracts": self.contracts,
            "unchanged": self.unchanged,
            "rejected": [{"row": one.row, "reason": str(one.reason)} for one in self.rejected],
            "warnings": [
                {"row": one.row, "code": one.finding.code, "message": str(one.finding)} for one in self.warnings
            ],
        }


def _read_date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _read_number(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _judge_row(
    row: RaasRow, hco: str, mapping: RaasMapping, accepted: Collection[ContractKey]
) -> TakenRow | RejectedRow:
    """The row with normalised values, or the first reason against it, in the order of the rules."""

    def rejected(reason: RaasReason, value: str) -> RejectedRow:
        return RejectedRow(row.row, reason, value[:MAX_NAME])

    if row.hco_number != hco:
        return rejected(RaasReason.HCO_NUMBER, row.hco_number)
    try:
        person = parse_national_number(row.national_number).digits
    except InvalidValue:
        return rejected(RaasReason.NATIONAL_NUMBER, row.national_number)
    start, end = _read_date(row.start), _read_date(row.end)
    if start is None:
        return rejected(RaasReason.DATE, row.start)
    if row.end and (end is None or end < start):
        return rejected(RaasReason.DATE, row.end)
    if end is not None and end < ACTIVE_FROM:
        return rejected(RaasReason.ENDED, row.end)
    contract_type = mapping.contract_types.get(row.contract_type)
    if contract_type is None:
        return rejected(RaasReason.CONTRACT_TYPE, row.contract_type)
    qualification = mapping.qualifications.get(row.qualification)
    if qualification is None:
        return rejected(RaasReason.QUALIFICATION, row.qualification)
    hours, replacement = _read_number(row.hours), _read_number(row.replacement_hours or "0")
    if hours is None or not 0 < hours <= DEFAULT_RIGHTS.full_time_hours:
        return rejected(RaasReason.HOURS, row.hours)
    if replacement is None or not 0 <= replacement <= hours:
        return rejected(RaasReason.HOURS, row.replacement_hours)
    kept = hours.quantize(_CENT, ROUND_HALF_UP), abs(replacement).quantize(_CENT, ROUND_HALF_UP)
    if not kept[0]:
        return rejected(RaasReason.HOURS, row.hours)
    if (person, start, qualification) in accepted:
        return rejected(RaasReason.DUPLICATE, row.qualification)
    return TakenRow(
        row.row,
        person,
        row.family_name[:MAX_NAME],
        row.given_name[:MAX_NAME],
        contract_type,
        qualification,
        start,
        end,
        *kept,
    )


def _warnings(
    source: RaasRow,
    taken: TakenRow,
    choices: Iterable[ChoiceFacts],
    contract_type: ContractTypeFacts | None,
) -> list[Finding]:
    """The guards of the entry screens that here only warn."""
    contract = ContractFacts(
        reference=str(taken.row),
        starts_on=taken.start,
        ends_on=taken.end,
        contract_type=taken.contract_type,
        qualification=taken.qualification,
        hours=taken.hours,
        replacement_hours=taken.replacement_hours,
        el_right=False,
    )
    guards = check_own_exemption(contract, choices)
    if contract_type is not None:
        guards += check_replacer_type(contract, contract_type, DEFAULT_RIGHTS)
    findings = [replace(guard, severity=Severity.WARNING) for guard in guards]
    read = _read_number(source.hours), _read_number(source.replacement_hours or "0")
    if read != (taken.hours, taken.replacement_hours):
        findings.append(Finding("RAAS", Severity.WARNING, N_("De uren zijn afgerond op twee cijfers na de komma.")))
    if not (taken.family_name and taken.given_name):
        findings.append(Finding("RAAS", Severity.WARNING, N_("De naam of de voornaam ontbreekt in het bestand.")))
    if max(len(source.family_name), len(source.given_name)) > MAX_NAME:
        findings.append(
            Finding(
                "RAAS",
                Severity.WARNING,
                N_("De naam is ingekort tot {characters} tekens."),
                params={"characters": MAX_NAME},
            )
        )
    return findings


def judge(
    rows: Sequence[RaasRow],
    hco: str,
    sector: str,
    mapping: RaasMapping = DEFAULT_MAPPING,
    known: Collection[ContractKey] = frozenset(),
    *,
    choices: Mapping[str, Sequence[ChoiceFacts]] | None = None,
    contract_types: Mapping[str, ContractTypeFacts] = EXCLUDED_REPLACERS,
) -> RaasOutcome:
    """Decide what a file brings into the facility with number ``hco``.

    ``known`` holds the contracts that were imported before: such a row is counted as unchanged. ``choices`` gives
    by national number the end-of-career choices known here, for the warning V-13; ``contract_types`` by code those that
    can be excluded as replacer, for V-16. A sector without RaaS (E-017) is refused as a whole:
    ``refusal`` is set and every row carries that reason.
    """
    if sector in SECTORS_WITHOUT_RAAS:
        everything = tuple(RejectedRow(row.row, RaasReason.SECTOR, sector) for row in rows)
        return RaasOutcome(len(rows), rejected=everything, refusal=RaasReason.SECTOR)
    taken: list[TakenRow] = []
    rejected: list[RejectedRow] = []
    warnings: list[RaasWarning] = []
    known_keys, accepted = frozenset(known), set[ContractKey]()
    unchanged = 0
    for row in rows:
        verdict = _judge_row(row, hco, mapping, accepted)
        if isinstance(verdict, RejectedRow):
            rejected.append(verdict)
            continue
        accepted.add(verdict.key)
        if verdict.key in known_keys:
            unchanged += 1
            continue
        taken.append(verdict)
        own = (choices or {}).get(verdict.national_number, ())
        found = _warnings(row, verdict, own, contract_types.get(verdict.contract_type))
        warnings.extend(RaasWarning(row.row, finding) for finding in found)
    return RaasOutcome(len(rows), tuple(taken), unchanged, tuple(rejected), tuple(warnings))
