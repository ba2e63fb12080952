"""What SQL shows is what the rules say, for any enterprise (invariants 1, 6, 7, 8; A-15, A-17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.actor import Side
from domain.econtracting import rights
from domain.econtracting.rights import Level
from domain.errors import NotFound
from domain.permissions import Role
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup
from models.public_contract import PublicContract
from services import clock
from services.econtracting import access
from services.econtracting.access import Entry, person_of, roles_of
from services.econtracting.rights import contract_lists
from services.econtracting.rights.contract_lists import Filter
from services.listing import Position
from tests.factories import contracting as make
from tests.factories.database import save, saved

_keys = count(1)

Span = tuple[int, int | None]
SPANS: st.SearchStrategy[Span] = st.sampled_from([(-2, None), (-2, 0), (-2, 1), (1, None), (0, None)])
"""Days from now; an end of 0 is over, a start of 0 has begun."""
GROUPS = st.lists(st.tuples(st.sampled_from("PQ"), st.sampled_from(Level), st.booleans()), min_size=1, max_size=3)
PEOPLE, CONTRACTS = 3, 3
ROLES = st.lists(
    st.tuples(st.sampled_from([{Role.EC_GEBRUIKER}, {Role.EC_BEHEERDER}, set()]), st.booleans()),
    min_size=PEOPLE,
    max_size=PEOPLE,
)


def some(*parts: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """A few rows."""
    return st.lists(st.tuples(*parts), max_size=5)


PLACE = st.integers(0, 2)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(
    GROUPS,
    ROLES,
    some(PLACE, PLACE, SPANS),
    some(PLACE, PLACE, SPANS),
    some(st.integers(0, 4), PLACE, SPANS),
)
def test_what_is_listed_is_what_the_rules_let_see(
    database: Any,
    groups: Sequence[tuple[str, Level, bool]],
    people: Sequence[tuple[set[Role], bool]],
    members: Sequence[tuple[int, int, Span]],
    links: Sequence[tuple[int, int, Span]],
    extras: Sequence[tuple[int, int, Span]],
) -> None:
    """``visible_contract_ids``, ``contract_for``, ``standing`` and the list without a group against the domain."""
    now = clock.now()

    def span(days: Span) -> dict[str, datetime | None]:
        start, end = days
        return {
            "starts_at": now + timedelta(days=start),
            "ends_at": None if end is None else now + timedelta(days=end),
        }

    def facts(days: Span) -> rights.Span:
        values = span(days)
        assert values["starts_at"] is not None
        return rights.Span(values["starts_at"], values["ends_at"])

    enterprise = make.organisation(Side.CONTRACTOR, f"K{next(_keys)}", "Wegenbouw")
    contracts = [make.public_contract(by=enterprise, kinds=()) for _ in range(CONTRACTS)]
    somebody = [
        make.somebody(enterprise, *roles, name=f"P{number} Q", blocked_at=now if blocked else None)
        for number, (roles, blocked) in enumerate(people)
    ]
    rows = [
        saved(
            RightsGroup(organisation_id=enterprise.id, theme=theme, name=f"g{place}", level=int(level), active=active)
        )
        for place, (theme, level, active) in enumerate(groups)
    ]
    fixed = [(rows[group % len(rows)], somebody[who], days) for group, who, days in members]
    save(*(GroupMember(group_id=g.id, relation_id=w.relation.id, **span(days)) for g, w, days in fixed))
    linked = [
        (
            saved(GroupContract(group_id=rows[group % len(rows)].id, contract_id=contracts[contract].id, **span(days))),
            days,
        )
        for group, contract, days in links
    ]
    added = [(linked[link % len(linked)][0], somebody[who], days) for link, who, days in extras if linked]
    save(*(GroupExtraMember(link_id=row.id, relation_id=w.relation.id, **span(days)) for row, w, days in added))

    found = rights.Enterprise(
        groups=tuple(rights.GroupFacts(str(row.id), row.theme, Level(row.level), row.active) for row in rows),
        members=tuple(rights.FixedMember(str(g.id), str(w.relation.id), facts(days)) for g, w, days in fixed),
        links=tuple(
            rights.ContractLink(str(row.id), str(row.group_id), str(row.contract_id), facts(days))
            for row, days in linked
        ),
        extras=tuple(rights.ExtraMember(str(row.id), str(w.relation.id), facts(days)) for row, w, days in added),
    )
    for one in somebody:
        roles = roles_of(one.relation.roles, one.relation.represents)
        person = person_of(str(one.relation.id), roles, blocked=one.relation.blocked_at is not None)
        listed = set(
            db.session.scalars(
                select(PublicContract.id).where(PublicContract.id.in_(access.visible_contract_ids(one.actor)))
            )
        )
        assert listed == {row.id for row in contracts if rights.sees(person, str(row.id), found, now)}
        for row in contracts:
            assert access.standing(one.actor, row).levels == rights.levels(person, str(row.id), found, now)
            assert is_there(one, row) is (row.id in listed)
    entry = Entry(enterprise.id, None, person_of("", frozenset({Role.EC_BEHEERDER}), blocked=False))
    alone = contract_lists.find(entry, Filter(without_group=True), Position()).page.rows
    expected = rights.without_group([str(row.id) for row in contracts], found, now)
    assert sorted(str(row.id) for row in alone) == sorted(expected)


def is_there(who: make.Somebody, contract: PublicContract) -> bool:
    """Whether the contract opens, or is not found."""
    try:
        access.contract_for(who.actor, contract.reference)
    except NotFound:
        return False
    return True
