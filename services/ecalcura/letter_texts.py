"""The texts of the letters: versions of the department, the newest is used; the first one ships with the program."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import PARAGRAPHS, LetterContent, Names, check_text
from domain.errors import N_, Conflict, Findings, NotFound
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.letter import LetterText
from models.upserts import upsert
from services import access, audit, clock

_FOLDER = Path(__file__).parent.parent / "reference_data" / "letters"
_NEWEST = select(LetterText).where(LetterText.kind == bindparam("kind")).order_by(LetterText.number.desc()).limit(1)

CHANGED = N_("Een collega heeft deze tekst intussen gewijzigd. Uw wijziging is niet bewaard.")
SUBJECT = N_("Onderwerp")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a text, with who made it."""

    row: LetterText
    content: LetterContent


def shipped(kind: LetterKind) -> LetterContent:
    """The text a kind of letter starts with."""
    raw = tomllib.loads((_FOLDER / f"{kind.value.lower()}.toml").read_text(encoding="utf-8"))
    return LetterContent(raw["subject"], {name: text.strip() for name, text in raw["paragraphs"].items()})


def newest(kind: LetterKind) -> Version:
    """The text in use. Makes the shipped one its first version when there is none yet."""
    row = db.session.scalar(_NEWEST, {"kind": kind})
    if row is None:
        content = shipped(kind)
        with writing("letter_texts.ship"):
            # two workers may both be the first
            db.session.execute(
                upsert(LetterText)
                .values(
                    kind=kind,
                    number=1,
                    subject=content.subject,
                    paragraphs=_written(content),
                    made_at=clock.now(),
                    made_by="Dossierloket",
                )
                .on_conflict_do_nothing(index_elements=["kind", "number"])
            )
        row = db.session.scalars(_NEWEST, {"kind": kind}).one()
    return Version(row, content_of(row))


def shown(actor: Actor, kind: LetterKind) -> tuple[LetterContent, LetterText | None]:
    """The text in use and its row; no row while the shipped one was never used or changed."""
    access.require(actor, Permission.LETTERS_MANAGE)
    row = db.session.scalar(_NEWEST, {"kind": kind})
    return (shipped(kind), None) if row is None else (content_of(row), row)


def versions(actor: Actor, kind: LetterKind) -> list[Version]:
    """Every version, the newest first."""
    access.require(actor, Permission.LETTERS_MANAGE)
    rows = db.session.scalars(select(LetterText).where(LetterText.kind == kind).order_by(LetterText.number.desc()))
    return [Version(row, content_of(row)) for row in rows]


def version(actor: Actor, kind: LetterKind, number: int) -> Version:
    """One version; NotFound."""
    access.require(actor, Permission.LETTERS_MANAGE)
    row = db.session.scalar(select(LetterText).where(LetterText.kind == kind, LetterText.number == number))
    if row is None:
        raise NotFound
    return Version(row, content_of(row))


def save(actor: Actor, kind: LetterKind, content: LetterContent, based_on: int) -> LetterText:
    """Make a new version of a text. ``based_on``: the number the form was made on, 0 for the shipped text.

    Raises Findings (see ``check_text``) and Conflict when somebody made a version in between. What is already the text
    makes no new version.
    """
    access.require(actor, Permission.LETTERS_MANAGE)
    content = _tidied(kind, content)
    findings = check_text(kind, content)
    if findings:
        raise Findings(findings)
    held = newest(kind)
    if held.content == content:
        return held.row
    if held.row.number != max(based_on, 1):
        raise Conflict(CHANGED, theirs=in_words(kind, held.content), yours=in_words(kind, content))
    with writing("letter_texts.save"):
        row = LetterText(
            kind=kind,
            number=held.row.number + 1,
            subject=content.subject,
            paragraphs=_written(content),
            made_at=clock.now(),
            made_by=actor.name[:160],
        )
        db.session.add(row)
        db.session.flush()
    audit.record(
        actor,
        AuditEvent.LETTER_TEXT_CHANGED,
        "letter_text",
        kind.value,
        data={"kind": kind.value, "number": row.number},
    )
    return row


def content_of(row: LetterText) -> LetterContent:
    """A stored version as values."""
    held = json.loads(row.paragraphs)
    return LetterContent(row.subject, held["paragraphs"], Names(held["names"]))


def in_words(kind: LetterKind, content: LetterContent) -> dict[str, str]:
    """Subject and paragraphs by their label, for people."""
    return {SUBJECT: content.subject} | {item.label: content.paragraphs.get(item.name, "") for item in PARAGRAPHS[kind]}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words that stayed (``same``), went (``old``) or came (``new``)."""

    kind: str
    text: str


def difference(kind: LetterKind, before: LetterContent, after: LetterContent) -> list[tuple[str, Sequence[Piece]]]:
    """What changed between two versions, word by word, only the parts that differ: label and pieces."""
    old, new = in_words(kind, before), in_words(kind, after)
    return [(label, _pieces(old[label], text)) for label, text in new.items() if old[label] != text]


def _pieces(before: str, after: str) -> list[Piece]:
    old, new = re.findall(r"\S+|\s+", before), re.findall(r"\S+|\s+", after)
    found: list[Piece] = []
    for act, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            found.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            found.append(Piece("old", "".join(old[i:j])))
        if k < m:
            found.append(Piece("new", "".join(new[k:m])))
    return found


def _tidied(kind: LetterKind, content: LetterContent) -> LetterContent:
    """Without spaces around it and with one kind of line ends."""
    held = {item.name: content.paragraphs.get(item.name, "") for item in PARAGRAPHS[kind]}
    return LetterContent(
        " ".join(content.subject.split()),
        {name: text.replace("\r\n", "\n").strip() for name, text in held.items()},
        content.names,
    )


def _written(content: LetterContent) -> str:
    held = {"names": content.names.value, "paragraphs": dict(content.paragraphs)}
    return json.dumps(held, ensure_ascii=False, sort_keys=True)
