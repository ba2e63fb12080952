"""Desks: who sits at them, which one serves a facility, and their pages (A-38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.desks import DeskContent
from domain.errors import Conflict, Findings, Forbidden, InvalidValue
from models.all import db
from models.audit import AuditEntry
from models.message import Desk
from models.organisation import Sector
from services import transaction
from services.messaging import desks
from tests.factories import actors, contracting
from tests.factories import desks as make
from tests.factories.database import change
from tests.factories.organisations import facility
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]


def test_a_new_thread_comes_to_the_desk_of_the_sector(database: Any) -> None:
    make.desk("Bureau Z", "PVT IBW")
    first = make.desk("Bureau A", "PVT")
    make.desk("Bureau 0", "PVT", active=False)
    assert desks.desk_for(facility()) == first
    assert desks.desk_for(facility(sector=Sector.MBE)) is None


def test_a_desk_is_made_and_changed_with_a_trace(database: Any, at: At) -> None:
    at("2026-10-05T09:00:00+02:00")
    els, bart = make.manager(), make.manager("Bart Maes")
    content = DeskContent(" Bureau PVT ", "pvt@example.be", ("PVT",), (els.account.id,))
    with transaction.unit_of_work():
        made = desks.create(els.actor, content)
    at("2026-10-05T10:00:00+02:00")
    with transaction.unit_of_work():
        more = DeskContent("Bureau PVT", "pvt@example.be", ("PVT", "IBW"), (els.account.id, bart.account.id))
        desks.change(els.actor, made.reference, more, made.version)
    row = db.session.scalars(select(Desk)).one()
    assert (row.name, row.sectors, sorted(desks.members_of(row))) == (
        "Bureau PVT",
        "IBW PVT",
        sorted([els.account.id, bart.account.id]),
    )
    assert [one.name for one in desks.mine(bart.actor)] == ["Bureau PVT"]
    events = db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject_type == "desk")).all()
    assert list(events) == [AuditEvent.DESK_CHANGED] * 2


def test_what_is_wrong_is_told_at_once(database: Any) -> None:
    els, dirk = make.manager(), contracting.official()
    make.desk("Bureau PVT")
    with pytest.raises(Findings) as refused, transaction.unit_of_work():
        desks.create(els.actor, DeskContent("bureau pvt", "geen", ("X",), (dirk.account.id,)))
    assert [one.field for one in refused.value.findings] == ["mailbox", "sectors", "name", "members"]


def test_a_colleague_was_first(database: Any, at: At) -> None:
    at("2026-10-05T09:00:00+02:00")
    els = make.manager()
    row = make.desk()
    at("2026-10-05T10:00:00+02:00")
    with transaction.unit_of_work():
        desks.change(els.actor, row.reference, DeskContent("Bureau A", sectors=("PVT",)), 1)
    with pytest.raises(Conflict) as refused, transaction.unit_of_work():
        desks.change(els.actor, row.reference, DeskContent("Bureau B", sectors=("PVT",)), 1)
    assert refused.value.theirs == {"Naam": "Bureau A"}
    with transaction.unit_of_work():  # what already stands there is no conflict
        desks.change(els.actor, row.reference, DeskContent("Bureau A", sectors=("PVT",)), 1)


def test_a_desk_that_is_not_in_use_gets_no_threads(database: Any) -> None:
    els, row = make.manager(), make.desk()
    assert desks.chosen(els.actor, row.reference) == row
    assert desks.chosen(els.actor, "") is None
    change(row, active=False)
    with pytest.raises(InvalidValue):
        desks.chosen(els.actor, row.reference)


def test_who_lost_the_role_is_no_candidate_any_more(database: Any) -> None:
    els, bart = make.manager(), make.manager("Bart Maes")
    change(bart.relation, roles="")
    assert [one.name for one in desks.candidates(els.actor)] == ["Els Claes"]


def test_only_the_department_manages_desks(database: Any) -> None:
    for who in (actors.helpdesk(), contracting.official().actor, actors.facility_user(facility())):
        with pytest.raises(Forbidden):
            desks.listed(who)
        with pytest.raises(Forbidden):
            desks.create(who, DeskContent("X"))


def test_the_pages(app: Flask, database: Any, signed_in: SignedIn) -> None:
    els = make.manager()
    office = contracting.sign_in(app.test_client(), els)
    page = office.page("/beheer/bureaus/")
    assert "Er zijn nog geen bureaus" in page.text
    page = office.page("/beheer/bureaus/nieuw")
    page = office.submit(page, {"name": "", "mailbox": "x"}, button="Bewaren")
    assert "Vul een naam in, bijvoorbeeld Bureau PVT." in page.text
    page = office.submit(
        page, {"name": "Bureau PVT", "mailbox": "pvt@example.be", "sectors": ["PVT"], "members": [str(els.account.id)]}
    )
    assert "Het bureau is toegevoegd." in page.text
    assert "Els Claes" in page.text
    page = office.page(page.links()["Bureau PVT"])
    page = office.submit(page, {"name": "Bureau psychiatrie"}, button="Bewaren")
    assert "Bureau psychiatrie" in page.text
    assert desks.desk_for(facility()) is not None
    assert signed_in("EL_HELPDESK").get("/beheer/bureaus/").status_code == 403
    assert contracting.sign_in(app.test_client(), contracting.official()).get("/beheer/bureaus/").status_code == 403
