"""Evidence: any changed, removed, inserted or moved record is found at its place (part 9; invariant 9; C-046)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.econtracting.evidence import (
    GENESIS,
    EvidenceType,
    FileFacts,
    Manifest,
    check_chain,
    commitment,
    digest_of,
    merkle_paths,
    merkle_root,
    new_code,
    read_code,
    record,
    root_over,
    shown_code,
)

AT = datetime(2026, 11, 2, 15, 41, 7, 123456, tzinfo=UTC)


def manifest(sequence: int) -> Manifest:
    """One submission with a file."""
    return Manifest(
        EvidenceType.SUBMITTED,
        sequence,
        "AWV-2026-001",
        "0999000129",
        "OVO009902",
        AT,
        document="V-3",
        kind="SCHULDVORDERING",
        version=1,
        title="Schuldvordering 3 – «élan»",
        files=(FileFacts("staat.pdf", 12, "application/pdf", "ab" * 32),),
        commitment=commitment("00" * 32, "karim"),
    )


def chain(length: int) -> list[tuple[str, str]]:
    """A chain as it is made."""
    made, previous = [], GENESIS
    for sequence in range(1, length + 1):
        text = record(manifest(sequence), previous)
        previous = digest_of(text)
        made.append((text, previous))
    return made


def test_a_chain_holds() -> None:
    made = chain(5)
    assert check_chain(made) is None
    assert check_chain(made, head=(5, made[-1][1])) is None
    assert check_chain([], head=(0, GENESIS)) is None


@given(st.integers(1, 6), st.data())
def test_a_changed_byte_is_found_at_its_place(length: int, data: st.DataObject) -> None:
    made = chain(length)
    place = data.draw(st.integers(0, length - 1))
    text, digest = made[place]
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda sign: sign != text[at]))
    made[place] = (text[:at] + other + text[at + 1 :], digest)
    found = check_chain(made)
    assert found is not None
    assert found.position == place + 1


@given(st.integers(2, 6), st.data())
def test_a_removed_record_is_found(length: int, data: st.DataObject) -> None:
    made = chain(length)
    place = data.draw(st.integers(0, length - 1))
    left = made[:place] + made[place + 1 :]
    found = check_chain(left, head=(length, made[-1][1]))
    assert found is not None
    assert found.position == (place + 1 if place < length - 1 else length - 1)


@given(st.integers(2, 6), st.data())
def test_moved_and_inserted_records_are_found(length: int, data: st.DataObject) -> None:
    made = chain(length)
    one, other = data.draw(st.lists(st.integers(0, length - 1), min_size=2, max_size=2, unique=True).map(sorted))
    moved = list(made)
    moved[one], moved[other] = moved[other], moved[one]
    assert check_chain(moved).position == one + 1  # type: ignore[union-attr]
    inserted = [*made[:one], made[other], *made[one:]]
    assert check_chain(inserted).position in (one + 1, one + 2)  # type: ignore[union-attr]


def test_a_chain_that_was_rewritten_whole_does_not_fit_its_head() -> None:
    made, head = chain(3), (3, "ff" * 32)
    assert check_chain(made, head=head) is not None


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"previous": 1}'])
def test_what_is_no_record(text: str) -> None:
    assert check_chain([(text, digest_of(text))]).position == 1  # type: ignore[union-attr]


def test_c046_a_record_never_names_the_person() -> None:
    text = record(manifest(1), GENESIS)
    assert "karim" not in text
    assert json.loads(text)["commitment"] == commitment("00" * 32, "karim")
    assert commitment("01" * 32, "karim") != commitment("00" * 32, "karim") != commitment("00" * 32, "mila")


def test_an_instant_without_offset_is_a_bug() -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="offset"):
        record(replace(manifest(1), at=AT.replace(tzinfo=None)), GENESIS)


def test_a_merkle_root_is_about_every_leaf_and_its_place() -> None:
    leaves = [digest_of(str(number)) for number in range(5)]
    root = merkle_root(leaves)
    assert merkle_root([]) == GENESIS
    assert len({root, merkle_root(leaves[:4]), merkle_root(leaves[::-1]), merkle_root([*leaves, leaves[-1]])}) == 4
    assert merkle_root(leaves[:1]) != leaves[0], "a leaf is no root"


@given(st.integers(1, 40), st.data())
def test_each_leaf_has_a_way_up_to_the_root(count: int, data: st.DataObject) -> None:
    leaves = [digest_of(str(number)) for number in range(count)]
    paths, root = merkle_paths(leaves), merkle_root(leaves)
    assert [root_over(leaf, path) for leaf, path in zip(leaves, paths, strict=True)] == [root] * count
    place = data.draw(st.integers(0, count - 1))
    assert root_over(digest_of("another"), paths[place]) != root
    for step in range(len(paths[place])):
        side, other = paths[place][step]
        turned = [*paths[place][:step], ("R" if side == "L" else "L", other), *paths[place][step + 1 :]]
        assert root_over(leaves[place], turned) != root


def test_what_is_no_way_up() -> None:
    with pytest.raises(ValueError, match="X"):
        root_over("ab" * 32, [("X", "cd" * 32)])


@given(st.integers(0, 2**50 - 1))
def test_a_short_code_is_read_back_however_it_was_typed(number: int) -> None:
    code = new_code(number)
    assert len(code) == 10
    assert read_code(shown_code(code)) == read_code(f" {shown_code(code).lower()} ") == code
    assert read_code(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("typed", ["", "ABCDE", "ABCDE-FGHJU", "ABCDE-FGHJK-M", "é" * 10])
def test_what_is_no_short_code(typed: str) -> None:
    assert read_code(typed) is None
