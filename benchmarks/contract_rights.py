"""Rights of a company with 5,000 contracts and 200 people: ``python -m benchmarks.contract_rights``.

The statement behind *my contracts* and one rights check beside a bare indexed query that gives the same rows, in one
process and one run. CPU is that of the process and, on PostgreSQL, of its backend. ``--postgresql URL`` names a server
on which a database may be made; without it SQLite is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select, text

from benchmarks.measuring import ROOT, Database, conditions, cpu_of, shuffled

CONTRACTS, PEOPLE, GROUPS_PER_THEME, MEMBERS = 5_000, 200, 4, 40
THEMES = ("BETALINGEN", "WIJZIGINGEN", "UITVOERING", "WAARBORGEN", "ALGEMEEN")
#: CPU of ours, at most so many times the bare query.
GOAL = 2.0
KEY = "0999000129"

#: Which groups hold a person now, once; the bare query is given their keys, or those of the person.
_NOW = "{0}.starts_at <= :now AND ({0}.ends_at IS NULL OR {0}.ends_at > :now)"
_COLUMNS = "c.id, c.number, c.description, c.state"
_BARE_ALL = f"SELECT {_COLUMNS} FROM public_contract c WHERE c.contractor_id = :owner ORDER BY c.id DESC LIMIT 21"
_BARE_SOME = (
    f"SELECT {_COLUMNS} FROM public_contract c WHERE c.id IN (SELECT l.contract_id FROM group_contract l "
    f"JOIN group_member m ON m.group_id = l.group_id WHERE m.relation_id = :relation AND {_NOW.format('l')} "
    f"AND {_NOW.format('m')}) ORDER BY c.id DESC LIMIT 21"
)
_BARE_CHECK = (
    "SELECT g.theme, max(g.level) FROM group_contract l JOIN rights_group g ON g.id = l.group_id "
    "JOIN group_member m ON m.group_id = g.id WHERE l.contract_id = :contract AND m.relation_id = :relation "
    f"AND {_NOW.format('l')} AND {_NOW.format('m')} AND g.active GROUP BY g.theme"
)


def load() -> None:
    """Two enterprises with 5,000 contracts each, so that no index has it easy; people and groups in the first."""
    from models.all import db
    from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup, WorkRelation
    from models.gate import writing
    from models.identity import Account
    from models.organisation import Organisation
    from models.public_contract import PublicContract
    from services import clock, transaction

    now = clock.now() - timedelta(days=30)
    chance = random.Random(20240131)
    with transaction.unit_of_work(), writing("benchmark"):
        sides = [("OVO009902", "authority"), (KEY, "contractor"), ("0999000228", "contractor")]
        db.session.execute(sa.insert(Organisation), [{"key": key, "side": side, "name": key} for key, side in sides])
        authority, own, other = db.session.scalars(select(Organisation.id).order_by(Organisation.id))
        shared = {
            "authority_id": authority, "type": "WERKEN", "ground": "BESTEK", "ground_reference": "1M3D8J",
            "published_on": date(2025, 3, 3), "regime": "KB2024", "contact_name": "Secretariaat",
            "contact_email": "wegen@example.be", "made_at": now, "visible_since": now, "state": "ACTIEF",
        }  # fmt: skip
        db.session.execute(
            sa.insert(PublicContract),
            [
                shared | {
                    "reference": f"r{place:015d}", "contractor_id": (own, other)[place % 2],
                    "number": f"2025/{place:06d}", "description": f"Herstelling van de weg N{place}",
                    "search_text": f"2025/{place:06d}",
                }
                for place in range(2 * CONTRACTS)
            ],
        )  # fmt: skip
        accounts = [
            {"idp": "acm", "account_key": f"b{place}", "given_name": "Kim", "family_name": f"Naam{place}",
             "first_seen_at": now, "last_seen_at": now}
            for place in range(PEOPLE)
        ]  # fmt: skip
        db.session.execute(sa.insert(Account), accounts)
        people = list(db.session.scalars(select(Account.id).order_by(Account.id)))
        relations = [
            {"reference": f"w{key:015d}", "account_id": key, "organisation_id": own, "last_seen_at": now,
             "roles": "EC_BEHEERDER" if place == 0 else "EC_GEBRUIKER"}
            for place, key in enumerate(people)
        ]  # fmt: skip
        db.session.execute(sa.insert(WorkRelation), relations)
        keys = list(db.session.scalars(select(WorkRelation.id).order_by(WorkRelation.id)))
        names = [(theme, place) for theme in THEMES for place in range(GROUPS_PER_THEME)]
        db.session.execute(
            sa.insert(RightsGroup),
            [
                {"reference": f"g{theme[:9]}{place}", "organisation_id": own, "theme": theme,
                 "name": f"{theme} {place}", "level": 1 + place % 3}
                for theme, place in names
            ],
        )  # fmt: skip
        groups = list(db.session.scalars(select(RightsGroup.id).order_by(RightsGroup.id)))
        contracts = list(
            db.session.scalars(select(PublicContract.id).where(PublicContract.contractor_id == own).order_by("id"))
        )
        members, links = [], []
        for place, group in enumerate(groups):
            # the second person is in the group that works on everything; the others are in a few groups
            inside = chance.sample(keys[2:], MEMBERS) + ([keys[1]] if place == 0 else [])
            members += [{"group_id": group, "relation_id": one, "starts_at": now} for one in inside]
            worked = contracts if place == 0 else chance.sample(contracts, CONTRACTS // 5)
            links += [{"group_id": group, "contract_id": one, "starts_at": now} for one in worked]
        db.session.execute(sa.insert(GroupMember), members)
        db.session.execute(sa.insert(GroupContract), links)
        some = list(db.session.scalars(select(GroupContract.id).order_by(GroupContract.id).limit(2000)))
        db.session.execute(
            sa.insert(GroupExtraMember),
            [{"link_id": link, "relation_id": chance.choice(keys[100:]), "starts_at": now} for link in some],
        )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _asked() -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """What is measured: a name, ours, and the bare query. Each pair gives the same rows, which is checked once."""
    from domain.actor import Actor, Side
    from domain.permissions import Role
    from models.all import db
    from models.contract_rights import GroupMember, WorkRelation
    from models.public_contract import PublicContract
    from services import clock
    from services.econtracting import access

    session = db.session()
    rows = session.scalars(select(WorkRelation).order_by(WorkRelation.id)).all()
    few = session.scalar(
        select(GroupMember.relation_id)
        .where(GroupMember.relation_id > rows[1].id, GroupMember.relation_id < rows[100].id)
        .group_by(GroupMember.relation_id)
        .having(sa.func.count() == 3)
        .limit(1)
    )
    owner, now = rows[0].organisation_id, clock.now()
    contract = session.scalars(select(PublicContract).where(PublicContract.contractor_id == owner).limit(1)).one()
    shown = (PublicContract.id, PublicContract.number, PublicContract.description, PublicContract.state)

    def actor(row: WorkRelation) -> Actor:
        roles = frozenset(Role(role) for role in row.roles.split())
        return Actor(row.account_id, Side.CONTRACTOR, KEY, KEY, "Kim", roles)

    def ours(who: Actor) -> Any:
        condition = access.only_visible(who)
        return session.execute(select(*shown).where(condition).order_by(PublicContract.id.desc()).limit(21)).all()

    # the bare query of a page has the columns typed as ours, so that only what is asked differs
    def bare(statement: str, **values: Any) -> Callable[[], Any]:
        typed = text(statement).bindparams(*_instants(statement))
        return lambda: session.execute(typed, values).all()

    manager, wide = rows[0], rows[1]
    middle = next(row for row in rows if row.id == few)
    yield "my contracts, beheerder (5,000)", lambda: ours(actor(manager)), bare(_BARE_ALL, owner=owner)
    for name, row in (("in one group (5,000)", wide), ("in three groups", middle)):
        who = actor(row)
        yield (
            f"my contracts, {name}",
            lambda who=who: ours(who),
            bare(_BARE_SOME, relation=row.id, now=now),
        )
    for name, row in (("beheerder", manager), ("in one group", wide), ("in three groups", middle)):
        who = actor(row)
        yield (
            f"rights check, {name}",
            lambda who=who: sorted((one, int(level)) for one, level in access.standing(who, contract).levels.items()),
            bare(_BARE_CHECK, contract=contract.id, relation=row.id, now=now),
        )


def _instants(statement: str) -> list[Any]:
    from models.base import Instant

    return [sa.bindparam("now", type_=Instant())] if ":now" in statement else []


def _alone(act: Callable[[], Any]) -> Callable[[], Any]:
    """The last statement of an act, as it reaches the database, without anything of Python around it."""
    from models.all import db

    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        seen.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    act()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    statement, values = seen[-1]
    driver: Any = db.session.connection().connection.driver_connection
    return lambda: driver.execute(statement, values).fetchall()


def measure(rounds: int) -> dict[str, list[float]]:
    """Medians of CPU milliseconds per call: statement of ours, bare statement, the whole call, bare whole."""
    from models.all import db

    postgresql = db.engine.dialect.name == "postgresql"
    backend = db.session.scalar(text("SELECT pg_backend_pid()")) or 0 if postgresql else 0

    def cost(act: Callable[[], Any]) -> float:
        before, own = cpu_of(backend), time.thread_time_ns()
        for _ in range(50):
            act()
        return (time.thread_time_ns() - own + cpu_of(backend) - before) / 50 / 1e6

    asked = {}
    for name, ours, bare in _asked():
        given, expected = ours(), bare()
        if name.startswith("my contracts"):
            assert [row[0] for row in given] == [row[0] for row in expected], name
        else:
            assert given == sorted(tuple(row) for row in expected), name
        asked[name] = (_alone(ours), _alone(bare), ours, bare)
    spent: dict[str, list[list[float]]] = {name: [[], [], [], []] for name in asked}
    for turn in range(rounds + 1):
        for name in shuffled(asked, turn):
            for place in random.Random(turn).sample(range(4), 4):
                milliseconds = cost(asked[name][place])
                if turn:
                    spent[name][place].append(milliseconds)
    return {name: [statistics.median(one) for one in all_four] for name, all_four in spent.items()}


def _inside(rounds: int) -> None:
    """In an installation of its own: load, measure, print as JSON."""
    from app import create_app

    with create_app().app_context():
        load()
        print(json.dumps(measure(rounds)))


def main() -> None:
    """Make an installation, measure in it, and print a table in Markdown."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--postgresql", default=None)
    options.add_argument("--inside", action="store_true")
    given = options.parse_args()
    if given.inside:
        _inside(given.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "INSTANCE"}}
        environment |= {"INSTANCE": str(Path(folder) / "instance"), "ELOKET_ENV": "test"}
        url = f"sqlite:///{folder}/instance/app.db"
        if given.postgresql:
            server = sa.make_url(given.postgresql)
            with sa.create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("DROP DATABASE IF EXISTS bench_rights WITH (FORCE)")
                connection.exec_driver_sql("CREATE DATABASE bench_rights")
            url = server.set(database="bench_rights").render_as_string(hide_password=False)
            environment["DATABASE_URL"] = url
        flask = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
        subprocess.run(flask, cwd=ROOT, env=environment, check=True, capture_output=True)
        command = [sys.executable, "-m", "benchmarks.contract_rights", "--inside", "--rounds", str(given.rounds)]
        answer = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        print(conditions(Database(url)))
    print("| asked | statement ms | bare ms | × bare | | whole call ms | bare, same road ms |")
    print("|---|---|---|---|---|---|---|")
    for name, (ours, bare, call, bare_call) in json.loads(answer.stdout.splitlines()[-1]).items():
        kept = "kept" if ours <= GOAL * bare else "**missed**"
        print(f"| {name} | {ours:.3f} | {bare:.3f} | {ours / bare:.2f} | {kept} | {call:.2f} | {bare_call:.2f} |")


if __name__ == "__main__":
    main()
