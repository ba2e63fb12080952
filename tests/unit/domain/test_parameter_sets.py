"""The text of a parameter set: strict, canonical, complete (part 8)."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import quarters_of
from domain.ecalcura.campaign import FallbackBasis, PeriodCalendar
from domain.ecalcura.compensation_parameters import CompensationParameters, FullTimeMethod, LimitLevel, MonthMethod
from domain.ecalcura.parameter_list import GROUP_LABELS, PARAMETERS, content_of, values
from domain.ecalcura.parameter_sets import (
    EXPLANATIONS,
    Advance,
    AdvanceBase,
    Indexation,
    ParameterContent,
    Texts,
    differences,
    indexed,
    months_of_period,
    next_year,
    read,
    write,
)
from domain.ecalcura.performances import PerformanceParameters
from domain.ecalcura.personnel import CategoryRule, RightsParameters
from domain.errors import InvalidValue

DEFAULT = ParameterContent.default("2023-2024")
DEFAULTS = json.loads(write(DEFAULT))


def test_the_defaults_are_those_of_part_8() -> None:
    """A-20, A-21: 40 % on the last working days of January and July of the year the period ends in."""
    first, second = DEFAULT.advances
    assert (first.pay_on, second.pay_on) == (date(2024, 1, 31), date(2024, 7, 31))
    assert first.percentage == second.percentage == 40
    assert first.active
    assert DEFAULT.calendar == PeriodCalendar.default("2023-2024")
    assert DEFAULT.compensation == CompensationParameters()
    assert DEFAULT.performances == PerformanceParameters()
    assert DEFAULT.rights == RightsParameters()


def test_advance_1_falls_on_the_day_of_the_final_statement_of_the_year_before() -> None:
    """A-21, example 4: the final statement of 2023-2024 and advance 1 of 2024-2025 are both of January 2025."""
    assert ParameterContent.default("2024-2025").advances[0].pay_on == DEFAULT.calendar.payment_on


def test_every_attribute_of_every_part_is_a_parameter() -> None:
    """A value that is in no list would be lost when a set is written."""
    fixed = {"calendar.reference_period", "calendar.starts_on", "calendar.ends_on"}
    parts = {
        "calendar": PeriodCalendar,
        "compensation": CompensationParameters,
        "performances": PerformanceParameters,
        "rights": RightsParameters,
        "advances.0": Advance,
        "advances.1": Advance,
        "index": Indexation,
        "texts": Texts,
    }
    expected = {f"{part}.{one.name}" for part, kind in parts.items() for one in fields(kind)} - fixed
    assert {path for one in PARAMETERS for path in one.paths} == expected


def test_every_parameter_is_explained_in_a_sentence() -> None:
    assert len({one.name for one in PARAMETERS}) == len(PARAMETERS)
    assert {one.group for one in PARAMETERS} == set(GROUP_LABELS)
    for one in PARAMETERS:
        assert one.label
        assert one.rule
        assert EXPLANATIONS[one.name].endswith(".")
        assert len(EXPLANATIONS[one.name].split()) > 3


_cents = st.decimals(min_value=0, max_value=999999, places=2)
_days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
_codes = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
_amounts = st.dictionaries(_codes, _cents, max_size=4).map(MappingProxyType)
_week = st.decimals(min_value=1, max_value=38, places=2)


@st.composite
def contents(draw: st.DrawFn) -> ParameterContent:
    """Any content, possible or not."""
    first = draw(st.integers(2000, 2080))
    quarters = quarters_of(f"{first}-{first + 1}")
    week, day = draw(_week), draw(_week)
    dates = {
        name: draw(_days)
        for name in (
            *("statutory_deadline", "letter_on", "postponed_until", "blocking_on"),
            *("definitive_from", "definitive_until", "payment_on"),
        )
    }
    return ParameterContent(
        calendar=PeriodCalendar(
            reference_period=f"{first}-{first + 1}",
            starts_on=quarters[0].start,
            ends_on=quarters[3].end,
            window_days=draw(st.integers(-5, 500)),
            fallback_basis=draw(st.sampled_from(FallbackBasis)),
            **dates,
        ),
        compensation=CompensationParameters(
            y1=draw(_amounts),
            y2=draw(_amounts),
            nurse_qualifications=draw(st.frozensets(_codes, max_size=3)),
            full_time_hours=week,
            hours_per_day=day,
            full_time_method=draw(st.sampled_from(FullTimeMethod)),
            month_method=draw(st.sampled_from(MonthMethod)),
            limit_level=draw(st.sampled_from(LimitLevel)),
            excluded_replacers=draw(st.dictionaries(_codes, _days, max_size=3).map(MappingProxyType)),
        ),
        performances=PerformanceParameters(week, day, draw(_cents)),
        rights=RightsParameters(
            full_time_hours=week,
            categories=MappingProxyType({"45+": CategoryRule(draw(st.integers()), draw(st.integers()))}),
            selectable_hours=draw(st.frozensets(st.integers(0, 40), max_size=6)),
        ),
        advances=(
            Advance(draw(_days), draw(st.booleans()), draw(_cents), draw(st.sampled_from(AdvanceBase)), draw(_cents)),
            Advance(draw(_days)),
        ),
        index=Indexation(draw(_amounts), draw(_amounts), draw(_amounts), draw(st.booleans())),
        texts=Texts(draw(st.text(max_size=40)), draw(st.text(max_size=40)), draw(st.text(max_size=200))),
    )


@given(contents())
def test_what_is_written_is_read_back_and_has_one_text(content: ParameterContent) -> None:
    text = write(content)
    again = read(text)
    assert again == content
    assert write(again) == text
    assert differences(content, again) == []
    assert content_of(content.reference_period, values(content)) == content


@given(contents(), contents())
def test_differences_are_empty_only_for_the_same_parameters(one: ParameterContent, other: ParameterContent) -> None:
    found = differences(one, other)
    assert (not found) is (values(one) == values(other))
    assert [(item.name, item.after, item.before) for item in found] == [
        (item.name, item.before, item.after) for item in differences(other, one)
    ]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("window_days", "30"),
        ("window_days", True),
        ("floor_hours", 13),
        ("floor_hours", 13.5),
        ("floor_hours", "13,5"),
        ("floor_hours", "13.50"),
        ("floor_hours", "1e1"),
        ("floor_hours", "NaN"),
        ("payment_on", "31/01/2025"),
        ("payment_on", "20250131"),
        ("payment_on", None),
        ("advance_1_active", "ja"),
        ("advance_1_active", 1),
        ("limit_level", "PERIODE"),
        ("selectable_hours", [0, 2, 2]),
        ("selectable_hours", [2, 0]),
        ("floor_sectors", "PVT"),
        ("y1", [["A", "1"]]),
        ("y1", {"A": 1}),
        ("y1", {"A": "-"}),
        ("categories", {"45+": 2}),
        ("categories", {"45+": {"age": 45, "hours": 2, "days": 1}}),
        ("rehire_from", "2019Q1"),
        ("required_certificates", ["ATTEST"]),
        ("administration", None),
    ],
)
def test_a_value_of_another_shape_is_refused_by_name(name: str, wrong: object) -> None:
    """L-04: nothing is guessed, for it would become somebody's amount."""
    text = json.dumps({**DEFAULTS, "values": {**DEFAULTS["values"], name: wrong}})
    with pytest.raises(InvalidValue) as refused:
        read(text)
    assert refused.value.field == name


