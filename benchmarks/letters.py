"""Letters: CPU of one letter with its data, archive and digest, beside the layout alone and typst alone.

    python -m benchmarks.letters [--letters 80] [--rounds 5] [--nurses 10]

Makes an installation of its own in a folder for temporary files (SQLite), with one communicated calculation per
facility, and lets the work of the background job make their letters. The goal is 20 ms of CPU for a letter with forty
premium lines. WeasyPrint is not measured: it is not a dependency and was not installed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

GOAL = 20.0


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--letters", type=int, default=80)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--nurses", type=int, default=10, help="premium lines are four times as many")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="letters-") as folder:
        os.environ.update(INSTANCE=folder, ELOKET_ENV="test")
        os.environ.pop("DATABASE_URL", None)
        from app import create_app

        with create_app().app_context():
            _measure(given.letters, given.rounds, given.nurses)


def _measure(count: int, rounds: int, nurses: int) -> None:
    import flask_migrate

    from integrations import letters as layout

    flask_migrate.upgrade()
    seen: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    compile_typst = layout.typst.compile

    def remember(*arguments: Any, **named: Any) -> Any:
        seen.append((arguments, named))
        return compile_typst(*arguments, **named)

    whole, page, bare, sizes = [], [], [], []
    for number in range(rounds):
        reference = _round(count, nurses, number)
        layout.typst.compile = remember
        whole.append(_cpu(partial(_work, reference), count))
        layout.typst.compile = compile_typst
        bare.append(_cpu(lambda: sizes.extend(len(compile_typst(*one, **two)) for one, two in seen), count))
        seen.clear()
        page.append(_cpu(partial(_laid_out, reference), count))
    lines = [("letter: data, layout, archive, digest, mail", whole), ("data and layout", page), ("typst alone", bare)]
    base = statistics.median(bare)
    print(
        f"{count} letters x {rounds} rounds, {4 * nurses} premium lines, {statistics.median(sizes) / 1024:.0f} KiB each"
    )
    for label, values in lines:
        middle = statistics.median(values)
        print(f"{label:45} {middle:6.1f} ms CPU (best {min(values):.1f})  {middle / base:.2f} x typst")
    print(f"goal {GOAL:.0f} ms: {'kept' if statistics.median(whole) <= GOAL else 'missed'}")


def _cpu(run: Callable[[], object], count: int) -> float:
    """CPU milliseconds per letter of this process, all its threads."""
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1000 / count


def _work(reference: str) -> None:
    from services import transaction
    from services.ecalcura import letters

    work = letters.work({"round": reference})
    while True:
        with transaction.unit_of_work():
            if next(work, None) is None:
                return


def _laid_out(reference: str) -> None:
    """The same letters without lock, archive, row, trace and mail."""
    from sqlalchemy import select

    from domain.ecalcura.letter_texts import Names
    from models.base import db
    from models.compensation import Calculation, CalculationRound
    from models.organisation import Facility
    from services.ecalcura import letter_data, letter_texts, letters

    rows = db.session.execute(
        select(Calculation, Facility)
        .join(Facility, Facility.id == Calculation.facility_id)
        .join(CalculationRound, CalculationRound.id == Calculation.round_id)
        .where(CalculationRound.reference == reference)
    ).all()
    for calculation, facility in rows:
        subject = letter_data.of_calculation(calculation, facility, Names.INITIALS)
        text = letter_texts.newest(subject.kind).content
        letters.laid_out(subject, text, calculation.reference)
    db.session.rollback()


def _round(count: int, nurses: int, number: int) -> str:
    """A released round of provisional calculations, one for each of so many new facilities with two contacts."""
    from domain.calendars import quarters_of
    from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
    from domain.ecalcura.compensation import calculate
    from domain.ecalcura.letter_example import example_case
    from models.base import db
    from models.compensation import Calculation, CalculationDerivation, CalculationRound
    from models.gate import writing
    from models.organisation import ContactPerson, ContactTheme, Facility, Sector
    from services import clock, reference_lists, transaction
    from services.ecalcura import derivations, parameter_sets
    from services.ecalcura.derivations import PersonName, QuarterSource, Sources

    period = "2023-2024"
    with transaction.unit_of_work():
        reference_lists.ensure([period])
        parameters = parameter_sets.ensure_released(period)
        case = example_case(period, parameters.content.compensation, more_nurses=nurses - 2)
        outcome, moment = calculate(case), clock.now()
        people = [person.reference for person in case.quarters[0].people]
        with writing("benchmark"):
            held = CalculationRound(
                period_code=period, kind=CalculationKind.PROVISIONAL, state=RoundState.RELEASED,
                parameter_set_id=parameters.set_id, started_at=moment, started_by="x", released_at=moment,
                released_by="y",
            )  # fmt: skip
            db.session.add(held)
            for place in range(count):
                key = number * 10_000 + place
                facility = Facility(
                    hco_number=str(60_000_000 + key), name=f"PVT Meting {key}", sector=Sector.PVT,
                    enterprise_number=f"{key:010d}", street="Kerkstraat", house_number=str(place), postal_code="9000",
                    city="Gent",
                )  # fmt: skip
                db.session.add(facility)
                db.session.flush()
                for name in ("an", "bo"):
                    contact = ContactPerson(
                        facility_id=facility.id, last_name="V", first_name=name, email=f"{name}{key}@example.be"
                    )
                    contact.themes = [ContactTheme(theme="ECALCURA")]
                    db.session.add(contact)
                names = {one: PersonName(f"Naam{key}", f"Voor{one}") for one in people}
                sources = Sources(facility.hco_number, facility.name, tuple(map(QuarterSource, quarters_of(period))))
                content, digest = derivations.write(case, outcome, replace(sources, names=names))
                row = Calculation(
                    round_id=held.id, facility_id=facility.id, period_code=period, kind=CalculationKind.PROVISIONAL,
                    status=CalculationStatus.COMMUNICATED, parameter_set_id=parameters.set_id, calculated_at=moment,
                    communicated_at=moment, total=outcome.total + place, digest=digest,
                )  # fmt: skip
                db.session.add(row)
                db.session.flush()
                db.session.add(CalculationDerivation(calculation_id=row.id, content=content))
        return held.reference


if __name__ == "__main__":
    assert Path("app.py").exists(), "run it from the root of the project"
    main()
