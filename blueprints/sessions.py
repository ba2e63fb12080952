"""Flask's session on our own table (services.identity.sessions), with a random id in the cookie."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Request, Response, request, session
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from blueprints import errors
from services import tokens
from services.database_faults import DatabaseFault
from services.identity import sessions

log = structlog.get_logger("sessions")

#: Files of pages, ours and those of what we use: they need nobody, and stand while the database does not.
_STATIC = re.compile(r"(/[a-z]+)?/static/")

#: Pages ask here by themselves whether the session still lives: that is no activity of a person.
QUIET = "/sessie"


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """A session whose values live in a row; ``renew`` gives it a new id (at sign-in), ``clear`` ends it."""

    def __init__(self, stored: sessions.StoredSession) -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(stored.values, changed)
        self.stored = stored
        self.ended: list[str] = []
        self.fault: Exception | None = None
        self.modified = False
        self.accessed = True

    def renew(self) -> None:
        """Continue under a new id, so that an id known before sign-in is worth nothing after it."""
        if self.stored.exists:
            self.ended.append(self.stored.token)
        self.stored = sessions.StoredSession(tokens.new())
        self.modified = True


def init_app(app: Flask) -> None:
    """Keep sessions in our table. Before any other hook: who cannot be recognised now is not somebody else."""
    app.session_interface = ServerSessionInterface()

    @app.before_request
    def _readable() -> None:
        fault = getattr(session, "fault", None)
        if fault is not None and request.blueprint != "health":
            raise fault


class ServerSessionInterface(SessionInterface):
    """Loads and saves in own short transactions; a stale, foreign or oversized cookie is simply no session."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        stored, fault = None, None
        if tokens.well_formed(cookie) and not _STATIC.match(request.path):
            try:
                stored = sessions.load(cookie, app.config["SESSION_IDLE"], touch=request.path != QUIET)
            except DatabaseFault as error:
                fault = error
        session = ServerSession(stored or sessions.StoredSession(tokens.new()))
        session.fault = fault
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed. When that cannot be, the answer stands, unless it is about who is signed in."""
        assert isinstance(session, ServerSession)
        response.vary.add("Cookie")
        if session.fault is not None:
            return
        try:
            self._save(app, session, response)
        except DatabaseFault as fault:
            log.error("session not saved", kind=type(fault).__name__)
            if session.ended or not session or ("identity" in session and not session.stored.exists):
                errors.say_unavailable(response)

    def _save(self, app: Flask, session: ServerSession, response: Response) -> None:
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
