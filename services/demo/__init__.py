"""The demonstration data: one story of some Flemish facilities around the day it is loaded. Nobody in it exists."""

from __future__ import annotations

from sqlalchemy import event, select, update

from models.base import Base, db
from models.declaration import Dossier
from models.document import StoredFile
from models.gate import writing
from models.organisation import Facility
from services import clock, reference_lists
from services.connections import connections
from services.demo import (
    campaigns,
    contracting,
    declarations,
    desks,
    incidents,
    mail,
    news,
    parties,
    personnel,
    questions,
    rights,
    talking,
    traces,
)
from services.demo.calendar import DemoCalendar, at
from services.demo.cast import assemble
from services.demo.story import Story


def loaded() -> bool:
    """Whether this installation has facilities: those of the demonstration, or real ones."""
    return db.session.scalar(select(Facility.id).limit(1)) is not None


def load(reset: bool = False) -> dict[str, int | bool]:
    """Load the demonstration, once: when a facility exists nothing is done, unless ``reset`` empties everything first.

    Needs a writing transaction (``services.transaction.unit_of_work``), which the caller commits. Gives counts.
    """
    if reset:
        _empty()
    elif loaded():
        return {"loaded": False}
    calendar = DemoCalendar(clock.today())
    reference_lists.ensure()
    reference_lists.ensure(calendar.periods)
    facilities = parties.add(calendar)
    staff = personnel.add(calendar, facilities, parties.described())
    steps = _play(calendar, facilities)
    traces.deliver_mail()
    mail.tell()
    dossiers = len(db.session.scalars(select(Dossier.id)).all())
    return {"loaded": True, "facilities": len(facilities), "staff": staff, "dossiers": dossiers, "steps": steps}


def _play(calendar: DemoCalendar, facilities: dict[str, Facility]) -> int:
    story = Story(clock.now())
    cast = assemble(parties.described(), facilities, at(calendar.start, 8))
    traces.put_down(story, calendar, facilities, cast)
    declarations.put_down(story, calendar, facilities, cast.people)
    campaigns.put_down(story, calendar, facilities, cast)
    incidents.put_down(story, calendar, cast)
    desks.put_down(story, calendar, cast)
    talking.put_down(story, calendar, cast)
    rights.put_down(story, calendar, cast)
    contracting.put_down(story, calendar)
    news.put_down(story, calendar, cast.els)
    questions.put_down(story, calendar, cast.people)
    return story.play()


def _empty() -> None:
    """Forget every row, and the stored files once that is certain."""
    session = db.session()
    digests = list(session.scalars(select(StoredFile.digest)))
    with writing("demo.reset"):
        session.execute(update(Dossier).values(snapshot_id=None))
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    session.expunge_all()

    @event.listens_for(session, "after_commit", once=True)
    def _forget_files(_session: object) -> None:
        documents = connections().documents
        for digest in digests:
            documents.remove(digest)
