"""Values that are far from what is usual: asked about when a quarter is reviewed, never corrected.

Three comparisons: a contract with its own earlier quarters (U-01), the whole quarter with earlier quarters of the
facility (U-02) and with its sector (U-03), of which only an average over enough facilities is ever used.

Decisions:

* A justification is required to submit, a few words are enough; on the last day of a term it is asked and not required,
  so that nobody misses the term for it.
* What was justified stays justified as long as the value is the same.
* Many contracts at once are one question about the quarter: nobody writes two hundred sentences.
* A justification is no part of what is fingerprinted or calculated: it travels beside it, to the case manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.dutch import number
from domain.ecalcura.performances import EMPTY, Kind, Line, PerformanceEntry, QuarterNorm
from domain.errors import N_, Finding, InvalidValue, Severity
from domain.exact import rounded

_ZERO = Decimal(0)

CONTRACT = "U-01"
TOTAL = "U-02"
SECTOR = "U-03"

TITLES: dict[str, str] = {
    CONTRACT: N_("Wijkt af van de vorige kwartalen van dit contract"),
    TOTAL: N_("Wijkt af van de vorige kwartalen van uw voorziening"),
    SECTOR: N_("Wijkt af van uw sector"),
}

QUESTION = N_(
    "Ongewone waarde: {value}. Gebruikelijk: {expected}. Leg kort uit waarom dit klopt, of pas de waarde aan."
)
TOO_SHORT = N_("Leg in minstens {words} woorden uit waarom deze waarde klopt.")
TOO_LONG = N_("Hou de uitleg korter dan {max} tekens.")
MAX_TEXT = 1000


@dataclass(frozen=True, slots=True)
class UnusualParameters:
    """When a value is unusual.

    ``contract_change``: points of the rate (0.40 is 40 percent points) between a contract and the average of its
    earlier quarters, of which there must be ``contract_quarters``. ``total_change`` (relative) and ``total_fte``
    (full-time equivalents) must both be reached by the quarter as a whole, after ``total_quarters`` earlier ones.
    ``sector_change``: points between the rate of the facility and the average of its sector over at least
    ``sector_facilities`` others. More than ``most_questions`` contracts become one question. ``least_words`` of a text.
    """

    contract_change: Decimal = Decimal("0.40")
    contract_quarters: int = 2
    total_change: Decimal = Decimal("0.30")
    total_fte: Decimal = Decimal(2)
    total_quarters: int = 2
    sector_change: Decimal = Decimal("0.25")
    sector_facilities: int = 8
    most_questions: int = 8
    least_words: int = 3


DEFAULT_UNUSUAL = UnusualParameters()


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """A contract line that needs performances, with its entry of this quarter and the rates of earlier ones."""

    line: Line
    entry: PerformanceEntry | None
    earlier: Sequence[Decimal] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """A quarter as a whole: ``fte`` what was declared as paid, ``rate`` that over what was possible; three decimals."""

    fte: Decimal
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class SectorAverage:
    """The average rate of the other facilities of a sector in the quarter before, and of how many."""

    rate: Decimal
    facilities: int


@dataclass(frozen=True, slots=True)
class Flag:
    """One unusual value. ``subject`` is the reference of the contract, or empty for the quarter as a whole.

    ``about`` are the contracts of one question about many.
    """

    code: str
    subject: str
    value: str
    expected: str
    about: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How its justification is found in a form."""
        return f"{self.code}:{self.subject}"

    def finding(self, severity: Severity) -> Finding:
        """The question in words."""
        params = {"value": self.value, "expected": self.expected}
        return Finding(self.code, severity, QUESTION, subject=self.subject or None, params=params)


def rate_of(line: Line, entry: PerformanceEntry | None) -> Decimal | None:
    """The paid part of what the contract could have worked in a quarter, three decimals; None when nothing is there."""
    entry = entry or EMPTY
    amount = entry.paid_days if line.kind is Kind.DAYS else entry.paid_hours
    possible = Decimal(line.possible_days) if line.kind is Kind.DAYS else line.norm_hours
    if amount is None or possible <= 0:
        return None
    return rounded(amount, possible, 3)


def totals_of(lines: Iterable[tuple[Line, PerformanceEntry | None]], norm: QuarterNorm) -> Totals:
    """What a quarter declares as a whole, of the lines that need performances."""
    paid = possible = _ZERO
    for line, entry in lines:
        if line.reason is None:
            continue
        entry = entry or EMPTY
        amount = entry.paid_days if line.kind is Kind.DAYS else entry.paid_hours
        if amount is None:
            continue
        whole = Decimal(norm.days) if line.kind is Kind.DAYS else norm.hours
        paid += amount / whole
        possible += (Decimal(line.possible_days) if line.kind is Kind.DAYS else line.norm_hours) / whole
    rate = rounded(paid, possible, 3) if possible > 0 else None
    return Totals(rounded(paid, 1, 3), rate)


