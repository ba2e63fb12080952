"""The random key that a form for something new carries: the reference of the row it makes.

The same form sent twice (a double click, a reload) then makes one row. Without a key a form still works.
"""

from __future__ import annotations

import re

from models.base import new_reference

_KEY = re.compile(r"[A-Za-z0-9]{16}")


def new_form_key() -> str:
    """A key for one form."""
    return new_reference()


def is_form_key(text: str) -> bool:
    """Whether a text has the shape of a key; what else came in is not used."""
    return _KEY.fullmatch(text) is not None
