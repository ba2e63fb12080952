"""A round of calculations beside the least that could be done: ``python -m benchmarks.calculation_round``.

Each number of facilities (100 contracts, four quarters) is measured in an installation of its own and each peer in a
process of its own, so that its memory is its own. CPU is that of the process and, on PostgreSQL, of its backend.
``--postgresql URL`` names a server on which databases may be made; without it SQLite is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.measuring import ROOT, Database, conditions, cpu_of, memory_of, shuffled

SIZES = (250, 500, 1000, 2000)
#: CPU of a round, at most so many times the one-pass aggregate over the same rows.
GOAL = 12
PERIOD = "2023-2024"


@dataclass
class Result:
    """What one run of a peer cost: CPU seconds, wall seconds, and the memory it grew by at most (MiB)."""

    cpu: float
    wall: float
    memory: float


# --- the peers, each run in a process of its own ---


_TABLE = "SELECT count(*), sum(paid_days), sum(unpaid_days), sum(paid_hours) FROM bench_performance"
_PARTS = {"contracts": "hours", "choices": "premium_hours", "performances": "paid_hours"}


def _inside(dialect: str, part: str) -> str:
    """One pass over a list inside the copies."""
    if dialect == "sqlite":
        value = f"sum(json_extract(p.value, '$.{_PARTS[part]}'))"
        return f"SELECT count(*), {value} FROM dossier_snapshot s, json_each(s.content, '$.{part}') p"
    value = f"sum((p->>'{_PARTS[part]}')::numeric)"
    return f"SELECT count(*), {value} FROM dossier_snapshot s, jsonb_array_elements(s.content::jsonb->'{part}') p"


def floor_copies(connection: sa.Connection) -> Any:
    """SQL over the rows a calculation reads in the stored copies: contracts, choices and performances, each once."""
    answers = [connection.exec_driver_sql(_inside(connection.dialect.name, part)).one() for part in _PARTS]
    return [str(value) for row in answers for value in row]


def floor_performances(connection: sa.Connection) -> Any:
    """One pass in SQL over the performances alone, inside the stored copies."""
    found = connection.exec_driver_sql(_inside(connection.dialect.name, "performances")).one()
    return [str(value) for value in found]


def floor_table(connection: sa.Connection) -> Any:
    """One pass in SQL over the same performances as rows of a plain table of the shape the grid saves them in."""
    return [str(value) for value in connection.exec_driver_sql(_TABLE).one()]


def plain_loop(connection: sa.Connection) -> Any:
    """Read every copy and add the working time up in a plain loop; no rules, nothing kept."""
    total, count = Decimal(0), 0
    rows = connection.execution_options(yield_per=200).exec_driver_sql("SELECT content FROM dossier_snapshot")
    for (content,) in rows:
        held = json.loads(content)
        hours = {one["reference"]: Decimal(one["hours"]) for one in held["contracts"]}
        for one in held["performances"]:
            count += 1
            if hours[one["contract"]] == 38:
                paid = Decimal(one["paid_days"])
                total += paid / (paid + Decimal(one["unpaid_days"]))
            else:
                total += Decimal(one["paid_hours"]) / 494
    return count, str(round(total, 3))


class _Rows(DeclarativeBase):
    pass


class _Line(_Rows):
    """A worked quarter as a row, the way it would be kept without documents."""

    __tablename__ = "bench_worked"

    id: Mapped[int] = mapped_column(primary_key=True)
    facility: Mapped[str] = mapped_column(sa.String(20))
    contract: Mapped[str] = mapped_column(sa.String(16))
    quarter: Mapped[str] = mapped_column(sa.String(6))
    density: Mapped[int]
    fte: Mapped[int]
    replacing: Mapped[int]
    replaced: Mapped[int]


def orm_rows(connection: sa.Connection) -> Any:
    """The same calculation, read as objects and kept as one object per line with ``add_all``."""
    from domain.ecalcura.compensation import calculate
    from models.all import db
    from models.declaration import DossierSnapshot
    from models.organisation import Facility
    from services.ecalcura import counting_cases, parameter_sets

    _Rows.metadata.drop_all(connection)
    _Rows.metadata.create_all(connection)
    connection.commit()
    parameters = parameter_sets.in_force(PERIOD).content.compensation
    count = 0
    for facility_id in db.session.scalars(sa.select(Facility.id).order_by(Facility.id)).all():
        facility = db.session.get_one(Facility, facility_id)
        db.session.scalars(
            sa.select(DossierSnapshot).where(DossierSnapshot.dossier_id.between(facility_id, facility_id))
        ).all()
        counted = next(counting_cases.cases([facility], PERIOD, parameters))
        assert counted.case is not None
        outcome = calculate(counted.case)
        with Session(db.engine) as session:
            session.add_all(
                _Line(
                    facility=facility.hco_number,
                    contract=line.contract,
                    quarter=str(line.quarter),
                    density=int(line.density * 1000),
                    fte=int(line.fte * 1000),
                    replacing=int(line.replacing * 1000),
                    replaced=int(line.replaced * 1000),
                )
                for line in outcome.worked
            )
            session.commit()
        count += len(outcome.worked)
        db.session.rollback()
    return count


def our_round(_connection: sa.Connection) -> Any:
    """The round itself: start, work with a commit at each step, ready with its summary."""
    from domain.actor import Actor, Side
    from domain.ecalcura.calculation_states import CalculationKind
    from domain.permissions import Role
    from models.all import db
    from models.compensation import CalculationRound
    from services import transaction
    from services.ecalcura import round_summary, rounds

    actor = Actor(1, Side.DEPARTMENT, "OVO009901", "Departement Zorg", "Els", frozenset({Role.EL_DOSSIERBEHEERDER}))
    with transaction.unit_of_work():
        reference = rounds.start(actor, PERIOD, CalculationKind.PROVISIONAL, None).reference
    work = rounds.work({"round": reference})
    while True:
        with transaction.unit_of_work():
            if next(work, None) is None:
                break
    row = db.session.scalars(sa.select(CalculationRound).where(CalculationRound.reference == reference)).one()
    summary = round_summary.read(row.summary)
    assert summary is not None
    with transaction.unit_of_work():
        rounds.roll_back(actor, reference, "benchmark")
    return summary.calculated, str(summary.total)


PEERS: dict[str, Callable[[sa.Connection], Any]] = {
    "floor: copies": floor_copies,
    "floor: performances": floor_performances,
    "floor: table": floor_table,
    "plain loop": plain_loop,
    "round": our_round,
    "ORM rows": orm_rows,
}


def _peer(name: str) -> None:
    """The inside of the process of one peer: says what it cost as one line of JSON."""
    from app import create_app
    from models.all import db

    app = create_app()
    with app.app_context(), db.engine.connect() as connection:
        backends = _backends(connection)
        db.session.execute(text("SELECT 1"))
        backends += _backends(db.session.connection())
        db.session.rollback()
        connection.rollback()
        PEERS["floor: table"](connection)  # warm: connection, imports, the cache of the database
        connection.rollback()
        before = [cpu_of(pid) for pid in (os.getpid(), *backends)]
        memory, peak = memory_of(os.getpid()), Peak()
        started = time.perf_counter()
        answer = PEERS[name](connection)
        wall = time.perf_counter() - started
        after = [cpu_of(pid) for pid in (os.getpid(), *backends)]
        grown = (peak.stop() - memory) / 2**20
        spent = sum(after) - sum(before)
        print(json.dumps({"answer": answer, "cpu": spent / 1e9, "wall": wall, "memory": grown}))


class Peak:
    """Looks at the memory of this process every twentieth of a second."""

    def __init__(self) -> None:
        import threading

        self.most, self._ended = 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            self.most = max(self.most, memory_of(os.getpid()))

    def stop(self) -> int:
        """The most it was."""
        self._ended.set()
        self._thread.join()
        return max(self.most, memory_of(os.getpid()))


def _backends(connection: sa.Connection) -> list[int]:
    if connection.dialect.name == "sqlite":
        return []
    return [int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())]


# --- the outside ---


def _environment(instance: Path, url: str | None) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "INSTANCE"}}
    found = kept | {"INSTANCE": str(instance), "ELOKET_NOW": "2024-10-16T09:00:00+02:00", "LOG_LEVEL": "ERROR"}
    if url:
        found["DATABASE_URL"] = url + ("&" if "?" in url else "?") + "options=-c%20max_parallel_workers_per_gather%3D0"
    return found


def _prepared(size: int, folder: Path, server: str | None) -> dict[str, str]:
    """An installation with so many facilities; gives the environment that names it."""
    url = None
    if server:
        name = f"bench_round_{size}"
        admin = sa.create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        admin.dispose()
        url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    environment = _environment(folder / f"bench{size}", url)
    for command in (["flask", "--app", "app", "db", "upgrade"], ["benchmarks.calculation_round", "--load", str(size)]):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, check=True, capture_output=True)
    return environment


def _run(peer: str, environment: dict[str, str]) -> tuple[Result, Any]:
    command = [sys.executable, "-m", "benchmarks.calculation_round", "--peer", peer]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return Result(said["cpu"], said["wall"], said["memory"]), said["answer"]


def main() -> None:
    """Load, measure in turns, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql")
    parser.add_argument("--peers", nargs="*", default=list(PEERS))
    parser.add_argument("--peer")
    parser.add_argument("--load", type=int)
    given = parser.parse_args()
    if given.peer:
        _peer(given.peer)
        return
    if given.load:
        from app import create_app
        from benchmarks import round_data

        with create_app().app_context():
            round_data.load(given.load)
        return
    with tempfile.TemporaryDirectory(prefix="bench-round-") as folder:
        _measure(given, Path(folder))


