"""Verifying a long chain of proof beside plainly hashing the same bytes.

``python -m benchmarks.evidence_chain [--records 100000] [--rounds 3]`` makes its own installation in a folder for
temporary files (or in DATABASE_URL, which must be empty), puts one chain in it and reads it again: records, links,
seals, time-stamps, what stands beside them, as the nightly check does. The plain way reads the same texts from the same
table and hashes each, without looking at what they say. ``in memory`` is the walk over the chain alone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
from sqlalchemy import insert, select

AT = datetime(2026, 11, 2, 14, 41, 7, tzinfo=UTC)
STAMPED = 10_000


def _application(folder: Path) -> Any:
    os.environ.setdefault("ELOKET_ENV", "test")
    os.environ["INSTANCE"] = str(folder)
    from app import create_app
    from config import Settings

    return create_app(Settings.from_environment())


def _texts(count: int, contract: Any) -> Iterator[tuple[str, str]]:
    from domain.econtracting.evidence import GENESIS, EvidenceType, FileFacts, Manifest, commitment, digest_of, record

    files = tuple(
        FileFacts(f"vorderingsstaat-{place}.pdf", 1_048_576 + place, "application/pdf", f"{place:064x}")
        for place in range(3)
    )
    previous = GENESIS
    for sequence in range(1, count + 1):
        text = record(
            Manifest(
                EvidenceType.MAIL_SENT,
                sequence,
                contract.number,
                "0999000129",
                "OVO009902",
                AT,
                title=f"Schuldvordering {sequence}",
                files=files,
                commitment=None,
                detail={"event": "NEW_DOCUMENT", "to": "contractor", "nonce": commitment("00" * 32, str(sequence))},
            ),
            previous,
        )
        previous = digest_of(text)
        yield text, previous


def _fill(count: int) -> tuple[int, int]:
    """Put one chain of so many records in; gives the key of the contract and the bytes of its texts."""
    from domain.econtracting.evidence import EvidenceType, merkle_root, new_code
    from models.base import db
    from models.contract_evidence import EvidenceHead, EvidenceRecord, TimeStamp
    from models.gate import writing
    from services.connections import connections
    from services.transaction import unit_of_work
    from tests.factories import contracting

    contract = contracting.public_contract()
    seals, stamps = connections().seals, connections().time_stamps
    size, rows, last = 0, [], ""
    for sequence, (text, digest) in enumerate(_texts(count, contract), start=1):
        size += len(text.encode())
        last = digest
        rows.append(
            {
                "contract_id": contract.id,
                "sequence": sequence,
                "type": EvidenceType.MAIL_SENT,
                "at": AT,
                "text": text,
                "digest": digest,
                "seal": seals.seal(digest),
                "key_id": seals.key_id,
                "code": new_code(sequence),
                "leaf": (sequence - 1) % STAMPED,
            }
        )
        if len(rows) == STAMPED or sequence == count:
            with unit_of_work(), writing("benchmark"):
                root = merkle_root([row["digest"] for row in rows])
                token = stamps.stamp(root)
                stamp = TimeStamp(
                    root=root, leaves=len(rows), token=token.der, authority=token.authority, stamped_at=token.at
                )
                db.session.add(stamp)
                db.session.flush()
                db.session.execute(insert(EvidenceRecord), [row | {"time_stamp_id": stamp.id} for row in rows])
            rows.clear()
    with unit_of_work(), writing("benchmark"):
        db.session.add(EvidenceHead(contract_id=contract.id, sequence=count, digest=last))
    return contract.id, size


def _plain(contract_id: int) -> None:
    """The same texts from the same table, in the same portions, each hashed."""
    from models.base import db
    from models.contract_evidence import EvidenceRecord

    position = 0
    while rows := db.session.execute(
        select(EvidenceRecord.sequence, EvidenceRecord.text)
        .where(EvidenceRecord.contract_id == contract_id, EvidenceRecord.sequence > position)
        .order_by(EvidenceRecord.sequence)
        .limit(1000)
    ).all():
        for row in rows:
            hashlib.sha256(row.text.encode()).hexdigest()
        position = rows[-1].sequence


def _timed(work: Callable[[], object], rounds: int) -> float:
    """Seconds of CPU, the median."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def measure(count: int, rounds: int) -> None:
    """Make, read again, tell."""
    from domain.econtracting.evidence import check_chain
    from models.base import db
    from models.contract_evidence import EvidenceRecord
    from services.connections import connections
    from services.econtracting.proof.verification import verify_contract

    contract_id, size = _fill(count)

    def verify() -> None:
        report = verify_contract(contract_id)
        assert (report.whole, report.records, report.stamped) == (True, count, count), report
        db.session.rollback()

    tracemalloc.start()
    verify()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    seals = connections().seals
    signed = [
        (row.digest, row.seal, row.key_id)
        for row in db.session.execute(
            select(EvidenceRecord.digest, EvidenceRecord.seal, EvidenceRecord.key_id).limit(10_000)
        )
    ]
    sealed = _timed(lambda: [seals.holds(*one) for one in signed], rounds) * count / len(signed)
    whole, plain = _timed(verify, rounds), _timed(lambda: _plain(contract_id), rounds)
    pairs = [
        (row.text, row.digest)
        for row in db.session.execute(
            select(EvidenceRecord.text, EvidenceRecord.digest)
            .where(EvidenceRecord.contract_id == contract_id)
            .order_by(EvidenceRecord.sequence)
        )
    ]
    walked = _timed(lambda: check_chain(pairs), rounds)
    hashed = _timed(lambda: [hashlib.sha256(text.encode()).hexdigest() for text, _ in pairs], rounds)
    print(f"{count} records, {size / 1e6:.1f} MB of text, {db.engine.dialect.name}")
    print(f"verify: {whole:.2f} s, {count / whole:,.0f} records/s, peak {peak / 1e6:.1f} MB")
    print(f"read and hash plainly: {plain:.2f} s, {count / plain:,.0f} records/s; verify is {whole / plain:.1f} x")
    print(f"seals alone (one Ed25519 signature a record): {sealed:.2f} s")
    print(f"in memory: walk {walked:.2f} s, hash {hashed:.2f} s; {walked / hashed:.1f} x")


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _application(Path(folder)).app_context():
        flask_migrate.upgrade(directory=str(Path(__file__).resolve().parent.parent / "migrations"))
        measure(given.records, given.rounds)


if __name__ == "__main__":
    sys.exit(main())
