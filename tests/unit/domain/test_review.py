"""May a quarter be submitted (E-117 to E-119, V-60 to V-66), 'Niets aan te geven', and what a colleague changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import BRUSSELS, Quarter
from domain.ecalcura.campaign import PeriodCalendar, Situation
from domain.ecalcura.declaration import DossierFacts, DossierStatus
from domain.ecalcura.performances import PerformanceEntry, Reason
from domain.ecalcura.review import CONTENT_LABELS, Content, Review, ReviewLine, content_of, review
from domain.ecalcura.reviewed_content import ContentRow, canonical, content, difference, fingerprint
from domain.errors import Finding, Severity

K1 = Quarter(2024, 1)
CALENDAR = PeriodCalendar.default("2023-2024")
FACTS = DossierFacts(K1, DossierStatus.OPEN)
P, D = date(2024, 10, 16), date(2024, 12, 2)

V45 = Finding("V-45", Severity.WARNING, "…", subject="c1")
V47 = Finding("V-47", Severity.BLOCKS, "…", subject="c1")
V48 = Finding("V-48", Severity.WARNING, "…", subject="c1")
V51 = Finding("V-51", Severity.INFORMATION, "…", subject="c1")
V66 = Finding("V-66", Severity.WARNING, "…", subject="2024K1")

FILLED = ReviewLine("c1", Reason.PREMIUM, PerformanceEntry(Decimal(60), Decimal(5)))
MISSING = ReviewLine("c1", Reason.PREMIUM, None, [V45])
NOT_NEEDED = ReviewLine("c1", None, None)


def at(day: date) -> Situation:
    return Situation(CALENDAR, datetime(day.year, day.month, day.day, 12, tzinfo=BRUSSELS), P, D)


def looked_at(*lines: ReviewLine, facts: DossierFacts = FACTS, day: date = date(2024, 9, 1), **changes: Any) -> Review:
    arguments: dict[str, Any] = {"has_default_account": True, "contact_count": 1, **changes}
    return review(facts, lines, at(day), **arguments)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_complete_quarter_can_be_submitted() -> None:
    found = looked_at(FILLED)
    assert found.can_submit
    assert found.findings == ()
    assert found.content is Content.COMPLETE


def test_v60_v61_e118_the_three_conditions() -> None:
    found = looked_at(FILLED, facts=DossierFacts(K1), has_default_account=False, contact_count=0)
    assert codes(found.blocking) == ["E-118", "V-60", "V-61"]
    assert not found.can_submit
    assert [str(finding) for finding in found.blocking[1:]] == [
        "U kunt pas indienen als er een standaard bankrekeningnummer is ingevuld.",
        "U kunt pas indienen als er minstens één contactpersoon aan het thema eCalcura is toegewezen.",
    ]
    assert all(finding.severity is Severity.BLOCKS_SUBMIT for finding in found.blocking)
    assert codes(looked_at(FILLED, has_default_account=False).blocking) == ["V-60"]
    assert codes(looked_at(FILLED, contact_count=0).blocking) == ["V-61"]


@pytest.mark.parametrize(
    ("day", "code", "words"),
    [
        (date(2024, 3, 31), "A-08", "1 april 2024"),
        (date(2024, 10, 16), "V-62", "Tijdens de berekening"),
        (date(2024, 11, 1), "E-127", "16 november 2024"),
        (date(2024, 11, 17), "V-64", "De termijn van 30 dagen is verstreken op 16 november 2024."),
        (date(2024, 12, 2), "V-63", "De definitieve berekening is gemaakt."),
    ],
)
def test_v62_to_v64_the_calendar_is_told_in_the_review(day: date, code: str, words: str) -> None:
    found = looked_at(FILLED, day=day)
    assert codes(found.blocking) == [code]
    assert words in str(found.blocking[0])


def test_v66_a_missing_certificate_only_warns() -> None:
    found = looked_at(FILLED, certificate_finding=V66)
    assert codes(found.warnings) == ["V-66"]
    assert found.can_submit


def test_e119_findings_are_sorted_by_what_they_stop() -> None:
    lines = [replace(FILLED, findings=[V51, V48, V47])]
    found = looked_at(*lines)
    assert (codes(found.blocking), codes(found.warnings), codes(found.information)) == (["V-47"], ["V-48"], ["V-51"])
    assert codes(found.findings) == ["V-47", "V-48", "V-51"]
    assert not found.can_submit


# --- nothing to declare ----------------------------------------------------------------------------------------------


def test_a14_missing_performance_warns_and_is_not_nothing() -> None:
    found = looked_at(MISSING, FILLED)
    assert found.content is Content.MISSING
    assert codes(found.warnings) == ["V-45"]
    assert found.can_submit


def test_no_line_needs_performances() -> None:
    found = looked_at(NOT_NEEDED)
    assert found.content is Content.NOTHING_NEEDED
    assert codes(found.information) == ["E-024"]
    assert found.can_submit
    assert looked_at().content is Content.NOTHING_NEEDED


def test_nothing_to_declare_is_one_explicit_sentence_instead_of_a_warning_per_line() -> None:
    other = replace(MISSING, reference="c2")
    found = looked_at(MISSING, other, nothing_to_declare=True, certificate_finding=V66)
    assert found.content is Content.NOTHING_DECLARED
    assert codes(found.warnings) == ["E-129", "V-66"]
    assert "Voor 2 contractlijnen" in str(found.warnings[0])
    assert found.can_submit
    nothing_expected = looked_at(NOT_NEEDED, nothing_to_declare=True)
    assert nothing_expected.content is Content.NOTHING_DECLARED
    assert nothing_expected.findings == ()


@pytest.mark.parametrize(
    ("entry", "contradicts"),
    [
        (PerformanceEntry(Decimal(60), Decimal(5)), True),
        (PerformanceEntry(paid_hours=Decimal("0.5")), True),
        (PerformanceEntry(Decimal(0), Decimal(1)), True),
        (PerformanceEntry(Decimal(0), Decimal(0)), False),
        (PerformanceEntry(), False),
        (None, False),
    ],
)
def test_nothing_to_declare_and_entries_contradict_each_other(
    entry: PerformanceEntry | None, contradicts: bool
) -> None:
    found = looked_at(replace(FILLED, entry=entry), nothing_to_declare=True)
    assert found.can_submit is not contradicts
    if contradicts:
        assert [(f.code, f.field, f.severity) for f in found.blocking] == [
            ("E-129", "nothing_to_declare", Severity.BLOCKS_SUBMIT)
        ]


def test_content_counts_an_empty_entry_as_missing_whatever_was_found() -> None:
    assert content_of([replace(MISSING, findings=[])], nothing_to_declare=False) is Content.MISSING
    assert content_of([replace(FILLED, findings=[V45])], nothing_to_declare=False) is Content.MISSING
    assert content_of([FILLED, NOT_NEEDED], nothing_to_declare=False) is Content.COMPLETE
    assert set(CONTENT_LABELS) == set(Content)


# --- fingerprint and difference --------------------------------------------------------------------------------------


def shown(*rows: ContentRow, nothing: bool = False) -> dict[str, Any]:
    return content(K1, rows, nothing_to_declare=nothing)


def row(reference: str, label: str, paid: str | None = None, **values: Any) -> ContentRow:
    return ContentRow(reference, label, PerformanceEntry(None if paid is None else Decimal(paid)), values)


def test_fingerprint_depends_on_the_content_and_not_on_its_form() -> None:
    first = shown(row("c1", "An", "65"), row("c2", "Bo"))
    same = shown(row("c2", "Bo"), row("c1", "An", "65.0"))
    assert fingerprint(first) == fingerprint(same)
    assert len(fingerprint(first)) == 64
    different = (
        shown(row("c1", "An", "65.5"), row("c2", "Bo")),
        shown(row("c1", "An", "65"), row("c2", "Bo", "0")),
        shown(row("c1", "An", "65"), row("c3", "Bo")),
        shown(row("c1", "An", "65")),
        shown(row("c1", "An", "65"), row("c2", "Bo"), nothing=True),
    )
    assert len({fingerprint(one) for one in (first, *different)}) == 6


def test_canonical_form_is_fixed() -> None:
    given_content = {"b": [Decimal("1.50"), Decimal("-0"), None, True, 3], "a": {"d": date(2024, 1, 31), "é": K1}}
    assert canonical(given_content) == '{"a":{"d":"2024-01-31","é":"2024K1"},"b":["1.5","0",null,true,3]}'
    assert canonical({"status": DossierStatus.OPEN, "large": Decimal("1E+3")}) == '{"large":"1000","status":"OPEN"}'


@pytest.mark.parametrize("value", [1.5, {1, 2}, object(), Decimal("NaN"), {1: "x"}, b"x", datetime.now(BRUSSELS)])
def test_what_has_no_canonical_form_is_a_bug(value: Any) -> None:
    with pytest.raises(TypeError):
        fingerprint({"value": value})


def test_difference_names_line_field_and_both_values() -> None:
    before = shown(row("c1", "An", "60"), row("c2", "Bo", "10"), row("c3", "Cis"))
    after = shown(row("c1", "An", "61.5"), row("c2", "Bo", "10"), row("c4", "Dirk", "3"), nothing=True)
    assert [(d.row, d.field_label, d.before, d.after) for d in difference(before, after)] == [
        ("", "Niets aan te geven", False, True),
        ("An", "Betaalde dagen", "60", "61.5"),
        ("Cis", "label", "Cis", None),
        ("Dirk", "Betaalde dagen", None, "3"),
    ]


CELLS = st.none() | st.decimals(0, 66, places=1)
CONTENTS = st.dictionaries(st.sampled_from(["c1", "c2", "c3"]), CELLS).map(
    lambda cells: shown(*(ContentRow(key, key.upper(), PerformanceEntry(value), {}) for key, value in cells.items()))
)


@given(CONTENTS, CONTENTS)
def test_no_difference_means_the_same_fingerprint_and_the_other_way_round(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert (difference(before, after) == []) == (fingerprint(before) == fingerprint(after))
    mirrored = [(d.row, d.field, d.after, d.before) for d in difference(after, before)]
    assert sorted(map(repr, mirrored)) == sorted(
        repr((d.row, d.field, d.before, d.after)) for d in difference(before, after)
    )


def test_difference_reads_what_was_stored_as_json() -> None:
    before = shown(row("c1", "An", "60.0"))
    assert difference(json.loads(canonical(before)), before) == []
