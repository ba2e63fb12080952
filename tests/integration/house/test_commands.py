"""The commands: JSON on standard output, messages on standard error, 0 / 1 / 2."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from jobs.worker import HEARTBEAT
from models.all import db
from services import documents, outbox, transaction
from services.connections import connections
from tests.factories import organisations, reference


def run(app: Flask, *words: str) -> Result:
    result = app.test_cli_runner().invoke(args=list(words))
    db.session.rollback()
    return result


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("kind", "value", "code", "normalised"),
    [
        ("insz", "85.07.30-033.28", 0, "85073003328"),
        ("insz", "85.07.30-033.27", 1, None),
        ("kbo", "BE 0403.019.261", 0, "0403019261"),
        ("iban", "BE68 5390 0754 7034", 0, "BE68539007547034"),
        ("iban", "NL91ABNA0417164300", 1, None),
        ("rsz", "12", 1, None),
    ],
)
def test_identifiers_check(app: Flask, kind: str, value: str, code: int, normalised: str | None) -> None:
    result = run(app, "identifiers", "check", kind, value)
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["valid"], answer["normalised"]) == (code, code == 0, normalised)
    assert set(answer) == {"valid", "normalised", "message"}
    assert (answer["message"] is None) == (code == 0)


@pytest.mark.one_database
def test_an_unknown_kind_of_number_is_bad_input(app: Flask) -> None:
    result = run(app, "identifiers", "check", "passport", "1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "insz" in result.stderr


def test_evidence_verify(app: Flask) -> None:
    with transaction.unit_of_work():
        kept = documents.store(b"ontvangstbewijs", "application/pdf")
    result = run(app, "evidence", "verify")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["files"] == 1
    connections().documents.remove(kept.digest)
    result = run(app, "evidence", "verify")
    assert (result.exit_code, json.loads(result.stdout)["broken"]) == (1, [f"file {kept.digest}: missing"])
    assert result.stderr.strip() == f"file {kept.digest}: missing"


def test_jobs_work_once(app: Flask) -> None:
    with transaction.unit_of_work():
        outbox.enqueue("new_message", "a@example.be", event_key="e", subject_type="t", subject_key="1")
    result = run(app, "jobs", "work", "--once")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"sent": 1, "later": 0, "failed": 0, "jobs": 0})


def lines(result: Result) -> dict[str, str]:
    """Part to the start of its line."""
    return {line[7:].split(":")[0]: line[:7].strip() for line in result.output.splitlines()}


def test_doctor_names_every_part(app: Flask) -> None:
    heartbeat = connections().settings.instance / HEARTBEAT
    heartbeat.write_text(json.dumps({"unix": int(time.time())}))
    result = run(app, "doctor")
    parts = lines(result)
    assert result.exit_code == 0, result.output
    assert set(parts.values()) == {"ok"}
    assert set(parts) == {
        "configuration",
        "database",
        "migrations",
        "document store",
        "virus scanner",
        "seal",
        "time-stamps",
        "proof",
        "mail",
        "mail queue",
        "bounces",
        "identity providers",
        "worker",
        "clock",
    }


def test_doctor_says_what_is_wrong(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    instance: Path = connections().settings.instance
    (instance / HEARTBEAT).unlink(missing_ok=True)
    (instance / "documents").write_text("a file where the folder should be")
    (instance / "mail").write_text("a file where the folder should be")
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        result = run(app, "doctor")
    finally:
        (instance / "documents").unlink()
        (instance / "mail").unlink()
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    failed = {part for part, state in lines(result).items() if state == "FAILED"}
    assert (result.exit_code, failed) == (1, {"migrations", "document store", "mail", "worker"})


def test_doctor_tells_a_worker_that_fell_silent(app: Flask) -> None:
    heartbeat = connections().settings.instance / HEARTBEAT
    heartbeat.write_text(json.dumps({"unix": int(time.time()) - 3600}))
    assert lines(run(app, "doctor"))["worker"] == "FAILED"


@pytest.mark.one_database
def test_there_is_no_data_of_a_contract_that_does_not_exist(app: Flask) -> None:
    result = run(app, "evidence", "verify", "--contract", "X")
    assert (result.exit_code, result.stdout) == (2, "")


EXPORT = (
    "riziv_nummer;hco_nummer;insz;naam;voornaam;contracttype;kwalificatie_code;start;einde;uren;uren_vervanging\r\n"
    "77712345;71000012;65112099739;Peeters;An;L;VB;01/01/2019;;38,00;\r\n"
    "77712345;71000099;65112099739;Peeters;An;L;VB;01/01/2019;;38,00;\r\n"
)


def test_raas_import(app: Flask, tmp_path: Path) -> None:
    reference.code_lists()
    organisations.facility(hco_number="71000012")
    export = tmp_path / "raas.csv"
    export.write_text(EXPORT, encoding="utf-8")
    expected = {"rows": 2, "taken": 1, "persons": 1, "contracts": 1}
    for words in (["--dry-run"], []):
        result = run(app, "raas", "import", str(export), "--hco", "71000012", *words)
        answer = json.loads(result.stdout)
        assert (result.exit_code, {name: answer[name] for name in expected}) == (0, expected), result.output
        assert answer["rejected"] == [{"row": 3, "reason": "Ander HCO-nummer"}]
        assert db.session.scalar(sa.text("SELECT count(*) FROM contract")) == (0 if words else 1)
    again = json.loads(run(app, "raas", "import", str(export), "--hco", "71000012").stdout)
    assert (again["taken"], again["unchanged"]) == (0, 1)


@pytest.mark.one_database
def test_raas_import_into_a_facility_that_is_unknown_or_of_a_wrong_sector_is_bad_input(
    app: Flask, tmp_path: Path
) -> None:
    reference.code_lists()
    organisations.facility(hco_number="71000077", sector="IBW")
    export = tmp_path / "raas.csv"
    export.write_text(EXPORT, encoding="utf-8")
    unknown = run(app, "raas", "import", str(export), "--hco", "71000055")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "71000055" in unknown.stderr
    refused = run(app, "raas", "import", str(export), "--hco", "71000077")
    assert (refused.exit_code, json.loads(refused.stdout)["taken"]) == (2, 0)
    assert "Sector niet van toepassing" in refused.stderr
    assert run(app, "raas", "import", str(tmp_path / "none.csv"), "--hco", "1").exit_code == 2


@pytest.mark.one_database
def test_demo_data_stays_out_of_production(app: Flask) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, environment="production")
    try:
        for words in (["demo"], ["demo", "--reset"], ["volume", "--organisations", "1", "--dossiers", "1"]):
            assert run(app, *words).exit_code == 2
    finally:
        app.extensions["settings"] = settings


@pytest.mark.one_database
def test_compensation_simulate(app: Flask, tmp_path: Path) -> None:
    """A case is computed without the database; bad input says what is wrong and ends with 2."""
    case = tmp_path / "case.json"
    case.write_text(
        json.dumps({"reference_period": "2023-2024", "sector": "MBE", "quarters": {"2023K3": "AFGESLOTEN"}})
    )
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        result = run(app, "compensation", "simulate", str(case))
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["total"], answer["rights"][0]["floor_applied"]) == ("0.00", True)
    assert statements == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"reference_period": "2023-2024", "sector": "X", "quarters": {}}', "\xff"]
)
def test_compensation_simulate_refuses(app: Flask, tmp_path: Path, text: str) -> None:
    """L-04."""
    case = tmp_path / "case.json"
    case.write_bytes(text.encode("latin-1"))
    result = run(app, "compensation", "simulate", str(case))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
