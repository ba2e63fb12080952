"""Receiving attachments beside writing and hashing the same bytes plainly, and the memory it takes.

``python -m benchmarks.attachments [--rounds 9]`` makes its own folder. Ten files of 20 MB (PDF, ZIP, JPEG, text) come
in as in the application: hashed and written in pieces, scanned by the stand-in, looked into, synced and renamed.
The plain way does the least that keeps a file: the same pieces, one hash, one write, fsync, rename.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf

from integrations import file_contents
from integrations.documents import DocumentStore
from integrations.scanner import StandIn

MB = 1024 * 1024
SIZE = 20 * MB
CHUNK = MB


def _pdf(size: int, content: bytes) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.pages[0].obj["/Scan"] = document.make_stream(content[:size])
    out = io.BytesIO()
    document.save(out, compress_streams=False)
    return out.getvalue()


def _zip(size: int, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("scan.pdf", _pdf(size, content))
    return out.getvalue()


def _jpeg(size: int, content: bytes) -> bytes:
    head = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xda\0\2"
    return head + content[:size].replace(b"\xff", b"\xfe") + b"\xff\xd9"


def _text(size: int, content: bytes) -> bytes:
    return content[: size // 2].hex().encode()


MADE: dict[str, Callable[[int, bytes], bytes]] = {"pdf": _pdf, "zip": _zip, "jpg": _jpeg, "txt": _text}
#: A claim: mostly PDF.
CLAIM = ["pdf", "pdf", "pdf", "pdf", "jpg", "jpg", "jpg", "zip", "txt", "pdf"]


def files(folder: Path, kinds: list[str], size: int) -> list[Path]:
    """Files on disk to receive: their content cannot be packed smaller."""
    made = []
    for number, kind in enumerate(kinds):
        path = folder / f"{number}.{kind}"
        path.write_bytes(MADE[kind](size, random.Random(number).randbytes(size)))
        made.append(path)
    return made


def receive(paths: list[Path], store: DocumentStore) -> None:
    """As ``services.econtracting.attachments.take_in`` does, without its settings."""
    scanner = StandIn()
    for path in paths:
        with path.open("rb") as source, store.incoming(200 * MB * 2) as file:
            file.take(source)
            if not scanner.scan(file.reading()).clean:
                raise SystemExit("found something")
            for content in file_contents.carried(file.reading()):
                scanner.scan(io.BytesIO(content))
            file_contents.inspect(file.reading(), path.name)
            file.keep()


def plain(paths: list[Path], folder: Path) -> None:
    """The least that keeps a file."""
    for path in paths:
        sha = hashlib.sha256()
        target = folder / "incoming"
        with path.open("rb") as source, target.open("wb") as file:
            while chunk := source.read(CHUNK):
                sha.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target.replace(folder / sha.hexdigest())


def measure(rounds: int) -> None:
    """Rounds in turn, in random order. The fastest of each says most on a machine that others use too."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = Path(name)
        paths = files(folder, CLAIM, SIZE)
        total = sum(path.stat().st_size for path in paths) / MB
        wall: dict[str, list[float]] = {"plain": [], "received": []}
        processor: dict[str, list[float]] = {"plain": [], "received": []}
        for number in range(rounds + 1):
            for way in random.sample(sorted(wall), 2):
                target = folder / f"{way}-{number}"
                target.mkdir()
                os.sync()
                start, used = time.perf_counter(), time.process_time()
                if way == "plain":
                    plain(paths, target)
                else:
                    receive(paths, DocumentStore(str(target)))
                if number:  # the first round only warms up
                    wall[way].append(time.perf_counter() - start)
                    processor[way].append(time.process_time() - used)
                subprocess.run(["rm", "-r", str(target)], check=True)
        print(f"{total:.0f} MB in 10 files, {rounds} rounds")
        for what, seconds in (("fastest", min), ("median", statistics.median)):
            fast, slow = seconds(wall["plain"]), seconds(wall["received"])
            print(f"{what}: plain {total / fast:.0f}, received {total / slow:.0f} MB/s: {fast / slow:.2f} (aim: 0.70)")
        fast, slow = (statistics.median(processor[way]) for way in ("plain", "received"))
        print(f"processor: plain {fast:.2f} s, received {slow:.2f} s: {fast / slow:.2f}")


_PEAK = """
import re, sys
from pathlib import Path
from benchmarks.attachments import receive
from integrations.documents import DocumentStore
path, folder = sys.argv[1:]
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
before = peak()
receive([Path(path)], DocumentStore(folder))
print(before, peak())
"""


def memory() -> None:
    """The peak of a process of its own that receives one file, of 20 MB and of 200 MB."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        for kind in MADE:
            peaks = []
            for size in (20, 200):
                folder = Path(name) / f"{kind}-{size}"
                folder.mkdir()
                (path,) = files(folder, [kind], size * MB)
                command = [sys.executable, "-c", _PEAK, str(path), str(folder / "store")]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                before, peak = map(int, done.stdout.split())
                peaks.append(f"{size} MB: {peak - before} MB above the {before} MB of the program")
                subprocess.run(["rm", "-r", str(folder)], check=True)
            print(f"memory, {kind}: {'; '.join(peaks)}")


def main() -> None:
    """Measure throughput, then memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    measure(parser.parse_args().rounds)
    memory()


if __name__ == "__main__":
    main()
