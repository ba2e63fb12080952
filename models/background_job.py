"""Work that takes longer than a page may: rounds, reports, letters. The worker does it, with progress."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, choice_of


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    STOPPED = "STOPPED"


class BackgroundJob(Referenced, Base):
    """One job. ``parameters`` and ``outcome`` are JSON without personal data; ``facility_id``: who may see it, if any.

    A job that is leased and whose worker is gone is taken up again when the lease has run out, from the start: every
    kind of work skips what is done already.
    """

    __tablename__ = "background_job"
    __processing__ = Processing(
        N_("Lang werk uitvoeren voor wie het vroeg."),
        (
            Subjects.CLERKS,
            Subjects.OFFICIALS,
        ),
        {
            "account_id": Category.TRACE,
            "requested_by": Category.TRACE,
            "parameters": Category.COPY,
            "file_digest": Category.COPY,
        },
        RetentionClass.FILES,
        (Recipients.OWN,),
    )
    __guarded__ = ALL
    __table_args__ = (Index("ix_background_job_due", "state", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[str] = mapped_column(Text)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"))
    account_id: Mapped[int | None]
    requested_by: Mapped[str] = mapped_column(String(160))
    state: Mapped[JobState] = mapped_column(choice_of(JobState, "job_state"), default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    step: Mapped[str | None] = mapped_column(String(160))
    stop_requested: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(Text)
    file_digest: Mapped[str | None] = mapped_column(ForeignKey("stored_file.digest"))
    file_name: Mapped[str | None] = mapped_column(String(160))
    error: Mapped[str | None] = mapped_column(String(300))
