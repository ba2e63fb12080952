"""The package of a contract: complete, the same proof for both parties, checked without this program (8, 13)."""

from __future__ import annotations

import csv
import io
import json
import random
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.econtracting.evidence import EvidenceType
from domain.errors import NotAllowedNow, NotFound
from jobs import proof
from models.public_contract import PublicContract
from services import audit
from services.connections import connections
from services.econtracting.archive import export
from tests.factories import contracting, contracting_proof
from tests.factories.contracting import Somebody
from tests.factories.contracting_proof import Sent
from tests.support.packages import joined, packed, run_verifier, unpacked


@dataclass
class File:
    """A contract with something in it, and who works on it."""

    contract: PublicContract
    an: Somebody
    karim: Somebody
    dirk: Somebody
    sent: list[Sent]

    def package(self, who: Somebody) -> bytes:
        """What somebody downloads."""
        return joined(export.export(who.actor, self.contract))


@pytest.fixture
def file(database: object, monkeypatch: pytest.MonkeyPatch) -> File:
    """Two claims with three files, and a mail; all but the last record are time-stamped."""
    monkeypatch.setattr(proof, "_ask_again", 0.0)
    contract = contracting.public_contract()
    karim, an, dirk = contracting.user(), contracting.manager(), contracting.official()
    contracting.group(members=[karim], contracts=[contract])
    one = contracting_proof.sent(contract, karim, b"%PDF-1.7 een", b"%PDF-1.7 twee")
    two = contracting_proof.sent(contract, karim, b"%PDF-1.7 drie")
    proof.stamp()
    contracting_proof.append(contract, EvidenceType.MAIL_SENT)
    return File(contract, an, karim, dirk, [one, two])


def test_the_package_holds_everything_and_the_verifier_finds_it_whole(file: File, tmp_path: Path) -> None:
    members = unpacked(file.package(file.dirk))
    folder = f"stukken/schuldvordering-{file.sent[0].document.number}/versie-1"
    for name in (
        "LEES_MIJ.txt",
        "dossierloket_verify.py",
        "index.html",
        "index.csv",
        f"{folder}/stuk.json",
        f"{folder}/stuk.html",
        f"{folder}/ontvangstbewijs.pdf",
        f"{folder}/ontvangstbewijs.json",
        f"{folder}/bestanden/02-vorderingsstaat-2.pdf",
        "evidence/records.jsonl",
        "evidence/time-stamps/trusted.pem",
    ):
        assert name in members, name
    assert members[f"{folder}/bestanden/02-vorderingsstaat-2.pdf"] == b"%PDF-1.7 twee"
    code, said = run_verifier(file.package(file.dirk), tmp_path)
    assert code == 0, said
    assert "KLOPT / HOLDS" in said
    assert "records: 5; zegels / seals: 5" in said
    assert "time-stamps: 4; nog geen / none yet: 1" in said
    assert connections().seals.key_id in said


def test_an_unpacked_package_is_checked_too(file: File, tmp_path: Path) -> None:
    for name, content in unpacked(file.package(file.karim)).items():
        path = tmp_path / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    code, said = run_verifier(tmp_path / "unpacked", tmp_path)
    assert code == 0, said


def test_without_openssl_it_says_what_was_not_checked(file: File, tmp_path: Path) -> None:
    code, said = run_verifier(file.package(file.dirk), tmp_path, openssl=False)
    assert code == 0, said
    assert "NIET gecontroleerd" in said
    assert "NOT checked" in said


def test_only_the_named_key_is_believed(file: File, tmp_path: Path) -> None:
    package = file.package(file.dirk)
    assert run_verifier(package, tmp_path, "--key", connections().seals.key_id)[0] == 0
    code, said = run_verifier(package, tmp_path, "--key", "0" * 64)
    assert (code, "zegel van bewijs 1" in said) == (1, True)


def test_other_certificates_than_the_trusted_ones_are_not_believed(file: File, tmp_path: Path) -> None:
    from integrations.local_time_stamps import LocalAuthority

    stranger = LocalAuthority(tmp_path / "stranger", "openssl")
    stranger.make()
    code, said = run_verifier(file.package(file.dirk), tmp_path, "--trusted", str(tmp_path / "stranger" / "ca.pem"))
    assert (code, "tijdstempel van bewijs 1" in said) == (1, True)


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04", b"none"])
def test_what_is_no_package_is_told_apart(tmp_path: Path, broken: bytes) -> None:
    code, said = run_verifier(broken, tmp_path)
    assert code == 2
    assert "Dit is geen leesbaar pakket" in said
    assert run_verifier(tmp_path / "none.zip", tmp_path)[0] == 2


