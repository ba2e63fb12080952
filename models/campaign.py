"""What the calendar made happen: each act once per facility and period, and the runs that did it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Category, NoPersonalData, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced


class CampaignRun(Referenced, Base):
    """One run of the calendar at an instant: what was due then and what was done (``outcome``, JSON counts)."""

    __tablename__ = "campaign_run"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {"started_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by: Mapped[str] = mapped_column(String(160))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12), default="RUNNING")
    outcome: Mapped[str | None] = mapped_column(Text)


class CampaignAct(Base):
    """One act of the calendar for one facility and period, e.g. the letter of 1 October: done once, ever."""

    __tablename__ = "campaign_act"
    __processing__ = NoPersonalData(N_("Wat de kalender per voorziening deed."))
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("period_code", "facility_id", "kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("campaign_run.id"), index=True)
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    kind: Mapped[str] = mapped_column(String(24))
    done_at: Mapped[datetime] = mapped_column(Instant)
    detail: Mapped[str | None] = mapped_column(Text)


class CampaignFeed(Base):
    """The calendar address of a person for the campaign: of a facility, or (None) of the department.

    ``token_digest`` is SHA-256 of what is in the address. ``roles``, joined by spaces, and ``seen_at`` are of the last
    sign-in for the same side.
    """

    __tablename__ = "campaign_feed"
    __processing__ = Processing(
        N_("De kalender van de campagne tonen in de eigen agenda."),
        (
            Subjects.CLERKS,
            Subjects.OFFICIALS,
        ),
        {"account_id": Category.ACCESS, "token_digest": Category.ACCESS, "roles": Category.ACCESS},
        RetentionClass.FEEDS,
        (Recipients.OWN,),
    )
    __guarded__ = ALL

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"))
    roles: Mapped[str] = mapped_column(String(300))
    seen_at: Mapped[datetime] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    fetched_at: Mapped[datetime | None] = mapped_column(Instant)
