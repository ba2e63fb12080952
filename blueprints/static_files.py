"""Styles, scripts and pictures: served without the application, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import flask_bootstrap
from flask import Flask
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
            values["v"] = _digest(Path(str(app.static_folder)) / values["filename"])


def _digest(file: Path) -> str | None:
    """A short digest of a file's content, read again when the file has changed; None (no parameter) without a file."""
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        return None
    return _digest_of(file, changed)


@cache
def _digest_of(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
