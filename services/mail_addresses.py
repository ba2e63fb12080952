"""What an address prefers (language, once a day) and whether mail to it comes back. No row is no preference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.base import db
from models.outbox import MailAddress


@dataclass(frozen=True, slots=True)
class Preference:
    """``language`` None: no choice was made. ``digest``: one overview a day. ``bounced_at`` while mail comes back."""

    language: str | None = None
    digest: bool = False
    bounced_at: datetime | None = None
    bounce: str = ""


def folded(email: str) -> str:
    """An address as its row is found, whatever the case it was typed in."""
    return email.strip().lower()[:254]


def preference(email: str) -> Preference:
    """What an address prefers; the defaults when nobody chose."""
    row = db.session.execute(
        select(MailAddress.language, MailAddress.digest, MailAddress.bounced_at, MailAddress.bounce).where(
            MailAddress.email == folded(email)
        )
    ).one_or_none()
    return Preference(*row) if row is not None else Preference()


def is_bouncing(email: str) -> bool:
    """Whether mail to it comes back for good: overviews and newsletters stop, the rest is still tried."""
    return preference(email).bounced_at is not None
