"""A program with one facility of 2,000 lines and somebody who is signed in there, without the demo data.

One process that prepares and then serves: ``python -m tests.support.large_grid PORT``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.support.ports import free_port
from tests.support.program import Program, program

_READY = "ready: "


@dataclass(frozen=True)
class LargeGrid:
    """``path`` is the page with the lines; ``cookie`` the session of who may fill them in."""

    running: Program
    path: str
    cookie: str

    def sign_in(self, context: BrowserContext) -> None:
        """Give a browser the session."""
        name, _, value = self.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": self.running.url}])


@contextmanager
def large_grid(instance: Path, now: str) -> Iterator[LargeGrid]:
    """The program on an instance of its own; it is ended afterwards."""
    instance.mkdir()
    port = free_port()
    with program(instance, [sys.executable, "-m", __name__, str(port)], ELOKET_NOW=now) as running:
        running.port, running.url = port, f"http://127.0.0.1:{port}"
        running.wait_until_up()
        ready = next(line for line in running.lines if line.startswith(_READY))
        yield LargeGrid(running, **json.loads(ready.removeprefix(_READY).rpartition(" at ")[0]))


def main(port: int) -> None:
    """Make the tables and the lines, tell the page and the session, and serve."""
    from werkzeug.serving import make_server

    from app import create_app
    from benchmarks import prepare
    from benchmarks.signing_in import at_portal
    from jobs.installing import migrate

    app = create_app()
    with app.app_context():
        migrate()
        account, facility = prepare.account(), prepare.facility(prepare.LARGEST)
        cookie, _ = at_portal(app, prepare.clerk(facility, account))
        found = {"cookie": cookie, "path": f"/ecalcura/aangifte/{prepare.quarter()}"}
    server = make_server("127.0.0.1", port, app, threaded=True)
    print(f"{_READY}{json.dumps(found)} at http://127.0.0.1:{port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
