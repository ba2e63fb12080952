"""The grid of 2,000 lines: page, whole save, one row, eight people at once: ``python -m benchmarks.grid``.

INSTANCE and DATABASE_URL name the loaded database, as for the program itself.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import statistics
import threading
import time
from urllib.parse import urlencode

from app import create_app
from benchmarks import prepare
from benchmarks.measuring import Database, Server, Table, conditions, cost, serve, shuffled
from benchmarks.signing_in import at_peer, at_portal
from models.all import db

LINES = 2000
PEOPLE = 8
_INPUT = re.compile(rb"<input[^>]*>")
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


def fields(page: bytes) -> list[tuple[str, str]]:
    """Name and value of every input of a page, in order."""
    found = []
    for element in _INPUT.findall(page):
        pairs = dict(_ATTRIBUTE.findall(element.decode()))
        if "name" in pairs:
            found.append((html.unescape(pairs["name"]), html.unescape(pairs.get("value", ""))))
    return found


def changed(sent: list[tuple[str, str]], turn: int) -> bytes:
    """The form with other numbers on every line, which no rule finds odd."""
    values = {
        "betaalde_dagen": str(50 + turn % 10), "paid_days": str(50 + turn % 10),
        "betaalde_uren": str(230 + turn % 10), "paid_hours": str(230 + turn % 10),
    }  # fmt: skip
    return urlencode(
        [(name, values.get(name.rpartition("-")[2], text) if text else "") for name, text in sent]
    ).encode()


def _form(page: bytes) -> list[tuple[str, str]]:
    """The inputs of the grid's form."""
    start = page.find(b'id="aangifte"')
    return fields(page[start if start > 0 else page.find(b"<form") :])


def _whole(servers: dict[str, Server], paths: dict[str, tuple[str, str]], rounds: int) -> Table:
    table, saves = Table(), 0
    for turn in range(rounds + 1):
        for peer in shuffled(paths, turn):
            name, path = paths[peer]
            if peer == "FieldList" and turn > 2:
                continue
            server, answers = servers[name], []
            spent = cost(server, lambda server=server, path=path, answers=answers: answers.append(server.request(path)))
            page = answers[0]
            assert page.status == 200, (peer, page.status)
            form = [pair for pair in _form(page.body) if pair[0] not in {"language", "back"}]
            saves += 1
            body = changed(form, saves)
            saving = cost(
                server, lambda server=server, path=path, body=body, a=answers: a.append(server.request(path, body=body))
            )
            assert answers[1].status in (302, 303), (peer, answers[1].status, answers[1].body[:1000])
            if turn:
                table.add("page", peer, spent)
                table.add("whole save", peer, saving)
            elif peer == "portal":
                print(f"page: {len(page.body):,} bytes, form: {len(body):,} bytes")
    return table


def _row_post(token: str, value: str, columns: tuple[str, str, str]) -> bytes:
    """One row as the script sends it."""
    typed = [value if text else "" for text in columns]
    pairs = zip(("betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren"), typed, strict=True)
    return urlencode([("aantal", "1"), ("versie", "1"), ("regel", token), *pairs]).encode()


def _autosave(server: Server, path: str, csrf: str, token: str, value: str) -> tuple[str, float]:
    """Save one row; gives its next token and the seconds it took."""
    shown = tuple(token.split(":")[2:])
    started = time.perf_counter()
    answer = server.request(
        f"{path}/lijn",
        body=_row_post(token, value, shown),
        headers={"X-CSRFToken": csrf, "Accept": "application/json"},
    )
    took = time.perf_counter() - started
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
    return json.loads(answer.body)["rows"][0]["token"], took


def _tokens(server: Server, path: str) -> list[str]:
    return [value for name, value in _form(server.request(path).body) if name == "regel"]


def _rows(portal: Server, core: Server, path: str, csrf: str, rounds: int) -> Table:
    """One row at a time, beside the list page of the Core peer."""
    table, token = Table(), _tokens(portal, path)[0]
    for turn in range(rounds + 3):
        kept = [token]

        def save(kept: list[str] = kept, turn: int = turn) -> None:
            for place in range(4):
                kept[0] = _autosave(portal, path, csrf, kept[0], str(10 + (turn * 4 + place) % 50))[0]

        spent = cost(portal, save) / 4
        token = kept[0]
        listed = cost(core, lambda: [core.request("/list") for _ in range(4)]) / 4
        if turn > 2:
            table.add("one row", "portal", spent)
            table.add("one row", "core list page", listed)
    return table


def _crowd(server: Server, path: str, people: list[tuple[str, str]], saves: int) -> str:
    """Eight people save rows of their own, each as soon as the last is answered."""
    server.cookie = people[0][0]
    tokens = _tokens(server, path)
    took: list[float] = []
    errors: list[str] = []

    def work(place: int) -> None:
        cookie, csrf = people[place]
        own = Server(server.name, server.port, server.process, server.database, cookie)
        token = tokens[place * 20]
        for count in range(saves):
            try:
                token, seconds = _autosave(own, path, csrf, token, str(10 + (count + place) % 50))
                took.append(seconds)
            except (RuntimeError, OSError) as wrong:
                errors.append(str(wrong))

    threads = [threading.Thread(target=work, args=(place,)) for place in range(PEOPLE)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    took.sort()
    p50, p95 = statistics.median(took), took[int(len(took) * 0.95)]
    return (
        f"{PEOPLE} people, {len(took)} saves: {len(took) / seconds:.0f}/s, p50 {p50 * 1000:.0f} ms, "
        f"p95 {p95 * 1000:.0f} ms (× {p95 / p50:.2f}), {len(errors)} errors {errors[:2]}"
    )


def main() -> None:
    """Measure, and print tables in Markdown."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--saves", type=int, default=60)
    asked = options.parse_args()
    app = create_app()
    database = Database(app.extensions["settings"].database_url)
    with app.app_context():
        account = prepare.account()
        facility = prepare.facility(LINES)
        quarter = str(prepare.quarter())
        people = [at_portal(app, prepare.clerk(facility, account)) for _ in range(PEOPLE)]
        number = f"{facility.hco_number}-{quarter}"
        db.session.remove()
    servers: dict[str, Server] = {}
    path = f"/ecalcura/aangifte/{quarter}"
    try:
        servers["portal"] = serve("portal", "app:create_app()", database, 10)
        servers["core"] = serve("core", "benchmarks.peers.core:app", database, 11)
        servers["portal"].cookie, csrf = people[0]
        at_peer(servers["core"], account)
        print(f"{conditions(database)}; {LINES} lines\n")
        paths = {
            "portal": ("portal", path),
            "plain": ("core", f"/grid/{number}"),
            "FieldList": ("core", f"/fieldlist/{number}"),
        }
        table = _whole(servers, paths, asked.rounds)
        print("\n" + "\n".join(table.rows(("page", "whole save"), ("portal", "plain", "FieldList"))))
        table = _rows(servers["portal"], servers["core"], path, csrf, asked.rounds * 3)
        print("\n" + "\n".join(table.rows(("one row",), ("portal", "core list page"))))
        threads = ("--worker-class", "gthread", "--workers", "2", "--threads", "4")
        servers["crowd"] = serve("crowd", "app:create_app()", database, 12, arguments=threads)
        print("\n" + _crowd(servers["crowd"], path, people, asked.saves))
    finally:
        for server in servers.values():
            server.stop()


if __name__ == "__main__":
    main()
