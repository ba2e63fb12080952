"""Releasing a round: by somebody else than who started it, everything at once, and only what still is as it was read.

All facilities are locked first, in the order of their keys, so nothing changes between the check and the commit
(docs/adr/0007-locks.md); everybody else holds one facility at a time.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.payment_orders import is_other_person
from domain.ecalcura.rounds import ADVANCES, refusal
from domain.errors import N_, Conflict, DomainError, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation, CalculationDerivation, CalculationRound
from models.gate import writing
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from models.upserts import upsert
from services import access, audit, background_jobs, clock
from services.batches import in_batches
from services.ecalcura import advances, counting_cases, dossiers, parameter_sets, payments
from services.ecalcura.calculations import purpose
from services.ecalcura.derivation_case import certificate_row
from services.ecalcura.round_standings import standings

NOT_READY = N_("Deze ronde kan nu niet vrijgegeven worden: ze is niet klaar, of ze is al vrijgegeven of gestopt.")
SAME_PERSON = N_("U hebt deze ronde zelf gestart. Laat een collega ze nakijken en vrijgeven.")
NOTHING = N_("Er is geen enkele berekening om vrij te geven.")
NEWER_PARAMETERS = N_("Er zijn intussen nieuwere parameters vrijgegeven. Draai deze ronde terug en bereken opnieuw.")
CHANGED = N_(
    "Sinds de berekening is er iets gewijzigd bij {count} voorzieningen. Er is niets vrijgegeven. "
    "Bereken die opnieuw en kijk ze na."
)
QUARTER_CHANGED = N_("{quarter} is gewijzigd")
CERTIFICATES_CHANGED = N_("De certificaten zijn gewijzigd")
SECTOR_CHANGED = N_("De sector van de voorziening is gewijzigd")
OTHER_CALCULATION = N_("Er is intussen een andere berekening gecommuniceerd")
ADVANCE_CHANGED = N_("Het voorschot is intussen anders")

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Changed:
    """A facility whose calculation is no longer that of what counts now, and what changed."""

    hco_number: str
    name: str
    why: DomainError


class ChangedSince(Conflict):
    """Something changed since the round was computed: ``facilities`` says where; nothing was released."""

    def __init__(self, facilities: Sequence[Changed]) -> None:
        super().__init__(CHANGED, code="ROUND_CHANGED", count=len(facilities))
        self.facilities = tuple(facilities)


def may_release(actor: Actor, row: CalculationRound) -> DomainError | None:
    """Why the actor cannot release the round, apart from what changed since; None when it can be tried."""
    if row.state is not RoundState.READY:
        return NotAllowedNow(NOT_READY, code="ROUND")
    other = is_other_person(row.started_by_id, actor.account_id)
    return None if other else NotAllowedNow(SAME_PERSON, code="FOUR_EYES")


def release(actor: Actor, reference: str) -> CalculationRound:
    """Communicate every calculation of a round, all of them or none (E-127, E-128, E-151).

    Sets P or D of the facilities, lets what is replaced lapse, books what is paid and has the letters made. Raises
    NotAllowedNow (state, four eyes, newer parameters, T-13), ChangedSince when something was changed since.
    """
    access.require(actor, Permission.CALCULATIONS_RELEASE)
    row = db.session.scalar(select(CalculationRound).where(CalculationRound.reference == reference))
    if row is None:
        raise NotFound
    _require(may_release(actor, row))
    ids = _facilities(row.id)
    _lock(ids)
    row = db.session.scalars(
        select(CalculationRound)
        .where(CalculationRound.id == row.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    _require(may_release(actor, row))
    if not ids:
        raise NotAllowedNow(NOTHING, code="ROUND")
    if parameter_sets.in_force(row.period_code).set_id != row.parameter_set_id:
        raise NotAllowedNow(NEWER_PARAMETERS, code="PARAMETERS")
    found = list(changed(row))
    if found:
        raise ChangedSince(found)
    with writing("rounds.release"):
        _communicate(row, ids)
        parameter_sets.mark_used(row.parameter_set_id, actor)
        row.state, row.released_at = RoundState.RELEASED, clock.now()
        row.released_by, row.released_by_id = actor.name[:160], actor.account_id
    _follow_up(actor, row)
    return row


def _require(refused: DomainError | None) -> None:
    if refused is not None:
        raise refused


def _facilities(round_id: int) -> list[int]:
    """Those with an amount, in the order of their keys."""
    return list(
        db.session.scalars(
            select(Calculation.facility_id)
            .where(Calculation.round_id == round_id, Calculation.total.is_not(None))
            .order_by(Calculation.facility_id)
        )
    )


def _lock(ids: Sequence[int]) -> None:
    for batch in in_batches(ids, _BATCH):
        db.session.execute(
            select(Facility.id).where(Facility.id.in_(batch)).order_by(Facility.id).with_for_update(key_share=True)
        ).all()


def changed(row: CalculationRound) -> Iterator[Changed]:
    """The facilities of a round whose calculation would be another one now, or is not allowed any more (T-13)."""
    calendar = dossiers.calendar_of(row.period_code, db.session.get(ReferencePeriod, row.period_code))
    newest = _in_force(row)
    for batch in in_batches(_facilities(row.id), _BATCH):
        standing = standings(row.period_code, batch)
        differs = _differing_advances(row, batch) if row.kind in ADVANCES else _differing_sources(row, batch)
        names = db.session.execute(
            select(Calculation.facility_id, Calculation.previous_id, Facility.hco_number, Facility.name)
            .join(Facility, Facility.id == Calculation.facility_id)
            .where(Calculation.round_id == row.id, Calculation.facility_id.in_(batch))
            .order_by(Facility.hco_number)
        )
        for facility_id, previous_id, hco_number, name in names:
            why = refusal(row.kind, standing[facility_id], calendar, clock.now()) or differs.get(facility_id)
            if why is None and newest.get(facility_id) != previous_id:
                why = NotAllowedNow(OTHER_CALCULATION, code="E-151")
            if why is not None:
                yield Changed(hco_number, name, why)


def _in_force(row: CalculationRound) -> dict[int, int]:
    own = aliased(Calculation)
    found = db.session.execute(
        select(Calculation.facility_id, Calculation.id)
        .join(own, (own.facility_id == Calculation.facility_id) & (own.round_id == row.id))
        .where(
            Calculation.period_code == row.period_code,
            Calculation.kind.in_(purpose(row.kind)),
            Calculation.status == CalculationStatus.COMMUNICATED,
        )
        .order_by(Calculation.id)
    )
    return dict(found.all())


def _differing_sources(row: CalculationRound, ids: Sequence[int]) -> dict[int, DomainError]:
    """Compare what each derivation says it read with what would be read now."""
    now = counting_cases.sources_now(ids, row.period_code)
    held = counting_cases.certificates_of(ids)
    sectors = dict(db.session.execute(select(Facility.id, Facility.sector).where(Facility.id.in_(ids))).all())
    contents = db.session.execute(
        select(Calculation.facility_id, CalculationDerivation.content)
        .join(CalculationDerivation, CalculationDerivation.calculation_id == Calculation.id)
        .where(Calculation.round_id == row.id, Calculation.facility_id.in_(ids))
    )
    found: dict[int, DomainError] = {}
    for facility_id, content in contents:
        document = json.loads(zlib.decompress(content))
        certificates = [certificate_row(one) for one in held.get(facility_id, ())]
        quarter = _differing_quarter(document, now.get(facility_id, {}))
        if quarter is not None:
            found[facility_id] = NotAllowedNow(QUARTER_CHANGED, code="ROUND_CHANGED", quarter=quarter)
        elif document["case"]["certificates"] != [list(one) for one in certificates]:
            found[facility_id] = NotAllowedNow(CERTIFICATES_CHANGED, code="ROUND_CHANGED")
        elif document["case"]["sector"] != sectors[facility_id].value:  # it decides the floor of hours
            found[facility_id] = NotAllowedNow(SECTOR_CHANGED, code="ROUND_CHANGED")
    return found


def _differing_quarter(document: Any, now: dict[Quarter, tuple[QuarterStatus, str | None]]) -> str | None:
    statuses = {one["quarter"]: one["status"] for one in document["case"]["quarters"]}
    for text, _, _, digest, *_ in document["sources"]["quarters"]:
        status, current = now.get(Quarter.parse(text), (QuarterStatus.NEVER_OPENED, None))
        is_stub = digest is not None and statuses[text] == QuarterStatus.NEVER_OPENED
        if digest != current or not (is_stub or statuses[text] == status):
            return str(text)
    return None


def _differing_advances(row: CalculationRound, ids: Sequence[int]) -> dict[int, DomainError]:
    parameters = parameter_sets.of(row.parameter_set_id)
    which = 0 if row.kind is CalculationKind.ADVANCE_1 else 1
    totals = db.session.execute(
        select(Calculation.facility_id, Calculation.total).where(
            Calculation.round_id == row.id, Calculation.facility_id.in_(ids)
        )
    )
    found: dict[int, DomainError] = {}
    for facility_id, total in totals.all():
        try:
            amount = advances.amount(facility_id, row.period_code, which, parameters.content)
        except DomainError as problem:
            found[facility_id] = problem
            continue
        if amount is None or amount.amount != total:
            found[facility_id] = NotAllowedNow(ADVANCE_CHANGED, code="A-20")
    return found


def _communicate(row: CalculationRound, ids: Sequence[int]) -> None:
    now, own = clock.now(), Calculation.round_id == row.id
    replaced = select(Calculation.previous_id).where(own, Calculation.previous_id.is_not(None))
    previous = db.session.scalars(replaced).all()
    for batch in in_batches(previous, _BATCH):
        db.session.execute(update(Calculation).where(Calculation.id.in_(batch)).values(status=CalculationStatus.LAPSED))
    db.session.execute(
        update(Calculation)
        .where(own, Calculation.total.is_not(None))
        .values(status=CalculationStatus.COMMUNICATED, communicated_at=now)
    )
    db.session.execute(
        update(Calculation).where(own, Calculation.total.is_(None)).values(status=CalculationStatus.LAPSED)
    )
    name = _DATES.get(row.kind)
    if name is None:
        return
    for batch in in_batches(ids, _BATCH):
        statement = upsert(FacilityPeriod).values(
            [
                {"facility_id": one, "period_code": row.period_code, "reopenings_used": 0, name: clock.today()}
                for one in batch
            ]
        )
        column = FacilityPeriod.__table__.c[name]
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["facility_id", "period_code"],
                set_={name: statement.excluded[name]},
                where=column.is_(None),
            )
        )
    db.session.expire_all()


#: The first provisional calculation opens the correction window (A-04), the definitive one closes the period.
_DATES = {CalculationKind.PROVISIONAL: "provisional_on", CalculationKind.DEFINITIVE: "definitive_on"}


def _follow_up(actor: Actor, row: CalculationRound) -> None:
    """Payments, traces and letters of everything that was communicated."""
    parameters = parameter_sets.of(row.parameter_set_id)
    digest, total, count = hashlib.sha256(), Decimal("0.00"), 0
    rows = select(Calculation, Facility.hco_number).join(Facility, Facility.id == Calculation.facility_id)
    own = (Calculation.round_id == row.id, Calculation.status == CalculationStatus.COMMUNICATED)
    for calculation, hco_number in db.session.execute(rows.where(*own).order_by(Facility.hco_number)).all():
        digest.update((calculation.digest or "").encode())
        total, count = total + (calculation.total or 0), count + 1
        if row.kind is not CalculationKind.PROVISIONAL:  # a provisional calculation pays nothing
            payments.book(actor, calculation)
        audit.record(
            actor,
            AuditEvent.CALCULATION_COMMUNICATED,
            "facility",
            hco_number,
            data={
                "period": row.period_code,
                "kind": row.kind.value,
                "number": calculation.number,
                "total": str(calculation.total),
                "parameters": parameters.digest,
                "digest": calculation.digest,
            },
        )
    audit.record(
        actor,
        AuditEvent.ROUND_RELEASED,
        "calculation_round",
        row.reference,
        data={"calculations": count, "total": str(total), "digest": digest.hexdigest()},
    )
    background_jobs.enqueue(actor, "letters", {"round": row.reference}, total=count)
