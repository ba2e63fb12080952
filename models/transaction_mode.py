"""Whether the transaction that begins is going to write. The edge says so; SQLite needs to know at BEGIN."""

from __future__ import annotations

from contextvars import ContextVar

writer_mode: ContextVar[bool] = ContextVar("writer_mode", default=False)
