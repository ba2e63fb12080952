"""Facilities straight as closed quarters with their copies, for measuring a round: 100 contracts in four quarters each.

Every contract gives a line in every quarter: twenty-five nurses with a premium (days), seventy-five replacers (hours),
twenty of them with an exemption of their own. One facility in eight changes staff between two quarters. The same lines
stand in a plain table too (``bench_performance``), for the cheapest floor there is.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import text

from domain.calendars import quarters_of, start_of_day
from models.all import db
from models.organisation import Sector
from models.reference import ReferencePeriod
from services import reference_lists, transaction
from services.ecalcura import parameter_sets
from services.ecalcura.snapshots import FORMAT
from services.volume.writer import BulkWriter

PERIOD = "2023-2024"
CONTRACTS, NURSES = 100, 25
FIRST_ID = 10_000_000
NUMBER = "88{:06d}"
NAMES = ("Peeters", "Janssens", "Maes", "Jacobs", "Mertens", "Willems", "Claes", "Goossens", "Wouters", "De Smet")


def _lines(chance: random.Random, place: int) -> list[dict[str, Any]]:
    """The staff of one facility: what stays the same over the quarters."""
    found = []
    for number in range(CONTRACTS):
        nurse = number < NURSES
        hours = "38" if nurse else str(chance.choice((19, 24, 28.5, 30.4)))
        found.append(
            {
                "person": f"p{place}x{number}",
                "name": chance.choice(NAMES),
                "contract": {
                    "contract_type": "LOONTREKKENDE",
                    "el_right": nurse or number < NURSES + 20,
                    "ends_on": None,
                    "hours": hours,
                    "qualification": "VERPLEEGKUNDIGE_BACHELOR" if nurse else "ZORGKUNDIGE",
                    "reference": f"c{place}x{number}",
                    "replacement_hours": "0" if nurse else "6",
                    "staff": f"p{place}x{number}",
                    "starts_on": f"20{chance.randint(10, 22)}-0{chance.randint(1, 9)}-01",
                },
                "choice": _choice(place, number, 6, 0)
                if nurse
                else _choice(place, number, 0, 2)
                if number < NURSES + 20
                else None,
            }
        )
    return found


def _choice(place: int, number: int, premium: int, exemption: int) -> dict[str, Any]:
    return {
        "age_category": "55+",
        "begins_on": "2021-07-01",
        "decided_on": "2021-06-01",
        "ends_on": None,
        "exemption_hours": exemption,
        "premium_exception": False,
        "premium_hours": premium,
        "reference": f"k{place}x{number}",
        "staff": f"p{place}x{number}",
    }


def _performance(chance: random.Random, line: dict[str, Any]) -> dict[str, Any]:
    """Full-time: a few days unpaid for one in five; part-time: around what is expected."""
    contract = line["contract"]
    row = {"contract": contract["reference"], "paid_days": None, "paid_hours": None, "unpaid_days": None}
    if contract["hours"] == "38":
        unpaid = chance.choice((0, 0, 0, 0, chance.randint(1, 40)))
        return row | {"paid_days": str(65 - unpaid), "unpaid_days": str(unpaid)}
    return row | {"paid_hours": str(round(float(contract["hours"]) * 13 * chance.uniform(0.7, 1), 1))}


def quarter_rows(seed: int, count: int) -> Iterator[tuple[int, int, str, str, list[dict[str, Any]]]]:
    """Per facility and quarter: place, place of the quarter, name of the quarter, the copy, its performances."""
    for place in range(count):
        chance = random.Random(f"{seed} {place}")
        lines = _lines(chance, place)
        for number, quarter in enumerate(quarters_of(PERIOD)):
            if place % 8 == 0 and number:
                lines[chance.randrange(CONTRACTS)]["contract"]["ends_on"] = quarter.end.isoformat()
            performances = [_performance(chance, line) for line in lines]
            content = {
                "format": FORMAT,
                "number": f"{NUMBER.format(place)}-{quarter}",
                "quarter": str(quarter),
                "reference_period": PERIOD,
                "nothing_to_declare": False,
                "facility": {
                    "hco_number": NUMBER.format(place),
                    "name": f"Voorziening {place}",
                    "sector": "PVT",
                    "enterprise_number": "0999000129",
                },
                "staff": [
                    {
                        "birth_date": "1966-05-17",
                        "first_name": "Kim",
                        "last_name": line["name"],
                        "national_number": "66051700179",
                        "reference": line["person"],
                    }
                    for line in lines
                ],
                "contracts": [line["contract"] for line in lines],
                "choices": [line["choice"] for line in lines if line["choice"]],
                "certificates": [],
                "performances": performances,
                "parameters": {"day_tolerance": "0", "full_time_hours": "38", "hours_per_day": "7.6"},
            }
            text_ = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            yield place, number, str(quarter), text_, performances


def load(count: int, seed: int = 20240131) -> None:
    """Put so many facilities in an empty installation, with the example parameters released."""
    with transaction.unit_of_work():
        reference_lists.ensure()
        if db.session.get(ReferencePeriod, PERIOD) is None:
            db.session.add(reference_lists.period(PERIOD))
    with transaction.unit_of_work():
        parameter_sets.ensure_released(PERIOD)
    moment = start_of_day(date(2024, 9, 16))
    with db.engine.connect() as connection:
        writer = BulkWriter(connection, lambda _line: None)
        stamp: Any = moment.astimezone(None)
        if writer.sqlite:
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            stamp = "2024-09-15 22:00:00.000000"
        writer.write(
            "facility",
            ("id", "version", "hco_number", "name", "search_text", "sector", "enterprise_number", "street",
             "house_number", "postal_code", "city", "phone", "email", "entry_from"),
            (
                (FIRST_ID + place, 1, NUMBER.format(place), f"Voorziening {place}", NUMBER.format(place),
                 Sector.PVT.value, "0999000129", "", "", "", "", "", "", "2021K3")
                for place in range(count)
            ),
        )  # fmt: skip
        writer.write(
            "certificate",
            ("id", "reference", "version", "facility_id", "kind", "starts_on", "notified_at", "notified_by"),
            (
                (FIRST_ID + 2 * place + kind, f"a{place}x{kind}", 1, FIRST_ID + place, name, "2021-07-01", stamp, "S")
                for place in range(count)
                for kind, name in enumerate(("ATTEST_SOCIAAL_AKKOORD", "ATTEST_EINDELOOPBAAN"))
            ),
        )
        writer.write(
            "dossier",
            ("id", "version", "number", "facility_id", "year", "quarter_number", "period_code", "status", "reopened",
             "nothing_to_declare", "opened_at", "changed_at", "submitted_at", "basis", "risk", "stake"),
            (
                (FIRST_ID + 4 * place + number, 1, f"{NUMBER.format(place)}-{quarter}", FIRST_ID + place, quarter.year,
                 quarter.number, PERIOD, "CLOSED", False, False, stamp, stamp, stamp, "INGEDIEND", 0, 0)
                for place in range(count)
                for number, quarter in enumerate(quarters_of(PERIOD))
            ),
        )  # fmt: skip
        _copies(writer, seed, count, stamp)
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS bench_performance (dossier_id INTEGER NOT NULL, contract_id INTEGER NOT NULL, "
            "paid_days INTEGER, unpaid_days INTEGER, paid_hours INTEGER, version INTEGER, changed_at VARCHAR(32), "
            "changed_by VARCHAR(120), PRIMARY KEY (dossier_id, contract_id))"
        )
        connection.commit()
        _plain(writer, seed, count)
        writer.counts.pop("bench_performance", None)
        writer.finish()


def _copies(writer: BulkWriter, seed: int, count: int, stamp: Any) -> None:
    writer.write(
        "dossier_snapshot",
        ("id", "dossier_id", "sequence", "event", "taken_at", "taken_by", "digest", "content"),
        (
            (key := FIRST_ID + 4 * place + number, key, 1, "SUBMIT", stamp, "Sofie Maes",
             hashlib.sha256(content.encode()).hexdigest(), content)
            for place, number, _, content, _ in quarter_rows(seed, count)
        ),
    )  # fmt: skip


def _plain(writer: BulkWriter, seed: int, count: int) -> None:
    def tenths(value: str | None) -> int | None:
        return None if value is None else round(float(value) * 10)

    writer.write(
        "bench_performance",
        ("dossier_id", "contract_id", "paid_days", "unpaid_days", "paid_hours", "version", "changed_at", "changed_by"),
        (
            (FIRST_ID + 4 * place + number, row, tenths(one["paid_days"]), tenths(one["unpaid_days"]),
             tenths(one["paid_hours"]), 1, "2024-09-15 22:00:00.000000", "Sofie Maes")
            for place, number, _, _, performances in quarter_rows(seed, count)
            for row, one in enumerate(performances)
        ),
    )  # fmt: skip
