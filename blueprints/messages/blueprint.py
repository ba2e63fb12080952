"""The blueprint of the message module, and what its templates call."""

from __future__ import annotations

from flask import Blueprint

from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.messages.telling import say_event

bp = Blueprint("messages_portal", __name__, url_prefix="/berichten")
bp.add_app_template_global(say_event, "say_event")
bp.add_app_template_global(quarter_name, "name_of_quarter")
