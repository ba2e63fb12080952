"""A time-stamp authority over HTTP, with openssl behind it; it can be told to lie in several ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from integrations.local_time_stamps import LocalAuthority


@dataclass
class TimeStampServer:
    """The authority. ``lie``: "", "error", "html", "nonsense", "replay" (always its first answer), "stranger"."""

    url: str
    anchors: Path
    lie: str = ""
    asked: int = 0
    answers: list[bytes] = field(default_factory=list)


@contextmanager
def time_stamp_server(folder: Path) -> Iterator[TimeStampServer]:
    """Run one on a free port until the block ends."""
    honest, stranger = (LocalAuthority(folder / name, "openssl") for name in ("honest", "stranger"))
    honest.make()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            served.asked += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            right = self.headers["Content-Type"] == "application/timestamp-query"
            if not right or served.lie == "error":
                self.send_error(503)
                return
            answer = (stranger if served.lie == "stranger" else honest).answer(query)
            served.answers.append(answer)
            if served.lie == "replay":
                answer = served.answers[0]
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if served.lie == "html" else "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(b"none of that" if served.lie == "nonsense" else answer)

        def log_message(self, *_given: object) -> None:
            """Tests read nothing of this."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = TimeStampServer(f"http://127.0.0.1:{server.server_port}/", folder / "honest" / "ca.pem")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
