"""Styles, scripts and pictures: served without the application, under addresses that change with their content."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import flask_bootstrap
from flask import Flask, request
from whitenoise import WhiteNoise

from blueprints.headers import static_headers

#: Seconds. Addresses in pages carry the digest of the file; those in style sheets do not, so not longer.
MAX_AGE = 3600


def init_app(app: Flask) -> None:
    """Serve the folder ``static`` and Bootstrap's own files; add the digest to every address of a static file."""
    settings = app.extensions["settings"]
    fixed = static_headers(settings)

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        for name, value in fixed.items():
            headers[name] = value

    files = WhiteNoise(
        app.wsgi_app,
        root=app.static_folder,
        prefix="static/",
        max_age=MAX_AGE if settings.production else 0,
        autorefresh=not settings.production,
        add_headers_function=add_headers,
    )
    files.add_files(str(Path(flask_bootstrap.__file__).parent / "static"), prefix="bootstrap/static/")
    app.wsgi_app = files  # type: ignore[method-assign]

    @app.url_defaults
    def _version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _digest(f"{app.static_folder}/{values['filename']}")

    made: dict[tuple[str, str, str | None], str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        """As Flask's, in templates: a page has many addresses of static files, and they seldom change."""
        if endpoint != "static" or values.keys() != {"filename"}:
            return app.url_for(endpoint, **values)
        name = values["filename"]
        key = request.script_root, name, _digest(f"{app.static_folder}/{name}")
        if key not in made:
            made[key] = app.url_for("static", filename=name)
        return made[key]

    app.jinja_env.globals["url_for"] = url_for


def _digest(file: str) -> str | None:
    """A short digest of a file's content, read again when the file has changed; None (no parameter) without a file."""
    try:
        changed = os.stat(file).st_mtime_ns
    except OSError:
        return None
    return _digest_of(file, changed)


@cache
def _digest_of(file: str, _changed: int) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:12]
