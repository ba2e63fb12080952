"""The figures of the reports are those of the worked examples, and closed quarters keep theirs (7.8, E-145)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import Forbidden, NotFound
from domain.permissions import Role
from models.all import db
from models.organisation import Certificate
from services.ecalcura.reports import reading
from services.ecalcura.reports.contents import Origin
from services.ecalcura.reports.table import LineKind, Report, text_of
from tests.factories import actors, declarations
from tests.factories.database import change
from tests.factories.reports import Example, close, example_2, example_3, premium

QUARTERS = ("2023K3", "2023K4", "2024K1", "2024K2")

pytestmark = pytest.mark.usefixtures("database")


def made(of: Example, code: str, period: str = "2023-2024") -> Report:
    return reading.report(of.clerk, code, period)


def texts(report: Report) -> list[list[str]]:
    """Every line as a person reads it, without the national number."""
    return [
        [
            text_of(value, column.kind, percent=line.percent and isinstance(value, Decimal))
            for value, column in zip(line.cells[1:], report.columns[1:], strict=True)
        ]
        for line in report.lines
    ]


def value(report: Report, label: str, heading: str) -> Any:
    """The value of the line whose name is ``label``, in the column with a heading."""
    (line,) = [one for one in report.lines if one.cells[1] == label]
    (place,) = [place for place, column in enumerate(report.columns) if column.heading == heading]
    return line.cells[place]


def test_7_8_example_2_replacers_have_the_printed_fte() -> None:
    report = made(example_2(), "vervangers")
    rows = {row[0]: row for row in texts(report)}
    assert rows["Claes Els"][7:] == [
        *("65 / 0 d", "1,000", "0,132"),
        *("65 / 0 d", "1,000", "0,132"),
        *("50 / 15 d", "0,769", "0,101"),
        *("65 / 0 d", "1,000", "0,132"),
        "0,124",
    ]
    assert rows["Dox Dirk"][7:] == [
        *("247 u", "0,500", "0,316"),
        *("240 u", "0,486", "0,307"),
        *("247 u", "0,500", "0,316"),
        *("247 u", "0,500", "0,316"),
        "0,314",
    ]
    assert value(report, "Totaal", "Gemiddelde") == Decimal("0.438")
    assert [value(report, "Recht (R)", f"{quarter} vte vervanging") for quarter in QUARTERS] == [
        Decimal(text) for text in ("0.211", "0.246", "0.263", "0.263")
    ]
    assert value(report, "Recht (R)", "Gemiddelde") == Decimal("0.246")
    assert rows["Dekking % (ter informatie)"][-1] == "178,0 %"  # 0.438 / 0.246, E-080
    assert any("E-080" in str(note) for note in report.notes)


def test_7_8_example_2_hours_of_right_per_line() -> None:
    report = made(example_2(), "keuzes")
    rows = {row[0]: row for row in texts(report)}
    assert rows["Aerts An"][8:] == ["3,000", "6,000", ""] * 4
    assert rows["Bos Bart"][7:10] == ["19,00", "3,000", "2,000"]
    assert rows["Claes Els"][8:14] == ["", "", "", "2,000", "1,333", ""]
    assert [value(report, "Totaal", f"{quarter} uren pro rata") for quarter in QUARTERS] == [
        Decimal(text) for text in ("8.000", "9.333", "10.000", "10.000")
    ]
    assert not [line for line in report.lines if line.cells[1] == "Minimum 13 uur toegepast"]


def test_e092_e093_the_floor_is_a_line_of_its_own() -> None:
    """Example 3: 4 hours become 13 in each quarter, which is 0.342 FTE."""
    report = made(example_3(), "keuzes")
    for quarter in QUARTERS:
        assert value(report, "Totaal", f"{quarter} uren pro rata") == Decimal("4.000")
        assert value(report, "Minimum 13 uur toegepast", f"{quarter} uren pro rata") == Decimal("13.000")
        assert value(report, "Recht op vervanging (VTE)", f"{quarter} uren pro rata") == Decimal("0.342")


def test_7_8_example_3_replacer_from_september() -> None:
    report = made(example_3(), "vervangers")
    (row,) = [row for row in texts(report) if row[0] == "Bos Bart"]
    assert row[8::3][:4] == ["0,111", "0,342", "0,342", "0,305"]
    assert row[-1] == "0,275"
    assert value(report, "Recht (R)", "Gemiddelde") == Decimal("0.342")


def test_7_5_the_effective_working_time_of_a_premium() -> None:
    """Example 1, nurse A: e of each quarter; a premium gives no hours of exemption."""
    (row, *_) = texts(made(premium(), "keuzes"))
    assert row[8:] == ["3,000", "", "1,000", "3,000", "", "0,923", "3,000", "", "1,000", "3,000", "", "0,615"]


def test_e145_fte_of_a_quarter_with_subtotals() -> None:
    """The order of the code list, a subtotal for each qualification and the total."""
    report = made(example_2(), "vte", "2024K1")
    rows = texts(report)
    assert [(row[0], row[1], *row[4:]) for row in rows] == [
        ("Claes Els", "Verpleegkundige bachelor", "65", "494,00", "50 / 15 d", "0,769", "0,101", "nee"),
        ("Subtotaal", "Verpleegkundige bachelor", "", "", "", "0,769", "0,101", ""),
        ("Dox Dirk", "Zorgkundige", "65", "494,00", "247 u", "0,500", "0,316", "nee"),
        ("Subtotaal", "Zorgkundige", "", "", "", "0,500", "0,316", ""),
        ("Totaal", "", "", "", "", "1,269", "0,417", ""),
    ]
    assert [line.kind for line in report.lines][-1] is LineKind.TOTAL


def test_e111_e024_performances_with_their_reason() -> None:
    """Every contract of the quarter; the reason is empty where none are needed."""
    report = made(example_2(), "prestaties", "2024K1")
    rows = texts(report)
    assert [(row[0], row[8]) for row in rows] == [
        ("Aerts", ""),
        ("Bos", ""),
        ("Claes", "vervanger"),
        ("Dox", "vervanger"),
        ("Totaal", ""),
    ]
    claes = rows[2]
    assert claes[9:13] == ["50,0", "15,0", "", "65"]


def test_e145_a_closed_quarter_does_not_follow_live_data() -> None:
    """The copy counts: names, contracts, choices and performances of a closed quarter stay what they were."""
    example = example_2(opened=("2024K2",))
    before = {code: texts(made(example, code)) for code in ("keuzes", "vervangers")}
    quarters = {code: texts(made(example, code, "2024K1")) for code in ("prestaties", "vte")}
    change(example.contracts["carer"], replacement_hours=Decimal(3), qualification_code="ERGOTHERAPEUT")
    for code, was in quarters.items():
        assert texts(made(example, code, "2024K1")) == was
    after = {row[0]: row for row in texts(made(example, "vervangers")) if row[1] == "Zorgkundige"}
    assert after["Dox Dirk"][7:16] == next(row for row in before["vervangers"] if row[0] == "Dox Dirk")[7:16]
    live = {row[0]: row for row in texts(made(example, "vte", "2024K2"))}
    assert live["Dox Dirk"][1] == "Ergotherapeut"


def test_e145_an_open_quarter_is_marked_as_provisional() -> None:
    report = made(example_2(opened=("2024K2",)), "vervangers")
    assert [part.origin for part in report.content.quarters] == [Origin.SUBMITTED] * 3 + [Origin.PROVISIONAL]
    assert report.provisional
    assert value(report, "Totaal", "Gemiddelde") == Decimal("0.438")


def test_a37_a_quarter_without_a_dossier_counts_as_nothing() -> None:
    """The right of that quarter is not shown, and the average is still divided by four (L-05)."""
    example = example_2()
    other = example_2()
    report = reading.report(other.clerk, "vervangers", "2024-2025")
    assert [part.origin for part in report.content.quarters] == [Origin.ABSENT] * 4
    assert not report.lines
    assert example.facility.id != other.facility.id


def test_a37_every_quarter_says_from_where_its_data_come() -> None:
    """Blocked: ex officio. In audit: the last copy. Reopened: live again. A stub without anything: nothing."""
    example = example_2(opened=("2024K1", "2024K2"))
    close(example.facility, example.clerk, example.dossier("2024K1"), Event.BLOCK)
    change(example.dossier("2023K3"), status=DossierStatus.AUDIT, previous_status=DossierStatus.CLOSED)
    change(example.dossier("2023K4"), status=DossierStatus.OPEN, reopened=True)
    change(example.contracts["carer"], replacement_hours=Decimal(6))
    report = made(example, "vervangers")
    assert [part.origin for part in report.content.quarters] == [
        Origin.IN_AUDIT,
        Origin.REOPENED,
        Origin.EX_OFFICIO,
        Origin.PROVISIONAL,
    ]
    row = next(row for row in texts(report) if row[0] == "Dox Dirk")
    assert row[9::3] == ["0,316", "0,153", "0,316", "0,158"]
    assert any("in de loop van de periode gewijzigd" in str(note) for note in report.notes)
    stub = declarations.dossier(example.facility, "2024K3", "BLOCKED", basis="AMBTSHALVE")
    part = reading.report(example.clerk, "vte", str(stub.quarter)).content.quarters[0]
    assert (part.origin, part.origin.has_data) == (Origin.EMPTY, False)


def test_another_facility_is_not_found() -> None:
    """E-009: the number of another facility gives nothing away, for a report or a file."""
    own, other = example_2(), example_3()
    with pytest.raises(NotFound):
        reading.report(own.clerk, "vte", "2024K1", other.facility.hco_number)
    with pytest.raises(NotFound):
        reading.periods(own.clerk, other.facility.hco_number)
    ines = actors.facility_user(own.facility, Role.EL_FINANCIEEL)
    with pytest.raises(Forbidden):
        reading.report(ines, "vte", "2024K1")
    with pytest.raises(Forbidden):
        reading.report(actors.helpdesk(), "vte", "2024K1", own.facility.hco_number)


def test_e079_an_excluded_replacer_counts_for_nothing_and_says_why() -> None:
    example = example_2(opened=QUARTERS)
    change(example.contracts["carer"], contract_type_code="INTERIM")
    report = made(example, "vervangers")
    assert value(report, "Dox Dirk", "Gemiddelde") == Decimal("0.000")
    assert any("Interim telt niet mee" in str(note) for note in report.notes)


def test_7_6_certificates_that_cover_part_of_a_quarter_are_told() -> None:
    """Variant 3b: without the attest until 1 October 2023 the first quarter gives no right and no replacement."""
    example = example_3()
    rows = db.session.scalars(
        sa.select(Certificate).where(
            Certificate.facility_id == example.facility.id, Certificate.kind == CertificateType.END_OF_CAREER
        )
    ).all()
    change(rows[0], starts_on=date(2023, 10, 1))
    report = made(example, "vervangers")
    assert value(report, "Recht (R)", "Gemiddelde") == Decimal("0.257")
    assert value(report, "Totaal", "Gemiddelde") == Decimal("0.247")
    assert any("2023K3: de twee attesten gelden samen op 0 van de 92 dagen" in str(note) for note in report.notes)
