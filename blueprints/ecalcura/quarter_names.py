"""How a quarter is called on a page."""

from __future__ import annotations

from flask_babel import gettext

from domain.calendars import Quarter
from domain.errors import N_

_ORDINALS = {1: N_("1ste kwartaal"), 2: N_("2de kwartaal"), 3: N_("3de kwartaal"), 4: N_("4de kwartaal")}


def quarter_name(quarter: Quarter) -> str:
    """``3de kwartaal 2026``."""
    return f"{gettext(_ORDINALS[quarter.number])} {quarter.year}"
