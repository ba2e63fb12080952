"""The days of a reference period as a calendar tells them: to a facility (5.2) and to the department (5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.ecalcura.campaign import PeriodCalendar, Situation


class DayKind(StrEnum):
    """What a day is for; the value is part of what a calendar program recognises it by."""

    SUBMIT = "indienen"
    POSTPONED = "uitstel"
    CORRECTION = "correctie"
    PAYMENT = "betaling"
    LETTER = "brief"
    BLOCKING = "blokkeren"
    DEFINITIVE_FROM = "definitief-vanaf"
    DEFINITIVE_UNTIL = "definitief-tot"


@dataclass(frozen=True, slots=True)
class CampaignDay:
    """A whole Brussels day. ``settled``: there is nothing left to do for it, and a calendar takes it away.

    ``reminds``: it is a last day on which somebody must have done something.
    """

    kind: DayKind
    day: date
    reminds: bool = False
    settled: bool = False


SUMMARIES: dict[DayKind, str] = {
    DayKind.SUBMIT: "Laatste dag om in te dienen (wettelijke termijn)",
    DayKind.POSTPONED: "Laatste dag van het uitstel om in te dienen",
    DayKind.CORRECTION: "Laatste dag om te heropenen en opnieuw in te dienen",
    DayKind.PAYMENT: "Betaling",
    DayKind.LETTER: "Brief over niet-ingediende kwartalen",
    DayKind.BLOCKING: "Ambtshalve blokkeren van open kwartalen",
    DayKind.DEFINITIVE_FROM: "Definitieve berekening: vanaf (indicatief)",
    DayKind.DEFINITIVE_UNTIL: "Definitieve berekening: tot en met (indicatief)",
}


def of_facility(situation: Situation, *, all_submitted: bool) -> list[CampaignDay]:
    """The days of one facility in one period (E-121 to E-128)."""
    calendar = situation.calendar
    days = [CampaignDay(DayKind.SUBMIT, calendar.statutory_deadline, reminds=True, settled=all_submitted)]
    if situation.today > calendar.statutory_deadline:
        days.append(CampaignDay(DayKind.POSTPONED, calendar.postponed_until, reminds=True, settled=all_submitted))
    if situation.window is not None:
        over = situation.definitive_on is not None
        days.append(CampaignDay(DayKind.CORRECTION, situation.window[1], reminds=True, settled=over))
    return [*days, payment(calendar)]


def payment(calendar: PeriodCalendar) -> CampaignDay:
    """The day on which is paid: all that somebody without the role for dossiers is told (E-008)."""
    return CampaignDay(DayKind.PAYMENT, calendar.payment_on)


def of_department(calendar: PeriodCalendar) -> list[CampaignDay]:
    """The days of one period for who works the dossiers."""
    return [
        CampaignDay(DayKind.SUBMIT, calendar.statutory_deadline),
        CampaignDay(DayKind.LETTER, calendar.letter_job_on, reminds=True),
        CampaignDay(DayKind.POSTPONED, calendar.postponed_until),
        CampaignDay(DayKind.BLOCKING, calendar.blocking_on, reminds=True),
        CampaignDay(DayKind.DEFINITIVE_FROM, calendar.definitive_from),
        CampaignDay(DayKind.DEFINITIVE_UNTIL, calendar.definitive_until, reminds=True),
        CampaignDay(DayKind.PAYMENT, calendar.payment_on, reminds=True),
    ]
