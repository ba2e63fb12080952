"""Groups, members, links and blocks: what is done, refused and traced (C-034 to C-045)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.econtracting.rights import Level, Verb
from domain.errors import Conflict, DomainError, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from models.audit import AuditEntry, AuditPersonalValue
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup
from services import transaction
from services.econtracting import access
from services.econtracting.rights import blocking, groups, link_default_groups, links, members, previewing
from services.econtracting.rights.groups import GroupEntry
from services.identity import blocks
from tests.factories import contracting as make
from tests.factories.contracting import EXECUTION, PAYMENTS
from tests.factories.database import change
from tests.integration.econtracting.rights.scene import Company, company


@pytest.fixture
def wegenbouw(database: Any) -> Company:
    """The company of the personas."""
    return company()


def done(act: Callable[[], Any]) -> Any:
    """In a transaction of its own."""
    with transaction.unit_of_work():
        return act()


def made(by: Company, name: str = "Betalingen", level: Level = Level.SEND, theme: str = PAYMENTS) -> RightsGroup:
    """A group made by the beheerder."""
    return done(lambda: groups.make(by.an.actor, GroupEntry(name, level, theme)))  # type: ignore[no-any-return]


def traces(event: AuditEvent) -> list[dict[str, Any]]:
    """The data of what was traced, in order."""
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.sequence))
    return [json.loads(entry.data) for entry in found]


def test_a_group_from_making_to_sending(wegenbouw: Company) -> None:
    """C-034, C-035, C-040, C-041, C-044: nothing until there are members and contracts, then at once."""
    group, karim = made(wegenbouw), wegenbouw.karim
    with pytest.raises(NotFound):
        access.require(karim.actor, wegenbouw.here, Verb.READ, PAYMENTS)
    done(lambda: members.add(wegenbouw.an.actor, group.reference, [karim.relation.reference]))
    with pytest.raises(NotFound):
        access.require(karim.actor, wegenbouw.here, Verb.READ, PAYMENTS)
    done(lambda: links.link(wegenbouw.an.actor, group.reference, [wegenbouw.here.reference]))
    assert access.require(karim.actor, wegenbouw.here, Verb.SEND, PAYMENTS).levels == {PAYMENTS: Level.SEND}
    assert [entry["act"] for entry in traces(AuditEvent.GROUP_CHANGED)] == ["MAKE"]
    assert traces(AuditEvent.GROUP_MEMBER_CHANGED)[0] | {"personal": None} == {
        "act": "ADD",
        "group": group.reference,
        "contract": None,
        "relation": karim.relation.reference,
        "personal": None,
    }
    assert traces(AuditEvent.GROUP_LINKED)[0]["contract"] == [wegenbouw.here.reference]


def test_what_is_typed_wrong_is_told_at_once(wegenbouw: Company) -> None:
    with pytest.raises(Findings) as refused:
        done(lambda: groups.make(wegenbouw.an.actor, GroupEntry("  ", None, "BESTAAT_NIET")))
    assert [finding.field for finding in refused.value.findings] == ["theme", "name", "level"]


def test_the_same_name_is_answered_clearly(wegenbouw: Company) -> None:
    """Whatever the capitals and accents; one that is out of use is offered again."""
    group = made(wegenbouw, "Betalingen Één")
    with pytest.raises(Findings, match="gemarkeerde") as refused:
        made(wegenbouw, " betalingen   EEN ")
    assert "werk verder in die groep" in refused.value.findings[0].message
    done(lambda: groups.set_active(wegenbouw.an.actor, group.reference, False, group.version))
    with pytest.raises(Findings) as refused:
        made(wegenbouw, "Betalingen Één")
    assert "opnieuw in gebruik" in refused.value.findings[0].message
    other = make.group(make.competitor(), name="Betalingen Twee")
    assert made(wegenbouw, other.name).organisation_id == wegenbouw.enterprise.id


def test_the_same_form_twice_makes_one_group(wegenbouw: Company) -> None:
    key = "a1b2c3d4e5f6g7h8"
    for _ in range(2):
        done(lambda: groups.make(wegenbouw.an.actor, GroupEntry("Betalingen", Level.SEND, PAYMENTS), key=key))
    assert len(db.session.scalars(select(RightsGroup)).all()) == 1


def test_a_change_on_an_older_version_is_a_conflict_with_both(wegenbouw: Company) -> None:
    group = made(wegenbouw)
    version = group.version
    done(lambda: groups.change(wegenbouw.an.actor, group.reference, GroupEntry("Nieuw", Level.SEND), version))
    with pytest.raises(Conflict) as refused:
        done(lambda: groups.change(wegenbouw.an.actor, group.reference, GroupEntry("Ander", Level.DRAFT), version))
    assert (refused.value.theirs["Naam"], refused.value.yours["Naam"]) == ("Nieuw", "Ander")
    with pytest.raises(Conflict):
        done(lambda: groups.set_active(wegenbouw.an.actor, group.reference, False, version))


def test_names_of_groups_stand_beside_the_chain(wegenbouw: Company) -> None:
    """5.4.6: they may hold names of people."""
    made(wegenbouw, "Groep van Karim")
    entries = db.session.scalars(select(AuditEntry.data))
    assert not [data for data in entries if "Karim" in data]
    assert [
        value for value in db.session.scalars(select(AuditPersonalValue.value)) if "Groep van Karim" in (value or "")
    ]


def test_a_person_already_in_the_group_stays_as_is(wegenbouw: Company) -> None:
    group, both = made(wegenbouw), [wegenbouw.karim.relation.reference, wegenbouw.mila.relation.reference]
    add = lambda people: done(lambda: members.add(wegenbouw.an.actor, group.reference, people))  # noqa: E731
    assert (add(both[:1]).new, add(both).already) == (1, 1)
    assert len(db.session.scalars(select(GroupMember)).all()) == 2


def test_a16_a_membership_ends_with_its_last_day(wegenbouw: Company, at: Callable[[str], Any]) -> None:
    """The whole day counts, in Brussels; a day that is over is refused."""
    group, karim = made(wegenbouw), wegenbouw.karim
    done(lambda: links.link(wegenbouw.an.actor, group.reference, [wegenbouw.here.reference]))
    until = date(2024, 9, 20)
    done(lambda: members.add(wegenbouw.an.actor, group.reference, [karim.relation.reference], until))
    at("2024-09-20T23:59:59+02:00")
    assert access.standing(karim.actor, wegenbouw.here).sees
    at("2024-09-21T00:00:00+02:00")
    assert not access.standing(karim.actor, wegenbouw.here).sees
    with pytest.raises(InvalidValue, match="voorbij"):
        done(lambda: members.add(wegenbouw.an.actor, group.reference, [karim.relation.reference], until))


def test_a17_unlinking_ends_extras_and_a_new_link_revives_none(wegenbouw: Company) -> None:
    group, an, mila = made(wegenbouw), wegenbouw.an.actor, wegenbouw.mila
    arguments = (an, group.reference, wegenbouw.here.reference)
    done(lambda: links.link(an, group.reference, [wegenbouw.here.reference]))
    assert done(lambda: links.add_extra(*arguments, mila.relation.reference)) is True
    assert done(lambda: links.add_extra(*arguments, mila.relation.reference)) is False
    assert access.standing(mila.actor, wegenbouw.here).sees
    _, losses = previewing.of_unlinking(*arguments)
    assert [(loss.person.name, loss.gone, loss.extra) for loss in losses] == [("Mila Jacobs", True, True)]
    assert done(lambda: links.unlink(*arguments)) is True
    assert not access.standing(mila.actor, wegenbouw.here).sees
    done(lambda: links.link(an, group.reference, [wegenbouw.here.reference]))
    assert not access.standing(mila.actor, wegenbouw.here).sees
    assert [row.ends_at is None for row in db.session.scalars(select(GroupExtraMember))] == [False]
    assert done(lambda: links.unlink(*arguments)) is True
    assert done(lambda: links.unlink(*arguments)) is False


def test_a_fixed_member_needs_no_extra_and_an_unlinked_group_takes_none(wegenbouw: Company) -> None:
    group, an, karim = made(wegenbouw), wegenbouw.an.actor, wegenbouw.karim.relation.reference
    with pytest.raises(NotAllowedNow, match="Koppel ze eerst"):
        done(lambda: links.add_extra(an, group.reference, wegenbouw.here.reference, karim))
    done(lambda: links.link(an, group.reference, [wegenbouw.here.reference]))
    done(lambda: members.add(an, group.reference, [karim]))
    with pytest.raises(NotAllowedNow, match="al vast lid"):
        done(lambda: links.add_extra(an, group.reference, wegenbouw.here.reference, karim))


def test_a_group_out_of_use_gives_nothing_and_takes_nothing(wegenbouw: Company) -> None:
    """A-16: members and contracts stay, and count again."""
    group, an, karim = made(wegenbouw), wegenbouw.an.actor, wegenbouw.karim
    done(lambda: members.add(an, group.reference, [karim.relation.reference]))
    done(lambda: links.link(an, group.reference, [wegenbouw.here.reference]))
    off = done(lambda: groups.set_active(an, group.reference, False, group.version))
    assert not access.standing(karim.actor, wegenbouw.here).sees
    for act in (
        lambda: members.add(an, group.reference, [wegenbouw.mila.relation.reference]),
        lambda: links.link(an, group.reference, [wegenbouw.there.reference]),
        lambda: links.add_extra(an, group.reference, wegenbouw.here.reference, wegenbouw.mila.relation.reference),
    ):
        with pytest.raises(NotAllowedNow, match="buiten gebruik"):
            done(act)
    done(lambda: groups.set_active(an, group.reference, True, off.version))
    assert access.standing(karim.actor, wegenbouw.here).sees


def test_linking_many_tells_what_is_new(wegenbouw: Company) -> None:
    """One trace for the whole act, however many contracts."""
    group, an = made(wegenbouw), wegenbouw.an.actor
    both = [wegenbouw.here.reference, wegenbouw.there.reference]
    assert done(lambda: links.link(an, group.reference, both[:1])) == links.Linked(1, 0)
    assert done(lambda: links.link(an, group.reference, both)) == links.Linked(1, 1)
    assert [len(entry["contract"]) for entry in traces(AuditEvent.GROUP_LINKED)] == [1, 1]
    with pytest.raises(InvalidValue):
        done(lambda: links.link(an, group.reference, []))


def test_the_preview_tells_who_gains_what(wegenbouw: Company) -> None:
    """A rise counts apart from what appears; who is blocked or has it already gains nothing."""
    group, an = made(wegenbouw), wegenbouw.an.actor
    people = [wegenbouw.karim, wegenbouw.mila, wegenbouw.tom, wegenbouw.an]
    for one in people:
        make.member(group, one)
    make.group(level=Level.CONSULT, members=[wegenbouw.karim], contracts=[wegenbouw.here])
    make.group(level=Level.SEND, members=[wegenbouw.mila], contracts=[wegenbouw.here, wegenbouw.there])
    make.group(theme=EXECUTION, level=Level.SEND, members=[wegenbouw.karim], contracts=[wegenbouw.here])
    change(wegenbouw.tom.relation, blocked_at=wegenbouw.tom.relation.last_seen_at)
    found = previewing.of_linking(an, group.reference, [wegenbouw.here.reference, wegenbouw.there.reference])
    gains = {gain.person.name: (gain.appears, gain.higher) for gain in found.gains}
    assert gains == {
        "Karim El Amrani": (1, 2),
        "Mila Jacobs": (0, 0),
        "Tom Wouters": (0, 0),
        "An Peeters": (0, 2),
    }


def test_groups_for_new_contracts_are_linked_by_themselves(wegenbouw: Company) -> None:
    """A-05; whoever makes the contract, the trace names nobody, and a second call changes nothing."""
    chosen = make.group(members=[wegenbouw.karim], for_new_contracts=True)
    make.group()
    make.group(for_new_contracts=True, active=False)
    make.group(make.competitor(), for_new_contracts=True)
    assert done(lambda: link_default_groups(wegenbouw.here)) == 1
    assert done(lambda: link_default_groups(wegenbouw.here)) == 0
    rows = db.session.scalars(select(GroupContract)).all()
    assert [(row.group_id, row.contract_id) for row in rows] == [(chosen.id, wegenbouw.here.id)]
    assert access.standing(wegenbouw.karim.actor, wegenbouw.here).sees
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == AuditEvent.GROUP_LINKED)).one()
    assert (entry.actor_id, entry.actor_side) == (None, "system")


def test_the_emergency_block_acts_at_the_next_request(wegenbouw: Company) -> None:
    """5.3: groups stay, and count again when it is lifted."""
    karim, an = wegenbouw.karim, wegenbouw.an.actor
    make.group(members=[karim], contracts=[wegenbouw.here])
    reference = karim.relation.reference
    assert done(lambda: blocking.block(an, reference, " badge   verloren ")) is True
    assert done(lambda: blocking.block(an, reference, "nog eens")) is False
    assert blocks.is_blocked(karim.account.id, karim.actor.organisation_key)
    assert not blocks.is_blocked(karim.account.id, "0999000228")
    assert not access.standing(karim.actor, wegenbouw.here).sees
    assert db.session.get_one(type(karim.relation), karim.relation.id).block_reason == "badge verloren"
    assert done(lambda: blocking.unblock(an, reference, "badge terug")) is True
    assert access.standing(karim.actor, wegenbouw.here).sees
    assert [entry["act"] for entry in traces(AuditEvent.RELATION_BLOCKED)] == ["BLOCK", "UNBLOCK"]


def test_c022_neither_oneself_nor_the_legal_representative(wegenbouw: Company) -> None:
    luc = make.somebody(wegenbouw.enterprise, name="Luc Voorbeeld", represents=True)
    for reference, says in ((wegenbouw.an.relation.reference, "uzelf"), (luc.relation.reference, "van rechtswege")):
        with pytest.raises(NotAllowedNow, match=says):
            done(lambda reference=reference: blocking.block(wegenbouw.an.actor, reference, "ruzie"))
    with pytest.raises(InvalidValue, match="reden"):
        done(lambda: blocking.block(wegenbouw.an.actor, wegenbouw.karim.relation.reference, "  "))


def acts(by: Any, scene: Company, group: str) -> list[Callable[[], Any]]:
    """Every act there is, by somebody."""
    karim, here = scene.karim.relation.reference, scene.here.reference
    return [
        lambda: groups.make(by, GroupEntry("X", Level.SEND, PAYMENTS)),
        lambda: groups.change(by, group, GroupEntry("X", Level.SEND), 1),
        lambda: groups.set_active(by, group, False, 1),
        lambda: members.add(by, group, [karim]),
        lambda: members.remove(by, group, karim),
        lambda: members.set_end(by, group, karim, None),
        lambda: links.link(by, group, [here]),
        lambda: links.unlink(by, group, here),
        lambda: links.add_extra(by, group, here, karim),
        lambda: links.remove_extra(by, group, here, karim),
        lambda: blocking.block(by, karim, "reden"),
        lambda: blocking.unblock(by, karim, "reden"),
        lambda: previewing.of_linking(by, group, [here]),
        lambda: previewing.of_unlinking(by, group, here),
    ]


def test_c030_only_a_beheerder_of_the_own_enterprise(wegenbouw: Company) -> None:
    """Invariant 10 too: a gebruiker and an official are refused, another enterprise finds nothing."""
    group = made(wegenbouw)
    karim, dirk = wegenbouw.karim.actor, make.official().actor
    for somebody in (karim, dirk):
        for act in acts(somebody, wegenbouw, group.reference):
            with pytest.raises(Forbidden):
                done(act)
    for act in acts(wegenbouw.nora.actor, wegenbouw, group.reference)[1:]:
        with pytest.raises(NotFound):
            done(act)
    assert not db.session.scalars(select(GroupMember)).all()
    assert not db.session.scalars(select(GroupContract)).all()


def test_a_beheerder_who_lost_the_role_or_is_blocked_manages_nothing(wegenbouw: Company) -> None:
    """The session still says beheerder; the row does not."""
    group = made(wegenbouw)
    change(wegenbouw.an.relation, roles="EC_GEBRUIKER")
    for act in acts(wegenbouw.an.actor, wegenbouw, group.reference):
        with pytest.raises(Forbidden):
            done(act)


def test_people_and_contracts_of_another_enterprise_never_come_in(wegenbouw: Company) -> None:
    group, an = made(wegenbouw), wegenbouw.an.actor
    foreign = make.public_contract(by=make.competitor())
    for act in (
        lambda: members.add(an, group.reference, [wegenbouw.nora.relation.reference]),
        lambda: links.link(an, group.reference, [wegenbouw.here.reference, foreign.reference]),
        lambda: links.unlink(an, group.reference, foreign.reference),
        lambda: blocking.block(an, wegenbouw.nora.relation.reference, "reden"),
    ):
        with pytest.raises(DomainError) as refused:
            done(act)
        assert isinstance(refused.value, NotFound)