def _measure(given: argparse.Namespace, folder: Path) -> None:
    print(conditions(Database(given.postgresql or "sqlite://")))
    print(
        "\n| facilities | lines | peer | CPU s | wall s | ms per facility | × copies | × performances | × table | MiB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in given.sizes:
        environment = _prepared(size, folder, given.postgresql)
        found: dict[str, list[Result]] = {}
        answers: dict[str, Any] = {}
        for turn in range(given.rounds):
            for peer in shuffled(given.peers, turn):
                if peer == "ORM rows" and (turn or size > 500):
                    continue
                result, answers[peer] = _run(peer, environment)
                found.setdefault(peer, []).append(result)
        middle = {peer: statistics.median(one.cpu for one in runs) for peer, runs in found.items()}
        for peer in given.peers:
            if peer not in found:
                continue
            runs = found[peer]
            ratios = [f"{middle[peer] / middle[name]:.1f}" if middle.get(name) else "–" for name in list(PEERS)[:3]]
            print(
                f"| {size:,} | {size * 400:,} | {peer} | {middle[peer]:.2f} "
                f"| {statistics.median(one.wall for one in runs):.2f} | {middle[peer] / size * 1000:.2f} "
                f"| {' | '.join(ratios)} | {max(one.memory for one in runs):.1f} |",
                flush=True,
            )
        print(f"<!-- {size}: {answers} -->")


if __name__ == "__main__":
    main()
