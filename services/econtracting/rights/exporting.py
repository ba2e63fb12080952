"""The rights of an enterprise as a list: who is in which group, and on which contracts the groups work (C-045).

Nothing is left out: what has ended stands there with its end, so that the enterprise can answer for the past too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from sqlalchemy import literal, null, select, union_all

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting.rights import LEVEL_LABELS, Level
from domain.errors import N_
from domain.permissions import ROLE_LABELS
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup, WorkRelation
from models.identity import Account
from models.public_contract import PublicContract
from services import audit, clock
from services.econtracting import kinds
from services.econtracting.access import Entry, roles_of
from services.econtracting.access_rows import of_enterprise
from services.econtracting.rights import guard, members
from services.spreadsheets import as_csv
from services.workbooks import Book, SheetColumn

_IN_MEMORY = 8 * 1024 * 1024

Say = Callable[[str], str]

FIXED, HERE_ONLY = N_("Vast lid"), N_("Enkel voor één opdracht")
YES, NO = N_("ja"), N_("nee")
#: Headings with the width of their column.
MEMBER_HEADINGS: tuple[tuple[str, int], ...] = (
    (N_("Naam"), 22),
    (N_("Voornaam"), 18),
    (N_("Rollen"), 26),
    (N_("Geblokkeerd"), 12),
    (N_("Thema"), 18),
    (N_("Groep"), 30),
    (N_("Recht"), 34),
    (N_("Groep in gebruik"), 16),
    (N_("Lid als"), 22),
    (N_("Opdracht"), 20),
    (N_("Vanaf"), 12),
    (N_("Tot en met"), 12),
    (N_("Geldt nu"), 10),
)
LINK_HEADINGS: tuple[tuple[str, int], ...] = (
    (N_("Thema"), 18),
    (N_("Groep"), 30),
    (N_("Recht"), 34),
    (N_("Groep in gebruik"), 16),
    (N_("Opdracht"), 20),
    (N_("Omschrijving"), 50),
    (N_("Gekoppeld op"), 12),
    (N_("Losgekoppeld op"), 14),
)


def as_csv_file(actor: Actor, say: Say) -> Iterator[bytes]:
    """The members as CSV, in pieces. ``say`` puts a text in the language of the person. Traced; the caller commits."""
    rows = _member_rows(guard.managing(actor), say)
    _trace(actor, "rechten-csv", len(rows))
    return as_csv([say(heading) for heading, _ in MEMBER_HEADINGS], rows)


def as_workbook(actor: Actor, say: Say) -> IO[bytes]:
    """Members and links as XLSX with a sheet each. Traced; the caller commits."""
    entry = guard.managing(actor)
    target = cast(IO[bytes], SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the caller reads and closes it
    book = Book(target, title=say(N_("Groepen en rechten")), made=clock.now())
    people = _member_rows(entry, say)
    _fill(book, say(N_("Leden")), MEMBER_HEADINGS, people, say)
    links = _link_rows(entry, say)
    _fill(book, say(N_("Opdrachten")), LINK_HEADINGS, links, say)
    book.close()
    target.seek(0)
    _trace(actor, "rechten-xlsx", len(people) + len(links))
    return target


def _fill(book: Book, name: str, headings: Sequence[tuple[str, int]], rows: Sequence[Sequence[Any]], say: Say) -> None:
    sheet = book.sheet(name, [SheetColumn(say(heading), width) for heading, width in headings])
    for row in rows:
        sheet.row(row)
    sheet.finish()


def _member_rows(entry: Entry, say: Say) -> list[list[Any]]:
    names = {theme.code: theme.name for theme in kinds.themes()}
    now = clock.now()
    found = []
    for row in db.session.execute(_members(entry)):
        ends = [end for end in (row.ends_at, row.link_ends_at) if end is not None]
        end = min(ends, default=None)
        roles = roles_of(row.roles, row.represents)
        holds = row.starts_at <= now and (end is None or end > now)
        works = bool(roles) and row.blocked_at is None and row.active
        found.append(
            [
                row.family_name,
                row.given_name,
                ", ".join(say(ROLE_LABELS[role]) for role in sorted(roles)),
                say(YES if row.blocked_at is not None else NO),
                names.get(row.theme, row.theme),
                row.name,
                say(LEVEL_LABELS[Level(row.level)]),
                say(YES if row.active else NO),
                say(FIXED if row.number is None else HERE_ONLY),
                row.number or "",
                members.day_of(row.starts_at),
                members.last_day(end),
                say(YES if holds and works else NO),
            ]
        )
    return found


def _members(entry: Entry) -> Any:
    """Fixed members, then members of single contracts, in one statement."""
    shown = (
        Account.family_name,
        Account.given_name,
        WorkRelation.roles,
        WorkRelation.represents,
        WorkRelation.blocked_at,
        RightsGroup.theme,
        RightsGroup.name,
        RightsGroup.level,
        RightsGroup.active,
    )
    fixed: Any = select(
        *shown,
        GroupMember.starts_at,
        GroupMember.ends_at,
        null().label("link_ends_at"),
        null().label("number"),
        literal(0).label("kind"),
    )
    extra: Any = select(
        *shown,
        GroupExtraMember.starts_at,
        GroupExtraMember.ends_at,
        GroupContract.ends_at.label("link_ends_at"),
        PublicContract.number,
        literal(1).label("kind"),
    )
    fixed = (
        fixed.select_from(GroupMember)
        .join(RightsGroup, RightsGroup.id == GroupMember.group_id)
        .join(WorkRelation, WorkRelation.id == GroupMember.relation_id)
    )
    extra = (
        extra.select_from(GroupExtraMember)
        .join(GroupContract, GroupContract.id == GroupExtraMember.link_id)
        .join(PublicContract, PublicContract.id == GroupContract.contract_id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .join(WorkRelation, WorkRelation.id == GroupExtraMember.relation_id)
    )
    both = [
        one.join(Account, Account.id == WorkRelation.account_id).where(
            RightsGroup.organisation_id == entry.organisation_id
        )
        for one in (extra, fixed)
    ]
    every = union_all(*both)
    columns = every.selected_columns
    return every.order_by(columns.family_name, columns.given_name, columns.theme, columns.name, columns.starts_at)


def _link_rows(entry: Entry, say: Say) -> list[list[Any]]:
    names = {theme.code: theme.name for theme in kinds.themes()}
    rows = db.session.execute(
        select(
            RightsGroup.theme,
            RightsGroup.name,
            RightsGroup.level,
            RightsGroup.active,
            PublicContract.number,
            PublicContract.description,
            GroupContract.starts_at,
            GroupContract.ends_at,
        )
        .join(GroupContract, GroupContract.group_id == RightsGroup.id)
        .join(PublicContract, PublicContract.id == GroupContract.contract_id)
        .where(RightsGroup.organisation_id == entry.organisation_id, of_enterprise(entry.organisation_id, clock.now()))
        .order_by(RightsGroup.theme, RightsGroup.name, PublicContract.number, GroupContract.id)
    )
    return [
        [
            names.get(row.theme, row.theme),
            row.name,
            say(LEVEL_LABELS[Level(row.level)]),
            say(YES if row.active else NO),
            row.number,
            row.description,
            members.day_of(row.starts_at),
            None if row.ends_at is None else members.day_of(row.ends_at),
        ]
        for row in rows
    ]


def _trace(actor: Actor, name: str, rows: int) -> None:
    audit.record(actor, AuditEvent.EXPORTED, "list", name, data={"list": name, "rows": rows, "filters": {}})
