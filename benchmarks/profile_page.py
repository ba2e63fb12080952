"""Where one page of the portal spends its time, in process: ``python -m benchmarks.profile_page /beheer/dossiers/``."""

from __future__ import annotations

import argparse
import cProfile
import logging
import pstats
import statistics
import time

import sqlalchemy as sa

from app import create_app
from benchmarks import prepare
from benchmarks.signing_in import at_portal, case_manager
from models.all import db


def main() -> None:
    """Ask a page as a case manager (as a clerk for pages of the portal) and say what it cost."""
    options = argparse.ArgumentParser()
    options.add_argument("path")
    options.add_argument("--times", type=int, default=50)
    options.add_argument("--sort", default="tottime")
    options.add_argument("--show", type=int, default=45)
    options.add_argument("--lines", type=int, default=2000, help="whose clerk asks a page of the portal")
    asked = options.parse_args()
    app = create_app()
    logging.disable(logging.CRITICAL)
    with app.app_context():
        person = prepare.account()
        case = asked.path.startswith("/beheer")
        actor = case_manager(person) if case else prepare.clerk(prepare.facility(asked.lines), person)
        cookie, _ = at_portal(app, actor)
        db.session.remove()
    client = app.test_client()
    name, _, value = cookie.partition("=")
    client.set_cookie(name, value)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    for _ in range(3):
        answer = client.get(asked.path)
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    client.get(asked.path)
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
    for statement in seen:
        print(" ".join(statement.split())[:300])
    spent = []
    for _ in range(asked.times):
        started = time.thread_time()
        client.get(asked.path)
        spent.append((time.thread_time() - started) * 1000)
    print(
        f"{answer.status_code}, {len(answer.data):,} bytes, {len(seen)} statements, {statistics.median(spent):.2f} ms"
    )
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(asked.times):
        client.get(asked.path)
    profile.disable()
    pstats.Stats(profile).sort_stats(asked.sort).print_stats(asked.show)


if __name__ == "__main__":
    main()
