"""Computing a round: some facilities at a time, one commit each time, and never the same facility twice.

At each ``yield`` everything is consistent: a worker that is killed leaves whole facilities, and the next one goes on
with those that are missing. A facility that cannot be computed keeps its problem and stops nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from domain.actor import SCHEDULER
from domain.audit_events import AuditEvent
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
from domain.ecalcura.compensation import calculate
from domain.ecalcura.rounds import ADVANCES, RUNNING, remarks_of
from domain.errors import N_, DomainError, Severity
from domain.exact import rounded
from models.base import db, new_reference
from models.compensation import Calculation, CalculationDerivation, CalculationRound
from models.gate import writing
from models.organisation import Facility
from services import audit, clock
from services.background_jobs import Progress, Stopped, Work
from services.ecalcura import advances, counting_cases, derivations, parameter_sets, round_summary
from services.ecalcura.calculations import purpose
from services.ecalcura.parameter_sets import InForce

#: The kind of background job.
JOB = "round"
#: Facilities between two commits: about a fifth of a second of work on a large round.
BATCH = 25
#: Numbers in one statement.
_NUMBERS = 1000

COMPUTING = N_("Berekenen")
COMPARING = N_("Vergelijken met vorige berekeningen")
STOPPED = N_("Gestopt")
DONE = N_("Klaar om na te kijken")

_DONE = select(Calculation.facility_id).where(
    Calculation.round_id == bindparam("round"), Calculation.facility_id.in_(bindparam("facilities", expanding=True))
)
_STORED = select(Calculation.facility_id, Calculation.id).where(
    Calculation.round_id == bindparam("round"), Calculation.facility_id.in_(bindparam("facilities", expanding=True))
)
_FACILITIES = select(Facility).where(Facility.id.in_(bindparam("facilities", expanding=True))).order_by(Facility.id)


def work(parameters: Mapping[str, Any]) -> Work:
    """The job of a round (``{"round": reference}``); it may be started again at any time."""
    reference = str(parameters["round"])
    ids = _facility_ids(reference)
    total, done = len(ids), 0
    try:
        for start in range(0, total, BATCH):
            batch = ids[start : start + BATCH]
            if not _batch(reference, batch):
                yield Progress(done, total, STOPPED)
                return
            done += len(batch)
            yield Progress(done, total, COMPUTING)
        gathered = round_summary.gather(reference)
        for swing in gathered.to_explain():
            round_summary.explain(swing)
            yield Progress(total, total, COMPARING)
        ready = _ready(reference, gathered)
    except Stopped:
        _stopped(reference)
        ready = False
    yield Progress(done, total, DONE if ready else STOPPED)


def _facility_ids(reference: str) -> list[int]:
    """The facilities of a round, in the order of their keys."""
    numbers = db.session.scalar(select(CalculationRound.facilities).where(CalculationRound.reference == reference))
    hcos: Sequence[str] = json.loads(numbers or "[]")
    found: list[int] = []
    for start in range(0, len(hcos), _NUMBERS):
        some = Facility.hco_number.in_(hcos[start : start + _NUMBERS])
        found += db.session.scalars(select(Facility.id).where(some))
    return sorted(found)


def _locked(reference: str) -> CalculationRound:
    """The round, read anew; nobody stops, releases or computes it until the commit."""
    return db.session.scalars(
        select(CalculationRound)
        .where(CalculationRound.reference == reference)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _batch(reference: str, ids: Sequence[int]) -> bool:
    """Compute and keep those of some facilities that are missing; False when the round was stopped."""
    row = _locked(reference)
    if row.state not in RUNNING:
        return False
    done = set(db.session.scalars(_DONE, {"round": row.id, "facilities": ids}))
    missing = [one for one in ids if one not in done]
    with writing("rounds.work"):
        if row.state is RoundState.QUEUED:
            row.state = RoundState.CALCULATING
        if missing:
            parameters = parameter_sets.of(row.parameter_set_id)
            facilities = db.session.scalars(_FACILITIES, {"facilities": missing}).all()
            made = _advances if row.kind in ADVANCES else _compensations
            _keep(row, missing, made(row, facilities, parameters))
    return True


def _compensations(
    row: CalculationRound, facilities: Sequence[Facility], parameters: InForce
) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    """The compensation of each facility as a row and its derivation."""
    for counted in counting_cases.cases(facilities, row.period_code, parameters.content.compensation):
        if counted.case is None:
            yield _stopped_by(counted.facility, counted.problem), None
            continue
        try:
            outcome = calculate(counted.case)
        except DomainError as problem:
            yield _stopped_by(counted.facility, problem), None
            continue
        except ArithmeticError:
            yield _stopped_by(counted.facility, DomainError(counting_cases.UNREADABLE)), None
            continue
        content, digest = derivations.write(
            counted.case, outcome, counting_cases.made_with(counted.sources, parameters)
        )
        remarks = remarks_of(outcome)
        values = {
            "facility_id": counted.facility.id,
            "total": outcome.total,
            "premium_total": outcome.premium_total,
            "replacement_total": outcome.replacement_total,
            "right_fte": rounded(outcome.right_fte, 1, 3),
            "replacement_fte": rounded(outcome.replacement_fte, 1, 3),
            "warnings": sum(note.severity is Severity.WARNING for note in outcome.notes),
            "remarks": json.dumps([[one.rule, str(one.quarter)] for one in remarks]) if remarks else None,
            "digest": digest,
        }
        yield values, content


def _advances(
    row: CalculationRound, facilities: Sequence[Facility], parameters: InForce
) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    """The advance of each facility that gets one (A-20); the others have no calculation."""
    which = 0 if row.kind is CalculationKind.ADVANCE_1 else 1
    for facility in facilities:
        try:
            found = advances.amount(facility.id, row.period_code, which, parameters.content)
        except DomainError as problem:
            yield _stopped_by(facility, problem), None
            continue
        if found is None:
            continue
        content, digest = derivations.write_advance(
            derivations.AdvanceDerivation(
                found.amount,
                found.base_amount,
                found.percentage,
                found.base_period,
                parameters.set_id,
                parameters.number,
                parameters.digest,
            )
        )
        yield {"facility_id": facility.id, "total": found.amount, "digest": digest}, content


def _stopped_by(facility: Facility, problem: DomainError | None) -> dict[str, Any]:
    assert problem is not None  # there is no case without one
    params = json.dumps(problem.params, ensure_ascii=False, sort_keys=True, default=str)
    return {"facility_id": facility.id, "problem": problem.message[:300], "problem_params": params}


#: What a row has when nothing says otherwise.
_NOTHING: Mapping[str, Any] = dict.fromkeys(
    (
        "total",
        "premium_total",
        "replacement_total",
        "right_fte",
        "replacement_fte",
        "remarks",
        "digest",
        "problem",
        "problem_params",
    )
)


def _keep(row: CalculationRound, ids: Sequence[int], made: Iterable[tuple[dict[str, Any], bytes | None]]) -> None:
    """Write the drafts of some facilities: two statements for all of them together."""
    now, earlier, versions = clock.now(), _in_force(row, ids), _versions(row, ids)
    rows, contents = [], {}
    for values, content in made:
        facility_id = values["facility_id"]
        rows.append(
            {
                **_NOTHING,
                "warnings": 0,
                **values,
                "reference": new_reference(),
                "round_id": row.id,
                "period_code": row.period_code,
                "kind": row.kind,
                "number": versions.get(facility_id, 0) + 1,
                "status": CalculationStatus.DRAFT,
                "parameter_set_id": row.parameter_set_id,
                "calculated_at": now,
                "previous_id": earlier.get(facility_id),
                "reason": row.reason,
            }
        )
        if content is not None:
            contents[facility_id] = content
    if not rows:
        return
    db.session.execute(insert(Calculation), rows)
    keys = dict(db.session.execute(_STORED, {"round": row.id, "facilities": ids}).all())
    if contents:
        db.session.execute(
            insert(CalculationDerivation),
            [{"calculation_id": keys[facility_id], "content": content} for facility_id, content in contents.items()],
        )


def _in_force(row: CalculationRound, ids: Sequence[int]) -> dict[int, int]:
    """The communicated calculation of each facility that a new one takes the place of."""
    found = db.session.execute(
        select(Calculation.facility_id, func.max(Calculation.id))
        .where(
            Calculation.facility_id.in_(ids),
            Calculation.period_code == row.period_code,
            Calculation.kind.in_(purpose(row.kind)),
            Calculation.status == CalculationStatus.COMMUNICATED,
        )
        .group_by(Calculation.facility_id)
    )
    return dict(found.all())


def _versions(row: CalculationRound, ids: Sequence[int]) -> dict[int, int]:
    """How many of the kind were communicated to each facility before."""
    found = db.session.execute(
        select(Calculation.facility_id, func.count())
        .where(
            Calculation.facility_id.in_(ids),
            Calculation.period_code == row.period_code,
            Calculation.kind == row.kind,
            Calculation.communicated_at.is_not(None),
        )
        .group_by(Calculation.facility_id)
    )
    return dict(found.all())


def _ready(reference: str, gathered: round_summary.Gathered) -> bool:
    """The dry run is there: everything was computed and compared."""
    row = _locked(reference)
    if row.state not in RUNNING:
        return False
    with writing("rounds.work"):
        row.summary = round_summary.write(gathered.summary)
        row.state, row.calculated_at = RoundState.READY, clock.now()
    summary = gathered.summary
    audit.record(
        SCHEDULER,
        AuditEvent.ROUND_CALCULATED,
        "calculation_round",
        reference,
        data={
            "calculated": summary.calculated,
            "problems": summary.problems,
            "total": str(summary.total),
            "digest": gathered.digest,
        },
    )
    return True


def _stopped(reference: str) -> None:
    """Somebody stopped the job itself: the round ends with it, unless it has ended already."""
    row = _locked(reference)
    if row.state not in RUNNING:
        return
    with writing("rounds.work"):
        row.state, row.ended_at, row.ended_by = RoundState.STOPPED, clock.now(), SCHEDULER.name
        db.session.execute(
            update(Calculation).where(Calculation.round_id == row.id).values(status=CalculationStatus.LAPSED)
        )
    audit.record(
        SCHEDULER,
        AuditEvent.ROUND_ENDED,
        "calculation_round",
        reference,
        data={"outcome": RoundState.STOPPED.value},
    )
