"""The detail of a calculation as it is printed in a letter (E-142): every value of part 7 that leads to the amount.

The parts are texts and tables; numbers are written here, so that a layout only places them. People are named by a
number in the letter with their initials, unless the department chose full names (data minimisation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from domain.calendars import Quarter
from domain.dutch import euro, long_date, number
from domain.ecalcura.certificates import CERTIFICATE_LABELS
from domain.ecalcura.compensation import Case
from domain.ecalcura.compensation_parameters import LimitLevel
from domain.ecalcura.compensation_result import QUARTER_STATUS_LABELS, Compensation, PremiumLine, QuarterStatus
from domain.exact import rounded


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``width`` is its share of the line."""

    label: str
    width: float = 1
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts; a row that is one text stands above the rows it is about. ``total`` is the last row, if any.

    ``compact``: every cell of a row is so short that it stays on one line.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str] | str]
    total: Sequence[str] = ()
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Something under a heading of its own, or under none."""

    title: str = ""
    paragraphs: Sequence[str] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the letter with its heading."""

    title: str
    parts: Sequence[Part] = field(default_factory=tuple)


class People:
    """How people are named in one letter: ``1 (K.P.)``, numbered as they appear, or by their full name."""

    def __init__(self, names: Mapping[str, tuple[str, str]], *, full: bool) -> None:
        self._names, self._full = names, full
        self._numbers: dict[str, int] = {}

    def shown(self, reference: str) -> str:
        """One person; ``names`` gives last and first name by reference."""
        place = self._numbers.setdefault(reference, len(self._numbers) + 1)
        last, first = self._names.get(reference, ("", ""))
        name = f"{last} {first}".strip() if self._full else initials(last, first)
        return f"{place} ({name})" if name else str(place)


def initials(last_name: str, first_name: str) -> str:
    """``K.P.`` for Kim Peeters: the first letter of the first name and of the last one."""
    letters = [next((sign for sign in name if sign.isalpha()), "") for name in (first_name, last_name)]
    return "".join(f"{letter.upper()}." for letter in letters if letter)


def blocked_quarters(outcome: Compensation) -> list[Quarter]:
    """The quarters that were closed ex officio (E-123), those that were never opened among them (A-09)."""
    ex_officio = (QuarterStatus.BLOCKED, QuarterStatus.NEVER_OPENED)
    return [right.quarter for right in outcome.rights if right.status in ex_officio]


def detail(case: Case, outcome: Compensation, people: People, qualifications: Mapping[str, str]) -> Section:
    """Certificates, quarters, premiums, right and replacement; ``qualifications``: names by code."""
    parts = [_certificates(case), _quarters(outcome)]
    if outcome.premiums:
        parts.append(_premiums(case, outcome, people, qualifications))
    parts.append(_rights(case, outcome))
    if outcome.replacements:
        parts.append(_replacements(case, outcome, people, qualifications))
    return Section("Detail van de berekening", tuple(parts))


def _certificates(case: Case) -> Part:
    rows = [
        (
            CERTIFICATE_LABELS[one.type],
            long_date(one.start) if one.start else "–",
            long_date(one.end) if one.end else "loopt door",
            long_date(one.notified_on) if one.notified_on else "–",
        )
        for one in case.certificates
    ]
    if not rows:
        return Part("Attesten", ("Er zijn geen attesten gemeld. Zonder attest is de tegemoetkoming nul.",))
    columns = (Column("Attest", 3), Column("Van", 2), Column("Tot en met", 2), Column("Gemeld op", 2))
    return Part("Attesten", table=Table(columns, rows))


def _quarters(outcome: Compensation) -> Part:
    rows = [
        (
            str(right.quarter),
            QUARTER_STATUS_LABELS[right.status],
            f"{right.covered_days} van {right.days}",
            "ja" if right.status.takes_part else "nee",
        )
        for right in outcome.rights
    ]
    columns = (Column("Kwartaal"), Column("Status"), Column("Dagen met beide attesten"), Column("Telt mee"))
    return Part("Kwartalen", table=Table(columns, rows, compact=True))


