"""The tab *Groepen en rechten* (/econtracting/groepen, /econtracting/rechten) and the tab *Toegang* of a contract."""

from blueprints.econtracting.rights import groups, linking, overview, people  # noqa: F401 - they register their views
from blueprints.econtracting.rights.blueprint import bp

__all__ = ["bp"]
