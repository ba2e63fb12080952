"""What the facilities of the demonstration declared, and what the department did with it.

``HABITS`` says how each facility goes about it; together they show every status, transition and phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from domain.actor import Actor
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.declaration import DossierStatus
from models.base import db
from models.declaration import Dossier
from models.organisation import Facility
from services.demo import filling
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.story import Story
from services.ecalcura import declarations, submission, unusual_values
from services.ecalcura.dossiers import number_of

#: What a facility writes when a value is far from what is usual.
WHY = {
    "U-01": "Langdurig afwezig wegens ziekte; het gewaarborgd loon liep af.",
    "U-02": "De vervangers werkten dit kwartaal niet: ze begonnen pas later opnieuw.",
    "U-03": "Verschillende medewerkers waren dit kwartaal met onbetaald verlof.",
}

#: While so many days after the blocking have not passed, the last period that ended shows the phases in between.
_CALCULATION_DAYS = 75
_SHORTLY = timedelta(days=11)


@dataclass(frozen=True)
class Habit:
    """How a facility declares.

    ``late``: the last two quarters of a period only in the postponement. ``forgets``: the quarter number it opens but
    never submits; ``skips``: the one it never opens. ``nothing``: a quarter number with nothing to declare.
    ``last``: what is done of the quarter that ended last (``submits``, ``fills``, ``part``, ``opens``, ``nothing`` at
    all). ``running``: opens the running quarter already. ``calculation``: whether the provisional calculation of the
    last period came in the ``ordinary`` way, is ``recent``, or is ``waiting``. ``lean``: declared only half of the last
    but one period that ended, so that its advances were too high.
    """

    late: bool = False
    forgets: int | None = None
    skips: int | None = None
    nothing: int | None = None
    last: str = "submits"
    running: bool = False
    calculation: str = "ordinary"
    lean: bool = False


HABITS: dict[str, Habit] = {
    "71000012": Habit(last="part"),
    "71000023": Habit(last="opens"),
    "71000056": Habit(running=True),
    "71000067": Habit(forgets=2, running=True, calculation="recent"),
    "71000078": Habit(),
    "71000089": Habit(late=True, last="fills"),
    "71000090": Habit(nothing=3),
    "71000101": Habit(skips=4, last="nothing", calculation="waiting"),
    "71000112": Habit(running=True),
    "71000123": Habit(forgets=1, last="part"),
    "71000134": Habit(),
    "71000145": Habit(),
    "71000156": Habit(late=True, last="nothing", lean=True),
}


def put_down(story: Story, calendar: DemoCalendar, facilities: dict[str, Facility], people: dict[str, Actor]) -> None:
    """Put the whole past of the declarations down as steps."""
    for hco_number, habit in HABITS.items():
        chapter = _Chapter(story, calendar, facilities[hco_number], people[hco_number], habit)
        for quarter in calendar.quarters:
            if Quarter.parse(chapter.facility.entry_from) <= quarter <= calendar.running:
                chapter.declare(quarter)


class _Chapter:
    """The steps of one facility."""

    def __init__(self, story: Story, calendar: DemoCalendar, facility: Facility, who: Actor, habit: Habit) -> None:
        self.story, self.calendar, self.facility, self.who, self.habit = story, calendar, facility, who, habit
        self.draw = Random(f"declarations {facility.hco_number}")  # noqa: S311 - made-up data, the same every time

    def declare(self, quarter: Quarter) -> None:
        """Open, fill and submit a quarter, as the habit is."""
        number, habit, draw = number_of(self.facility.hco_number, quarter), self.habit, self.draw
        if quarter == self.calendar.running:
            if habit.running:
                self.story.on(at(working_day(quarter.start + timedelta(days=9)), 9, 40), self._open(quarter))
            return
        last = habit.last if quarter == self.calendar.last_ended else "submits"
        recent = quarter == self.calendar.last_ended
        lean = habit.lean and quarter in _half_declared(self.calendar)
        if last == "nothing" or lean or (quarter.number == habit.skips and not recent):
            return
        opened_on = working_day(quarter.end - timedelta(days=draw.randrange(6, 20)))
        self.story.on(at(opened_on, 9, draw.randrange(60)), self._open(quarter))
        if last == "opens":
            return
        if quarter.number == habit.nothing and not recent:
            self.story.on(at(opened_on, 11, 5), partial(declarations.declare_nothing, self.who, number, confirmed=True))
        else:
            share = 0.55 if last == "part" or (quarter.number == habit.forgets and not recent) else 1.0
            filled_on = working_day(quarter.end - timedelta(days=draw.randrange(1, 4)))
            self.story.on(at(filled_on, 13, draw.randrange(60)), partial(filling.fill, self.who, number, share))
        if last == "submits" and (recent or quarter.number != habit.forgets):
            self.story.on(at(self._submitted_on(quarter), 15, draw.randrange(60)), partial(submit, self.who, number))

    def _open(self, quarter: Quarter) -> partial[Dossier]:
        return partial(declarations.open_new, self.who, quarter)

    def _submitted_on(self, quarter: Quarter) -> date:
        if self.habit.late and quarter.number < 3:
            return date(quarter.year, 10, 2 + self.draw.randrange(12))
        return working_day(quarter.end + timedelta(days=self.draw.randrange(6, 24)))


def _half_declared(calendar: DemoCalendar) -> tuple[Quarter, ...]:
    """The quarters a lean facility never opened: the last two of the last but one period that ended."""
    return quarters_of(calendar.periods[-3])[2:] if len(calendar.periods) >= 3 else ()


def provisional_day(calendar: DemoCalendar, hco_number: str, period: PeriodCalendar) -> date | None:
    """When the provisional calculation reaches a facility; None when it still waits for it."""
    draw = Random(f"{hco_number} {period.reference_period}")  # noqa: S311 - made-up data, the same every time
    ordinary = working_day(period.blocking_on + timedelta(days=draw.randrange(1, 6)))
    since_blocking = (calendar.today - period.blocking_on).days
    if not 0 <= since_blocking <= _CALCULATION_DAYS:
        return ordinary
    match HABITS[hco_number].calculation:
        case "waiting":
            return None
        case "recent":
            return max(working_day(calendar.today - _SHORTLY), period.blocking_on)
        case _:
            return ordinary


def submit(who: Actor, number: str) -> None:
    """Review, say why what is unusual is right, and submit a quarter."""
    key = submission.begin_review(who, number)
    asked = [one.flag for one in submission.review_page(who, number, key).questions if not one.answered]
    if asked:
        unusual_values.justify(who, number, {flag.key: WHY[flag.code] for flag in asked})
    submission.submit(who, number, key)


def status_of(number: str) -> DossierStatus | None:
    """The status of a dossier, None when there is none."""
    return db.session.scalar(select(Dossier.status).where(Dossier.number == number))
