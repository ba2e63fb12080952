"""Why somebody has a right, or none, group by group (C-045)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from domain.econtracting.rights import (
    ContractLink,
    Enterprise,
    ExtraMember,
    FixedMember,
    GroupFacts,
    Level,
    Missing,
    Span,
    Verb,
    levels,
)
from domain.econtracting.rights_explained import CLUE_TEXTS, MISSING_ABOUT, VERB_LABELS, Clue, clues
from tests.unit.domain.econtracting.test_rights import ALWAYS, CONTRACTS, ENTERPRISES, KARIM, NOW, OVER, PAY, WORKS

LATER = Span(NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Clue.GIVES),
        ({"members": (), "extras": (ExtraMember("l", "karim", ALWAYS),)}, Clue.GIVES_HERE_ONLY),
        ({"groups": (GroupFacts("g", PAY, Level.SEND, active=False),)}, Clue.OUT_OF_USE),
        ({"members": (FixedMember("g", "karim", OVER),)}, Clue.MEMBERSHIP_ENDED),
        ({"members": (), "extras": (ExtraMember("l", "karim", OVER),)}, Clue.MEMBERSHIP_ENDED),
        ({"members": (FixedMember("g", "karim", LATER),)}, Clue.NOT_YET),
        ({"links": (ContractLink("l", "g", "X", OVER),)}, Clue.UNLINKED),
        ({"links": ()}, Clue.NOT_LINKED),
        ({"members": ()}, Clue.NOT_A_MEMBER),
        ({"members": (), "links": ()}, None),
    ],
)
def test_each_way_in_which_a_group_bears_on_somebody(change: dict[str, Any], expected: Clue | None) -> None:
    enterprise = Enterprise(
        groups=(GroupFacts("g", PAY, Level.SEND),),
        members=(FixedMember("g", "karim", ALWAYS),),
        links=(ContractLink("l", "g", "X", ALWAYS),),
    )
    found = clues(KARIM, "X", PAY, replace(enterprise, **change), NOW)
    assert [one.clue for one in found] == ([] if expected is None else [expected])
    assert clues(KARIM, "X", WORKS, enterprise, NOW) == []


def test_what_gives_the_highest_right_comes_first() -> None:
    """A-15."""
    enterprise = Enterprise(
        groups=tuple(
            GroupFacts(key, PAY, level) for key, level in zip("abc", (Level.DRAFT, Level.SEND, Level.SEND), strict=True)
        ),
        members=tuple(FixedMember(key, "karim", ALWAYS) for key in "ab"),
        links=tuple(ContractLink(key, key, "X", ALWAYS) for key in "abc"),
    )
    found = clues(KARIM, "X", PAY, enterprise, NOW)
    assert [(one.group, one.clue) for one in found] == [
        ("b", Clue.GIVES),
        ("a", Clue.GIVES),
        ("c", Clue.NOT_A_MEMBER),
    ]


@given(ENTERPRISES, CONTRACTS)
def test_the_clues_give_exactly_the_rights_there_are(enterprise: Enterprise, contract: str) -> None:
    """Invariant 7: what is told and what holds is the same, for any enterprise."""
    held = levels(KARIM, contract, enterprise, NOW)
    for theme in (PAY, WORKS):
        giving = [one for one in clues(KARIM, contract, theme, enterprise, NOW) if one.gives]
        assert max((one.level for one in giving), default=None) == held.get(theme)


def test_every_clue_and_refusal_has_words() -> None:
    assert set(CLUE_TEXTS) == set(Clue)
    assert set(MISSING_ABOUT) == set(Missing)
    assert set(VERB_LABELS) == set(Verb)
