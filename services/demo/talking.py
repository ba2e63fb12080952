"""What facilities and the department wrote to each other in the demonstration: threads in every state."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from domain.actor import Actor
from domain.calendars import Quarter
from models.message import Conversation
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.cast import Cast
from services.demo.story import Story
from services.messaging import places, reading, writing

_DAY = timedelta(days=1)
_REPLACER = "Uren van een vervanger bij ziekte"
_ASKED = (
    "Beste,\n\nEen vervanger was in dit kwartaal drie weken ziek. Tellen de uren met gewaarborgd loon mee bij de "
    "betaalde uren?\n\nVriendelijke groeten"
)
_TOLD = (
    "Goedendag,\n\nJa. Betaald is alles waarvoor u geld aan de medewerker verschuldigd bent; gewaarborgd loon hoort "
    "daar dus bij. De dagen daarna, ten laste van het ziekenfonds, zijn niet betaald.\n\nMet vriendelijke groeten"
)
_THANKS = "Duidelijk, bedankt. We vullen het zo in."
_DEVIATION = "Afwijkend aantal betaalde dagen"
_DIFFERENT = (
    "Beste,\n\nHet aantal betaalde dagen wijkt af van het vorige kwartaal. Kunt u dat toelichten? U kunt een document "
    "als bijlage toevoegen.\n\nMet vriendelijke groeten"
)
_NEW_COLLEAGUE = "Nieuwe contactpersoon"
_WHERE = "Beste,\n\nWaar voeg ik een tweede contactpersoon toe voor eCalcura?"


def put_down(story: Story, calendar: DemoCalendar, cast: Cast) -> None:
    """Put the threads down as steps."""
    talk, quarter = _Talk(), calendar.last_ended
    brug, asked = cast.people["71000012"], working_day(calendar.today - 20 * _DAY)
    story.on(at(asked, 9, 12), partial(talk.begin, brug, _REPLACER, _ASKED, quarter, awaits=True))
    story.on(at(asked + _DAY, 11, 40), partial(talk.answer, cast.els, _REPLACER, _TOLD))
    story.on(at(asked + _DAY, 16, 5), partial(talk.answer, brug, _REPLACER, _THANKS))
    story.on(at(asked + 2 * _DAY, 9, 0), partial(talk.read, cast.els, _REPLACER))
    noticed = working_day(calendar.today - 4 * _DAY)
    story.on(at(noticed, 10, 30), partial(talk.begin_for, cast.els, "71000012", _DEVIATION, _DIFFERENT, quarter))
    other = cast.people["71000023"]
    story.on(at(noticed, 14, 20), partial(talk.begin, other, _NEW_COLLEAGUE, _WHERE, None, awaits=True))


class _Talk:
    """The threads so far, by subject."""

    def __init__(self) -> None:
        self._threads: dict[str, Conversation] = {}

    def begin(self, who: Actor, subject: str, body: str, quarter: Quarter | None, *, awaits: bool) -> None:
        place = places.facility_place(who, quarter=quarter)
        self._threads[subject] = writing.open_thread(place, subject, body, who, awaits_reply=awaits)

    def begin_for(self, els: Actor, hco_number: str, subject: str, body: str, quarter: Quarter) -> None:
        place = places.facility_place(els, hco_number, quarter)
        self._threads[subject] = writing.open_thread(place, subject, body, els, awaits_reply=True)

    def answer(self, who: Actor, subject: str, body: str) -> None:
        self.read(who, subject)
        draft = writing.draft(who, self._threads[subject].reference)
        writing.send(who, draft.reference, body, False, draft.version)

    def read(self, who: Actor, subject: str) -> None:
        reading.mark_read(who, self._threads[subject].reference)
