"""The audit log and the local blocks tell the enterprise, never which person of a contractor acted (C-046, 5.4.9)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.permissions import Role
from models.audit import AuditEntry
from models.base import db
from models.contract_rights import WorkRelation
from models.gate import writing
from models.organisation import Organisation
from services import audit, clock, transaction
from services.econtracting.rights import blocking
from services.identity import blocks
from tests.factories import actors, organisations
from tests.factories import contracting as make
from tests.factories.contracting import Somebody
from tests.factories.database import saved
from tests.integration.declaration.scene import statements
from tests.support.client import Client
from tests.support.sign_in import SignedIn


@pytest.fixture
def an(app: Flask) -> Somebody:
    """A beheerder who signed in, and blocked a colleague with a reason that names him."""
    an, karim = make.manager(), make.user()
    with transaction.unit_of_work():
        data = {"idp": "acm", "means": "itsme", "roles": ["EC_BEHEERDER"], "organisation": an.actor.organisation_key}
        audit.record(an.actor, AuditEvent.SIGNED_IN, "account", an.account.id, data=data)
        blocking.block(an.actor, karim.relation.reference, "Badge van Karim verloren")
    return an


@pytest.fixture
def els(app: Flask, signed_in: SignedIn) -> Client:
    """A case manager of the department, who reads the log."""
    return signed_in("EL_DOSSIERBEHEERDER")


def personal_values_of(an: Somebody) -> tuple[str, ...]:
    """What would point at a person."""
    references = db.session.scalars(select(WorkRelation.reference))
    return ("Peeters", "Karim", "Badge", *references)


def test_the_list_and_every_entry_name_the_enterprise_only(an: Somebody, els: Client) -> None:
    pages = [els.page("/beheer/logboek/")]
    assert "rights.relation_blocked" in pages[0].text
    pages += [
        els.page(f"/beheer/logboek/{entry.sequence}")
        for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.actor_side == "contractor"))
    ]
    assert len(pages) == 3
    for page in pages:
        assert "Wegenbouw Voorbeeld NV" in page.text
        assert not [value for value in personal_values_of(an) if value in page.response.text]
        assert f"persoon={an.account.id}" not in page.response.text
        assert not re.search(rf"\baccount {an.account.id}\b", page.text)


@pytest.mark.parametrize(
    "query",
    ["persoon={account}", "soort=account&zoek={account}", "zoek={account}", "soort=work_relation&zoek={relation}"],
)
def test_no_filter_finds_a_person_of_a_contractor(an: Somebody, els: Client, query: str) -> None:
    """A filter that answers would tell as much as a column."""
    relation = db.session.scalars(select(WorkRelation).where(WorkRelation.id != an.relation.id)).one()
    asked = query.format(account=an.account.id, relation=relation.reference)
    assert "Wegenbouw Voorbeeld NV" not in els.page(f"/beheer/logboek/?{asked}").text


def test_people_of_the_department_are_still_named(an: Somebody, els: Client) -> None:
    assert els.actor is not None
    with transaction.unit_of_work():
        blocks.block(els.actor, "ORGANISATION", "0999000228", "Misbruik")
    page = els.page(f"/beheer/logboek/?persoon={els.actor.account_id}")
    assert "identity.blocked" in page.text
    assert els.actor.name in page.text


def test_the_list_of_blocks_names_the_enterprise_of_a_person(an: Somebody, els: Client) -> None:
    """Somebody who tries account numbers one by one learns no names."""
    with transaction.unit_of_work():
        blocks.block(actors.case_manager(), "PERSON", str(an.account.id), "Misbruik")
    page = els.page("/beheer/blokkeringen/")
    assert "Peeters" not in page.response.text
    assert "Wegenbouw Voorbeeld NV" in page.text


def test_the_list_of_blocks_names_officials_with_the_organisation_they_sign_in_for(
    app: Flask, signed_in: SignedIn, els: Client
) -> None:
    """A relation to an organisation, which signing in leaves of officials too, hides no name and is not any office."""
    officials = (
        sign_in_as(actors.actor(Role.EL_DOSSIERBEHEERDER, name="Bart Maes")),
        sign_in_as(actors.actor(Role.EC_AB_BEHANDELAAR, name="Greet Baeten")),
        sign_in_as(actors.actor(Role.EL_HELPDESK, name="Hilde Nijs")),
        sign_in_as(actors.facility_user(organisations.facility(name="PVT De Brug"))),
    )
    assert els.actor is not None
    with transaction.unit_of_work():
        for account in officials:
            blocks.block(els.actor, "PERSON", str(account), "Misbruik")
        blocks.block(els.actor, "ORGANISATION", "OVO009902", "Misbruik")
    els.page("/beheer/blokkeringen/")
    with statements() as seen:
        page = els.page("/beheer/blokkeringen/")
    rows = [" ".join(" ".join(row.itertext()).split()) for row in page.all("//main//tbody//th")]
    sofie, hilde, greet, bart = (f"Persoon {account}" for account in reversed(officials))
    assert rows == [
        "Agentschap Wegen Organisatie OVO009902",
        f"Sofie Maes {sofie} · PVT De Brug",
        f"Hilde Nijs {hilde} · Helpdesk e-loket",
        f"Greet Baeten {greet} · Agentschap Wegen",
        f"Bart Maes {bart} · Departement Zorg",
    ]
    assert len([one for one in seen if "access_block" in one or " IN (" in one]) <= 4, seen


def sign_in_as(who: Actor) -> int:
    """What signing in leaves behind of somebody; gives the account."""
    account = saved(actors.account_row(who))
    who = replace(who, account_id=account.id)
    with transaction.unit_of_work():
        if who.side is not Side.FACILITY:
            with writing("test"):
                row = Organisation(side=who.side.value, key=who.organisation_key, name=who.organisation_name)
                db.session.add(row)
                db.session.flush()
                relation = WorkRelation(account_id=account.id, organisation_id=row.id, last_seen_at=clock.now())
                db.session.add(relation)
        data = {"idp": "acm", "means": "itsme", "roles": sorted(who.roles), "organisation": who.organisation_key}
        audit.record(who, AuditEvent.SIGNED_IN, "account", account.id, data=data)
    return account.id