def test_missing_and_unknown_parameters_are_refused_by_name() -> None:
    without = {key: value for key, value in DEFAULTS["values"].items() if key != "cap"}
    for held, name in ((without, "cap"), ({**DEFAULTS["values"], "tax": "1"}, "tax")):
        with pytest.raises(InvalidValue) as refused:
            read(json.dumps({**DEFAULTS, "values": held}))
        assert refused.value.field == name


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"format": 2}', "1.5", "{", write(DEFAULT) + "x"])
def test_what_is_no_parameter_set_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        read(text)


def test_a_period_that_does_not_exist_is_refused() -> None:
    for period in ("2023-2025", "", 2023):
        with pytest.raises(InvalidValue):
            read(json.dumps({**DEFAULTS, "period": period}))


def test_a_difference_names_the_entry_of_a_table() -> None:
    y2 = MappingProxyType({"ZORGKUNDIGE": Decimal(57600), "PSYCHOLOOG": Decimal(86300)})
    with_amounts = replace(DEFAULT, compensation=replace(DEFAULT.compensation, y2=y2, floor_hours=Decimal(14)))
    found = {one.name: (one.before, one.after) for one in differences(DEFAULT, with_amounts)}
    assert found == {
        "y2.PSYCHOLOOG": (None, Decimal(86300)),
        "y2.ZORGKUNDIGE": (None, Decimal(57600)),
        "floor_hours": (Decimal(13), Decimal(14)),
    }


