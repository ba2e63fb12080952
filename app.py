"""``create_app()``: wiring only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import admin
import blueprints
import cli
from blueprints import (
    access,
    clients,
    errors,
    file_uploads,
    headers,
    kept_entries,
    languages,
    logs,
    pages,
    sessions,
    static_files,
    templating,
)
from config import Settings
from extensions import babel, bootstrap, csrf, login_manager, migrate
from models.all import db
from services import clock, connections
from services.languages import FOLDER as TRANSLATIONS

ROOT = Path(__file__).resolve().parent


def create_app(settings: Settings | None = None, overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application for one set of settings; ``overrides`` are Flask configuration values for tests."""
    settings = settings or Settings.from_environment()
    app = Flask("dossierloket", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.config.update(_flask_configuration(settings))
    app.config.update(overrides or {})
    app.extensions["settings"] = settings
    clock.fix(settings.fixed_now)
    logs.configure(app)
    sessions.init_app(app)
    clients.init_app(app, settings.proxies)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    file_uploads.init_app(app)  # before the token is looked for in a form that may be large
    csrf.init_app(app)
    bootstrap.init_app(app)
    babel.init_app(app, default_locale="nl", default_timezone="Europe/Brussels", locale_selector=languages.chosen)
    login_manager.init_app(app)
    login_manager.request_loader(access.load_signed_in)
    connections.connect(settings)
    headers.init_app(app)
    static_files.init_app(app)
    errors.init_app(app)
    pages.init_app(app)
    kept_entries.init_app(app)
    templating.init_app(app)
    blueprints.register(app)
    admin.register(app)
    cli.register(app)
    app.before_request(access.enforce)
    access.check_declared(app)
    _mount_development_idp(app, settings)
    return app


#: A server that is gone is noticed: on taking a connection, on making one, and while waiting for an answer.
_POSTGRESQL = {
    "pool_pre_ping": True,
    "pool_size": 8,
    "max_overflow": 8,
    "connect_args": {
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    },
}


def _flask_configuration(settings: Settings) -> dict[str, Any]:
    prefix = "__Host-" if settings.secure else ""
    sqlite = settings.database_url.startswith("sqlite")
    return {
        "SECRET_KEY": settings.secret_key,
        "SERVER_NAME": None,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {} if sqlite else _POSTGRESQL,
        "SESSION_COOKIE_NAME": f"{prefix}dossierloket",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_IDLE": timedelta(minutes=settings.session_idle_minutes),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.secure,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_TRANSLATION_DIRECTORIES": str(TRANSLATIONS),
        "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": True,
        "TESTING": settings.environment == "test",
    }


def _mount_development_idp(app: Flask, settings: Settings) -> None:
    """Development only: the persona identity provider, an application of its own under one path."""
    if not settings.development_idp:
        return
    from integrations.development_idp import MOUNT_PATH, development_idp

    mounts = {MOUNT_PATH: development_idp(settings)}
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, mounts)  # type: ignore[method-assign]
