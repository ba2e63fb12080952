"""The list of dossiers, the page of one, and the list as a file: ``python -m benchmarks.dossiers``.

INSTANCE and DATABASE_URL name the loaded database, as for the program itself.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from sqlalchemy import func, select, text

from app import create_app
from benchmarks import prepare
from benchmarks.measuring import Database, Server, Table, conditions, cost, memory_of, serve, shuffled
from benchmarks.signing_in import at_peer, at_portal, case_manager
from models.all import db
from models.declaration import Dossier
from services import listing

PEERS = ("portal", "raw", "core", "stock")
_NUMBER = re.compile(rb"\b8\d{7}-20\d\dK[1-4]\b")
_LIST = "/beheer/dossiers/"
_DEEP = 5000


def _addresses(numbers: Sequence[str], deep: str) -> dict[str, dict[str, list[str]]]:
    """Operation → peer → addresses, which take turns."""

    def portal(**words: str) -> str:
        return f"{_LIST}?{urlencode(words)}"

    def plain(**words: str) -> str:
        return f"/list?{urlencode(words)}"

    def stock(**words: str) -> str:
        return f"/admin/stock/?{urlencode(words)}"

    found: dict[str, dict[str, list[str]]] = {}

    def add(operation: str, ours: list[str], theirs: list[str], flask_admin: list[str]) -> None:
        found[operation] = {"portal": ours, "raw": theirs, "core": theirs, "stock": flask_admin}

    add("first page", [_LIST], ["/list"], [stock()])
    add(
        "status and order",
        [portal(status="CLOSED", sorteer="gewijzigd"), portal(status="AUDIT", sorteer="gewijzigd")],
        [plain(status="CLOSED", sort="up"), plain(status="AUDIT", sort="up")],
        [stock(sort="6", flt0_status_equals="CLOSED")],
    )
    add("page 5,000", [portal(pagina=str(_DEEP))], [plain(after=deep)], [stock(page=str(_DEEP - 1))])
    for name, words in (
        ("common word", ("gent", "linde")),
        ("rare words", ("anker brugge", "kompas aalst")),
        ("no hit", ("qqzzx", "linde qqzzx")),
    ):
        ours, theirs = [portal(zoek=word) for word in words], [plain(zoek=word) for word in words]
        add(name, ours, theirs, [stock(search=words[0])])
    add(
        "exact number",
        [portal(zoek=number) for number in numbers],
        [plain(zoek=number) for number in numbers],
        [stock(search=number) for number in numbers],
    )
    return found


def _check(servers: Mapping[str, Server], addresses: Mapping[str, Mapping[str, list[str]]]) -> None:
    """Every peer but stock shows the same dossiers in the same order; how heavy our pages are."""
    for operation, by_peer in addresses.items():
        shown = {}
        for peer in ("portal", "raw", "core"):
            answer = servers[peer].request(by_peer[peer][0])
            assert answer.status == 200, (peer, operation, answer.status)
            body = answer.body.partition(b"<tbody>")[2]
            shown[peer] = list(dict.fromkeys(_NUMBER.findall(body)))
            if peer == "portal":
                print(f"{operation}: {len(shown[peer])} dossiers, {len(answer.body):,} bytes")
        assert shown["portal"] == shown["raw"] == shown["core"], (operation, shown)


def _lists(servers: Mapping[str, Server], addresses: Mapping[str, Mapping[str, list[str]]], rounds: int) -> Table:
    table, turn = Table(), 0
    for peer in ("portal", "raw", "core"):  # warm
        for by_peer in addresses.values():
            for address in by_peer[peer] * 2:
                servers[peer].request(address)
    for number in range(rounds):
        for operation, by_peer in addresses.items():
            for peer in shuffled(servers, number):
                slow = peer == "stock"
                if slow and number % (rounds // 3 or 1):
                    continue
                asked = by_peer[peer]
                times = 1 if slow else 4
                wanted = [asked[(turn + place) % len(asked)] for place in range(times)]
                turn += times
                server = servers[peer]
                spent = cost(server, lambda server=server, wanted=wanted: [server.request(one) for one in wanted])
                table.add(operation, peer, spent / times)
    return table


def _records(servers: Mapping[str, Server], numbers: Mapping[str, str], rounds: int, table: Table) -> list[str]:
    for name, number in numbers.items():
        paths = {"portal": f"{_LIST}{number}", "raw": f"/dossier/{number}", "core": f"/dossier/{number}"}
        for turn in range(rounds + 2):
            for peer in shuffled(paths, turn):
                server, path = servers[peer], paths[peer]
                spent = cost(server, lambda server=server, path=path: [server.request(path) for _ in range(3)])
                if turn > 1:
                    table.add(name, peer, spent / 3)
    return list(numbers)


def _files(servers: Mapping[str, Server], status: str, rounds: int) -> list[str]:
    """The list as a file: CPU, memory over idle, first byte."""
    paths = {"portal": f"{_LIST}export/csv/?status={status}", "raw": f"/export?status={status}"}
    cpu: dict[str, list[float]] = {peer: [] for peer in paths}
    peak: dict[str, list[float]] = {peer: [] for peer in paths}
    first: dict[str, list[float]] = {peer: [] for peer in paths}
    for turn in range(rounds):
        for peer in shuffled(paths, turn):
            server, worker = servers[peer], servers[peer].workers[0]
            idle = memory_of(worker)
            seen = [idle]
            before = server.cpu()
            answer = server.request(paths[peer], each=lambda worker=worker, seen=seen: seen.append(memory_of(worker)))
            assert answer.status == 200, answer.status
            time.sleep(0.01)
            cpu[peer].append((server.cpu() - before) / 1e9)
            peak[peer].append((max(seen) - idle) / 2**20)
            first[peer].append(answer.first_byte)
    lines = ["| peer | CPU s | × raw | peak over idle MiB | first byte s |", "|---|---|---|---|---|"]
    base = statistics.median(cpu["raw"])
    for peer in paths:
        spent, began = statistics.median(cpu[peer]), statistics.median(first[peer])
        lines.append(f"| {peer} | {spent:.2f} | {spent / base:.2f} | {max(peak[peer]):.1f} | {began:.2f} |")
    return lines


def main() -> None:
    """Measure, and print tables in Markdown."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--peers", default=",".join(PEERS))
    options.add_argument("--only", default="list,record,file")
    asked = options.parse_args()
    names, only = asked.peers.split(","), asked.only.split(",")
    app = create_app()
    database = Database(app.extensions["settings"].database_url)
    with app.app_context():
        person = prepare.account()
        total = db.session.scalar(select(func.count()).select_from(Dossier)) or 0
        numbers = list(db.session.scalars(select(Dossier.number).where(Dossier.id % (total // 7 or 1) == 5).limit(7)))
        moment, key = db.session.execute(
            text("SELECT changed_at, id FROM dossier ORDER BY changed_at DESC, id DESC LIMIT 1 OFFSET :skip"),
            {"skip": (_DEEP - 1) * listing.PAGE_SIZE - 1},
        ).one()
        fifty = f"{prepare.facility(50).hco_number}-{prepare.quarter()}"
        counted = db.session.execute(select(Dossier.status, func.count()).group_by(Dossier.status)).all()
        status, rows = min(counted, key=lambda row: abs(row[1] - 100_000))
        most = max(counted, key=lambda row: row[1])
        cookie, _ = at_portal(app, case_manager(person))
        db.session.remove()
    targets = {
        "portal": "app:create_app()",
        "raw": "benchmarks.peers.raw:application",
        "core": "benchmarks.peers.core:app",
        "stock": "benchmarks.peers.stock:app",
    }
    servers = {name: serve(name, targets[name], database, place) for place, name in enumerate(targets) if name in names}
    try:
        servers["portal"].cookie = cookie
        for name, server in servers.items():
            if name != "portal":
                at_peer(server, person)
        print(f"{conditions(database)}; {total:,} dossiers\n")
        addresses = _addresses(numbers, f"{moment}~{key}")
        table, operations = Table(), []
        if "list" in only:
            _check(servers, addresses)
            table = _lists(servers, addresses, asked.rounds)
            operations = list(addresses)
        if "record" in only:
            operations += _records(servers, {"dossier, 50 lines": fifty}, asked.rounds, table)
        print("\n" + "\n".join(table.rows(operations, names)))
        if "file" in only:
            print(f"\nCSV of {rows:,} rows\n\n" + "\n".join(_files(servers, status.value, 5)))
            print(f"\nCSV of {most[1]:,} rows\n\n" + "\n".join(_files(servers, most[0].value, 1)))
    finally:
        for server in servers.values():
            server.stop()


if __name__ == "__main__":
    main()