def _premiums(case: Case, outcome: Compensation, people: People, qualifications: Mapping[str, str]) -> Part:
    categories = {
        choice.reference: choice.age_category
        for basis in case.quarters
        for person in basis.people
        for choice in person.choices
    }
    rows: list[Sequence[str] | str] = []
    for choice, lines in groupby(outcome.premiums, key=lambda line: line.choice):
        held = list(lines)
        rows.append(_premium_title(held, categories.get(choice, ""), people, qualifications))
        rows += [
            (str(line.quarter), _three(line.effective_time), _three(line.months), euro(line.amount)) for line in held
        ]
    columns = (
        Column("Kwartaal", 2),
        Column("Effectieve arbeidstijd (e)", 2, number=True),
        Column("Maanden met recht (B)", 2, number=True),
        Column("Bedrag", 2, number=True),
    )
    week = number(case.parameters.full_time_hours)
    return Part(
        "Premies voor verpleegkundigen",
        (f"Bedrag = Y1 × uren premie / {week} × e × B / 12, per kwartaal afgerond op een cent.",),
        Table(columns, rows, ("Totaal premies", "", "", euro(outcome.premium_total)), compact=True),
    )


def _premium_title(
    lines: Sequence[PremiumLine], category: str, people: People, qualifications: Mapping[str, str]
) -> str:
    """Who, category, hours and Y1 of a choice."""
    rates = {code: rate for line in lines for code, rate in line.rates.items()}
    amounts = ", ".join(f"Y1 {qualifications.get(code, code)} {euro(rate)}" for code, rate in rates.items())
    parts = [
        f"Personeelslid {people.shown(lines[0].person)}",
        category,
        f"{lines[0].premium_hours} uren premie",
        amounts,
    ]
    return " · ".join(part for part in parts if part)


def _rights(case: Case, outcome: Compensation) -> Part:
    floor = number(case.parameters.floor_hours)
    rows = [
        (
            str(right.quarter),
            _three(right.own_hours),
            f"ja, {floor} uren" if right.floor_applied else "nee",
            _three(right.own_fte),
            _three(right.fte),
        )
        for right in outcome.rights
    ]
    columns = (
        Column("Kwartaal", 1.7),
        Column("Uren vrijstelling per week", 2, number=True),
        Column("Minimum toegepast", 2),
        Column("VTE", number=True),
        Column("VTE met attesten", 1.4, number=True),
    )
    text = "Vrijstelling van arbeid geeft recht op vervanging, tot het aantal voltijds equivalenten (VTE) hieronder."
    total = ("Gemiddeld recht (R)", "", "", "", _three(outcome.right_fte))
    return Part("Recht op vervanging", (text,), Table(columns, rows, total, compact=True))


def _replacements(case: Case, outcome: Compensation, people: People, qualifications: Mapping[str, str]) -> Part:
    factor = shown_factor(outcome.limit_factor)
    rows = [
        (
            people.shown(line.person),
            qualifications.get(line.qualification, line.qualification),
            _three(line.average_fte),
            factor,
            "–" if line.rate is None else euro(line.rate),
            euro(line.amount),
        )
        for line in outcome.replacements
    ]
    columns = (
        Column("Personeelslid", 1.6),
        Column("Kwalificatie", 2.4),
        Column("VTE (A)", number=True),
        Column("Factor (f)", number=True),
        Column("Jaarbedrag (Y2)", 1.6, number=True),
        Column("Bedrag", 1.6, number=True),
    )
    total = ("Totaal vervanging", "", _three(outcome.replacement_fte), "", "", euro(outcome.replacement_total))
    return Part(
        "Vervanging",
        ("Bedrag = Y2 × A × f, per vervanger afgerond op een cent.", _limit_text(case, outcome)),
        Table(columns, rows, total),
    )


def _limit_text(case: Case, outcome: Compensation) -> str:
    """What limits the replacement, in a sentence."""
    level = case.parameters.limit_level
    if level is LimitLevel.NONE:
        return "De vervanging wordt niet beperkt tot het recht."
    if level is LimitLevel.QUARTER:
        return "De vervanging is per kwartaal beperkt tot het recht; dat zit al in A."
    right, replaced = _three(outcome.right_fte), _three(outcome.replacement_fte)
    if outcome.limit_factor == 1:
        return f"De vervanging (V = {replaced}) blijft binnen het recht (R = {right}): f = 1."
    factor = shown_factor(outcome.limit_factor)
    return f"Er is meer vervangen (V = {replaced}) dan het recht toelaat (R = {right}): f = R / V = {factor}."


def total_rows(outcome: Compensation) -> list[tuple[str, str]]:
    """What the total is the sum of."""
    return [
        ("Premies voor verpleegkundigen", euro(outcome.premium_total)),
        ("Vervanging", euro(outcome.replacement_total)),
        ("Totale tegemoetkoming", euro(outcome.total)),
    ]


def _three(value: Decimal) -> str:
    return f"{value:.3f}".replace(".", ",")


def shown_factor(value: Decimal) -> str:
    """f with six digits at most."""
    return number(rounded(value, 1, 6))
