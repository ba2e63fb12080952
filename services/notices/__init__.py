"""Notices of outages for everybody: the copy every page reads (A-44), the public pages, the mails (C-068 to C-074)."""

from services.notices.copy import current, kept, refresh, write

__all__ = ["current", "kept", "refresh", "write"]
