"""The letters of a released round: which are made, who cannot be told, and making what is missing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from domain.actor import Actor
from domain.errors import N_, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.compensation import Calculation, CalculationRound
from models.letter import Letter
from services import access, background_jobs
from services.ecalcura import letter_archive
from services.ecalcura.letter_archive import MadeFor

JOB = "letters"
RUNNING = N_("De brieven van deze ronde worden al gemaakt.")
_ALIVE = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class RoundLetters:
    """A round with its letters; ``job`` is the last one that made them. ``refused``: HCO numbers it could not do."""

    round: CalculationRound
    letters: Sequence[MadeFor]
    job: BackgroundJob | None
    refused: frozenset[str]

    def chosen(self, view: str) -> Sequence[MadeFor]:
        """The lines of a view: ``missing``, ``untold``, or all of them."""
        if view == "missing":
            return [one for one in self.letters if one.letter is None]
        return [one for one in self.letters if not one.told] if view == "untold" else self.letters

    @property
    def missing(self) -> int:
        """How many letters are not made yet."""
        return sum(one.letter is None for one in self.letters)

    @property
    def untold(self) -> int:
        """How many facilities have no contact person to tell."""
        return sum(not one.told for one in self.letters)

    @property
    def may_make(self) -> bool:
        """Whether there is something to make and nobody is making it."""
        return self.missing > 0 and (self.job is None or self.job.state not in _ALIVE)


@dataclass(frozen=True, slots=True)
class RoundCount:
    """A round in the list: how many of its letters are made."""

    round: CalculationRound
    calculations: int
    letters: int


def last(actor: Actor, limit: int = 10) -> list[RoundCount]:
    """The rounds that were released last, with their counts."""
    access.require(actor, Permission.LETTERS_MANAGE)
    rows = db.session.execute(
        select(CalculationRound, func.count(Calculation.id), func.count(Letter.id))
        .join(Calculation, Calculation.round_id == CalculationRound.id)
        .outerjoin(Letter, Letter.calculation_id == Calculation.id)
        .where(CalculationRound.released_at.is_not(None), Calculation.communicated_at.is_not(None))
        .group_by(CalculationRound.id)
        .order_by(CalculationRound.released_at.desc(), CalculationRound.id.desc())
        .limit(limit)
    )
    return [RoundCount(*row) for row in rows]


def of(actor: Actor, reference: str) -> RoundLetters:
    """One round; NotFound."""
    held, made = letter_archive.of_round(actor, reference)
    job = _job(reference)
    outcome = json.loads(job.outcome) if job is not None and job.outcome else {}
    return RoundLetters(held, made, job, frozenset(outcome.get("refused", ())))


def make(actor: Actor, reference: str) -> BackgroundJob:
    """Ask for the letters that are missing; NotAllowedNow while they are being made."""
    access.require(actor, Permission.LETTERS_MANAGE)
    held = db.session.scalar(
        select(CalculationRound)
        .where(CalculationRound.reference == reference, CalculationRound.released_at.is_not(None))
        .with_for_update()
    )
    if held is None:
        raise NotFound
    job = _job(reference)
    if job is not None and job.state in _ALIVE:
        raise NotAllowedNow(RUNNING)
    return background_jobs.enqueue(actor, JOB, {"round": reference})


def _job(reference: str) -> BackgroundJob | None:
    """The last job that made the letters of a round."""
    parameters = json.dumps({"round": reference}, ensure_ascii=False, sort_keys=True)
    return db.session.scalar(
        select(BackgroundJob)
        .where(BackgroundJob.kind == JOB, BackgroundJob.parameters == parameters)
        .order_by(BackgroundJob.id.desc())
        .limit(1)
    )
