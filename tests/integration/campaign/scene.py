"""Facilities in the autumn of 2024, and the whole database as one value, to see that nothing changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from domain.calendars import quarters_of
from domain.ecalcura.declaration import DossierStatus
from models.all import Base, db
from models.campaign import CampaignAct, CampaignRun
from models.declaration import Dossier
from models.letter import Letter
from models.organisation import Facility
from tests.factories import declarations, organisations, reference

PERIOD = "2023-2024"
QUARTERS = [str(quarter) for quarter in quarters_of(PERIOD)]
LETTER_DAY, LAST_MOMENT = "2024-10-01T08:00:00+02:00", "2024-10-15T23:59:59+02:00"
BLOCKING, DURING_CALCULATION = "2024-10-16T00:00:00+02:00", "2024-10-18T09:30:00+02:00"


def facility(states: str = "", *, contact: bool = True, **values: Any) -> Facility:
    """A facility that entered its first quarter in 2023K3, with a letter per quarter: O(pen), C(losed), A(udit), -."""
    made = organisations.facility(**({"entry_from": QUARTERS[0]} | values))
    reference.reference_period(PERIOD)
    if contact:
        organisations.contact_person(made, email=f"{made.hco_number}@example.be")
    words = {"O": DossierStatus.OPEN, "C": DossierStatus.CLOSED, "A": DossierStatus.AUDIT}
    for quarter, state in zip(QUARTERS, states.ljust(4, "-"), strict=True):
        if state != "-":
            declarations.dossier(made, quarter, words[state])
    return made


def statuses(of: Facility) -> str:
    """The states of its four quarters, as ``facility`` takes them, B for blocked."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(Dossier.year, Dossier.quarter_number, Dossier.status).where(
            Dossier.facility_id == of.id, Dossier.period_code == PERIOD
        )
    )
    known = {f"{year}K{number}": status for year, number, status in rows}
    return "".join(known[quarter].value[0] if quarter in known else "-" for quarter in QUARTERS)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def rows(model: type[Any]) -> list[Any]:
    """The rows of a table as they are stored now."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(model).order_by(model.id).execution_options(populate_existing=True)))


def letters_to(of: Facility) -> list[Letter]:
    """The letters of a facility."""
    return [letter for letter in rows(Letter) if letter.facility_id == of.id]


def acts(of: Facility) -> list[str]:
    """What the calendar did for a facility."""
    return [act.kind for act in rows(CampaignAct) if act.facility_id == of.id]


def runs() -> list[CampaignRun]:
    """The runs so far."""
    return rows(CampaignRun)
