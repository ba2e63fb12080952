"""Any order of acts gives what a simple model says (invariants 1, 6, 7, 8; A-15 to A-18)."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from domain.actor import Side
from domain.econtracting.rights import Level
from domain.errors import NotAllowedNow, NotFound
from models.base import db
from models.contract_rights import RightsGroup
from models.public_contract import PublicContract
from services import clock, transaction
from services.econtracting import access, kinds
from services.econtracting.rights import blocking, groups, links, members
from services.econtracting.rights.groups import GroupEntry
from tests.factories import contracting as make

_keys = count(1)

PLACE = st.integers(0, 2)
LEVELS = st.sampled_from(Level)


class Rights(RuleBasedStateMachine):
    """Three groups (two of one theme), three people, three contracts of one enterprise."""

    @initialize()
    def begin(self) -> None:
        clock.fix(clock.now() + timedelta(hours=1))
        enterprise = make.organisation(Side.CONTRACTOR, f"M{next(_keys)}", "Wegenbouw")
        self.an = make.manager(enterprise)
        self.people = [make.user(enterprise, name=f"P{number} Q") for number in range(3)]
        self.contracts = [make.public_contract(by=enterprise, kinds=()) for _ in range(3)]
        themes = (make.PAYMENTS, make.PAYMENTS, make.EXECUTION)
        self.groups: list[str] = []
        with transaction.unit_of_work():
            for number, theme in enumerate(themes):
                typed = GroupEntry(f"Groep {number}", Level.CONSULT, theme)
                self.groups.append(groups.make(self.an.actor, typed).reference)
        self.themes = themes
        self.level = [Level.CONSULT] * 3
        self.active = [True] * 3
        self.fixed: set[tuple[int, int]] = set()
        self.linked: set[tuple[int, int]] = set()
        self.extra: set[tuple[int, int, int]] = set()
        self.blocked: set[int] = set()

    def tick(self) -> None:
        clock.fix(clock.now() + timedelta(seconds=1))

    def contract(self, number: int) -> str:
        return self.contracts[number].reference

    def person(self, number: int) -> str:
        return self.people[number].relation.reference

    def version(self, group: int) -> int:
        return db.session.scalars(select(RightsGroup).where(RightsGroup.reference == self.groups[group])).one().version

    @rule(group=PLACE, who=PLACE)
    def add_member(self, group: int, who: int) -> None:
        self.tick()
        with transaction.unit_of_work():
            try:
                members.add(self.an.actor, self.groups[group], [self.person(who)])
            except NotAllowedNow:
                assert not self.active[group]
                return
        self.fixed.add((group, who))

    @rule(group=PLACE, who=PLACE)
    def remove_member(self, group: int, who: int) -> None:
        self.tick()
        with transaction.unit_of_work():
            assert members.remove(self.an.actor, self.groups[group], self.person(who)) is ((group, who) in self.fixed)
        self.fixed.discard((group, who))

    @rule(group=PLACE, contract=PLACE)
    def link(self, group: int, contract: int) -> None:
        self.tick()
        with transaction.unit_of_work():
            try:
                done = links.link(self.an.actor, self.groups[group], [self.contract(contract)])
            except NotAllowedNow:
                assert not self.active[group]
                return
            assert done.new == ((group, contract) not in self.linked)
        self.linked.add((group, contract))

    @rule(group=PLACE, contract=PLACE)
    def unlink(self, group: int, contract: int) -> None:
        self.tick()
        with transaction.unit_of_work():
            links.unlink(self.an.actor, self.groups[group], self.contract(contract))
        self.linked.discard((group, contract))
        self.extra = {one for one in self.extra if one[:2] != (group, contract)}

    @rule(group=PLACE, contract=PLACE, who=PLACE)
    def add_extra(self, group: int, contract: int, who: int) -> None:
        self.tick()
        with transaction.unit_of_work():
            try:
                links.add_extra(self.an.actor, self.groups[group], self.contract(contract), self.person(who))
            except NotAllowedNow:
                refused = not self.active[group] or (group, contract) not in self.linked or (group, who) in self.fixed
                assert refused
                return
        self.extra.add((group, contract, who))

    @rule(group=PLACE, contract=PLACE, who=PLACE)
    def remove_extra(self, group: int, contract: int, who: int) -> None:
        self.tick()
        with transaction.unit_of_work():
            links.remove_extra(self.an.actor, self.groups[group], self.contract(contract), self.person(who))
        self.extra.discard((group, contract, who))

    @rule(group=PLACE, level=LEVELS)
    def set_level(self, group: int, level: Level) -> None:
        self.tick()
        with transaction.unit_of_work():
            groups.change(self.an.actor, self.groups[group], GroupEntry(f"Groep {group}", level), self.version(group))
        self.level[group] = level

    @rule(group=PLACE, active=st.booleans())
    def set_active(self, group: int, active: bool) -> None:
        self.tick()
        with transaction.unit_of_work():
            groups.set_active(self.an.actor, self.groups[group], active, self.version(group))
        self.active[group] = active

    @rule(who=PLACE, lift=st.booleans())
    def block(self, who: int, lift: bool) -> None:
        self.tick()
        act = blocking.unblock if lift else blocking.block
        with transaction.unit_of_work():
            act(self.an.actor, self.person(who), "badge verloren")
        (self.blocked.discard if lift else self.blocked.add)(who)

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        if not hasattr(self, "groups"):
            return
        for who, somebody in enumerate(self.people):
            listed = set(
                db.session.scalars(
                    select(PublicContract.id).where(PublicContract.id.in_(access.visible_contract_ids(somebody.actor)))
                )
            )
            for number, contract in enumerate(self.contracts):
                expected = self.expected(who, number)
                assert access.standing(somebody.actor, contract).levels == expected
                assert (contract.id in listed) is bool(expected)
                try:
                    access.contract_for(somebody.actor, contract.reference)
                except NotFound:
                    assert not expected
                else:
                    assert expected

    def expected(self, who: int, contract: int) -> dict[str, Level]:
        """The highest level per theme of the groups that work here and hold this person."""
        held: dict[str, Level] = {}
        if who in self.blocked:
            return held
        for group in range(3):
            inside = (group, who) in self.fixed or (group, contract, who) in self.extra
            if inside and self.active[group] and (group, contract) in self.linked:
                theme = self.themes[group]
                held[theme] = max(self.level[group], held.get(theme, Level.CONSULT))
        return held


def test_any_order_of_acts_gives_what_the_model_says(database: Any) -> None:
    """Invariants 1, 6, 7 and 8; a new link revives nobody (A-17), a level acts at once (A-18), a block takes all."""
    with transaction.unit_of_work():
        kinds.ensure()
    run_state_machine_as_test(
        Rights,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
