"""A case as JSON: read strictly, printed with the digits of each rounding (L-02, L-04)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from domain.ecalcura.compensation import calculate
from domain.ecalcura.compensation_case import printed, read_case
from domain.errors import InvalidValue

CASE: dict[str, Any] = {
    "reference_period": "2023-2024",
    "sector": "PVT",
    "parameters": {"y1": {"VERPLEEGKUNDIGE_BACHELOR": "74250.00"}, "y2": {"ZORGKUNDIGE": "57600.00"}},
    "certificates": [
        {"type": "ATTEST_SOCIAAL_AKKOORD", "start": "2023-07-01", "end": None, "notified_on": "2023-07-03"},
        {"type": "ATTEST_EINDELOOPBAAN", "start": "2023-07-01", "end": None, "notified_on": None},
    ],
    "quarters": {"2023K3": "AFGESLOTEN", "2023K4": "OPEN", "2024K1": "AUDIT"},
    "staff": [
        {
            "insz": "65112099739",
            "contracts": [
                {
                    "id": "c1",
                    "start": "2019-01-01",
                    "end": None,
                    "contract_type": "LOONTREKKENDE",
                    "qualification": "VERPLEEGKUNDIGE_BACHELOR",
                    "hours": "38.00",
                    "replacement_hours": "0.00",
                    "el_right": True,
                }
            ],
            "choices": [
                {
                    "id": "k1",
                    "decided_on": "2020-11-01",
                    "start": "2020-11-01",
                    "end": None,
                    "age_category": "55+",
                    "premium_hours": 2,
                    "exemption_hours": 4,
                    "premium_exception": False,
                }
            ],
        },
        {
            "insz": "94080399869",
            "contracts": [
                {
                    "id": "c2",
                    "start": "2024-01-01",
                    "end": None,
                    "contract_type": "LOONTREKKENDE",
                    "qualification": "ZORGKUNDIGE",
                    "hours": "19.00",
                    "replacement_hours": "12.00",
                    "el_right": False,
                }
            ],
            "choices": [],
        },
    ],
    "performances": [
        {"quarter": "2023K3", "contract": "c1", "paid_days": "60.0", "unpaid_days": "5.0", "paid_hours": None},
        {"quarter": "2024K1", "contract": "c2", "paid_days": None, "unpaid_days": None, "paid_hours": "247.00"},
    ],
}


def test_every_step_is_printed() -> None:
    answer = printed(calculate(read_case(CASE)))
    assert answer["premiums"] == [
        {"choice": "k1", "quarter": "2023K3", "effective_time": "0.923", "months": "3.000", "amount": "901.75"},
        {"choice": "k1", "quarter": "2024K1", "effective_time": "0.000", "months": "3.000", "amount": "0.00"},
    ]
    assert answer["rights"][1] == {
        "quarter": "2023K4",
        "hours": "0.000",
        "floor_applied": False,
        "certificate_share": "1.000000",
        "fte": "0.000",
    }
    assert answer["replacements"] == [
        {
            "contract": "c2",
            "quarters": {"2023K3": "0.000", "2023K4": "0.000", "2024K1": "0.316", "2024K2": "0.000"},
            "average_fte": "0.079",
            "amount": "3052.80",
        }
    ]
    assert (answer["right_fte"], answer["replacement_fte"], answer["limit_factor"]) == (
        "0.053",
        "0.079",
        "0.670886075949",
    )
    totals = answer["premium_total"], answer["replacement_total"], answer["total"]
    assert totals == ("901.75", "3052.80", "3954.55")
    assert answer["notes"] == [
        "2023K4 telt niet mee: OPEN",
        "2024K1 is in audit: de laatste kopie van het dossier telt.",
        "2024K2 telt niet mee: NOOIT_GEOPEND",
    ]


def test_what_is_left_out_takes_the_default() -> None:
    short = {"reference_period": "2023-2024", "sector": "MBE", "quarters": {"2023K3": "AFGESLOTEN"}}
    answer = printed(calculate(read_case(short)))
    assert answer["rights"][0]["hours"] == "13.000"
    assert answer["limit_factor"] == "1"


def test_a_right_of_nothing_prints_a_factor_of_nothing() -> None:
    found = copy.deepcopy(CASE)
    found["staff"][0]["choices"] = []
    assert printed(calculate(read_case(found)))["limit_factor"] == "0"


def test_a_moment_of_notification_is_a_brussels_day() -> None:
    found = copy.deepcopy(CASE)
    found["certificates"][0]["notified_on"] = "2023-09-30T22:30:00+00:00"
    found["parameters"]["certificate_start"] = "LAATSTE_VAN_START_EN_MELDING"
    assert printed(calculate(read_case(found)))["rights"][0]["certificate_share"] == "0.000000"


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """A change of one place, written ``staff.0.contracts.0.hours``."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]

    def change(case: Any) -> None:
        for part in way:
            case = case[part]
        case[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("reference_period", "2023-2025", "2023-2024"),
        ("reference_period", None, "case.reference_period"),
        ("sector", "ZIEKENHUIS", "case.sector"),
        ("typo", 1, "typo"),
        ("parameters.limit_lvl", "GEEN", "limit_lvl"),
        ("parameters.limit_level", "JAAR", "case.parameters.limit_level"),
        ("parameters.month_method", "MAAND", "case.parameters.month_method"),
        ("parameters.certificate_start", "MELDING", "case.parameters.certificate_start"),
        ("parameters.floor_without_beneficiary", "ja", "case.parameters.floor_without_beneficiary"),
        ("parameters.y1", {"VERPLEEGKUNDIGE_BACHELOR": "-1.00"}, "case.parameters.y1.VERPLEEGKUNDIGE_BACHELOR"),
        ("parameters.y1", {"VERPLEEGKUNDIGE": "1.00"}, "VERPLEEGKUNDIGE"),
        ("parameters.y2", {"ZORGKUNDIGE": 57600.5}, "case.parameters.y2.ZORGKUNDIGE"),
        ("parameters.y2", {"ZORGKUNDIGE": "NaN"}, "case.parameters.y2.ZORGKUNDIGE"),
        ("parameters.y2", {"ZORGKUNDIGE": "1e999999"}, "case.parameters.y2.ZORGKUNDIGE"),
        ("certificates.0.type", "ATTEST", "case.certificates[0].type"),
        ("certificates.0.start", "2023-02-30", "case.certificates[0].start"),
        ("certificates.0.notified_on", "2023-07-03T10:00:00", "case.certificates[0].notified_on"),
        ("quarters.2022K4", "AFGESLOTEN", "case.quarters"),
        ("quarters.2023K3", "GESLOTEN", "case.quarters.2023K3"),
        ("staff.0.contracts.0.hours", "0.00", "case.staff[0].contracts[0].hours"),
        ("staff.0.contracts.0.contract_type", "BEDIENDE", "case.staff[0].contracts[0].contract_type"),
        ("staff.0.contracts.0.qualification", "ARTS", "case.staff[0].contracts[0].qualification"),
        ("staff.1.contracts.0.id", "c1", "c1"),
        ("staff.0.choices.0.premium_hours", "2.5", "case.staff[0].choices[0].premium_hours"),
        ("staff", {}, "case.staff"),
        ("performances.0.contract", "c9", "case.performances[0]"),
        ("performances.0.quarter", "2022K4", "case.performances[0]"),
        ("performances.0.quarter", "2024/1", "case.performances[0].quarter"),
        ("performances.1", CASE["performances"][0], "case.performances[1]"),
    ],
)
def test_l04_what_cannot_be_is_refused_by_its_place(path: str, value: Any, place: str) -> None:
    found = copy.deepcopy(CASE)
    put(path, value)(found)
    with pytest.raises(InvalidValue) as refused:
        read_case(found)
    assert place in str(refused.value)


@pytest.mark.parametrize("field", ["reference_period", "sector", "quarters"])
def test_what_must_be_there(field: str) -> None:
    found = {name: value for name, value in CASE.items() if name != field}
    with pytest.raises(InvalidValue, match=field):
        read_case(found)


@pytest.mark.parametrize("raw", [None, [], "case", 3])
def test_something_else_than_a_case(raw: Any) -> None:
    with pytest.raises(InvalidValue):
        read_case(raw)
