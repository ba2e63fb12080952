"""The blueprint of the rights of persons (E-153)."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("privacy", __name__)
