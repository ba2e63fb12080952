"""A facility that can be calculated: staff, certificates, four closed quarters with their copies; and rounds of it.

In the reference period 2023-2024 everything adds up to figures that can be checked by hand (VOORBEELDBEDRAG).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.dossier_states import DossierStatus
from domain.permissions import Role
from models.all import db
from models.compensation import Calculation, CalculationRound, ParameterSet
from models.declaration import Dossier, DossierSnapshot, Performance
from models.gate import writing
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from services import transaction
from services.ecalcura import dossiers, parameter_sets, rounds, snapshots
from services.ecalcura.lines import lines
from services.ecalcura.parameter_sets import InForce
from tests.factories import actors, declarations, organisations, personnel, reference
from tests.factories.database import change, saved

PERIOD = "2023-2024"
#: Two accounts that no row of a test has.
STARTER = actors.actor(Role.EL_DOSSIERBEHEERDER, name="Els De Smet", account_id=900_011)
RELEASER = actors.actor(Role.EL_DOSSIERBEHEERDER, name="Bram Vos", account_id=900_012)


@dataclass
class Household:
    """A facility with the staff its amounts come from, and a dossier per quarter.

    ``nurse`` has six premium hours, ``senior`` six exempted hours, ``replacer`` is a carer who replaces 12 of 19.
    """

    facility: Facility
    nurse: StaffMember
    senior: StaffMember
    replacer: StaffMember
    nurse_contract: Contract
    senior_contract: Contract
    replacer_contract: Contract
    premium: EndOfCareerChoice
    exemption: EndOfCareerChoice
    dossiers: dict[Quarter, Dossier] = field(default_factory=dict)


def household(period: str = PERIOD, *, closed: bool = True, certificates: bool = True, **values: Any) -> Household:
    """A facility of sector PVT with a nurse, a senior and a replacer; its four quarters closed unless said otherwise.

    Full performances: 65 paid days, 247 paid hours for the replacer. Contact person, account and certificates too.
    """
    parameters(period)
    row = organisations.facility(**values)
    organisations.contact_person(row)
    organisations.bank_account(row)
    if certificates:
        for kind in CertificateType:
            organisations.certificate(row, kind)
    nurse, senior, replacer = (personnel.staff_member(row) for _ in range(3))
    it = Household(
        row,
        nurse,
        senior,
        replacer,
        personnel.contract(nurse),
        personnel.contract(senior, qualification_code="ZORGKUNDIGE"),
        personnel.contract(
            replacer,
            qualification_code="ZORGKUNDIGE",
            hours=Decimal("19.00"),
            replacement_hours=Decimal("12.00"),
            el_right=False,
        ),
        personnel.choice(nurse),
        personnel.choice(senior, premium_hours=0, exemption_hours=6),
    )
    if closed:
        for quarter in quarters_of(period):
            declare(it, quarter)
            close(it.dossiers[quarter])
    return it


def declare(
    it: Household, quarter: Quarter, *, paid: str = "65.0", unpaid: str = "0.0", hours: str = "247.00"
) -> Dossier:
    """Open a quarter and enter performances of the nurse (days) and the replacer (hours)."""
    row = it.dossiers[quarter] = declarations.dossier(it.facility, str(quarter))
    declarations.performance(row, it.nurse_contract, paid_days=Decimal(paid), unpaid_days=Decimal(unpaid))
    declarations.performance(row, it.replacer_contract, paid_days=None, unpaid_days=None, paid_hours=Decimal(hours))
    return row


def close(dossier: Dossier, *, event: str = "SUBMIT", status: DossierStatus = DossierStatus.CLOSED) -> Dossier:
    """Close a quarter with an immutable copy of what it says now: submitted, or blocked (``event="BLOCK"``)."""
    with transaction.unit_of_work():
        found = dossiers.find(STARTER, dossier.number, lock=True)
        held = snapshots.certificates_in(found.facility.id, found.dossier.quarter)
        with writing("test"):
            copy = snapshots.take(STARTER, found, event, lines(found.dossier, found.parameters), held)
            found.dossier.status, found.dossier.snapshot_id = status, copy.id
            found.dossier.basis = "AMBTSHALVE" if event.startswith("BLOCK") else "INGEDIEND"
            found.dossier.changed_at = copy.taken_at
            if event == "SUBMIT":
                found.dossier.submitted_at = copy.taken_at
    return dossier


def parameters(period: str = PERIOD) -> InForce:
    """The released set of a period: the example amounts, with the calendar of 5.1."""
    reference.reference_period(period)
    with transaction.unit_of_work():
        return parameter_sets.ensure_released(period)


def started(
    facilities: Iterable[Facility | Household],
    kind: CalculationKind = CalculationKind.PROVISIONAL,
    *,
    period: str = PERIOD,
    reason: str | None = None,
    by: Actor = STARTER,
) -> str:
    """A round that waits for the worker; gives its reference. The clock must stand where the kind is allowed."""
    numbers = [one.facility.hco_number if isinstance(one, Household) else one.hco_number for one in facilities]
    with transaction.unit_of_work():
        return rounds.start(by, period, kind, numbers, reason).reference


def compute(reference: str, *, steps: int | None = None) -> None:
    """Do the work of a round as the worker does, with a commit at each step; ``steps``: no more than so many."""
    work = rounds.work({"round": reference})
    while steps is None or steps > 0:
        with transaction.unit_of_work():
            if next(work, None) is None:
                return
        steps = None if steps is None else steps - 1


def ready(
    facilities: Iterable[Facility | Household], kind: CalculationKind = CalculationKind.PROVISIONAL, **values: Any
) -> str:
    """A computed round that waits to be released; gives its reference."""
    found = started(facilities, kind, **values)
    compute(found)
    return found


def released(
    facilities: Iterable[Facility | Household],
    kind: CalculationKind = CalculationKind.PROVISIONAL,
    *,
    released_by: Actor = RELEASER,
    **values: Any,
) -> Sequence[Calculation]:
    """A released round; gives its calculations in the order of the HCO numbers."""
    found = ready(facilities, kind, **values)
    with transaction.unit_of_work():
        rounds.release(released_by, found)
    return calculations(found)


def calculations(reference: str) -> Sequence[Calculation]:
    """The calculations of a round as they are committed, in the order of the HCO numbers."""
    db.session.rollback()
    return db.session.scalars(
        select(Calculation)
        .join(CalculationRound, CalculationRound.id == Calculation.round_id)
        .join(Facility, Facility.id == Calculation.facility_id)
        .where(CalculationRound.reference == reference)
        .order_by(Facility.hco_number)
        .execution_options(populate_existing=True)
    ).all()


def round_of(reference: str) -> CalculationRound:
    """The round as it is committed."""
    db.session.rollback()
    statement = select(CalculationRound).where(CalculationRound.reference == reference)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


#: Days on which the rounds of 2023-2024 are allowed: after the blocking, after the window, and later (5.1).
PROVISIONAL_AT = "2024-10-16T09:00:00+02:00"
DEFINITIVE_AT = "2024-11-25T09:00:00+01:00"
LATER = "2025-03-03T09:00:00+01:00"
LAST_DAY_OF_WINDOW = date(2024, 11, 16)


def declare_again(it: Household, quarter: Quarter, *, paid: str = "65.0", unpaid: str = "0.0") -> Dossier:
    """Other days of the nurse in a quarter that was closed, and a new copy that counts."""
    enter(it, quarter, paid=paid, unpaid=unpaid)
    return close(it.dossiers[quarter])


def enter(it: Household, quarter: Quarter, *, paid: str, unpaid: str) -> None:
    """Other days of the nurse, in a quarter that may be edited."""
    entry = db.session.get_one(Performance, (it.dossiers[quarter].id, it.nurse_contract.id))
    change(entry, paid_days=Decimal(paid), unpaid_days=Decimal(unpaid))


def snapshot_of(it: Household, quarter: Quarter) -> DossierSnapshot:
    """The copy that counts of a quarter."""
    db.session.refresh(it.dossiers[quarter])
    return db.session.get_one(DossierSnapshot, it.dossiers[quarter].snapshot_id)


def round_of_calculation(calculation: Calculation) -> CalculationRound:
    """The round a calculation belongs to."""
    return db.session.get_one(CalculationRound, calculation.round_id)


def copy_of(old: ParameterSet) -> ParameterSet:
    """A newer released set with the same content."""
    values = {column.key: getattr(old, column.key) for column in ParameterSet.__mapper__.column_attrs}
    kept = {name: value for name, value in values.items() if name not in ("id", "reference", "version")}
    return saved(ParameterSet(**(kept | {"number": old.number + 1})))


def roll_back(reference: str) -> None:
    """Undo a computed round."""
    with transaction.unit_of_work():
        rounds.roll_back(STARTER, reference, "Voor de test")
