"""The calendar at the door: the command that runs it at an instant, and the look of the worker every minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.actor import SCHEDULER
from jobs import background
from models.background_job import JobState
from models.base import db
from models.campaign import CampaignRun
from services import background_jobs, clock, transaction
from services.ecalcura import campaign, campaign_plan


@dataclass(frozen=True, slots=True)
class Ran:
    """What the command prints: counts and lists of one run. ``state`` is NOTHING_DUE when there was nothing to do."""

    at: str
    state: str
    counts: dict[str, int]
    without_address: list[str]
    left_in_audit: list[str]
    problems: list[dict[str, str]]
    run: str | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that was due is done."""
        return self.state in (JobState.DONE, "NOTHING_DUE") and not self.problems


def run(at: datetime) -> Ran:
    """Do everything that is due at an instant, here and now; a second time there is nothing left to do.

    The run is a background job that this process takes itself: when it is killed, a worker ends it. InvalidValue for an
    instant that is still to come, in production.
    """
    plan = campaign.due(at)
    transaction.rollback()
    left = [one.number for one in plan.left_alone]
    with transaction.unit_of_work():
        job = campaign.start(SCHEDULER, at)
        taken = background_jobs.take(job.reference) if job is not None else None
    if taken is None:
        return Ran(at.isoformat(), "NOTHING_DUE", plan.counts, [], left, [])
    background.perform(taken)
    reference = str(taken.parameters["run"])
    done = db.session.scalars(
        select(CampaignRun).where(CampaignRun.reference == reference).execution_options(populate_existing=True)
    ).one()
    outcome, state = campaign.outcome_of(done), campaign.state_of(done)
    transaction.rollback()
    counts = {name: outcome[name] for name in campaign_plan.COUNTS}
    return Ran(
        at.isoformat(), state.value, counts, outcome["without_address"], left, outcome["problems"], done.reference
    )


def planned(at: datetime) -> dict[str, Any]:
    """The dry run: the same figures, and every act that would be done."""
    plan = campaign.due(at)
    acts = [
        {
            "period": one.period_code,
            "hco": one.hco_number,
            "act": one.act.kind.value,
            "due": one.act.due_at.isoformat(),
            "quarters": [str(quarter) for quarter in one.act.quarters],
            "never_opened": [str(quarter) for quarter in one.act.never_opened],
            "mails": one.mails,
        }
        for one in plan.acts
    ]
    return {
        "at": at.isoformat(),
        "state": "DRY_RUN",
        "counts": plan.counts,
        "acts": acts,
        "without_address": [one.hco_number for one in plan.without_address],
        "without_letter": [one.hco_number for one in plan.without_letter],
        "left_in_audit": [one.number for one in plan.left_alone],
    }


def look() -> bool:
    """Ask for a run when the calendar says that something is due; gives whether one was asked for.

    The question itself only reads: a database with one writer is not held up every minute.
    """
    due = campaign_plan.is_anything_due(clock.now())
    transaction.rollback()
    if not due:
        return False
    with transaction.unit_of_work():
        return campaign.start_due() is not None
