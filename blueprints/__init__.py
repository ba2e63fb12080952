"""The public door: every blueprint, registered in one place."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register every blueprint of the portal."""
    from blueprints import health, help, portal

    for module in (health, portal, help):
        app.register_blueprint(module.bp)
