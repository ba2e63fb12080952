"""The language somebody chose: kept with the account, so that it is there on the next device too."""

from __future__ import annotations

from domain.actor import Actor
from models.base import db
from models.gate import writing
from models.identity import Account


def of(account_id: int | None) -> str | None:
    """The language somebody chose before; None when nothing was chosen."""
    account = db.session.get(Account, account_id) if account_id is not None else None
    return account.language if account is not None else None


def remember(actor: Actor, language: str) -> None:
    """Keep the choice of the actor; the caller has checked that there is such a language."""
    account = db.session.get(Account, actor.account_id) if actor.account_id is not None else None
    if account is None or account.language == language:
        return
    with writing("identity.language"):
        account.language = language
