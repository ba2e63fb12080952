"""Reading the grid as it is posted: whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.datastructures import MultiDict

from domain.errors import InvalidValue
from forms.declaration import read_grid, row_token
from services.ecalcura.performances import TypedRow


def post(*rows: tuple[str, str, str, str], **extra: str) -> MultiDict[str, str]:
    """A form of rows: token and the three texts."""
    form: MultiDict[str, str] = MultiDict({"aantal": str(len(rows)), "versie": "3"} | extra)
    for row in rows:
        for name, value in zip(("regel", "betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren"), row, strict=True):
            form.add(name, value)
    return form


def test_rows_are_read_with_what_was_shown() -> None:
    read = read_grid(post(("abc:2:60:4,5:", "61", " 4,5 ", ""), (row_token("def", 0, "", "", "230"), "", "", "230")))
    assert read.version == 3
    assert read.rows == (
        TypedRow("abc", 2, "61", "4,5", "", touched=True),
        TypedRow("def", 0, "", "", "230", touched=False),
    )


def test_a_grid_without_rows_is_whole() -> None:
    assert read_grid(post()).rows == ()


@pytest.mark.parametrize(
    "damage",
    [
        lambda form: form.clear(),
        lambda form: form.pop("versie"),
        lambda form: form.setlist("versie", ["x"]),
        lambda form: form.setlist("aantal", ["1"]),
        lambda form: form.setlist("aantal", ["99999"]),
        lambda form: form.setlist("aantal", ["²"]),
        lambda form: form.setlist("regel", ["abc:0:::"]),
        lambda form: form.setlist("regel", ["abc:0:::", "abc:0:::"]),
        lambda form: form.setlist("regel", ["abc:0:::", "def"]),
        lambda form: form.setlist("regel", ["abc:0:::", "def:-1:::"]),
        lambda form: form.setlist("regel", ["abc:0:::", "<b>:0:::"]),
        lambda form: form.setlist("betaalde_uren", [""]),
        lambda form: form.add("betaalde_dagen", ""),
    ],
)
def test_anything_missing_or_too_much_refuses_the_whole_post(damage: Callable[[MultiDict[str, str]], object]) -> None:
    form = post(("abc:0:::", "1", "1", ""), ("def:0:::", "", "", "1"))
    read_grid(form)
    damage(form)
    with pytest.raises(InvalidValue):
        read_grid(form)


def test_long_texts_are_cut_before_they_are_shown_again() -> None:
    assert len(read_grid(post(("abc:0:::", "9" * 5000, "", ""))).rows[0].paid_days) == 40


def test_on_a_conflict_mine_goes_over_the_version_that_was_shown() -> None:
    form = post(("abc:0:?:?:?", "1", "1", ""), ("def:0:?:?:?", "", "", "1"), mijn="abc", botsing="abc:4")
    first, second = read_grid(form).rows
    assert (first.version, first.touched) == (4, True)
    assert (second.version, second.touched) == (0, True)


def test_on_a_conflict_theirs_drops_what_was_typed() -> None:
    first, second = read_grid(post(("abc:0:?:?:?", "1", "1", ""), ("def:0:?:?:?", "", "", "1"), hun="abc")).rows
    assert (first.touched, second.touched) == (False, True)


@pytest.mark.parametrize("shown", ["", "abc", "abc:x", "def:4", "abc:4:5"])
def test_mine_without_the_version_that_was_shown_decides_nothing(shown: str) -> None:
    (row,) = read_grid(post(("abc:0:?:?:?", "1", "1", ""), mijn="abc", botsing=shown)).rows
    assert row.version == 0


def test_the_line_of_a_copy_button_is_named() -> None:
    assert read_grid(post(("abc:0:::", "", "", ""), overnemen="abc")).copy == "abc"
