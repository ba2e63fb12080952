"""Each report has exactly the columns of part 10.2, and says how to read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.coverage import coverage
from domain.ecalcura.performances import PerformanceEntry
from domain.errors import NotFound
from services.ecalcura.reports import catalogue
from services.ecalcura.reports.catalogue import DEFINITIONS
from services.ecalcura.reports.table import Kind, PeriodKind, performed, plain, text_of

_PER_QUARTER = {
    "keuzes": ["Maanden", "Uren pro rata", "Effectieve arbeidstijd (premie)"],
    "vervangers": ["Prestaties", "VTE", "VTE vervanging"],
}
COLUMNS = {
    "prestaties": [
        *("INSZ", "Naam", "Voornaam", "Contracttype", "Kwalificatie", "Start", "Einde", "Uren", "Uren vervanging EL"),
        *("Reden", "Betaalde dagen", "Niet-betaalde dagen", "Betaalde uren", "Mogelijke werkdagen", "Opmerking"),
    ],
    "vte": [
        *("INSZ", "Naam", "Kwalificatie", "Contracttype", "Uren", "Normdagen", "Normuren", "Prestaties", "VTE"),
        *("Waarvan VTE vervanging", "Afgetopt"),
    ],
    "keuzes": [
        *("INSZ", "Naam", "Leeftijdscategorie", "Datum keuze", "Begin recht", "Einde recht", "Uren premie"),
        *("Uren vrijstelling", "Contracturen met recht", *4 * _PER_QUARTER["keuzes"]),
    ],
    "vervangers": [
        *("INSZ", "Naam", "Kwalificatie", "Contracttype", "Contract van", "Contract tot", "Uren", "Uren vervanging EL"),
        *(*4 * _PER_QUARTER["vervangers"], "Gemiddelde"),
    ],
}
QUARTERS = quarters_of("2023-2024")


@pytest.mark.parametrize("code", DEFINITIONS)
def test_10_2_the_columns_are_those_of_the_manual(code: str) -> None:
    found = DEFINITIONS[code].columns(QUARTERS)
    assert [column.label for column in found] == COLUMNS[code]
    assert len({(column.key, column.quarter) for column in found}) == len(found)


def test_e145_two_reports_per_quarter_and_two_per_reference_period() -> None:
    assert [one.title for one in catalogue.offered("2024K1")] == ["Prestaties", "Overzicht voltijds equivalenten (VTE)"]
    assert [one.title for one in catalogue.offered("2023-2024")] == ["Eindeloopbaankeuzes", "Eindeloopbaanvervangers"]
    assert {one.period_kind for one in catalogue.offered("2024K1")} == {PeriodKind.QUARTER}


@pytest.mark.parametrize(
    ("code", "period"),
    [
        ("prestaties", "2023-2024"),
        ("keuzes", "2024K1"),
        ("onbekend", "2024K1"),
        ("prestaties", "2024K5"),
        ("keuzes", "2023-2025"),
        ("keuzes", "0000-0001"),
        ("keuzes", "K"),
        ("vte", "../2024K1"),
        ("vte", ""),
    ],
)
def test_another_kind_of_period_is_not_found(code: str, period: str) -> None:
    with pytest.raises(NotFound):
        catalogue.definition_of(code, period)


def test_a_quarter_stands_above_its_columns() -> None:
    found = DEFINITIONS["vervangers"].columns(QUARTERS)
    assert [column.quarter for column in found] == [
        *[None] * 8,
        *(quarter for quarter in QUARTERS for _ in range(3)),
        None,
    ]
    assert found[9].heading == "2023K3 vte"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, Kind.TEXT, ""),
        (Decimal("0.3160"), Kind.FTE, "0,316"),
        (Decimal(38), Kind.HOURS, "38,00"),
        (Decimal("62.5"), Kind.DAYS, "62,5"),
        (65, Kind.COUNT, "65"),
        (date(2024, 2, 1), Kind.DATE, "01/02/2024"),
        (True, Kind.FLAG, "ja"),
        (False, Kind.FLAG, "nee"),
        ("66051700137", Kind.NATIONAL_NUMBER, "66.05.17-001.37"),
        ("••.••.••-•••.37", Kind.NATIONAL_NUMBER, "••.••.••-•••.37"),
    ],
)
def test_values_as_dutch_text(value: object, kind: Kind, shown: str) -> None:
    assert text_of(value, kind) == shown


def test_performances_in_one_cell() -> None:
    assert performed(True, PerformanceEntry(Decimal("60.0"), Decimal("5.0"))) == "60 / 5 d"
    assert performed(True, PerformanceEntry(Decimal("62.5"))) == "62,5 / – d"
    assert performed(True, PerformanceEntry()) == ""
    assert performed(False, PerformanceEntry(paid_hours=Decimal("246.25"))) == "246,25 u"
    assert performed(False, PerformanceEntry()) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\t=cmd", "=cmd"),
        ("\u202egnp.exe", "gnp.exe"),
        ("An\u2066na\u2069\r\nMaes", "Anna Maes"),
        ("a\x00b\x07c", "a b c"),
        ("محمد", "محمد"),
        ("X" * 200, "X" * 200),
    ],
)
def test_a_name_has_no_sign_that_steers(name: str, shown: str) -> None:
    assert plain(name) == shown


def test_e080_coverage_is_a_percentage_for_information() -> None:
    assert coverage(Decimal("0.438"), Decimal("0.246")) == Decimal("178.0")
    assert coverage(Decimal("0.275"), Decimal("0.342")) == Decimal("80.4")
    assert coverage(Decimal("0.5"), Decimal("0.000")) is None
    assert coverage(Decimal(0), Decimal("0.246")) == Decimal("0.0")


def test_the_columns_of_a_period_follow_its_quarters() -> None:
    found = DEFINITIONS["keuzes"].columns(quarters_of("2025-2026"))
    assert found[9].quarter == Quarter(2025, 3)
