"""Fixtures: somebody who is signed in, without the round trip to an identity provider (that has tests of its own)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from domain.actor import Actor
from domain.permissions import Role
from models.identity import Account
from models.organisation import Facility
from tests.factories import actors
from tests.factories.database import saved
from tests.support.client import Client

SignedIn = Callable[..., Client]


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """``signed_in("EL_PRIVACY", facility=brug)``: a client of its own with a session for those roles.

    Roles of a facility need ``facility``; the others get the department or the helpdesk. ``actor=`` signs in exactly
    that actor (its ``account_id`` is replaced by the one of a fresh account). The actor is ``client.actor``.
    """

    def sign_in(*roles: Role | str, facility: Facility | None = None, actor: Actor | None = None) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        who = actor or actors.actor(*roles, facility=facility)
        client.sign_in(who, saved(actors.account_row(who)))
        return client

    return sign_in


@pytest.fixture
def account() -> Callable[[Actor], Account]:
    """Give an actor an account row, for services that need one."""

    def make(who: Actor) -> Account:
        return saved(actors.account_row(who))

    return make
