"""Names of files made safe and told apart, and the persons a name tells of (5.4, A-21)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.econtracting import person_traces
from domain.econtracting.attachments import MAX_NAME, distinguished, safe_name, split_name
from domain.econtracting.person_traces import PersonName, Told, Trace

PEOPLE = (PersonName("Mila", "Willems"), PersonName("Jan", "Van den Broeck"), PersonName("Karim", "El Amrani"))


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("Vordering.pdf", "Vordering.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jan\\plan.dwg", "plan.dwg"),
        ("a\0b\x1b[31m.pdf", "ab[31m.pdf"),
        ("factuur\u202efdp.exe", "factuurfdp.exe"),
        ("een  naam\tmet\nwit.txt", "een naam met wit.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("e\u0301e\u0301n.txt", "één.txt"),
        ("", "bestand"),
        (".pdf", "bestand.pdf"),
        ("...", "bestand"),
        ("CON.txt", "_CON.txt"),
        ("a.PDF", "a.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(typed: str, safe: str) -> None:
    assert safe_name(typed) == safe


@given(st.text(max_size=400))
def test_any_name_is_safe_after_it_was_made_so(typed: str) -> None:
    name = safe_name(typed)
    assert 0 < len(name) <= MAX_NAME
    assert not set(name) & set('<>:"/\\|?*\0\n\r\t')
    assert name == unicodedata.normalize("NFC", name) == name.strip()
    assert safe_name(name) == name


@given(st.lists(st.sampled_from(["Nota.pdf", "nota.pdf", "x" * 150, "x" * 146 + ".pdf", "a"]), max_size=12))
def test_names_are_told_apart_whatever_the_capitals(typed: list[str]) -> None:
    taken: list[str] = []
    for name in typed:
        taken.append(distinguished(safe_name(name), taken))
    assert len({name.casefold() for name in taken}) == len(taken)
    assert all(len(name) <= MAX_NAME for name in taken)
    assert [split_name(name)[1] for name in taken] == [split_name(safe_name(name))[1] for name in typed]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Vordering Mila Willems.pdf", "Mila Willems"),
        ("vordering_willems_mila.pdf", "Mila Willems"),
        ("VorderingMilaWillems.pdf", "Mila Willems"),
        ("plan_vandenbroeck.pdf", ""),
        ("plan van den broeck.pdf", "Jan Van den Broeck"),
        ("nota MILA.pdf", "Mila Willems"),
        ("staat jan 2026.pdf", ""),
        ("vorderingsstaat 3.pdf", ""),
    ],
)
def test_a21_people_of_the_own_organisation_are_noticed(name: str, found: str) -> None:
    told = person_traces.in_file_name(name, PEOPLE)
    assert [one.value for one in told if one.trace is Trace.FILE_NAME] == ([found] if found else [])


@pytest.mark.parametrize(
    ("name", "looks_like_a_person"),
    [
        ("Jan_Janssens_vordering.pdf", True),
        ("vordering-Peeters-Sofie.pdf", True),
        ("plan Roos.pdf", False),
        ("staat jan feb.pdf", False),
        ("werf.pdf", False),
        ("vorderingsstaat maart 2026.xlsx", False),
    ],
)
def test_a21_what_looks_like_a_person_is_noticed(name: str, looks_like_a_person: bool) -> None:
    told = person_traces.in_file_name(name, ())
    assert [one.trace for one in told] == ([Trace.NAME_PATTERN] if looks_like_a_person else [])


def test_a_name_that_is_also_the_organisations_tells_nothing() -> None:
    people = (PersonName("Piet", "Janssens"),)
    assert not person_traces.in_file_name("Janssens Bouw offerte.pdf", people, "Janssens Bouw BV")
    assert person_traces.in_file_name("Piet Janssens Bouw.pdf", people, "Janssens Bouw BV")


def test_what_was_found_is_kept_and_read_again() -> None:
    found = (Told(Trace.AUTHOR, "Mila\nWillems " * 20), Told(Trace.PROPERTY, "x", "a.pdf"), Told(Trace.SIGNED))
    kept = person_traces.from_json(person_traces.as_json(person_traces.clipped(found)))
    assert [one.trace for one in kept] == [Trace.AUTHOR, Trace.PROPERTY, Trace.SIGNED]
    assert len(kept[0].value) <= 80
    assert "\n" not in kept[0].value


def test_a_name_in_the_properties_is_not_told_beside_the_author() -> None:
    found = person_traces.clipped(
        [Told(Trace.AUTHOR, "Mila"), Told(Trace.PROPERTY, "Mila"), Told(Trace.AUTHOR, "Mila")]
    )
    assert found == (Told(Trace.AUTHOR, "Mila"),)
