"""The limit: bare WSGI, hand-written SQL, pages by key, compiled templates, a signed cookie, one look-up."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

from itsdangerous import BadSignature, Signer

from benchmarks.peers.database import POSTGRESQL, Connection
from benchmarks.peers.pages import CHOICES, SECRET, environment

_signer = Signer(SECRET)
_database = Connection()
_list, _dossier = environment.get_template("list.html"), environment.get_template("dossier.html")
_COLUMNS = (
    "d.id, d.number, f.name, d.year, d.quarter_number, d.period_code, d.status, d.changed_at, d.submitted_at, "
    "f.hco_number"
)
_FROM = "FROM dossier d JOIN facility f ON f.id = d.facility_id"
_FEW = 25


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The pages."""
    path, query = environ["PATH_INFO"], {k: v[0] for k, v in parse_qs(environ["QUERY_STRING"]).items()}
    if path.startswith("/login"):
        cookie = f"who={_signer.sign(query['account']).decode()}; Path=/; HttpOnly"
        return _answer(start_response, "signed in", [("Set-Cookie", cookie)])
    who = _who(environ)
    if who is None:
        start_response("401 Unauthorized", [("Content-Length", "0")])
        return [b""]
    if path == "/list":
        return _answer(start_response, _page(query, who))
    if path.startswith("/dossier/"):
        return _answer(start_response, _record(path.rpartition("/")[2], who))
    if path == "/export":
        start_response("200 OK", [("Content-Type", "text/csv; charset=utf-8")])
        return _export(query)
    start_response("404 Not Found", [("Content-Length", "0")])
    return [b""]


def _answer(start_response: Callable[..., Any], text: str, headers: Iterable[tuple[str, str]] = ()) -> list[bytes]:
    body = text.encode()
    start_response(
        "200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))), *headers]
    )
    return [body]


def _who(environ: dict[str, Any]) -> str | None:
    for part in environ.get("HTTP_COOKIE", "").split("; "):
        if part.startswith("who="):
            try:
                key = _signer.unsign(part[4:]).decode()
            except BadSignature:
                return None
            rows = _database.rows("SELECT given_name, family_name FROM account WHERE id = ?", (int(key),))
            return f"{rows[0][0]} {rows[0][1]}" if rows else None
    return None


def _page(query: dict[str, str], who: str) -> str:
    conditions, values, search = [], [], query.get("zoek", "")
    if search and "-20" in search:
        conditions, values = ["d.number = ?"], [search]
    elif search:
        words = search.lower().split()
        like = " AND ".join(["search_text LIKE ?"] * len(words))
        facilities = f"SELECT id FROM facility WHERE {like}"
        found = _database.rows(f"{facilities} LIMIT {_FEW + 1}", tuple(f"%{word}%" for word in words))
        if not found:
            return _render(query, who, [], None)
        if len(found) <= _FEW:
            conditions.append(f"d.facility_id IN ({', '.join(str(row[0]) for row in found)})")
        else:
            walked = "+d.facility_id" if not POSTGRESQL else "d.facility_id"
            conditions.append(f"{walked} IN ({facilities})")
            values += [f"%{word}%" for word in words]
    if query.get("status"):
        conditions.append("d.status = ?")
        values.append(query["status"])
    ascending = query.get("sort") == "up"
    if query.get("after"):
        moment, _, key = query["after"].partition("~")
        conditions.append(f"(d.changed_at, d.id) {'>' if ascending else '<'} (?, ?)")
        values += [moment, int(key)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    way = "ASC" if ascending else "DESC"
    statement = f"SELECT {_COLUMNS} {_FROM} {where} ORDER BY d.changed_at {way}, d.id {way} LIMIT 21"
    rows = _database.rows(statement, tuple(values))
    following = f"after={rows[19][7]}~{rows[19][0]}" if len(rows) > 20 else None
    return _render(query, who, rows[:20], following)


def _render(query: dict[str, str], who: str, rows: list[Any], following: str | None) -> str:
    return _list.render(
        rows=rows, following=following, who=who, search=query.get("zoek", ""), status=query.get("status"), **CHOICES
    )


def _record(number: str, who: str) -> str:
    dossier = _database.rows(
        f"SELECT {_COLUMNS}, d.opened_at, p.statutory_deadline, p.blocking_on, d.facility_id {_FROM} "
        "LEFT JOIN reference_period p ON p.code = d.period_code WHERE d.number = ?",
        (number,),
    )[0]
    events = _database.rows(
        "SELECT event, to_status, at, actor_name FROM dossier_event WHERE dossier_id = ? ORDER BY id DESC",
        (dossier[0],),
    )
    month = 3 * dossier[4] - 2
    starts, ends = f"{dossier[3]}-{month:02d}-01", f"{dossier[3]}-{month + 2:02d}-{(31, 30, 30, 31)[dossier[4] - 1]}"
    lines = _database.rows(
        "SELECT s.last_name, s.first_name, c.contract_type_code, c.qualification_code, c.starts_on, c.hours, "
        "p.paid_days, p.unpaid_days, p.paid_hours FROM contract c JOIN staff_member s ON s.id = c.staff_member_id "
        "LEFT JOIN performance p ON p.contract_id = c.id AND p.dossier_id = ? "
        "WHERE c.facility_id = ? AND c.starts_on <= ? AND (c.ends_on IS NULL OR c.ends_on >= ?) "
        "ORDER BY s.last_name, s.first_name",
        (dossier[0], dossier[13], ends, starts),
    )
    return _dossier.render(d=dossier, events=events, lines=lines, who=who, **CHOICES)


def _export(query: dict[str, str]) -> Iterator[bytes]:
    status = query["status"]
    columns = (
        "d.number, f.hco_number, f.name, f.sector, d.year, d.quarter_number, d.period_code, d.status, d.changed_at, "
        "d.submitted_at"
    )
    if POSTGRESQL:
        statement = (
            f"COPY (SELECT {columns} {_FROM} WHERE d.status = '{status}' ORDER BY d.changed_at DESC, d.id DESC) "
            "TO STDOUT WITH (FORMAT csv, DELIMITER ';')"
        )
        with _database.raw.cursor().copy(statement) as copy:
            kept: list[bytes] = []
            for piece in copy:
                kept.append(bytes(piece))
                if len(kept) == 500:
                    yield b"".join(kept)
                    kept.clear()
            yield b"".join(kept)
        return
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    cursor = _database.execute(
        f"SELECT {columns} {_FROM} WHERE d.status = ? ORDER BY d.changed_at DESC, d.id DESC", (status,)
    )
    while rows := cursor.fetchmany(500):
        writer.writerows(rows)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
