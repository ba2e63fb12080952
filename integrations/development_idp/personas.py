"""The fictional people of the development identity provider, from ``personas.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Persona:
    """A fictional person: at which entity, how it is called in the list, and what the entity sends."""

    id: str
    idp: str
    label: str
    authn_context: str
    attributes: Mapping[str, str | list[str]]


@cache
def personas() -> dict[str, Persona]:
    """All personas by id, in the order of the file."""
    text = Path(__file__).with_name("personas.toml").read_text(encoding="utf-8")
    return {table["id"]: Persona(**table) for table in tomllib.loads(text)["persona"]}
