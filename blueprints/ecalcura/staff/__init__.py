"""The tab *Personeelsgegevens* (E-065 to E-091): the list, adding people, and the file of each person.

``filters`` reads the list from an address, ``people`` and ``file`` show, ``contracts`` and ``choices`` change lines.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/ecalcura/personeel")

from blueprints.ecalcura.staff import choices, contracts, file, people  # noqa: E402, F401
