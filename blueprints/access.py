"""Deny by default: every view declares the one permission it needs, and one hook checks it for both doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin

from domain.actor import Actor, Side
from domain.errors import Forbidden
from domain.permissions import Permission, Role
from services.identity import blocks

View = TypeVar("View", bound=Callable[..., Any])


class UndeclaredAccess(RuntimeError):
    """A route or admin view has no permission; the application does not start with it."""


def access(permission: Permission) -> Callable[[View], View]:
    """Declare what a view needs. PUBLIC is for everybody; anything else needs somebody who is signed in."""

    def declare(view: View) -> View:
        view.__access__ = permission  # type: ignore[attr-defined]
        return view

    return declare


def declared_access(app: Flask, endpoint: str) -> Permission | None:
    """The permission of an endpoint: of the function, or of the Flask-Admin view it is a method of."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Permission.PUBLIC
    view = app.view_functions[endpoint]
    own = getattr(view, "__access__", None)
    return own or getattr(getattr(view, "__self__", None), "required_permission", None)


def check_declared(app: Flask) -> None:
    """Refuse to start when any endpoint has no permission."""
    missing = sorted(endpoint for endpoint in app.view_functions if declared_access(app, endpoint) is None)
    if missing:
        raise UndeclaredAccess(f"declare @access(...) or required_permission for: {', '.join(missing)}")


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's ``current_user``: the actor of the session."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        return str(self.actor.account_id)


def load_signed_in(_request: Request) -> SignedIn | None:
    """What Flask-Login asks for on every request."""
    actor = optional_actor()
    return SignedIn(actor) if actor else None


def current_actor() -> Actor:
    """Who is acting; only for views that need somebody signed in."""
    actor = optional_actor()
    if actor is None:
        abort(401)
    return actor


def optional_actor() -> Actor | None:
    """Who is signed in, or None."""
    if "actor" not in g:
        g.actor = _actor_of_session()
    return g.actor  # type: ignore[no-any-return]


def _actor_of_session() -> Actor | None:
    identity = session.get("identity")
    if not identity:
        return None
    if blocks.is_blocked(identity["account_id"], identity["organisation_key"]):
        session.clear()
        return None
    return Actor(
        account_id=identity["account_id"],
        side=Side(identity["side"]),
        organisation_key=identity["organisation_key"],
        organisation_name=identity["organisation_name"],
        name=identity["name"],
        roles=frozenset(Role(role) for role in identity["roles"]),
        facility_id=identity["facility_id"],
        means=identity["means"],
    )


def enforce() -> ResponseReturnValue | None:
    """The hook before every request: public, or signed in with the permission; anything undeclared is refused."""
    if request.endpoint is None:
        return None
    needed = declared_access(current_app, request.endpoint)
    if needed is None:
        current_app.logger.error("view without declared access")
        raise Forbidden("undeclared")
    if needed is Permission.PUBLIC:
        return None
    actor = optional_actor()
    if actor is None:
        if request.method == "GET":
            return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
        abort(401)
    if not actor.may(needed):
        raise Forbidden(needed)
    return None
