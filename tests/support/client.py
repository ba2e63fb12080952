"""The browser of page tests: each request on its own, as in production; every page it gets is checked."""

from __future__ import annotations

import hashlib
import os
from contextvars import Context
from dataclasses import replace
from functools import partial
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from domain.actor import Actor
from models.all import db
from models.identity import Account
from services import tokens, transaction
from services.identity import sessions
from tests.pages.html_rules import check_page
from tests.pages.page import Page

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Client(FlaskClient):
    """A test client that sends the CSRF token by itself (``csrf=False`` leaves it out) and checks every page.

    ``page`` gives an answer as something to read; ``submit`` fills in a form of a page and sends it. ``actor`` is who
    is signed in (fixture ``signed_in``).
    """

    actor: Actor | None = None

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """One request. The test's own session must be committed before; afterwards it sees what the request did."""
        if not has_app_context():  # a redirect that is followed: already in a context of its own
            return super().open(*args, **kwargs)
        if transaction.has_uncommitted_changes():
            raise AssertionError("the test itself has uncommitted changes: commit before a request")
        db.session.rollback()
        if csrf and str(kwargs.get("method", "GET")).upper() in UNSAFE:
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRFToken", self.csrf_token())
            kwargs["headers"] = headers
        kwargs.setdefault("buffered", True)
        # An own, empty context: nothing of the test (application context, g, writer mode) reaches the request.
        response: TestResponse = Context().run(partial(super().open, *args, **kwargs))
        db.session.rollback()
        if response.mimetype == "text/html" and response.data and response.status_code not in range(300, 400):
            check_page(response)
        return response

    def page(self, path: str, status: int = 200, **kwargs: Any) -> Page:
        """GET a page (redirects followed) that must answer with this status."""
        response = self.get(path, follow_redirects=True, **kwargs)
        assert response.status_code == status, f"{path}: {response.status_code}\n{response.text[:2000]}"
        return Page(response)

    def submit(
        self, page: Page, values: dict[str, Any] | None = None, *, form: str | None = None, button: str | None = None
    ) -> Page:
        """Send a form of a page as a browser does: what stands in it, with ``values`` filled in, by one of its buttons.

        ``form`` is the id or (the end of) the action of the form, when a page has several; redirects are followed.
        """
        target, method, data = page.filled(values or {}, form=form, button=button)
        if method == "GET":
            return Page(self.get(target, query_string=data, follow_redirects=True))
        return Page(self.open(target, method="POST", data=data, csrf=False, follow_redirects=True))

    def session_token(self) -> str:
        """The cookie value of the session; a new session when there is none."""
        name = self.application.config["SESSION_COOKIE_NAME"]
        cookie = self.get_cookie(name)
        if cookie is not None:
            return cookie.value
        token = tokens.new()
        self.set_cookie(name, token)
        return token

    def sign_in(self, actor: Actor, account: Account) -> None:
        """Start a session for somebody, as a finished sign-in does."""
        self.actor = replace(actor, account_id=account.id)
        self.write_session(
            identity={
                "account_id": account.id,
                "side": actor.side.value,
                "organisation_key": actor.organisation_key,
                "organisation_name": actor.organisation_name,
                "name": actor.name,
                "roles": sorted(actor.roles),
                "facility_id": actor.facility_id,
                "means": actor.means,
                "idp": account.idp,
                "name_id": f"name-{account.id}",
                "session_index": f"index-{account.id}",
            }
        )

    def write_session(self, **values: Any) -> None:
        """Put values in the session without a request."""
        token = self.session_token()
        stored = sessions.load(token, self.application.config["SESSION_IDLE"]) or sessions.StoredSession(token)
        stored.values.update(values)
        sessions.save(stored, self.application.permanent_session_lifetime)

    def read_session(self) -> dict[str, Any]:
        """What is in the session now."""
        stored = sessions.load(self.session_token(), self.application.config["SESSION_IDLE"])
        return stored.values if stored else {}

    def csrf_token(self) -> str:
        """A token that the application accepts from this session."""
        raw = self.read_session().get("csrf_token")
        if raw is None:
            raw = hashlib.sha1(os.urandom(64), usedforsecurity=False).hexdigest()
            self.write_session(csrf_token=raw)
        token: str = URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token").dumps(raw)
        return token
