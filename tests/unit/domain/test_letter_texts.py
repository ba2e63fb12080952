"""The words of letters: placeholders checked where they are typed, filled in once (E-122, E-127, E-142)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.ecalcura.letter_detail import People, initials
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import (
    EMPTY,
    LOOSE,
    MISSING,
    NEEDED_WHERE,
    PARAGRAPHS,
    PLACEHOLDERS,
    TOO_LONG,
    UNKNOWN,
    LetterContent,
    When,
    check_text,
    examples,
    fill,
    filled,
)
from domain.errors import Finding
from services.ecalcura.letter_texts import shipped

PROVISIONAL = shipped(LetterKind.PROVISIONAL)


def changed(name: str, text: str) -> list[Finding]:
    return check_text(LetterKind.PROVISIONAL, replace(PROVISIONAL, paragraphs={**PROVISIONAL.paragraphs, name: text}))


@pytest.mark.parametrize("kind", LetterKind)
def test_the_shipped_texts_are_right_and_use_every_paragraph(kind: LetterKind) -> None:
    content = shipped(kind)
    assert check_text(kind, content) == []
    assert set(content.paragraphs) == {item.name for item in PARAGRAPHS[kind]}
    assert all(content.paragraphs.values())
    subject, paragraphs = filled(kind, content, examples(kind), frozenset(When))
    assert not any("{" in text or "}" in text for text in [subject, *paragraphs])


@pytest.mark.parametrize("kind", LetterKind)
def test_every_mandatory_placeholder_is_missed_wherever_it_is_left_out(kind: LetterKind) -> None:
    content = shipped(kind)
    for item in PLACEHOLDERS[kind]:
        if not item.mandatory:
            continue
        without = LetterContent(
            content.subject.replace(item.written, "x"),
            {name: text.replace(item.written, "x") for name, text in content.paragraphs.items()},
        )
        assert [finding.message for finding in check_text(kind, without)] == [MISSING]


def test_e127_the_last_day_of_the_window_cannot_be_left_out() -> None:
    findings = changed("vervolg", "Dien opnieuw in.")
    assert [str(finding) for finding in findings] == [
        "In deze brief moet {laatste_dag} staan: de laatste dag van het correctievenster."
    ]


def test_a_mandatory_placeholder_in_a_paragraph_that_is_not_always_there_is_not_enough() -> None:
    paragraphs = {**PROVISIONAL.paragraphs, "vervolg": "Dien opnieuw in.", "ambtshalve": "Tot {laatste_dag}."}
    findings = check_text(LetterKind.PROVISIONAL, replace(PROVISIONAL, paragraphs=paragraphs))
    assert [(finding.message, finding.field) for finding in findings] == [(NEEDED_WHERE, "ambtshalve")]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("{bedragg}", UNKNOWN),
        ("{ bedrag }", UNKNOWN),
        ("{}", UNKNOWN),
        ("{rc_na}", UNKNOWN),  # of another kind of letter
        ("{bedrag", LOOSE),
        ("bedrag}", LOOSE),
        ("x" * 4001, TOO_LONG),
    ],
)
def test_what_is_typed_wrong_is_told_at_its_paragraph(typed: str, message: str) -> None:
    findings = changed("contact", typed)
    assert {(finding.message, finding.field) for finding in findings} == {(message, "contact")}


def test_subject_and_opening_cannot_be_empty() -> None:
    findings = check_text(LetterKind.REOPENED, LetterContent(" ", {"vervolg": "{kwartalen} {laatste_dag}"}))
    assert [(finding.message, finding.field) for finding in findings] == [(EMPTY, "subject"), (EMPTY, "inleiding")]


def test_a_value_with_braces_is_never_read_as_a_placeholder() -> None:
    assert fill("Aan {voorziening}: {bedrag}", {"voorziening": "{bedrag}", "bedrag": "€ 1"}) == "Aan {bedrag}: € 1"


def test_a_value_with_an_empty_line_starts_no_paragraph() -> None:
    content = LetterContent("s", {"inleiding": "Reden: {reden}\n\nTot ziens."})
    _, paragraphs = filled(LetterKind.REOPENING_REFUSED, content, {"reden": "a\n\nb"}, set())
    assert paragraphs == ["Reden: a\n\nb", "Tot ziens."]


def test_a_conditional_paragraph_stands_in_the_letters_it_is_about_only() -> None:
    values = examples(LetterKind.PROVISIONAL)
    _, without = filled(LetterKind.PROVISIONAL, PROVISIONAL, values, set())
    _, with_blocked = filled(LetterKind.PROVISIONAL, PROVISIONAL, values, {When.BLOCKED})
    assert len(with_blocked) == len(without) + 1


@pytest.mark.parametrize(
    ("last", "first", "shown"),
    [
        ("Peeters", "Kim", "K.P."),
        ("'t Kindt", "an", "A.T."),
        ("De Smet", "", "D."),
        ("", "", ""),
        ("=1+1", "ök", "Ö."),
        ("\u202eabc", "x", "X.A."),
    ],
)
def test_people_are_initials_with_a_number_of_the_letter(last: str, first: str, shown: str) -> None:
    assert initials(last, first) == shown
    people = People({"a": (last, first)}, full=False)
    assert people.shown("a") == (f"1 ({shown})" if shown else "1")
    assert people.shown("unknown") == "2"
    assert people.shown("a").startswith("1")
