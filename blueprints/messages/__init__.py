"""The message module in the portal (/berichten), for everybody whose role reads messages, in both themes."""

from blueprints.messages import starting, threads
from blueprints.messages.blueprint import bp
from blueprints.messages.files import bp as files_bp

__all__ = ["bp", "files_bp", "starting", "threads"]
