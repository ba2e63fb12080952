"""A facility that is ready to submit: an account, a contact person, both certificates, three kinds of staff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.declaration import Event
from domain.permissions import Role
from models.all import db
from models.declaration import Dossier, DossierEvent, DossierSnapshot, Submission
from models.organisation import Facility
from models.personnel import Contract
from services import transaction
from services.ecalcura import declarations, performances, submission
from services.ecalcura.performances import SaveOutcome, TypedRow
from tests.factories import actors, organisations, personnel

QUARTER = "2024K1"


@dataclass
class Scene:
    """The facility with its people: a nurse with a premium (days), a part-time replacer (hours), an exemption."""

    facility: Facility
    clerk: Actor
    manager: Actor
    nurse: Contract
    replacer: Contract
    exempted: Contract

    def number(self, quarter: str = QUARTER) -> str:
        """The number of its dossier of a quarter."""
        return f"{self.facility.hco_number}-{quarter}"

    def open(self, quarter: str = QUARTER) -> str:
        """Open a dossier as the clerk; gives its number."""
        with transaction.unit_of_work():
            declarations.open_new(self.clerk, Quarter.parse(quarter))
        return self.number(quarter)

    def save(self, *rows: TypedRow, number: str | None = None, actor: Actor | None = None) -> SaveOutcome:
        """Save rows of the grid."""
        with transaction.unit_of_work():
            return performances.save(actor or self.clerk, number or self.number(), rows)

    def fill(self, quarter: str = QUARTER) -> str:
        """Open a quarter and fill in every line that needs it."""
        number = self.open(quarter)
        self.save(days(self.nurse, "60", "4"), hours(self.replacer, "230"), number=number)
        return number

    def review(self, number: str | None = None) -> str:
        """Begin a review; gives its key."""
        with transaction.unit_of_work():
            return submission.begin_review(self.clerk, number or self.number())

    def submit(self, number: str | None = None, key: str | None = None) -> Submission:
        """Review (unless a key is given) and submit."""
        number = number or self.number()
        key = key or self.review(number)
        with transaction.unit_of_work():
            return submission.submit(self.clerk, number, key)

    def fire(self, event: Event, reason: str | None = "Op vraag van de voorziening.", **values: Any) -> Dossier:
        """A step of the case manager on the dossier of the quarter."""
        number = values.pop("number", None) or self.number()
        actor = values.pop("actor", None) or self.manager
        with transaction.unit_of_work():
            return declarations.fire(actor, number, event, reason, **values)

    def dossier(self, quarter: str = QUARTER) -> Dossier:
        """The row as it is stored now."""
        db.session.rollback()
        return db.session.scalars(
            sa.select(Dossier).where(Dossier.number == self.number(quarter)).execution_options(populate_existing=True)
        ).one()

    def events(self, quarter: str = QUARTER) -> list[DossierEvent]:
        """Its timeline as stored."""
        return list(
            db.session.scalars(
                sa.select(DossierEvent)
                .where(DossierEvent.dossier_id == self.dossier(quarter).id)
                .order_by(DossierEvent.id)
            )
        )


def scene(**values: Any) -> Scene:
    """Make the facility and its staff."""
    facility = organisations.facility(**values)
    organisations.contact_person(facility)
    organisations.bank_account(facility)
    for kind in CertificateType:
        organisations.certificate(facility, kind)
    nurse = personnel.staff_member(facility, last_name="Aerts", first_name="An")
    replacer = personnel.staff_member(facility, last_name="Bos", first_name="Bart")
    exempted = personnel.staff_member(facility, last_name="Claes", first_name="Els")
    personnel.choice(nurse)
    personnel.choice(exempted, age_category="45+", premium_hours=0, exemption_hours=2)
    return Scene(
        facility,
        actors.known(actors.facility_user(facility, Role.EL_PRIVACY)),
        actors.known(actors.case_manager()),
        personnel.contract(nurse),
        personnel.contract(
            replacer,
            hours=Decimal(19),
            replacement_hours=Decimal("9.50"),
            el_right=False,
            qualification_code="ANDERE_A1",
            starts_on=date(2022, 3, 1),
        ),
        personnel.contract(exempted, qualification_code="ZORGKUNDIGE", contract_type_code="STATUTAIR"),
    )


def days(of: Contract, paid: str, unpaid: str, version: int = 0) -> TypedRow:
    """Days typed on the line of a full-time contract."""
    return TypedRow(of.reference, version, paid, unpaid)


def hours(of: Contract, paid: str, version: int = 0) -> TypedRow:
    """Hours typed on the line of a part-time contract."""
    return TypedRow(of.reference, version, paid_hours=paid)


def count(model: type[Any]) -> int:
    """How many rows a table has."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def snapshots_of(dossier: Dossier) -> list[DossierSnapshot]:
    """The copies of a dossier, oldest first."""
    return list(
        db.session.scalars(
            sa.select(DossierSnapshot)
            .where(DossierSnapshot.dossier_id == dossier.id)
            .order_by(DossierSnapshot.sequence)
        )
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, transaction control left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SET", "PRAGMA")):
            seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
