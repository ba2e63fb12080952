"""Who gets to which contract (5.1 to 5.3; invariants 1, 5, 6, 7, 8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting.rights import Level, Missing, Verb
from domain.errors import Forbidden, NotAllowedNow, NotFound
from domain.permissions import Role
from models.base import db
from models.gate import writing
from models.identity import AccessBlock
from models.public_contract import PublicContract
from services import clock, transaction
from services.econtracting import access
from tests.factories import contracting as make
from tests.factories.contracting import EXECUTION, PAYMENTS
from tests.factories.database import change, save


def seen(actor: Actor) -> set[str]:
    """The numbers of the contracts somebody sees in a list."""
    numbers = select(PublicContract.number).where(PublicContract.id.in_(access.visible_contract_ids(actor)))
    return set(db.session.scalars(numbers))


def outcome(actor: Actor, contract: PublicContract, verb: Verb, theme: str) -> str:
    """What ``require`` says: yes, what is missing, or that there is nothing (404)."""
    try:
        access.require(actor, contract, verb, theme)
    except NotFound:
        return "404"
    except NotAllowedNow as refused:
        return str(refused.code)
    return "yes"


def test_c044_a_gebruiker_without_a_group_gets_404(database: Any) -> None:
    """Invariant 1: not found, never forbidden."""
    contract, tom = make.public_contract(), make.user(name="Tom Wouters")
    with pytest.raises(NotFound):
        access.contract_for(tom.actor, contract.reference)
    for verb in Verb:
        assert outcome(tom.actor, contract, verb, PAYMENTS) == "404"
    assert seen(tom.actor) == set()


def test_c030_a_beheerder_sees_all_contracts_of_the_own_enterprise_only(database: Any) -> None:
    contract, an, nora = make.public_contract(), make.manager(), make.manager(make.competitor(), name="Nora Simons")
    other = make.public_contract(by=make.competitor())
    assert access.contract_for(an.actor, contract.reference).id == contract.id
    assert seen(an.actor) == {contract.number}
    assert seen(nora.actor) == {other.number}
    for reader, foreign in ((an, other), (nora, contract)):
        with pytest.raises(NotFound):
            access.contract_for(reader.actor, foreign.reference)
        with pytest.raises(NotFound):
            access.standing(reader.actor, foreign)


VERBS = (Verb.READ, Verb.DRAFT, Verb.SEND, Verb.MANAGE)
YES, GONE, NO_GROUP, LOW = "yes", "404", Missing.NO_GROUP.value, Missing.LEVEL_TOO_LOW.value
NOT_MANAGER = Missing.NOT_A_MANAGER.value


@pytest.mark.parametrize(
    ("who", "level", "expected"),
    [
        ("wettelijk vertegenwoordiger", None, (YES, NO_GROUP, NO_GROUP, YES)),
        ("beheerder", None, (YES, NO_GROUP, NO_GROUP, YES)),
        ("beheerder", Level.SEND, (YES, YES, YES, YES)),
        ("gebruiker", None, (GONE, GONE, GONE, GONE)),
        ("gebruiker", Level.CONSULT, (YES, LOW, LOW, NOT_MANAGER)),
        ("gebruiker", Level.DRAFT, (YES, YES, LOW, NOT_MANAGER)),
        ("gebruiker", Level.SEND, (YES, YES, YES, NOT_MANAGER)),
        ("geen rol", Level.SEND, (GONE, GONE, GONE, GONE)),
        ("geblokkeerd", Level.SEND, (GONE, GONE, GONE, GONE)),
    ],
)
def test_52_the_matrix_of_verbs(database: Any, who: str, level: Level | None, expected: tuple[str, ...]) -> None:
    """5.2 row by row; invariant 5: right 2 never sends."""
    contract = make.public_contract()
    roles = {"beheerder": {Role.EC_BEHEERDER}, "wettelijk vertegenwoordiger": {Role.EC_BEHEERDER}, "geen rol": set()}
    blocked = {"blocked_at": clock.now()} if who == "geblokkeerd" else {}
    somebody = make.somebody(
        make.contractor(),
        *roles.get(who, {Role.EC_GEBRUIKER}),
        represents=who.startswith("wettelijk"),
        **blocked,
    )
    if level is not None:
        make.group(theme=PAYMENTS, level=level, members=[somebody], contracts=[contract])
    assert tuple(outcome(somebody.actor, contract, verb, PAYMENTS) for verb in VERBS) == expected
    assert (contract.number in seen(somebody.actor)) is (expected[0] != GONE)


def test_a15_the_highest_level_of_a_theme_and_never_across(database: Any) -> None:
    """Invariant 7."""
    contract, karim = make.public_contract(), make.user()
    for level in (Level.DRAFT, Level.CONSULT):
        make.group(theme=PAYMENTS, level=level, members=[karim], contracts=[contract])
    make.group(theme=EXECUTION, level=Level.SEND, members=[karim], contracts=[contract])
    standing = access.standing(karim.actor, contract)
    assert standing.levels == {PAYMENTS: Level.DRAFT, EXECUTION: Level.SEND}
    assert outcome(karim.actor, contract, Verb.SEND, PAYMENTS) == LOW
    assert outcome(karim.actor, contract, Verb.SEND, EXECUTION) == YES
    assert outcome(karim.actor, contract, Verb.READ, "ALGEMEEN") == NO_GROUP


def test_c043_an_extra_member_has_that_contract_only(database: Any) -> None:
    """Invariant 6."""
    here, there, mila = make.public_contract(), make.public_contract(), make.user(name="Mila Jacobs")
    group = make.group(level=Level.DRAFT)
    make.extra(make.link(group, here), mila)
    make.link(group, there)
    assert seen(mila.actor) == {here.number}
    assert outcome(mila.actor, here, Verb.DRAFT, PAYMENTS) == YES
    assert outcome(mila.actor, there, Verb.READ, PAYMENTS) == GONE


def test_the_last_link_that_goes_hides_the_contract_at_the_next_request(database: Any) -> None:
    """Invariant 8; A-18 and the emergency block act as fast."""
    contract, karim = make.public_contract(), make.user()
    group = make.group(members=[karim])
    link = make.link(group, contract)
    assert outcome(karim.actor, contract, Verb.SEND, PAYMENTS) == YES
    change(group, level=int(Level.CONSULT))
    assert outcome(karim.actor, contract, Verb.SEND, PAYMENTS) == LOW
    change(link, ends_at=clock.now())
    assert outcome(karim.actor, contract, Verb.READ, PAYMENTS) == GONE
    assert seen(karim.actor) == set()


def test_a16_a_role_that_was_taken_away_neutralises_groups(database: Any) -> None:
    """The session still says so, the row of the last sign-in does not."""
    contract, karim = make.public_contract(), make.user()
    make.group(members=[karim], contracts=[contract])
    change(karim.relation, roles="")
    assert outcome(karim.actor, contract, Verb.READ, PAYMENTS) == GONE
    assert seen(karim.actor) == set()


def test_a13_a_beheerder_reads_content_unless_the_enterprise_says_not(database: Any) -> None:
    contract, an = make.public_contract(), make.manager()
    make.settings(make.contractor(), manager_reads=False)
    assert outcome(an.actor, contract, Verb.READ, PAYMENTS) == NO_GROUP
    assert seen(an.actor) == {contract.number}


def test_an_authority_gets_its_own_contracts_by_its_roles(database: Any) -> None:
    contract = make.public_contract()
    other = make.public_contract(of=make.other_authority())
    dirk = make.official(None, Role.EC_AB_BEHANDELAAR)
    assert access.contract_for(dirk.actor, contract.reference).id == contract.id
    assert seen(dirk.actor) == {contract.number}
    assert access.require(dirk.actor, contract, Verb.DRAFT, PAYMENTS).reads(PAYMENTS)
    with pytest.raises(Forbidden):
        access.require(dirk.actor, contract, Verb.SEND, PAYMENTS)
    with pytest.raises(NotFound):
        access.contract_for(dirk.actor, other.reference)


def test_an_erased_contract_is_not_there(database: Any) -> None:
    contract, an, dirk = make.public_contract(), make.manager(), make.official()
    change(contract, erased_at=clock.now())
    for somebody in (an, dirk):
        assert seen(somebody.actor) == set()
        with pytest.raises(NotFound):
            access.contract_for(somebody.actor, contract.reference)


def test_a_contract_is_not_there_before_its_day(database: Any, at: Callable[[str], datetime]) -> None:
    """The contractor sees it from ``visible_since`` on, at every door; the authority always."""
    contract = make.public_contract(visible_since=clock.now() + timedelta(hours=1))
    an, karim, dirk = make.manager(), make.user(), make.official()
    make.group(members=[karim], contracts=[contract])
    for somebody in (an, karim):
        assert seen(somebody.actor) == set()
        assert outcome(somebody.actor, contract, Verb.READ, PAYMENTS) == GONE
        with pytest.raises(NotFound):
            access.contract_for(somebody.actor, contract.reference)
    assert seen(dirk.actor) == {contract.number}
    at("2024-09-16T11:00:00+02:00")
    for somebody in (an, karim):
        assert seen(somebody.actor) == {contract.number}
        assert access.contract_for(somebody.actor, contract.reference).id == contract.id


def test_a_local_block_of_the_portal_takes_everything_too(database: Any) -> None:
    """AccessBlock, of a person or an organisation: also for what is asked without a request."""
    contract, karim = make.public_contract(), make.user()
    make.group(members=[karim], contracts=[contract])
    for kind, key in (("PERSON", str(karim.account.id)), ("ORGANISATION", karim.actor.organisation_key)):
        assert seen(karim.actor) == {contract.number}
        row = AccessBlock(kind=kind, key=key, reason="test", blocked_at=clock.now(), blocked_by="test")
        save(row)
        assert seen(karim.actor) == set()
        assert outcome(karim.actor, contract, Verb.READ, PAYMENTS) == GONE
        with transaction.unit_of_work(), writing("test"):
            db.session.delete(row)


def test_somebody_without_a_session_stands_as_last_seen(database: Any) -> None:
    """For a feed: the roles of the row, so that a role that went takes the contracts with it."""
    contract, karim = make.public_contract(), make.user()
    make.group(members=[karim], contracts=[contract])
    assert seen(access.actor_of(karim.relation)) == {contract.number}
    change(karim.relation, roles="")
    assert seen(access.actor_of(karim.relation)) == set()
