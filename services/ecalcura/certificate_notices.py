"""The certificates that facilities notified, for the department: what each changes of what was calculated (E-103)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, tuple_

from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus
from domain.ecalcura.certificate_shares import quarters_changed
from domain.ecalcura.certificates import CertificateAct, CertificateType
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation
from models.organisation import Certificate, CertificateNotification, Facility
from services import access, clock, listing
from services.listing import Order, Page, Position

Period = tuple[date, date | None]

#: Calculations that read the quarters of a period; an advance does not.
_OF_QUARTERS = (
    CalculationKind.PROVISIONAL,
    CalculationKind.DEFINITIVE,
    CalculationKind.RECALCULATION,
    CalculationKind.CORRECTION,
)


@dataclass(frozen=True, slots=True)
class Affected:
    """A reference period of which a notification changes quarters that were calculated without knowing it.

    ``calculated_at`` is the moment of that calculation; ``again`` says that a later one took the notification along.
    """

    period: str
    quarters: Sequence[Quarter]
    calculated_at: datetime
    again: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: whose, about which certificate, old and new period, and what could be recalculated."""

    facility: Facility
    kind: CertificateType
    act: CertificateAct
    before: Period | None
    after: Period | None
    at: datetime
    by: str
    quarters: Sequence[Quarter]
    affected: Sequence[Affected]

    @property
    def to_recalculate(self) -> list[Affected]:
        """The periods whose calculation in force does not know of it."""
        return [one for one in self.affected if not one.again]


def notices(actor: Actor, position: Position) -> Page[Notice]:
    """Every notification, the newest first; three statements for a page."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    statement: Any = (
        select(
            CertificateNotification.id,
            CertificateNotification.certificate_id,
            CertificateNotification.act,
            CertificateNotification.starts_on,
            CertificateNotification.ends_on,
            CertificateNotification.starts_before,
            CertificateNotification.ends_before,
            CertificateNotification.notified_at,
            CertificateNotification.notified_by,
            Certificate.kind,
            Facility,
        )
        .join(Certificate, Certificate.id == CertificateNotification.certificate_id)
        .join(Facility, Facility.id == Certificate.facility_id)
    )
    order = Order((CertificateNotification.id,), descending=True)
    page = listing.page_of(statement, order, position, name="certificate notices")
    earlier = _earlier({row.certificate_id for row in page.rows})
    read = [_periods(row, earlier) for row in page.rows]
    running = Quarter.of(clock.today())
    changed = [quarters_changed(before, after, running) for before, after in read]
    calculated = _calculated(
        {
            (row.Facility.id, quarter.reference_period)
            for row, quarters in zip(page.rows, changed, strict=True)
            for quarter in quarters
        }
    )
    rows = [
        Notice(
            row.Facility,
            row.kind,
            row.act,
            before,
            after,
            row.notified_at,
            row.notified_by,
            quarters,
            _affected(row, quarters, calculated),
        )
        for row, (before, after), quarters in zip(page.rows, read, changed, strict=True)
    ]
    return Page(tuple(rows), page.cursors, page.number, page.more)


def _earlier(certificates: set[int]) -> dict[int, list[Any]]:
    """Every notification of some certificates, oldest first."""
    found: dict[int, list[Any]] = {}
    if not certificates:
        return found
    rows = db.session.execute(
        select(
            CertificateNotification.id,
            CertificateNotification.certificate_id,
            CertificateNotification.starts_on,
            CertificateNotification.ends_on,
        )
        .where(CertificateNotification.certificate_id.in_(certificates))
        .order_by(CertificateNotification.id)
    )
    for row in rows:
        found.setdefault(row.certificate_id, []).append(row)
    return found


def _periods(row: Row[Any], earlier: dict[int, list[Any]]) -> tuple[Period | None, Period | None]:
    """The period before and after a notification; an old one that does not hold it follows from the one before it."""
    after = None if row.act is CertificateAct.WITHDRAWN else (row.starts_on, row.ends_on)
    if row.starts_before is not None:
        return (row.starts_before, row.ends_before), after
    before: Period | None = None
    for one in earlier[row.certificate_id]:
        if one.id == row.id:
            break
        before = (one.starts_on, one.ends_on)
    return before, after


def _calculated(wanted: set[tuple[int, str]]) -> dict[tuple[int, str], list[Calculation]]:
    """What was communicated for some facilities and periods and still counts, oldest first."""
    found: dict[tuple[int, str], list[Calculation]] = {}
    if not wanted:
        return found
    rows = db.session.scalars(
        select(Calculation)
        .where(
            tuple_(Calculation.facility_id, Calculation.period_code).in_(list(wanted)),
            Calculation.status.in_((CalculationStatus.COMMUNICATED, CalculationStatus.LAPSED)),
            Calculation.communicated_at.is_not(None),
            Calculation.kind.in_(_OF_QUARTERS),
        )
        .order_by(Calculation.id)
    )
    for row in rows:
        found.setdefault((row.facility_id, row.period_code), []).append(row)
    return found


def _affected(
    row: Row[Any], quarters: Sequence[Quarter], calculated: dict[tuple[int, str], list[Calculation]]
) -> list[Affected]:
    found = []
    for period in dict.fromkeys(quarter.reference_period for quarter in quarters):
        known = calculated.get((row.Facility.id, period), [])
        before = [one for one in known if one.calculated_at < row.notified_at]
        if not before:
            continue
        own = [quarter for quarter in quarters if quarter.reference_period == period]
        found.append(Affected(period, own, before[-1].calculated_at, again=len(before) < len(known)))
    return found