def test_c046_only_the_company_gets_its_annex(file: File, tmp_path: Path) -> None:
    theirs = unpacked(file.package(file.dirk))
    own = unpacked(file.package(file.an))
    assert "confidential/annex.json" not in theirs
    named = json.loads(own["confidential/annex.json"])
    assert [one["sequence"] for one in named] == [1, 3]
    assert all("Karim El Amrani" in one["person"] for one in named)
    for name, content in theirs.items():
        for personal in ("Karim", "El Amrani", file.karim.account.account_key):
            assert personal.encode() not in content, name
    named[0]["person"] = "Iemand anders"
    own["confidential/annex.json"] = json.dumps(named).encode()
    code, said = run_verifier(packed(own), tmp_path)
    assert (code, "bijlage past niet bij bewijs 1" in said) == (1, True)


def test_every_member_counts(file: File, tmp_path: Path) -> None:
    """A byte changed anywhere is found, and so is a member taken away or put in."""
    members = unpacked(file.package(file.an))
    picks = random.Random(11)
    for name, content in members.items():
        place = picks.randrange(len(content))
        changed = content[:place] + bytes([content[place] ^ (1 << picks.randrange(8))]) + content[place + 1 :]
        code, said = run_verifier(packed(members | {name: changed}), tmp_path)
        assert code == 1, f"{name} at {place}: {said}"
        assert "DOES NOT HOLD" in said
        code, said = run_verifier(packed({one: text for one, text in members.items() if one != name}), tmp_path)
        assert code == 1, f"{name} gone: {said}"
    code, said = run_verifier(packed(members | {"extra.txt": b"?"}), tmp_path)
    assert (code, "extra.txt hoort niet in het pakket" in said) == (1, True)


def test_changes_to_the_chain_are_found_at_their_place(file: File, tmp_path: Path) -> None:
    members = unpacked(file.package(file.dirk))
    lines = members["evidence/records.jsonl"].splitlines()

    def verdict(new: list[bytes]) -> str:
        code, said = run_verifier(packed(members | {"evidence/records.jsonl": b"\n".join(new) + b"\n"}), tmp_path)
        assert code == 1
        return said

    assert "Bewijs 2 volgt niet" in verdict([lines[0], *lines[2:]])
    assert "Bewijs 3 volgt niet" in verdict([*lines[:2], lines[3], lines[2], lines[4]])
    assert "Bewijs 3 volgt niet" in verdict([*lines[:2], lines[1], *lines[2:]])
    assert "na bewijs 4" in verdict(lines[:4])
    third = json.loads(lines[2])
    third["text"] = third["text"].replace("Vordering", "Verordering")
    assert "inhoud van bewijs 3" in verdict([*lines[:2], json.dumps(third).encode(), *lines[3:]])
    third = json.loads(lines[2])
    third["path"] = third["path"][:-1]
    assert "tijdstempel van bewijs 3" in verdict([*lines[:2], json.dumps(third).encode(), *lines[3:]])


def test_a_file_of_another_record_is_told_with_its_place(file: File, tmp_path: Path) -> None:
    members = unpacked(file.package(file.dirk))
    name = next(one for one in members if one.endswith("02-vorderingsstaat-2.pdf"))
    code, said = run_verifier(packed(members | {name: b"%PDF-1.7 Twee"}), tmp_path)
    assert (code, f"Het bestand {name} is niet dat van bewijs 1" in said) == (1, True)


def test_the_index_calculates_nothing(file: File) -> None:
    sent = contracting_proof.sent(file.contract, file.karim, content={"fields": {}, "lines": []})
    contracting_proof.save(sent.version)
    rows = list(
        csv.reader(io.StringIO(unpacked(file.package(file.an))["index.csv"].decode("utf-8-sig")), delimiter=";")
    )
    assert len(rows) == 1 + 3
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_who_does_not_read_everything_gets_no_package(file: File) -> None:
    other = contracting.user(name="Els Anders")
    contracting.group(theme=contracting.EXECUTION, members=[other], contracts=[file.contract])
    with pytest.raises(NotAllowedNow, match="thema"):
        export.export(other.actor, file.contract)
    for who in (contracting.user(name="Tom"), contracting.official(contracting.other_authority())):
        with pytest.raises(NotFound):
            export.export(who.actor, file.contract)


def test_a_lost_file_does_not_hide_the_rest(file: File, tmp_path: Path) -> None:
    connections().documents.remove(file.sent[1].files[0].digest)
    code, said = run_verifier(file.package(file.dirk), tmp_path)
    assert code == 1
    assert f"missing/{file.sent[1].files[0].digest} ontbreekt" in said


def test_an_export_leaves_a_trace(file: File) -> None:
    export.traced(file.dirk.actor, file.contract)
    assert [one.data["records"] for one in audit.pending()] == [5]


@pytest.mark.one_database
def test_memory_stays_flat_in_the_size_of_files(file: File) -> None:
    def peak(size: int) -> int:
        contract = contracting.public_contract()
        contracting_proof.sent(contract, None, random.Random(size).randbytes(size))
        tracemalloc.start()
        try:
            for _ in export.export(file.dirk.actor, contract):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    assert peak(30_000_000) < peak(3_000_000) + 4_000_000
