"""Groups of an enterprise, who is in them, and on which contracts they work (C-033 to C-044, part 5)."""

from services.econtracting.rights.links import link_default_groups

__all__ = ["link_default_groups"]
