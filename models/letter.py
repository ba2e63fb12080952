"""Letters: the texts the department edits, in versions, and every letter that was made, with the digest of its file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.ecalcura.letter_kinds import LetterKind
from domain.errors import N_
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant, Referenced, choice_of


class LetterText(Base):
    """One version of the text of a kind of letter; the newest is used. ``paragraphs`` holds its parts as JSON."""

    __tablename__ = "letter_text"
    __processing__ = Processing(
        N_("Verantwoorden wie een stuk maakte, wijzigde of vrijgaf."),
        (Subjects.OFFICIALS,),
        {"made_by": Category.TRACE},
        RetentionClass.ACTS,
        (Recipients.DEPARTMENT,),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("kind", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[LetterKind] = mapped_column(choice_of(LetterKind, "letter_text_kind"))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(200))
    paragraphs: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(160))


class Letter(Referenced, Base):
    """One letter to one facility, archived as PDF under its digest; never changed, never removed.

    ``event_key`` says what it is the letter of: the same event makes one letter, however often it is asked for.
    """

    __tablename__ = "letter"
    __processing__ = Processing(
        N_("Aantonen wat ingediend werd en waarop een bedrag steunt."),
        (
            Subjects.OFFICIALS,
            Subjects.STAFF,
        ),
        {"made_by": Category.TRACE, "file_digest": Category.COPY},
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
        ),
    )
    __guarded__ = ALL
    __table_args__ = (UniqueConstraint("event_key"), Index("ix_letter_facility", "facility_id", "id"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_key: Mapped[str] = mapped_column(String(80))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    period_code: Mapped[str] = mapped_column(ForeignKey("reference_period.code"))
    kind: Mapped[LetterKind] = mapped_column(choice_of(LetterKind, "letter_kind"))
    text_id: Mapped[int] = mapped_column(ForeignKey("letter_text.id"))
    calculation_id: Mapped[int | None] = mapped_column(ForeignKey("calculation.id"), index=True)
    payment_line_id: Mapped[int | None] = mapped_column(ForeignKey("payment_line.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(160))
    file_digest: Mapped[str] = mapped_column(ForeignKey("stored_file.digest"))
