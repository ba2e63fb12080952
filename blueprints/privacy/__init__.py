"""Rights of persons (E-153): everything about somebody, corrections, and who looked at the data of the organisation."""

from __future__ import annotations

from blueprints.privacy import corrections, inspection, views
from blueprints.privacy.blueprint import bp

__all__ = ["bp", "corrections", "inspection", "views"]
