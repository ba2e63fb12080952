"""Which part of a quarter the certificates cover, in days and in words, and what a late notification changes (L-06).

K of a quarter is its covered days over all its days (7.6 step 4): the right and the replacement count for that part,
and premiums only on those days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.calendars import Quarter, overlaps
from domain.dutch import long_date, number
from domain.ecalcura.certificates import (
    CERTIFICATE_LABELS,
    CertificateFacts,
    CertificateStart,
    CertificateType,
    covered_days,
    touches,
)
from domain.errors import N_, Finding, Severity
from domain.exact import rounded

START_RULE_LABELS: dict[CertificateStart, str] = {
    CertificateStart.START_DATE: N_("vanaf de startdatum"),
    CertificateStart.LATER_OF_START_AND_NOTICE: N_("vanaf de startdatum, ten vroegste vanaf de melding"),
}

#: What somebody who notifies late can expect under each rule.
START_RULE_HELP: dict[CertificateStart, str] = {
    CertificateStart.START_DATE: N_(
        "Meldt u een certificaat met een startdatum in het verleden, dan tellen de dagen vanaf die startdatum. Is het "
        "kwartaal al berekend, dan is uw melding de referentiedatum voor een herberekening."
    ),
    CertificateStart.LATER_OF_START_AND_NOTICE: N_(
        "Meldt u een certificaat met een startdatum in het verleden, dan tellen de dagen pas vanaf de dag van uw "
        "melding. Is het kwartaal al berekend, dan is uw melding de referentiedatum voor een herberekening."
    ),
}

ALL_COUNT = N_("In het {quarter} tellen alle {days} dagen.")
ALL_COUNTED = N_("In het {quarter} telden alle {days} dagen.")
PART_COUNTS = N_(
    "In het {quarter} tellen {covered} van de {days} dagen. Het recht, de vervanging en de premies tellen voor dat "
    "deel ({percent} %)."
)
PART_COUNTED = N_(
    "In het {quarter} telden {covered} van de {days} dagen. Het recht, de vervanging en de premies telden voor dat "
    "deel ({percent} %)."
)
NONE_COUNTS = N_("In het {quarter} telt geen enkele dag: voor dit kwartaal is er geen tegemoetkoming.")
NONE_COUNTED = N_("In het {quarter} telde geen enkele dag: voor dit kwartaal is er geen tegemoetkoming.")

LATE = N_(
    "{certificate}: geldt vanaf {start}, gemeld op {notified}. De melding is de referentiedatum voor een herberekening."
)
LATE_BY_START = N_(
    "De berekening telt vanaf de startdatum: {by_start} van de {days} dagen. Telde ze pas vanaf de melding, dan waren "
    "het er {by_notice}."
)
LATE_BY_NOTICE = N_(
    "De berekening telt pas vanaf de melding: {by_notice} van de {days} dagen. Vanaf de startdatum waren het er "
    "{by_start}."
)


@dataclass(frozen=True, slots=True)
class QuarterShare:
    """The days of one quarter that count. ``covered`` is by the rule in force, ``by_start`` and ``by_notice`` by each.

    ``per_type`` are the days each certificate holds by the rule in force; ``late`` the certificates of the quarter that
    were notified after the day they start on and so count otherwise under the other rule.
    """

    quarter: Quarter
    rule: CertificateStart
    days: int
    covered: int
    by_start: int
    by_notice: int
    per_type: Mapping[CertificateType, int]
    late: Sequence[CertificateFacts]

    @property
    def percent(self) -> Decimal:
        """K in percent, one decimal, half up."""
        return rounded(100 * self.covered, self.days, 1)

    @property
    def is_whole(self) -> bool:
        """Whether every day counts."""
        return self.covered == self.days

    def sentence(self, today: date) -> Finding:
        """What it does to the money: past tense once the quarter is over."""
        over = today > self.quarter.end
        severity = Severity.INFORMATION if self.is_whole else Severity.WARNING
        if self.is_whole:
            message = ALL_COUNTED if over else ALL_COUNT
        elif self.covered:
            message = PART_COUNTED if over else PART_COUNTS
        else:
            message = NONE_COUNTED if over else NONE_COUNTS
        return Finding("E-100", severity, message, subject=str(self.quarter), params=self._numbers())

    def late_sentences(self) -> list[Finding]:
        """Each late notification with its reference date (E-103), then what either start rule makes of it (A-24)."""
        told = [
            Finding(
                "E-103",
                Severity.INFORMATION,
                LATE,
                subject=one.key,
                params={
                    "certificate": CERTIFICATE_LABELS[one.type],
                    "start": long_date(one.start) if one.start else "",
                    "notified": long_date(one.notified_on) if one.notified_on else "",
                },
            )
            for one in self.late
        ]
        if not told:
            return []
        message = LATE_BY_START if self.rule is CertificateStart.START_DATE else LATE_BY_NOTICE
        return [*told, Finding("A-24", Severity.INFORMATION, message, params=self._numbers())]

    def _numbers(self) -> dict[str, object]:
        return {
            "quarter": self.quarter,
            "days": self.days,
            "covered": self.covered,
            "by_start": self.by_start,
            "by_notice": self.by_notice,
            "percent": number(self.percent),
        }


def share_of(
    quarter: Quarter,
    certificates: Iterable[CertificateFacts],
    rule: CertificateStart = CertificateStart.START_DATE,
    types: Sequence[CertificateType] = tuple(CertificateType),
) -> QuarterShare:
    """The days of a quarter that count under the start rule of its reference period; ``types`` must all be held."""
    held = [one for one in certificates if touches(quarter, one)]
    by = {
        one: covered_days(quarter, held, types=types, start_rule=one)
        for one in (CertificateStart.START_DATE, CertificateStart.LATER_OF_START_AND_NOTICE)
    }
    return QuarterShare(
        quarter,
        rule,
        (quarter.end - quarter.start).days + 1,
        by[rule],
        by[CertificateStart.START_DATE],
        by[CertificateStart.LATER_OF_START_AND_NOTICE],
        {kind: covered_days(quarter, held, types=[kind], start_rule=rule) for kind in types},
        [one for one in held if _is_late(one, quarter)],
    )


def _is_late(one: CertificateFacts, quarter: Quarter) -> bool:
    """Notified after it began, and so late that days of the quarter lie in between."""
    if one.start is None or one.notified_on is None or one.notified_on <= one.start:
        return False
    return overlaps(one.start, one.notified_on - timedelta(days=1), quarter.start, quarter.end)


def quarters_changed(
    before: tuple[date, date | None] | None, after: tuple[date, date | None] | None, until: Quarter
) -> list[Quarter]:
    """The quarters, up to and including one, of which some day is covered otherwise after a notification (E-103).

    A period is first and last day, the last one None while it runs; None is no certificate.
    """
    starts = [period[0] for period in (before, after) if period is not None]
    if not starts or before == after:
        return []
    quarter, found = Quarter.of(min(starts)), []
    while quarter <= until:
        if _days_in(before, quarter) != _days_in(after, quarter):
            found.append(quarter)
        quarter = quarter.next()
    return found


def _days_in(period: tuple[date, date | None] | None, quarter: Quarter) -> tuple[date, date] | None:
    if period is None or not overlaps(period[0], period[1], quarter.start, quarter.end):
        return None
    return max(period[0], quarter.start), quarter.end if period[1] is None else min(period[1], quarter.end)
