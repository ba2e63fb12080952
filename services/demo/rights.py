"""Rights of persons in the demonstration: two requests to correct, and who looked at the data of De Brug."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.permissions import Role
from domain.privacy import CorrectionAct, CorrectionField
from models.base import db
from models.personnel import StaffMember
from models.privacy import CorrectionRequest
from services import access, helpdesk
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.cast import Cast
from services.demo.story import Story
from services.ecalcura import case_facilities, case_page, case_staff, history
from services.privacy import corrections, person_file

_DAY = timedelta(days=1)
_BRUG = "71000012"
_HELPDESK = Actor(
    None, Side.HELPDESK, "OVO009903", "Helpdesk e-loket", "Helpdesk e-loket", frozenset({Role.EL_HELPDESK})
)
_STARTED = "Het contract begon een maand vroeger dan er staat."
_LESS = "In dit kwartaal stond ik twee dagen langer op ziekte dan er staat."
_DISAGREE = (
    "Beste,\n\nOns personeelslid is het niet eens met de dagen die wij ingaven. Welke stukken gelden als bewijs?\n\n"
    "Vriendelijke groeten"
)


def put_down(story: Story, calendar: DemoCalendar, cast: Cast) -> None:
    """Put them down as steps."""
    brug, quarter = cast.people[_BRUG], str(calendar.last_ended)
    first = working_day(calendar.today - 16 * _DAY)
    story.on(at(first, 10, 4), partial(_ask, brug, 0, CorrectionField.CONTRACT, None, _STARTED))
    story.on(at(first + _DAY, 9, 20), partial(_decide, brug, "De begindatum is aangepast."))
    second = working_day(calendar.today - 6 * _DAY)
    story.on(at(second, 11, 15), partial(_ask, brug, 1, CorrectionField.PERFORMANCE, quarter, _LESS))
    story.on(at(second, 15, 45), partial(_involve, brug))
    story.on(at(second + _DAY, 9, 5), partial(_look, cast.els, f"{_BRUG}-{quarter}"))
    story.on(at(second + _DAY, 9, 20), partial(_open_file, cast.els))
    story.on(at(second + _DAY, 13, 30), partial(_call))


def _people(who: Actor) -> list[StaffMember]:
    rows = select(StaffMember).where(StaffMember.facility_id == access.own_facility_id(who))
    return list(db.session.scalars(rows.order_by(StaffMember.id).limit(2)))


def _ask(who: Actor, place: int, field: CorrectionField, quarter: str | None, wanted: str) -> None:
    corrections.register(who, _people(who)[place].national_number, field.value, quarter, wanted)


def _newest() -> CorrectionRequest:
    return db.session.scalars(select(CorrectionRequest).order_by(CorrectionRequest.id.desc()).limit(1)).one()


def _decide(who: Actor, answer: str) -> None:
    row = _newest()
    corrections.act(who, row.reference, CorrectionAct.CORRECT, answer, row.version)


def _involve(who: Actor) -> None:
    row = _newest()
    corrections.involve(who, row.reference, _DISAGREE, row.version)


def _look(els: Actor, number: str) -> None:
    for _ in range(3):
        case_page.viewed(els, number)
    case_facilities.facility_page(els, _BRUG)
    history.of_facility(els, _BRUG)


def _open_file(els: Actor) -> None:
    number = _newest().national_number
    person_file.of_number(els, number, "Klacht over de prestaties van een kwartaal")
    found = case_staff.with_number(els, number)
    case_staff.reveal(els, found[0].reference, "Nummer vergelijken met de klacht")


def _call() -> None:
    helpdesk.look_up(_HELPDESK, _BRUG)
