"""Making, changing and closing contracts: by their own authority only (C-005), with everything that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from domain.actor import Actor
from domain.econtracting.actions import ActionState, ActionType
from domain.econtracting.contract_data import ContractData
from domain.econtracting.contracts import ContractState, ContractType, Ground
from domain.econtracting.terms import Regime, TermKind, TermState
from domain.errors import Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Role
from models.audit import AuditEntry
from models.base import db
from models.contract_follow_up import ContractAction, ContractTerm
from models.contract_rights import GroupContract
from models.message import NotificationAddress
from models.organisation import Organisation
from models.outbox import OutboxMessage
from models.public_contract import ContractKind, PublicContract
from services import audit, clock, transaction
from services.econtracting import access
from services.econtracting.contracts import changing, making, party_settings
from services.form_keys import new_form_key
from tests.factories import contracting as make
from tests.factories.actors import actor, case_manager
from tests.factories.contracting import Somebody
from tests.factories.database import saved

DATA = ContractData(
    number="MOW/2026/17",
    description="Herstelling van het fietspad",
    contractor_number="0999.000.129",
    contractor_name="Wegenbouw Voorbeeld NV",
    unit="Afdeling Wegenbouw",
    type=ContractType.WORKS,
    ground=Ground.ADDENDUM,
    ground_reference="Bijakte 2",
    published_on=date(2025, 3, 3),
    order_number="4500001234",
    contact_name="Secretariaat Wegenbouw",
    contact_email="wegenbouw@mow.example.be",
    kinds=frozenset({"SCHULDVORDERING", "NAZICHT", "FACTUURAANVRAAG"}),
)


@pytest.fixture
def dirk(ground: datetime) -> Somebody:
    return make.official()


def made(who: Actor, data: ContractData = DATA, key: str = "") -> PublicContract:
    with transaction.unit_of_work():
        return making.make(who, data, key)


def wrong(who: Actor, data: ContractData) -> list[str | None]:
    """The fields of what is refused."""
    with pytest.raises(Findings) as refused, transaction.unit_of_work():
        making.make(who, data)
    return [one.field for one in refused.value.findings]


def test_c005_an_authority_makes_a_contract_with_all_that_follows(dirk: Somebody) -> None:
    an = make.manager()
    group = make.group(for_new_contracts=True, members=[an])
    saved(
        NotificationAddress(
            organisation_id=make.contractor().id,
            email="administratie@wegenbouw.example.be",
            events="NIEUWE_OPDRACHT",
            added_at=clock.now(),
            confirmed_at=clock.now(),
        )
    )
    contract = made(dirk.actor)
    assert contract.regime is Regime.KB2024
    assert contract.visible_since == contract.made_at == clock.now()
    assert set(db.session.scalars(select(ContractKind.kind_code))) == DATA.kinds
    assert db.session.scalars(select(GroupContract.group_id)).all() == [group.id]
    [action] = db.session.scalars(select(ContractAction))
    assert (action.type, action.state) == (ActionType.MAKE_CLAIM, ActionState.OPEN)
    [mail] = db.session.scalars(select(OutboxMessage))
    assert (mail.recipient, mail.template) == ("administratie@wegenbouw.example.be", "contract_new")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "public_contract.made")).one()
    assert entry.subject_key == contract.reference
    assert "wegenbouw@mow" not in entry.data  # beside the chain, erasable
    assert audit.verify().broken is None
    assert access.contract_for(an.actor, contract.reference).id == contract.id


def test_a_contractor_that_is_new_here_becomes_an_organisation(dirk: Somebody) -> None:
    made(dirk.actor, replace(DATA, contractor_number="999000228", contractor_name="Nieuw BV"))
    row = db.session.scalars(select(Organisation).where(Organisation.key == "0999000228")).one()
    assert (row.side, row.name) == ("contractor", "Nieuw BV")
    made(dirk.actor, replace(DATA, number="2", contractor_number="0999000228", contractor_name="Anders gespeld"))
    assert row.name == "Nieuw BV"


def test_the_name_of_a_new_contractor_is_asked_and_that_of_a_known_one_is_not(dirk: Somebody) -> None:
    assert wrong(dirk.actor, replace(DATA, contractor_number="0999000228", contractor_name="")) == ["contractor_name"]
    make.contractor()
    assert made(dirk.actor, replace(DATA, contractor_name="")).number == DATA.number


def test_an_authority_is_no_contractor(dirk: Somebody) -> None:
    make.authority("0999000426", "Stad Voorbeeld")
    assert wrong(dirk.actor, replace(DATA, contractor_number="0999000426")) == ["contractor_number"]


def test_a_number_exists_once_per_authority(dirk: Somebody) -> None:
    made(dirk.actor)
    assert wrong(dirk.actor, DATA) == ["number"]
    other = make.official(make.other_authority(), name="Lena")
    assert made(other.actor).number == DATA.number


def test_the_same_form_sent_twice_makes_one_contract(dirk: Somebody) -> None:
    key = new_form_key()
    first = made(dirk.actor, key=key)
    assert made(dirk.actor, key=key).id == first.id
    assert first.reference == key
    assert db.session.scalar(select(func.count()).select_from(PublicContract)) == 1


def test_everything_wrong_is_told_at_once_and_nothing_is_written(dirk: Somebody) -> None:
    fields = wrong(dirk.actor, replace(DATA, contractor_number="1", kinds=frozenset(), contact_email="x"))
    assert set(fields) == {"contractor_number", "kinds", "contact_email"}
    assert db.session.scalar(select(func.count()).select_from(PublicContract)) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_invariant_10_nobody_but_a_manager_of_contracts_of_an_authority_makes_one(ground: datetime) -> None:
    refused = [
        make.manager().actor,
        make.user().actor,
        make.official(None, Role.EC_AB_BEHANDELAAR).actor,
        make.official(None, Role.EC_AB_VRIJGEVER).actor,
        case_manager(),
        actor(Role.EC_HELPDESK),
    ]
    for who in refused:
        with pytest.raises(Forbidden), transaction.unit_of_work():
            making.make(who, DATA)
    assert db.session.scalar(select(func.count()).select_from(PublicContract)) == 0


def test_a_contract_can_become_visible_on_a_chosen_day(dirk: Somebody, at: Callable[[str], datetime]) -> None:
    """Until that day it is not there for the contractor, and nothing is announced; then it is, once."""
    an = make.manager()
    saved(
        NotificationAddress(
            organisation_id=make.contractor().id,
            email="administratie@wegenbouw.example.be",
            events="NIEUWE_OPDRACHT",
            added_at=clock.now(),
            confirmed_at=clock.now(),
        )
    )
    contract = made(dirk.actor, replace(DATA, visible_from=date(2026, 12, 1)))
    with pytest.raises(NotFound):
        access.contract_for(an.actor, contract.reference)
    assert not db.session.scalars(access.visible_contract_ids(an.actor)).all()
    with transaction.unit_of_work():
        assert making.announce_visible() == 0
    at("2026-12-01T00:00:00+01:00")
    assert access.contract_for(an.actor, contract.reference).id == contract.id
    for _ in range(2):
        with transaction.unit_of_work():
            making.announce_visible()
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def changed(who: Actor, contract: PublicContract, version: int | None = None, **values: object) -> list[str]:
    data = replace(changing.data_of(contract), **values)  # type: ignore[arg-type]
    with transaction.unit_of_work():
        return changing.change(who, contract.reference, data, contract.version if version is None else version)


def test_what_changes_is_traced_with_before_and_after(dirk: Somebody) -> None:
    contract = made(dirk.actor)
    before = contract.version
    assert changed(dirk.actor, contract, description="Fietspad en brug", kinds=frozenset({"SCHULDVORDERING"})) == [
        "description",
        "kinds",
    ]
    assert contract.version > before
    assert changed(dirk.actor, contract, version=-1) == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "public_contract.changed")).one()
    assert '"fields":["description","kinds"]' in entry.data


def test_only_kinds_that_change_make_an_older_form_out_of_date(dirk: Somebody) -> None:
    contract = made(dirk.actor)
    before = contract.version
    changed(dirk.actor, contract, kinds=frozenset({"SCHULDVORDERING"}))
    with pytest.raises(Conflict) as refused:
        changed(dirk.actor, contract, version=before, description="Iets anders")
    assert refused.value.yours == {"Omschrijving": "Iets anders"}


def test_the_contractor_and_what_was_shown_do_not_change(dirk: Somebody) -> None:
    contract = made(dirk.actor)
    for field, value in (("contractor_number", "0999000228"), ("visible_from", date(2027, 1, 1))):
        with pytest.raises(InvalidValue) as refused:
            changed(dirk.actor, contract, **{field: value})
        assert refused.value.field == field


def test_the_day_of_a_contract_that_is_not_shown_yet_can_move(dirk: Somebody) -> None:
    contract = made(dirk.actor, replace(DATA, visible_from=date(2026, 12, 1)))
    assert changed(dirk.actor, contract, visible_from=date(2026, 12, 5)) == ["visible_from"]
    assert contract.visible_since == datetime.fromisoformat("2026-12-05T00:00:00+01:00")


def _running_term(contract: PublicContract) -> ContractTerm:
    now = clock.now()
    return saved(
        ContractTerm(
            contract_id=contract.id,
            party="AB",
            kind=TermKind.PROCESSING,
            regime=Regime.KB2024,
            state=TermState.RUNNING,
            start_at=now,
            start_date=now.date(),
            days=30,
            roll=False,
            nominal_end=date(2026, 12, 16),
            effective_end=date(2026, 12, 16),
            expires_at=now,
            trace="[]",
            changed_at=now,
        )
    )


def test_while_terms_run_their_rules_stay_and_the_contract_stays_open(dirk: Somebody) -> None:
    contract = made(dirk.actor)
    _running_term(contract)
    with pytest.raises(NotAllowedNow):
        changed(dirk.actor, contract, regime=Regime.KB2013, regime_reason="Oude raming")
    with pytest.raises(NotAllowedNow):
        changed(dirk.actor, contract, published_on=date(2024, 12, 1))
    assert changed(dirk.actor, contract, unit="Afdeling Bruggen") == ["unit"]
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        changing.close(dirk.actor, contract.reference, date(2026, 11, 16))


def test_the_rules_change_when_no_term_runs(dirk: Somebody) -> None:
    contract = made(dirk.actor)
    changed(dirk.actor, contract, regime=Regime.KB2013, regime_reason="Oude raming")
    assert (contract.regime, contract.regime_reason) == (Regime.KB2013, "Oude raming")


def test_a_contract_is_closed_on_its_final_acceptance(dirk: Somebody) -> None:
    contract = made(dirk.actor)
    with transaction.unit_of_work():
        changing.close(dirk.actor, contract.reference, date(2026, 11, 10), contract.version)
    assert (contract.state, contract.accepted_on) == (ContractState.CLOSED, date(2026, 11, 10))
    assert contract.closed_at == clock.now()
    [action] = db.session.scalars(select(ContractAction))
    assert action.state is ActionState.LAPSED
    for act in (lambda: changed(dirk.actor, contract, unit="X"), lambda: _close(dirk.actor, contract)):
        with pytest.raises(NotAllowedNow):
            act()


def _close(who: Actor, contract: PublicContract) -> None:
    with transaction.unit_of_work():
        changing.close(who, contract.reference, date(2026, 11, 10))


def test_a_foreign_authority_finds_nothing(dirk: Somebody) -> None:
    contract = made(dirk.actor)
    lena = make.official(make.other_authority(), name="Lena")
    for act in (lambda: changed(lena.actor, contract, unit="X"), lambda: _close(lena.actor, contract)):
        with pytest.raises(NotFound):
            act()


def test_c030b_a_beheerder_gives_a_contract_an_own_name(dirk: Somebody) -> None:
    an, karim, nora = make.manager(), make.user(), make.manager(make.competitor(), name="Nora Simons")
    contract = made(dirk.actor)
    make.group(members=[karim], contracts=[contract])
    version = contract.version
    with transaction.unit_of_work():
        assert changing.change_internal(an.actor, contract.reference, (" W-17 ", "Fietspad Gent"), ("", ""))
    assert (contract.internal_reference, contract.internal_description) == ("W-17", "Fietspad Gent")
    assert contract.version == version  # the authority's form is not out of date, and tells nothing
    with pytest.raises(Conflict), transaction.unit_of_work():
        changing.change_internal(an.actor, contract.reference, ("X", ""), ("", ""))
    with pytest.raises(Findings), transaction.unit_of_work():
        changing.change_internal(an.actor, contract.reference, ("x" * 61, "y" * 301), ("W-17", "Fietspad Gent"))
    for who, refusal in ((karim, Forbidden), (nora, NotFound), (dirk, Forbidden)):
        with pytest.raises(refusal), transaction.unit_of_work():
            changing.change_internal(who.actor, contract.reference, ("X", ""), ("W-17", "Fietspad Gent"))


def test_how_a_party_uses_the_product(dirk: Somebody) -> None:
    """A-13, A-23, A-38: the model's values until somebody sets others; each party only its own."""
    an, karim = make.manager(), make.user()
    now = party_settings.of_authority(dirk.actor)
    assert (now.two_people, now.shows_official, now.mailbox, now.version) == (True, False, "", 0)
    asked = {"two_people": False, "shows_official": True, "mailbox": "ec@mow.example.be", "enterprise_number": ""}

    def save(version: int = 0, **values: object) -> list[str]:
        with transaction.unit_of_work():
            return party_settings.save_authority(dirk.actor, **(asked | values), version=version)  # type: ignore[arg-type]

    for name, value in (("mailbox", "x"), ("enterprise_number", "0999000128")):
        with pytest.raises(InvalidValue) as refused:
            save(**{name: value})
        assert refused.value.field == name
    assert save() == ["two_people", "shows_official", "mailbox"]
    with pytest.raises(Conflict):
        save(mailbox="")
    version = party_settings.of_authority(dirk.actor).version
    assert save(version, enterprise_number="999.000.822") == ["enterprise_number"]
    assert make.authority().enterprise_number == "0999000822"
    with transaction.unit_of_work():
        assert party_settings.save_contractor(an.actor, manager_reads=False, version=0) == ["manager_reads"]
    with pytest.raises(Forbidden), transaction.unit_of_work():
        party_settings.save_contractor(karim.actor, manager_reads=True, version=1)
    assert party_settings.of(make.contractor()).manager_reads is False
    assert party_settings.of(make.authority()).two_people is False
