"""The campaign in words and pictures: figures of a plan, the strip of a period, its dates, and the plot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date, gettext, ngettext

from admin.lists import Address
from admin.plots import LinePlot, line_plot
from blueprints.pages import long_date
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.campaign_acts import ACT_LABELS, MILESTONE_LABELS, ActKind
from services import clock
from services.ecalcura.campaign_overview import PeriodOverview
from services.ecalcura.campaign_plan import Plan


def to_do(plan: Plan) -> list[str]:
    """A plan in words, one line for each kind of thing that would happen."""
    counts = plan.counts
    blocked, stubs, again = counts["quarters_blocked"], counts["stubs"], counts["quarters_blocked_again"]
    lines = [
        *_letters(counts),
        (ngettext("%(num)s open kwartaal blokkeren", "%(num)s open kwartalen blokkeren", blocked), blocked),
        (
            ngettext(
                "%(num)s nooit geopend kwartaal leeg blokkeren",
                "%(num)s nooit geopende kwartalen leeg blokkeren",
                stubs,
            ),
            stubs,
        ),
        (
            ngettext(
                "%(num)s heropend kwartaal opnieuw blokkeren", "%(num)s heropende kwartalen opnieuw blokkeren", again
            ),
            again,
        ),
    ]
    return [text for text, number in lines if number]


def done(counts: Mapping[str, Any]) -> list[str]:
    """What a run did, in the same lines."""
    blocked, stubs, again = counts["quarters_blocked"], counts["stubs"], counts["quarters_blocked_again"]
    lines = [
        *_letters(counts),
        (ngettext("%(num)s open kwartaal geblokkeerd", "%(num)s open kwartalen geblokkeerd", blocked), blocked),
        (
            ngettext(
                "%(num)s nooit geopend kwartaal leeg geblokkeerd",
                "%(num)s nooit geopende kwartalen leeg geblokkeerd",
                stubs,
            ),
            stubs,
        ),
        (
            ngettext(
                "%(num)s heropend kwartaal opnieuw geblokkeerd",
                "%(num)s heropende kwartalen opnieuw geblokkeerd",
                again,
            ),
            again,
        ),
    ]
    return [text for text, number in lines if number]


def _letters(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    letters, mails = counts["letters"], counts["mails"]
    return [
        (
            ngettext(
                "%(num)s brief over niet-ingediende kwartalen",
                "%(num)s brieven over niet-ingediende kwartalen",
                letters,
            ),
            letters,
        ),
        (ngettext("%(num)s e-mail aan een contactpersoon", "%(num)s e-mails aan contactpersonen", mails), mails),
    ]


def outcome_text(outcome: dict[str, Any]) -> str:
    """What a run did, on one line."""
    return "; ".join(done(outcome)) or gettext("Niets gewijzigd")


def problems(outcome: Mapping[str, Any]) -> list[list[str]]:
    """What went wrong, as rows: facility, act, message."""
    return [[one["hco"], gettext(ACT_LABELS[ActKind(one["act"])]), one["message"]] for one in outcome["problems"]]


def kinds(plan: Plan, kind: ActKind | None, address: Address) -> list[dict[str, Any]]:
    """A tab for each kind of act there is."""
    counts = {one: sum(planned.act.kind is one for planned in plan.acts) for one in ActKind}
    tabs = [
        {"label": gettext("Alles"), "href": address.without("soort"), "active": kind is None, "count": len(plan.acts)}
    ]
    for one, number in counts.items():
        if number:
            href = address.plus(soort=one.value)
            tabs.append({"label": gettext(ACT_LABELS[one]), "href": href, "active": kind is one, "count": number})
    return tabs


def strip(calendar: PeriodCalendar, today: date) -> list[dict[str, str]]:
    """The period as steps: label, dates, and whether it is over, now or to come."""

    def between(first: date, last: date) -> str:
        return gettext(
            "%(first)s tot en met %(last)s", first=format_date(first, "d MMM"), last=format_date(last, "d MMM y")
        )

    day_before = date.fromordinal(calendar.definitive_from.toordinal() - 1)
    after_deadline = date.fromordinal(calendar.statutory_deadline.toordinal() + 1)
    steps = [
        (gettext("Invoer"), calendar.starts_on, calendar.statutory_deadline),
        (gettext("Uitstel"), after_deadline, calendar.postponed_until),
        (gettext("Berekening en correctie"), calendar.blocking_on, day_before),
        (gettext("Definitieve berekening"), calendar.definitive_from, calendar.definitive_until),
        (gettext("Betaling"), calendar.payment_on, calendar.payment_on),
    ]
    found = []
    for label, first, last in steps:
        state = "future" if today < first else "current" if today <= last else "done"
        text = long_date(first) if first == last else between(first, last)
        found.append({"label": label, "period": text, "state": state})
    return found


def dates(found: PeriodOverview) -> list[dict[str, str]]:
    """The dates of a period, for the timeline."""
    today = clock.today()
    return [
        {
            "title": gettext(MILESTONE_LABELS[what]),
            "moment": long_date(day),
            "state": "done" if day < today else "current" if day == today else "future",
        }
        for day, what in found.milestones
    ]


def plot(found: PeriodOverview) -> LinePlot:
    """The share that was submitted, week by week, beside earlier years."""
    labels = [format_date(day, "d MMM") for day in found.days]
    return line_plot(labels, [(one.period, one.shares) for one in found.submitted], every=3)
