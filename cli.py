"""The commands of the program (``flask --app app …``): JSON on standard output, messages on standard error.

Exit 0: done or right; 1: a check failed; 2: bad input. What a command does is a use case; here is only its door.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app

from domain.errors import DomainError, Findings

FAILED = 1
BAD_INPUT = 2


def register(app: Flask) -> None:
    """Add every command."""
    for command in (doctor, identifiers, evidence, jobs, lists, demo, volume, raas, campaign, compensation, terms):
        app.cli.add_command(command)


def say(result: Any) -> None:
    """The answer of a command."""
    click.echo(json.dumps(result, ensure_ascii=False, default=str))


def stop(message: str, code: int) -> NoReturn:
    """End with a message on standard error."""
    click.echo(message, err=True)
    sys.exit(code)


def _refusals_told(view: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal of the domain is bad input, told in words."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except Findings as refused:
            stop("\n".join(str(finding) for finding in refused.findings), BAD_INPUT)
        except DomainError as refused:
            stop(str(refused), BAD_INPUT)

    return run


@click.command("doctor")
@_refusals_told
def doctor() -> None:
    """Check the configuration and every part this installation is connected to, a line each."""
    from jobs import checkup

    findings = checkup.examine()
    for finding in findings:
        mark = "ok" if finding.ok else "FAILED"
        click.echo(f"{mark:6} {finding.part}: {finding.says}", err=not finding.ok)
    sys.exit(0 if all(finding.ok for finding in findings) else FAILED)


@click.group("identifiers")
def identifiers() -> None:
    """National, enterprise, bank and social security numbers."""


@identifiers.command("check")
@click.argument("kind")
@click.argument("value")
@_refusals_told
def identifiers_check(kind: str, value: str) -> None:
    """Check one number of KIND insz, kbo, iban or rsz."""
    from domain.identifiers import check

    answer = check(kind, value)
    say(asdict(answer))
    sys.exit(0 if answer.valid else FAILED)


@click.group("evidence")
def evidence() -> None:
    """The proof that is kept."""


@evidence.command("verify")
@click.option("--contract", help="Only the proof of the contracts with this number or reference.")
@_refusals_told
def evidence_verify(contract: str | None) -> None:
    """Check the audit chain, every snapshot, every stored file and the proof of every contract again."""
    from services.econtracting.proof import verification
    from services.evidence import verify

    if contract is not None:
        of_contracts = verification.verify_named(contract)
        if not of_contracts.contracts:
            stop(f"There is no contract {contract}.", BAD_INPUT)
        say(asdict(of_contracts))
        for place in of_contracts.broken:
            click.echo(place, err=True)
        sys.exit(FAILED if of_contracts.broken else 0)
    report = verify()
    say(asdict(report))
    for place in report.broken:
        click.echo(place, err=True)
    sys.exit(FAILED if report.broken else 0)


@click.group("jobs")
def jobs() -> None:
    """Background work."""


@jobs.command("work")
@click.option("--once", is_flag=True, help="Stop when nothing is due any more.")
@_refusals_told
def jobs_work(once: bool) -> None:
    """Send mail that is due, do the background jobs and what the calendar says, clear away what has expired."""
    from jobs import worker

    say(asdict(worker.run(once=once)))


@click.command("lists")
@_refusals_told
def lists() -> None:
    """Add the code lists and reference periods that are missing; what is there stays as it is."""
    from services import reference_lists
    from services.transaction import unit_of_work

    with unit_of_work():
        added = reference_lists.ensure()
    say(added)


@click.command("demo")
@click.option("--reset", is_flag=True, help="Remove everything first.")
@_refusals_told
def demo(reset: bool) -> None:
    """Load the demo data."""
    from services import demo as demo_data
    from services.transaction import unit_of_work

    if current_app.extensions["settings"].production:
        stop("Demo data does not belong in production.", BAD_INPUT)
    with unit_of_work():
        loaded = demo_data.load(reset=reset)
    say(loaded)


@click.command("volume")
@click.option("--organisations", type=click.IntRange(1), required=True)
@click.option("--dossiers", type=click.IntRange(1), required=True)
@click.option("--seed", type=int, default=1, show_default=True)
@_refusals_told
def volume(organisations: int, dossiers: int, seed: int) -> None:
    """Load realistic data in bulk, for measuring at scale; into an empty database."""
    from services import volume as bulk

    if current_app.extensions["settings"].production:
        stop("Measuring data does not belong in production.", BAD_INPUT)
    say(bulk.load(organisations=organisations, dossiers=dossiers, seed=seed, tell=partial(click.echo, err=True)))


@click.group("raas")
def raas() -> None:
    """Take-over from the RaaS export."""


@raas.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--hco", required=True, help="HCO number of the facility.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be taken.")
@_refusals_told
def raas_import(file: Path, hco: str, dry_run: bool) -> None:
    """Import FILE for one facility; prints what was taken and rejected."""
    from domain.actor import SCHEDULER
    from services.ecalcura import raas_import as importing
    from services.transaction import unit_of_work

    if dry_run:
        outcome = importing.preview(SCHEDULER, hco, file.read_bytes())
    else:
        with unit_of_work():
            outcome = importing.run(SCHEDULER, hco, file.read_bytes())
    say(outcome.summary())
    if outcome.refusal is not None:
        stop(str(outcome.refusal), BAD_INPUT)


@click.group("campaign")
def campaign() -> None:
    """What the calendar of the reference periods makes happen."""


@campaign.command("run")
@click.option("--at", "instant", required=True, help="Instant with offset, like 2026-10-16T00:00:00+02:00.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@_refusals_told
def campaign_run(instant: str, dry_run: bool) -> None:
    """Do everything that is due at an instant: letters, blocking, ends of correction windows. Twice changes nothing."""
    from jobs import campaign as calendar

    at = _instant(instant)
    if dry_run:
        say(calendar.planned(at))
        return
    done = calendar.run(at)
    say(asdict(done))
    for problem in done.problems:
        click.echo(f"{problem['hco']}: {problem['message']}", err=True)
    sys.exit(0 if done.ok else FAILED)


def _instant(text: str) -> datetime:
    """An instant with offset; anything else is bad input."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        stop(f"{text} is not an instant like 2026-10-16T00:00:00+02:00.", BAD_INPUT)
    if at.tzinfo is None:
        stop(f"{text} has no offset; write it like {text}+02:00.", BAD_INPUT)
    return at


@click.group("compensation")
def compensation() -> None:
    """The compensation of a reference period."""


@compensation.command("simulate")
@click.argument("case", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_refusals_told
def compensation_simulate(case: Path) -> None:
    """Compute one CASE (JSON) without touching the database; prints every step that leads to the amounts."""
    from domain.ecalcura.compensation import calculate
    from domain.ecalcura.compensation_case import printed, read_case

    say(printed(calculate(read_case(_json_of(case)))))


@click.group("terms")
def terms() -> None:
    """The terms of a public contract."""


@terms.command("compute")
@click.argument("case", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_refusals_told
def terms_compute(case: Path) -> None:
    """Compute the term or the late-payment interest of one CASE (JSON)."""
    from domain.econtracting.term_case import answer
    from services.econtracting.calendar_data import shipped_rates

    say(answer(_json_of(case), shipped_rates()))


def _json_of(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        stop(f"{file} is not JSON: {error}", BAD_INPUT)
