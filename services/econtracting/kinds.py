"""Kinds of documents as versions of data: what is in use, what a document was made with, and what is shipped.

The highest released number of a code is in use. A released version never changes, and a document keeps its own.
Editing and releasing stand in ``kind_editing``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from domain.econtracting.document_states import Direction
from domain.econtracting.kind_definitions import kind_of, read, write
from domain.econtracting.kinds import Kind, Theme
from domain.errors import N_, NotAllowedNow, NotFound
from models.base import db
from models.file_document import DocumentKind, DocumentTheme
from models.gate import writing
from services import clock

NOT_ACTIVE = N_("De soort '{name}' is niet meer in gebruik. Kies een andere soort.")
SHIPPED = "Dossierloket"

_FILE = Path(__file__).parent.parent / "reference_data" / "document_kinds.toml"
_newest = (
    select(DocumentKind.code, func.max(DocumentKind.number).label("number"))
    .where(DocumentKind.released_at.is_not(None))
    .group_by(DocumentKind.code)
    .subquery()
)


@dataclass(frozen=True, slots=True)
class KindInUse:
    """A released version: the key a document keeps, and what it says."""

    id: int
    kind: Kind


def in_use(code: str) -> KindInUse:
    """The version of a code that new documents are made with. One query.

    NotFound without a released one; NotAllowedNow when the kind was put out of use.
    """
    row = db.session.execute(
        select(DocumentKind.id, DocumentKind.definition, DocumentKind.number)
        .where(DocumentKind.code == code, DocumentKind.released_at.is_not(None))
        .order_by(DocumentKind.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    kind = read(row.definition, row.number)
    if not kind.active:
        raise NotAllowedNow(NOT_ACTIVE, code="A-07", name=kind.name)
    return KindInUse(row.id, kind)


def of(kind_id: int) -> Kind:
    """The version a document was made with, whatever came after; NotFound."""
    row = db.session.get(DocumentKind, kind_id)
    if row is None:
        raise NotFound
    return read(row.definition, row.number)


def all_in_use(direction: Direction | None = None) -> list[KindInUse]:
    """Every kind new documents can be made of: the shipped ones in their order, then those made here. One query."""
    rows = db.session.execute(
        select(DocumentKind.id, DocumentKind.definition, DocumentKind.number)
        .join(_newest, (DocumentKind.code == _newest.c.code) & (DocumentKind.number == _newest.c.number))
        .order_by(DocumentKind.code)
    )
    found = [KindInUse(row.id, read(row.definition, row.number)) for row in rows]
    return sorted(
        (one for one in found if one.kind.active and (direction is None or direction in one.kind.directions)),
        key=lambda one: (place_of(one.kind.code), one.kind.name),
    )


def themes() -> list[Theme]:
    """The themes that groups are made for, in their order (A-02)."""
    rows = db.session.scalars(select(DocumentTheme).order_by(DocumentTheme.position, DocumentTheme.code))
    return [Theme(row.code, row.name) for row in rows]


def ensure() -> dict[str, int]:
    """Add the themes and kinds of the file that are not there; what is there is never changed."""
    shipped = _shipped()
    now = clock.now()
    with writing("kinds.ensure"):
        known = set(db.session.scalars(select(DocumentTheme.code)))
        missing_themes = [
            DocumentTheme(code=one["code"], name=one["name"], position=10 * place)
            for place, one in enumerate(shipped["theme"], start=1)
            if one["code"] not in known
        ]
        codes = set(db.session.scalars(select(DocumentKind.code).distinct()))
        missing_kinds = [
            DocumentKind(
                code=one["code"],
                number=1,
                definition=write(kind_of(one)),
                made_at=now,
                made_by=SHIPPED,
                changed_at=now,
                changed_by=SHIPPED,
                released_at=now,
                released_by=SHIPPED,
            )
            for one in shipped["kind"]
            if one["code"] not in codes
        ]
        db.session.add_all([*missing_themes, *missing_kinds])
    return {"themes": len(missing_themes), "kinds": len(missing_kinds)}


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def place_of(code: str) -> int:
    """Where a kind stands in a list: the shipped ones as people meet them, a claim before its review; others last."""
    codes = [one["code"] for one in _shipped()["kind"]]
    return codes.index(code) if code in codes else len(codes)