def test_next_year_moves_every_date_and_keeps_the_amounts() -> None:
    """A-02, A-07: what was the last working day of a month stays that; 31-01-2025 becomes 30-01-2026."""
    y1 = MappingProxyType({"ZORGKUNDIGE": Decimal("57600.00")})
    content = replace(DEFAULT, compensation=replace(DEFAULT.compensation, y1=y1))
    following = next_year(content)
    assert following.calendar == PeriodCalendar.default("2024-2025")
    assert following.calendar.payment_on == date(2026, 1, 30)
    assert following.advances == ParameterContent.default("2024-2025").advances
    assert following.compensation == content.compensation


def test_next_year_keeps_edited_dates_and_a_29_february() -> None:
    edited = replace(
        DEFAULT,
        calendar=replace(DEFAULT.calendar, blocking_on=date(2024, 11, 4), payment_on=date(2025, 2, 14)),
        advances=(replace(DEFAULT.advances[0], pay_on=date(2024, 2, 15)), DEFAULT.advances[1]),
    )
    following = next_year(edited)
    assert following.calendar.blocking_on == date(2025, 11, 4)
    assert following.calendar.payment_on == date(2026, 2, 14)
    assert following.advances[0].pay_on == date(2025, 2, 15)
    leap = replace(edited, calendar=replace(edited.calendar, definitive_until=date(2024, 2, 29)))
    assert next_year(leap).calendar.definitive_until == date(2025, 2, 28)


def test_coefficients_derive_amounts_from_base_amounts() -> None:
    """A-34: base times the mean of twelve coefficients, rounded once to the cent, half up."""
    months = months_of_period("2023-2024")
    assert (months[0], months[11], len(months)) == ("2023-07", "2024-06", 12)
    table = MappingProxyType(
        {month: Decimal("1.02") if number < 6 else Decimal("1.03") for number, month in enumerate(months)}
    )
    index = Indexation(table, MappingProxyType({"A": Decimal("1000.01")}), MappingProxyType({"B": Decimal("0.10")}))
    before = replace(DEFAULT.compensation, y1=MappingProxyType({"A": Decimal(1), "C": Decimal(7)}))
    derived = indexed(replace(DEFAULT, index=index, compensation=before)).compensation
    assert derived.y1 == {"A": Decimal("1025.01"), "C": Decimal(7)}  # 1000.01 x 1.025 = 1025.01025
    assert derived.y2 == {"B": Decimal("0.10")}  # 0.1025
    without = replace(DEFAULT, index=replace(index, months=MappingProxyType({})), compensation=before)
    assert indexed(without) is without


def test_a_week_has_one_length_everywhere() -> None:
    with pytest.raises(ValueError, match="one length"):
        replace(DEFAULT, rights=replace(DEFAULT.rights, full_time_hours=Decimal(36)))
