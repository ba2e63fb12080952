"""Accounts and organisations as they appear at sign-in: found by their key, made when they are new."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.identity_providers import NATIONAL_NUMBER
from domain.sign_in import SignIn
from models.base import Base, db
from models.gate import writing
from models.identity import Account
from models.organisation import Facility, Organisation
from services import clock
from services.connections import connections

Row = TypeVar("Row", bound=Base)


def number_digest(national_number: str) -> str:
    """The keyed hash under which a person is recognised; the number itself is kept nowhere.

    The key is ELOKET_IDENTITY_KEY, else the secret key. It has to stay: with another one, known people are strangers.
    """
    settings = connections().settings
    key = (settings.extra.get("ELOKET_IDENTITY_KEY") or settings.secret_key).encode()
    return hmac.new(key, f"national-number:{national_number}".encode(), hashlib.sha256).hexdigest()


def account_of(sign_in: SignIn) -> Account:
    """The account of who signs in, brought up to date."""
    digest = number_digest(sign_in.national_number) if sign_in.national_number else None
    key = sign_in.account_key
    if sign_in.account_key_attribute == NATIONAL_NUMBER:
        key = number_digest(sign_in.account_key)

    def find() -> Account | None:
        return db.session.scalar(select(Account).where(Account.idp == sign_in.idp, Account.account_key == key))

    now = clock.now()
    account = _found_or_made(
        find,
        lambda: Account(
            idp=sign_in.idp, account_key=key, given_name="", family_name="", first_seen_at=now, last_seen_at=now
        ),
    )
    with writing("identity.sign_in"):
        account.given_name = sign_in.given_name[:80]
        account.family_name = sign_in.family_name[:80]
        account.national_number_digest = digest or account.national_number_digest
        account.last_seen_at = now
    return account


def facility_of(sign_in: SignIn) -> Facility | None:
    """The facility somebody signs in for; None when it is not known here."""
    return db.session.scalar(select(Facility).where(Facility.hco_number == sign_in.organisation_key))


def organisation_of(sign_in: SignIn) -> Organisation:
    """The contractor, authority or department somebody signs in for; its name follows the identity provider."""
    key = sign_in.organisation_key

    def find() -> Organisation | None:
        return db.session.scalar(select(Organisation).where(Organisation.key == key))

    organisation = _found_or_made(find, lambda: Organisation(side=sign_in.side, key=key, name=key))
    with writing("identity.sign_in"):
        if sign_in.roles:  # without a role the side is a guess
            organisation.side = sign_in.side
        if sign_in.organisation_name:
            organisation.name = sign_in.organisation_name[:160]
    return organisation


def _found_or_made(find: Callable[[], Row | None], make: Callable[[], Row]) -> Row:
    """The row, made when it is not there; who was first with the same key wins."""
    row = find()
    if row is not None:
        return row
    try:
        with db.session.begin_nested(), writing("identity.sign_in"):
            row = make()
            db.session.add(row)
    except IntegrityError:
        row = find()
        if row is None:
            raise
    return row
