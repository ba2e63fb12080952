"""Files in the document store, by the SHA-256 of their content: written and synced before the row that names them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import N_
from domain.processing import Category, Processing, Recipients, Subjects
from domain.retention import RetentionClass
from models.base import ALL, Base, Instant


class StoredFile(Base):
    """One file in the store. ``digest`` is SHA-256 in hex and also its address; ``size`` in bytes.

    ``erased_in_id`` is the proof that its time was over: the row stays for what names it, the content is gone.
    """

    __tablename__ = "stored_file"
    __processing__ = Processing(
        N_("Bestanden bewaren onder hun controlegetal."),
        (
            Subjects.STAFF,
            Subjects.CLERKS,
            Subjects.CONTRACTOR_PEOPLE,
            Subjects.OFFICIALS,
        ),
        {"digest": Category.COPY},
        RetentionClass.STAFF,
        (
            Recipients.OWN,
            Recipients.DEPARTMENT,
            Recipients.AUTHORITY,
        ),
    )
    __guarded__ = ALL

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    stored_at: Mapped[datetime] = mapped_column(Instant)
    erased_in_id: Mapped[int | None] = mapped_column(ForeignKey("erasure_proof.id"), index=True)