def sector_average(facilities: int, thousandths: int) -> SectorAverage | None:
    """The average of some facilities from the sum of their rates in thousandths; None of no facility."""
    if facilities < 1:
        return None
    rate = rounded(thousandths, 1000 * facilities, 3)
    return SectorAverage(rate, facilities)


def flags(
    lines: Iterable[DeclaredLine],
    own: Totals,
    earlier: Sequence[Decimal],
    sector: SectorAverage | None,
    parameters: UnusualParameters = DEFAULT_UNUSUAL,
) -> list[Flag]:
    """Everything unusual about a quarter. ``earlier`` is the declared FTE of earlier quarters of the facility."""
    contracts = [flag for line in lines if (flag := _contract(line, parameters)) is not None]
    if len(contracts) > parameters.most_questions:
        points = _percent(parameters.contract_change)
        contracts = [
            Flag(
                CONTRACT,
                "",
                f"{len(contracts)} contractlijnen wijken sterk af",
                f"minder dan {points} procentpunt verschil met de vorige kwartalen",
                tuple(flag.subject for flag in contracts),
            )
        ]
    others = (_total(own, earlier, parameters), _sector(own, sector, parameters))
    return [*contracts, *(flag for flag in others if flag is not None)]


def check_text(text: str, parameters: UnusualParameters = DEFAULT_UNUSUAL, *, field: str | None = None) -> str:
    """A justification without the spaces around it; InvalidValue when it says too little or too much."""
    kept = " ".join(text.split())
    if len([word for word in kept.split() if any(sign.isalnum() for sign in word)]) < parameters.least_words:
        raise InvalidValue(TOO_SHORT, code="U-01", field=field, words=parameters.least_words)
    if len(kept) > MAX_TEXT:
        raise InvalidValue(TOO_LONG, code="U-01", field=field, max=MAX_TEXT)
    return kept


def unanswered(
    found: Iterable[Flag], justified: Mapping[tuple[str, str], str], *, last_day: bool
) -> tuple[list[Flag], Severity]:
    """The flags without a justification of the same value, and how heavy they weigh: never blocking on the last day.

    ``justified`` maps code and subject to the value the justification was given for.
    """
    open_flags = [flag for flag in found if justified.get((flag.code, flag.subject)) != flag.value]
    return open_flags, Severity.WARNING if last_day else Severity.BLOCKS_SUBMIT


def _contract(declared: DeclaredLine, parameters: UnusualParameters) -> Flag | None:
    line, entry = declared.line, declared.entry or EMPTY
    rate = rate_of(line, entry)
    if line.reason is None or rate is None or len(declared.earlier) < parameters.contract_quarters:
        return None
    usual = _average(declared.earlier)
    if abs(rate - usual) < parameters.contract_change:
        return None
    amount = entry.paid_days if line.kind is Kind.DAYS else entry.paid_hours
    assert amount is not None  # rate_of found one
    possible = number(line.possible_days) if line.kind is Kind.DAYS else number(rounded(line.norm_hours, 1, 1))
    unit = "dagen" if line.kind is Kind.DAYS else "uren"
    return Flag(
        CONTRACT,
        line.reference,
        f"{number(amount)} van {possible} {unit} betaald ({_percent(rate)} %)",
        f"gemiddeld {_percent(usual)} % in de {len(declared.earlier)} vorige kwartalen",
    )


def _total(own: Totals, earlier: Sequence[Decimal], parameters: UnusualParameters) -> Flag | None:
    if len(earlier) < parameters.total_quarters:
        return None
    usual = _average(earlier)
    change = abs(own.fte - usual)
    if change < parameters.total_fte or change < parameters.total_change * usual:
        return None
    return Flag(
        TOTAL,
        "",
        f"{number(own.fte)} voltijdse equivalenten in dit kwartaal",
        f"gemiddeld {number(usual)} in de {len(earlier)} vorige kwartalen",
    )


def _sector(own: Totals, sector: SectorAverage | None, parameters: UnusualParameters) -> Flag | None:
    """Only an average of enough others: what one facility declared can never be read from it."""
    if own.rate is None or sector is None or sector.facilities < parameters.sector_facilities:
        return None
    if abs(own.rate - sector.rate) < parameters.sector_change:
        return None
    return Flag(
        SECTOR,
        "",
        f"{_percent(own.rate)} % van de mogelijke arbeidstijd is betaald",
        f"gemiddeld {_percent(sector.rate)} % bij voorzieningen van uw sector in het vorige kwartaal",
    )


def _average(values: Sequence[Decimal]) -> Decimal:
    return rounded(sum(values, _ZERO), len(values), 3)


def _percent(rate: Decimal) -> str:
    return number(rounded(rate * 100, 1, 0))
