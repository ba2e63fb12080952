"""Canned texts: which placeholders there are, how they are filled, and what is refused (A-38)."""

from __future__ import annotations

import pytest

from domain import canned_texts as rules
from domain.canned_texts import CannedContent

GOOD = CannedContent(
    "Attest ontbreekt", "Attest van {voorziening}", "Beste\n\nVoor {kwartaal} ontbreekt een attest.\n{bureau}"
)


def codes(content: CannedContent) -> list[tuple[str | None, str]]:
    return [(finding.field, str(finding)) for finding in rules.check(content)]


def test_a_text_with_known_placeholders_is_in_order() -> None:
    assert rules.check(GOOD) == []


@pytest.mark.parametrize("placeholder", rules.PLACEHOLDERS, ids=lambda one: one.name)
def test_each_placeholder_is_filled(placeholder: rules.Placeholder) -> None:
    assert rules.fill(f"<{placeholder.written}>", {placeholder.name: "iets"}).text == "<iets>"
    assert placeholder.meaning
    assert placeholder.example


def test_an_unknown_placeholder_names_those_that_exist() -> None:
    (found,) = rules.check(CannedContent("Titel", "", "Beste {klant}, {klant}"))
    assert found.field == "body"
    for placeholder in rules.PLACEHOLDERS:
        assert placeholder.written in str(found)


def test_the_name_of_the_official_is_no_placeholder() -> None:
    (found,) = rules.check(CannedContent("Titel", "", "Groeten, {dossierbeheerder}"))
    assert "{bureau}" in str(found)


@pytest.mark.parametrize("body", ["{", "}", "a } b", "{voorziening} {"])
def test_a_loose_brace_is_told(body: str) -> None:
    assert [field for field, _ in codes(CannedContent("Titel", "", body))] == ["body"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (CannedContent(" ", "", "x"), "title"),
        (CannedContent("x" * 121, "", "x"), "title"),
        (CannedContent("a\nb", "", "x"), "title"),
        (CannedContent("x", "y" * 201, "x"), "subject"),
        (CannedContent("x", "a\r\nBcc: b", "x"), "subject"),
        (CannedContent("x", "", "  "), "body"),
        (CannedContent("x", "", "x" * 20_001), "body"),
    ],
)
def test_lengths_and_lines(content: CannedContent, field: str) -> None:
    assert [found.field for found in rules.check(content)] == [field]


def test_what_is_not_known_stays_and_is_told() -> None:
    filled = rules.fill(
        "{voorziening}: {kwartaal}, {kwartaal}, {laatste_dag}", {"voorziening": "De Linde", "kwartaal": None}
    )
    assert filled.text == "De Linde: {kwartaal}, {kwartaal}, {laatste_dag}"
    assert filled.missing == ("{kwartaal}", "{laatste_dag}")


def test_what_fills_is_never_read_again() -> None:
    assert rules.fill("{voorziening}", {"voorziening": "{bureau}", "bureau": "X"}).text == "{bureau}"


def test_a_message_with_a_placeholder_left_is_not_sent_other_braces_are() -> None:
    assert rules.check_filled("Zie {bijlage} en { dit }") == []
    (found,) = rules.check_filled("Voor {kwartaal} tot {laatste_dag} en {kwartaal}")
    assert found.params["names"] == "{kwartaal}, {laatste_dag}"


def test_the_preview_fills_everything() -> None:
    everything = " ".join(one.written for one in rules.PLACEHOLDERS)
    assert rules.fill(everything, rules.examples()).missing == ()
