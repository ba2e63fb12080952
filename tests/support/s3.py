"""A real S3 server that nobody here wrote, for as long as a test needs it; it checks signatures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port

KEY, SECRET, BUCKET = "loket", "geheim-van-de-test", "documenten"


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Serve a folder as S3 with one bucket; gives the address of a document store in it."""
    (folder / BUCKET).mkdir(parents=True)
    address = f"127.0.0.1:{free_port()}"
    rclone = Path(sys.executable).with_name("rclone")
    command = [str(rclone), "serve", "s3", "--auth-key", f"{KEY},{SECRET}", "--addr", address, str(folder)]
    environment = {**os.environ, "RCLONE_CONFIG": os.devnull}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            _wait_for(address, server)
            yield f"s3://{BUCKET}/dossierloket?endpoint=http://{address}"
        finally:
            server.terminate()
            server.communicate()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://{address}/", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the S3 server did not start")
