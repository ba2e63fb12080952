"""The back office: Flask-Admin at /beheer/ with closed views (admin.base)."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register every view of the back office."""
