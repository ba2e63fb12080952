"""Flask's session on our own table (services.identity.sessions), with a random id in the cookie."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from services.identity import sessions

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """A session whose values live in a row; ``renew`` gives it a new id (at sign-in), ``clear`` ends it."""

    def __init__(self, stored: sessions.StoredSession) -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(stored.values, changed)
        self.stored = stored
        self.ended: list[str] = []
        self.modified = False
        self.accessed = True

    def renew(self) -> None:
        """Continue under a new id, so that an id known before sign-in is worth nothing after it."""
        if self.stored.exists:
            self.ended.append(self.stored.token)
        self.stored = sessions.StoredSession(sessions.new_token())
        self.modified = True


class ServerSessionInterface(SessionInterface):
    """Loads and saves in own short transactions; a stale, foreign or oversized cookie is simply no session."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        stored = None
        if _TOKEN.fullmatch(cookie) and not request.path.startswith("/static/"):
            stored = sessions.load(cookie, app.config["SESSION_IDLE"])
        return ServerSession(stored or sessions.StoredSession(sessions.new_token()))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        response.vary.add("Cookie")
        for token in session.ended:
            sessions.end(token)
        if not session.modified:
            return
        if not session:
            if session.stored.exists:
                sessions.end(session.stored.token)
            response.delete_cookie(
                self.get_cookie_name(app), path="/", secure=self.get_cookie_secure(app), httponly=True, samesite="Lax"
            )
            return
        session.stored.values = dict(session)
        lifetime: timedelta = app.permanent_session_lifetime
        sessions.save(session.stored, lifetime)
        response.set_cookie(
            self.get_cookie_name(app),
            session.stored.token,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )
