"""What the sign-in protocol remembers: requests that may be answered once, and assertions that were accepted.

Instants here are those of the real clock (an argument), as the protocol with the outside world runs on it.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from domain.own_path import own_path
from integrations.saml import VerifiedAnswer
from integrations.saml_messages import AnswerRefused, Reason
from models.base import db
from models.gate import writing
from models.identity import AcceptedAssertion, AuthnRequest
from services import tokens

#: How long somebody may take at the identity provider.
LIFETIME = timedelta(minutes=15)
LOGIN = "LOGIN"
LOGOUT = "LOGOUT"


def remember(request_id: str, idp: str, kind: str, browser: str, next_path: str, at: datetime) -> None:
    """Keep a request that is about to be sent; ``browser`` is the random value in its cookie."""
    with writing("identity.request"):
        db.session.add(
            AuthnRequest(
                id=request_id,
                idp=idp,
                kind=kind,
                browser_digest=tokens.digest(browser),
                next_path=own_path(next_path) or "/",
                made_at=at,
                expires_at=at + LIFETIME,
            )
        )


def claim(request_id: str, idp: str, browser: str, at: datetime) -> str:
    """Use a sign-in request up, and return the path it was for. One statement, so only one of many wins.

    Raises AnswerRefused: unknown, used, expired, of another provider or asked by another browser.
    """
    usable = update(AuthnRequest).where(
        AuthnRequest.id == request_id,
        AuthnRequest.idp == idp,
        AuthnRequest.kind == LOGIN,
        AuthnRequest.browser_digest == tokens.digest(browser),
        AuthnRequest.used_at.is_(None),
        AuthnRequest.expires_at > at,
    )
    with writing("identity.claim"):
        claimed = cast("CursorResult[Any]", db.session.execute(usable.values(used_at=at))).rowcount
    if claimed != 1:
        raise AnswerRefused(_why_not(request_id, idp, browser, at))
    path = db.session.scalar(select(AuthnRequest.next_path).where(AuthnRequest.id == request_id))
    return own_path(path) or "/"


def _why_not(request_id: str, idp: str, browser: str, at: datetime) -> Reason:
    row = db.session.get(AuthnRequest, request_id, populate_existing=True)
    if row is None or row.kind != LOGIN:
        return Reason.REQUEST_UNKNOWN
    if row.idp != idp:
        return Reason.OTHER_PROVIDER
    if not hmac.compare_digest(row.browser_digest, tokens.digest(browser)):
        return Reason.OTHER_BROWSER
    return Reason.REQUEST_USED if row.used_at is not None else Reason.REQUEST_EXPIRED


def path_of(request_id: str, browser: str) -> str | None:
    """Where the browser that asked wanted to go, so that it can ask again for the same; None for any other."""
    row = db.session.get(AuthnRequest, request_id)
    if row is None or not hmac.compare_digest(row.browser_digest, tokens.digest(browser)):
        return None
    return own_path(row.next_path)


def claim_logout(request_id: str, idp: str, at: datetime) -> bool:
    """Use a sign-out request up; False when none waits for this answer."""
    waiting = update(AuthnRequest).where(
        AuthnRequest.id == request_id,
        AuthnRequest.idp == idp,
        AuthnRequest.kind == LOGOUT,
        AuthnRequest.used_at.is_(None),
        AuthnRequest.expires_at > at,
    )
    with writing("identity.claim"):
        return cast("CursorResult[Any]", db.session.execute(waiting.values(used_at=at))).rowcount == 1


def accept(answer: VerifiedAnswer) -> None:
    """Take an assertion id into use. Raises AnswerRefused when it was accepted before, by whatever process."""
    try:
        with db.session.begin_nested(), writing("identity.accept"):
            db.session.add(
                AcceptedAssertion(
                    idp=answer.idp,
                    assertion_id=answer.assertion_id,
                    expires_at=answer.usable_until + timedelta(minutes=5),
                )
            )
    except IntegrityError as error:
        raise AnswerRefused(Reason.REPLAYED) from error
