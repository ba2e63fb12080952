"""The blueprint of *Mijn organisatie*."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("organisation", __name__, url_prefix="/organisatie")
