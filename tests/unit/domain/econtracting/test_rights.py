"""Rights of a contractor's people (C-030 to C-044, A-10 to A-18; invariants 1 and 5 to 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.econtracting.rights import (
    ContractLink,
    Enterprise,
    ExtraMember,
    FixedMember,
    GroupFacts,
    Level,
    Missing,
    Person,
    Settings,
    Span,
    Verb,
    levels,
    refusal,
    sees,
    without_group,
)

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
ALWAYS = Span(datetime(2020, 1, 1, tzinfo=UTC))
OVER = Span(datetime(2020, 1, 1, tzinfo=UTC), NOW)
KARIM, MANAGER = Person("karim", uses=True), Person("an", manages=True)
PAY, WORKS = "BETALINGEN", "UITVOERING"


def enterprise(level: Level = Level.SEND, theme: str = PAY) -> Enterprise:
    """One group with one fixed member, linked to contract X."""
    return Enterprise(
        groups=(GroupFacts("g", theme, level),),
        members=(FixedMember("g", "karim", ALWAYS),),
        links=(ContractLink("l", "g", "X", ALWAYS),),
    )


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        (Level.CONSULT, {Verb.READ}),
        (Level.DRAFT, {Verb.READ, Verb.DRAFT}),
        (Level.SEND, {Verb.READ, Verb.DRAFT, Verb.SEND}),
    ],
)
def test_c036_to_c039_the_three_rights(level: Level, allowed: set[Verb]) -> None:
    """Invariant 5: right 2 never sends."""
    found = enterprise(level)
    may = {verb for verb in (Verb.READ, Verb.DRAFT, Verb.SEND) if not refusal(KARIM, verb, "X", PAY, found, NOW)}
    assert may == allowed


def test_c044_without_a_group_the_contract_is_not_there() -> None:
    """Invariant 1."""
    assert not sees(Person("tom", uses=True), "X", enterprise(), NOW)
    assert sees(KARIM, "X", enterprise(), NOW)
    assert not sees(KARIM, "Y", enterprise(), NOW)


def test_c030_a_manager_sees_and_manages_all_but_sends_only_through_a_group() -> None:
    assert sees(MANAGER, "Y", enterprise(), NOW)
    assert refusal(MANAGER, Verb.MANAGE, "X", PAY, enterprise(), NOW) is None
    assert refusal(MANAGER, Verb.READ, "X", PAY, enterprise(), NOW) is None
    assert refusal(MANAGER, Verb.SEND, "X", PAY, enterprise(), NOW) is Missing.NO_GROUP
    closed = Settings(manager_reads=False)
    assert refusal(MANAGER, Verb.READ, "X", PAY, enterprise(), NOW, closed) is Missing.NO_GROUP


def test_a14_somebody_may_hold_both_roles() -> None:
    both = replace(KARIM, manages=True)
    assert {verb for verb in Verb if refusal(both, verb, "X", PAY, enterprise(), NOW) is None} == set(Verb)


def test_c008_both_gates_are_needed() -> None:
    assert refusal(Person("karim"), Verb.READ, "X", PAY, enterprise(), NOW) is Missing.NO_ROLE
    assert refusal(replace(KARIM, blocked=True), Verb.READ, "X", PAY, enterprise(), NOW) is Missing.BLOCKED
    assert not sees(replace(MANAGER, blocked=True), "X", enterprise(), NOW)


def test_a15_the_highest_right_per_theme_and_never_across() -> None:
    """Invariant 7."""
    found = enterprise(Level.CONSULT)
    found = replace(
        found,
        groups=(*found.groups, GroupFacts("h", PAY, Level.DRAFT), GroupFacts("i", WORKS, Level.SEND)),
        members=(*found.members, FixedMember("h", "karim", ALWAYS), FixedMember("i", "karim", ALWAYS)),
        links=(*found.links, ContractLink("m", "h", "X", ALWAYS), ContractLink("n", "i", "X", ALWAYS)),
    )
    assert levels(KARIM, "X", found, NOW) == {PAY: Level.DRAFT, WORKS: Level.SEND}
    assert refusal(KARIM, Verb.SEND, "X", PAY, found, NOW) is Missing.LEVEL_TOO_LOW


def test_c043_an_extra_member_works_on_that_contract_only() -> None:
    """Invariant 6."""
    found = replace(
        enterprise(),
        links=(ContractLink("l", "g", "X", ALWAYS), ContractLink("m", "g", "Y", ALWAYS)),
        extras=(ExtraMember("l", "mila", ALWAYS),),
    )
    mila = Person("mila", uses=True)
    assert (sees(mila, "X", found, NOW), sees(mila, "Y", found, NOW)) == (True, False)


def test_a17_a_new_link_does_not_bring_an_extra_member_back() -> None:
    ended = replace(
        enterprise(), links=(ContractLink("l", "g", "X", OVER),), extras=(ExtraMember("l", "mila", ALWAYS),)
    )
    again = replace(ended, links=(*ended.links, ContractLink("m", "g", "X", ALWAYS)))
    mila = Person("mila", uses=True)
    assert not sees(mila, "X", ended, NOW)
    assert not sees(mila, "X", again, NOW)
    assert sees(KARIM, "X", again, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"groups": (GroupFacts("g", PAY, Level.SEND, active=False),)},
        {"members": (FixedMember("g", "karim", OVER),)},
        {"links": (ContractLink("l", "g", "X", OVER),)},
        {"links": ()},
        {"members": (FixedMember("g", "karim", Span(NOW + timedelta(seconds=1))),)},
    ],
)
def test_what_has_ended_or_not_begun_gives_nothing(change: dict[str, object]) -> None:
    """Invariant 8; A-16."""
    assert not sees(KARIM, "X", replace(enterprise(), **change), NOW)  # type: ignore[arg-type]


def test_contracts_nobody_works_on() -> None:
    """A-19."""
    found = replace(
        enterprise(),
        groups=(GroupFacts("g", PAY, Level.SEND), GroupFacts("empty", PAY, Level.SEND)),
        links=(ContractLink("l", "g", "X", ALWAYS), ContractLink("m", "empty", "Y", ALWAYS)),
    )
    assert without_group(["X", "Y", "Z"], found, NOW) == ["Y", "Z"]
    helped = replace(found, extras=(ExtraMember("m", "mila", ALWAYS),))
    assert without_group(["X", "Y", "Z"], helped, NOW) == ["Z"]


KEYS = st.sampled_from(["a", "b", "c"])
PEOPLE = st.sampled_from(["karim", "mila"])
CONTRACTS = st.sampled_from(["X", "Y"])
SPANS = st.sampled_from([ALWAYS, OVER])
ENTERPRISES = st.builds(
    Enterprise,
    groups=st.lists(
        st.builds(GroupFacts, KEYS, st.sampled_from([PAY, WORKS]), st.sampled_from(Level), st.booleans()),
        unique_by=lambda group: group.key,
    ).map(tuple),
    members=st.lists(st.builds(FixedMember, KEYS, PEOPLE, SPANS)).map(tuple),
    links=st.lists(
        st.builds(ContractLink, st.sampled_from("lmno"), KEYS, CONTRACTS, SPANS), unique_by=lambda link: link.key
    ).map(tuple),
    extras=st.lists(st.builds(ExtraMember, st.sampled_from("lmno"), PEOPLE, SPANS)).map(tuple),
)


@given(ENTERPRISES, CONTRACTS)
def test_every_right_comes_from_a_group_of_its_own_theme(found: Enterprise, contract: str) -> None:
    """Invariants 6 to 8 on made-up enterprises: take away what a right comes from and it is gone."""
    for theme, level in levels(KARIM, contract, found, NOW).items():
        giving = {group.key for group in found.groups if group.active and (group.theme, group.level) == (theme, level)}
        assert any(link.group in giving and link.contract == contract for link in found.links)
        elsewhere = replace(found, groups=tuple(group for group in found.groups if group.theme != theme))
        assert theme not in levels(KARIM, contract, elsewhere, NOW)
    unlinked = replace(found, links=tuple(link for link in found.links if link.contract != contract))
    assert not sees(KARIM, contract, unlinked, NOW)
