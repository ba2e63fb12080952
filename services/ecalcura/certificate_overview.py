"""Reading the certificates of a facility: where each stands, what is missing, every notification (E-100 to E-104)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura.campaign import Phase
from domain.ecalcura.certificate_shares import QuarterShare, share_of
from domain.ecalcura.certificates import (
    CertificateAct,
    CertificateFacts,
    CertificateStart,
    CertificateState,
    CertificateType,
    coverage_finding,
    missing_on,
    removal_obstacle,
    state_on,
)
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.errors import NotAllowedNow
from domain.permissions import Permission
from models.base import db
from models.organisation import Certificate, CertificateNotification, Facility
from services import access, clock
from services.ecalcura import dossiers, parameter_sets
from services.ecalcura.certificates import certificate, current, facts
from services.ecalcura.frozen import frozen_quarters

#: So many reference periods are told: the running one and the two before.
_PERIODS = 3
_MOST_QUARTERS = 4 * _PERIODS


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One certificate with where it stands today; ``obstacle`` is the settled quarter that keeps it from being deleted.

    ``notified_at`` is the moment of the last notification.
    """

    reference: str
    kind: CertificateType
    starts_on: date
    ends_on: date | None
    state: CertificateState
    obstacle: Quarter | None
    notified_at: datetime
    notified_by: str


@dataclass(frozen=True, slots=True)
class NotificationLine:
    """One notification to the department: what was said about which certificate, when and by whom.

    ``starts_on`` None: the period is not known any more.
    """

    kind: CertificateType
    act: CertificateAct
    starts_on: date | None
    ends_on: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PeriodShares:
    """What the certificates cover of each quarter of a reference period, newest first, by the start rule in force."""

    code: str
    rule: CertificateStart
    shares: Sequence[QuarterShare]


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    """The tab *Certificaten*. ``missing``: kinds that do not hold today; ``uncovered``: quarters with V-66."""

    lines: Sequence[CertificateLine]
    missing: Sequence[CertificateType]
    uncovered: Sequence[Quarter]
    notifications: Sequence[NotificationLine]
    periods: Sequence[PeriodShares]
    today: date


def certificates_page(actor: Actor) -> CertificatesPage:
    """The certificates of the actor's facility with all there is to say about them."""
    access.require(actor, Permission.CERTIFICATES_READ)
    facility = access.own_facility(actor)
    today, frozen = clock.today(), frozen_quarters(facility.id)
    rows, given = current(facility.id), notifications(facility.id)
    last = {key: lines[0] for key, lines in given.items()}
    known = [facts(row) for row in rows]
    return CertificatesPage(
        lines=[_line(row, last[row.id], today, frozen) for row in rows],
        missing=missing_on(today, known),
        uncovered=uncovered_quarters(facility, known),
        notifications=sorted((one for lines in given.values() for one in lines), key=lambda one: one.at, reverse=True),
        periods=period_shares(facility, known),
        today=today,
    )


def period_shares(facility: Facility, known: Sequence[CertificateFacts]) -> list[PeriodShares]:
    """The running reference period and those before it, each quarter that began with the days that count in it."""
    running, first = Quarter.of(clock.today()), Quarter.parse(facility.entry_from)
    quarters: list[Quarter] = []
    quarter = running
    while quarter >= first and len(quarters) < _MOST_QUARTERS:
        quarters.append(quarter)
        quarter = quarter.previous()
    codes = list(dict.fromkeys(quarter.reference_period for quarter in quarters))[:_PERIODS]
    found = []
    for code in codes:
        rule, types = _start_rule(code)
        own = [quarter for quarter in quarters if quarter.reference_period == code]
        found.append(PeriodShares(code, rule, [share_of(quarter, known, rule, types) for quarter in own]))
    return found


def _start_rule(period_code: str) -> tuple[CertificateStart, tuple[CertificateType, ...]]:
    """How a certificate counts in a reference period: by its parameters, or as part 8 has it while there are none."""
    try:
        parameters = parameter_sets.in_force(period_code).content.compensation
    except NotAllowedNow:
        parameters = CompensationParameters()
    return parameters.certificate_start, parameters.required_certificates


def obstacle_to_removal(actor: Actor, reference: str) -> Quarter | None:
    """The settled quarter that keeps a certificate from being deleted, if any (E-104)."""
    row = certificate(actor, reference)
    return removal_obstacle(facts(row), frozen_quarters(row.facility_id))


def uncovered_quarters(facility: Facility, known: Sequence[CertificateFacts]) -> list[Quarter]:
    """The quarters that began, whose period is not settled for good, and that lack a certificate on some day (V-66)."""
    quarters = []
    quarter, today = Quarter.parse(facility.entry_from), Quarter.of(clock.today())
    while quarter <= today:
        quarters.append(quarter)
        quarter = quarter.next()
    situations = dossiers.situations(facility, {quarter.reference_period for quarter in quarters})
    return [
        quarter
        for quarter in quarters
        if situations[quarter.reference_period].phase is not Phase.DEFINITIVE
        and coverage_finding(quarter, known) is not None
    ]


def notifications(facility_id: int) -> dict[int, list[NotificationLine]]:
    """Every notification per certificate, newest first; withdrawn certificates too.

    Of a certificate that was taken over only the moment of the first notification is known.
    """
    found: dict[int, list[NotificationLine]] = {}
    rows = db.session.execute(
        select(Certificate, CertificateNotification)
        .outerjoin(CertificateNotification, CertificateNotification.certificate_id == Certificate.id)
        .where(Certificate.facility_id == facility_id)
        .order_by(Certificate.id, CertificateNotification.id.desc())
    )
    certificates = {}
    for row, sent in rows:
        certificates[row.id] = row
        lines = found.setdefault(row.id, [])
        if sent is not None:
            moment = (sent.notified_at, sent.notified_by)
            lines.append(NotificationLine(row.kind, sent.act, sent.starts_on, sent.ends_on, *moment))
    for key, row in certificates.items():
        lines = found[key]
        if all(line.act is not CertificateAct.ADDED for line in lines):
            first, end = (None, None) if lines else (row.starts_on, row.ends_on)
            lines.append(NotificationLine(row.kind, CertificateAct.ADDED, first, end, row.notified_at, row.notified_by))
    return found


def _line(row: Certificate, last: NotificationLine, today: date, frozen: Sequence[Quarter]) -> CertificateLine:
    known = facts(row)
    return CertificateLine(
        reference=row.reference,
        kind=row.kind,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=state_on(today, known),
        obstacle=removal_obstacle(known, frozen),
        notified_at=last.at,
        notified_by=last.by,
    )
