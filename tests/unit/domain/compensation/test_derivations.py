"""The document of a calculation reads back to what was written, and calculating it again gives the same (3.12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.calendars import Quarter
from domain.ecalcura.compensation import calculate
from domain.ecalcura.compensation_parameters import FullTimeMethod, LimitLevel, MonthMethod
from domain.ecalcura.compensation_result import QuarterStatus
from services.ecalcura import derivations
from services.ecalcura.derivations import AdvanceDerivation, PersonName, QuarterSource, Sources
from tests.unit.domain.compensation.cases import (
    ALL_CLOSED,
    BOTH,
    CARER,
    K1,
    K2,
    K4,
    NURSE,
    case,
    choice,
    contract,
    days,
    hours,
    person,
)

SOURCES = Sources(
    "71000012",
    "PVT De Brug",
    (
        QuarterSource(K1, "71000012-2024K1", 12, "ab" * 32, "INGEDIEND", datetime(2024, 9, 16, 8, 0, 1, 5, UTC)),
        QuarterSource(K2),
    ),
    3,
    2,
    "cd" * 32,
    {"person of nurse": PersonName("Peeters", "Zoë"), "person of senior": PersonName("D'Hondt", "Kim")},
)


def _case(**changes):
    return case(
        person(
            contract("nurse"), contract("second", "19", start="2023-10-15"), choice("premium", premium=6, exemption=2)
        ),
        person(contract("senior", qualification=CARER), choice("right", exemption=6, start="2023-11-10")),
        person(contract("carer", "19", replaces="12", qualification=CARER, right=False)),
        person(contract("interim", "38", replaces="38", qualification=NURSE, kind="INTERIM")),
        performances={
            "nurse": [days("65"), days("60", "5.5"), None, days(None)],
            "carer": [hours("247"), hours("300.25"), hours("100"), None],
            "interim": [days("65")] * 4,
        },
        **changes,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sector": "REVALIDATIE", "limit_level": LimitLevel.QUARTER},
        {"statuses": ALL_CLOSED | {K4: QuarterStatus.AUDIT, K2: QuarterStatus.NEVER_OPENED}},
        {"certificates": ()},
        {"certificates": (*BOTH[:1], replace(BOTH[1], start=date(2023, 12, 5)))},
        {
            "month_method": MonthMethod.WHOLE_MONTHS,
            "full_time_method": FullTimeMethod.PAID_OF_NORM,
            "cap": Decimal("0.9"),
        },
        {"statuses": {}},
    ],
)
def test_what_was_written_reads_back(changes):
    """Case, every intermediate value, sources and names: equal, and the same digest when written again."""
    given = _case(**changes)
    outcome = calculate(given)
    content, digest = derivations.write(given, outcome, SOURCES)
    held = derivations.read(content)
    assert held.case == replace(given, quarters=tuple(given.quarters))
    assert held.compensation == outcome
    assert held.sources == SOURCES
    assert derivations.digest_of(content) == digest
    assert derivations.write(held.case, held.compensation, held.sources) == (content, digest)


def test_golden_4_recomputing_with_an_old_version_of_the_parameters_gives_the_old_result():
    """Part 12, 4: the stored case holds the version it was made with; a newer one gives another amount."""
    old = _case()
    content, _ = derivations.write(old, calculate(old), SOURCES)
    newer = replace(old.parameters, y1={code: rate * 2 for code, rate in old.parameters.y1.items()})
    held = derivations.read(content)
    assert calculate(held.case) == held.compensation == calculate(old)
    assert calculate(replace(held.case, parameters=newer)).premium_total > held.compensation.premium_total


def test_equal_contracts_stand_once_in_the_document():
    """Four quarters that say the same take the room of one, also when they are not the same objects."""
    given = _case()
    copied = replace(
        given,
        quarters=tuple(
            replace(
                basis, people=tuple(replace(one, contracts=tuple(map(replace, one.contracts))) for one in basis.people)
            )
            for basis in given.quarters
        ),
    )
    outcome = calculate(given)
    assert derivations.write(copied, outcome, SOURCES) == derivations.write(given, outcome, SOURCES)


def test_an_advance_has_a_derivation_of_its_own():
    """A-20: the base, the percentage and the period the base is of."""
    given = AdvanceDerivation(Decimal("11494.17"), Decimal("28735.42"), Decimal("40"), "2022-2023", 1, 2, "ef" * 32)
    content, digest = derivations.write_advance(given)
    assert derivations.read_advance(content) == given
    assert derivations.digest_of(content) == digest
    with pytest.raises(derivations.UnknownFormat):
        derivations.read(content)


def test_a_quarter_is_what_it_was():
    """A note names a quarter as a quarter, not as a text."""
    given = _case(statuses=ALL_CLOSED | {K4: QuarterStatus.AUDIT})
    content, _ = derivations.write(given, calculate(given), SOURCES)
    (note,) = derivations.read(content).compensation.notes
    assert note.params["quarter"] == Quarter(2023, 4)
