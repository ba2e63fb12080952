"""What Flask-Admin opens by itself stays shut: generic forms, in-place editing, bulk deletion, posts without token."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.audit_events import AuditEvent
from models.all import db
from models.declaration import Dossier
from models.reference import Qualification
from tests.contract.access_map import addresses
from tests.factories import reference
from tests.integration.back_office.conftest import World
from tests.support.client import Client

VIEWS = (
    "dossiers",
    "voorzieningen",
    "personeel",
    "mails",
    "logboek",
    "blokkeringen",
    "kwalificaties",
    "contracttypes",
    "financieringen",
    "raas-codes",
)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("path", "data"),
    (
        ("edit/?id=1", {"status": "OPEN", "name": "Kwaad"}),
        ("new/", {"status": "OPEN", "name": "Kwaad"}),
        ("delete/", {"id": "1"}),
        ("action/", {"action": "delete", "rowid": ["1", "2"]}),
        ("ajax/update/", {"list_form_pk": "1", "status": "OPEN"}),
    ),
)
def test_generic_addresses_do_not_exist(view: str, path: str, data: dict, els: Client, world: World) -> None:
    """Holes 1 to 4 of Flask-Admin: these posts changed rows in its stock views."""
    before = db.session.execute(sa.select(Dossier.number, Dossier.status).order_by(Dossier.id)).all()
    assert els.post(f"/beheer/{view}/{path}", data=data).status_code in {404, 405}
    assert db.session.execute(sa.select(Dossier.number, Dossier.status).order_by(Dossier.id)).all() == before


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("path", ("details/?id=1", "edit/?id=1", "ajax/lookup/?name=x&query=y", "new/"))
def test_generic_pages_do_not_exist(view: str, path: str, els: Client) -> None:
    """Hole 3: records outside the list were readable by their key."""
    assert els.get(f"/beheer/{view}/{path}").status_code == 404


def test_every_post_needs_the_token(app: Flask, els: Client, world: World) -> None:
    """CSRF on every unsafe address of the back office; without it nothing is looked at."""
    posts = [one for one in addresses(app) if one.rule.startswith("/beheer") and "POST" in one.methods]
    assert len(posts) > 15
    for address in posts:
        path = (
            address.rule.replace("<int:request_id>", "1").replace("<int:message_id>", "1").replace("<int:number>", "1")
        )
        for name, value in {
            "<number>": world.number("OPEN"),
            "<event>": "TAKE_INTO_AUDIT",
            "<reference>": world.person.reference,
            "<key>": "PSYCHOLOOG",
        }.items():
            path = path.replace(name, value)
        response = els.post(path, data={"reason": "x", "search": "x"}, csrf=False)
        assert response.status_code == 400, (path, response.status_code)


def test_form_fields_that_are_not_of_the_form_do_nothing(els: Client, world: World) -> None:
    """Mass assignment: only what the form names reaches the service."""
    number = world.number("OPEN")
    version = str(world.dossiers["OPEN"].version)
    data = {"reason": "Steekproef", "version": version, "status": "CLOSED", "facility_id": str(world.linden.id)}
    response = els.post(f"/beheer/dossiers/{number}/stap/TAKE_INTO_AUDIT", data=data)
    assert response.status_code == 302, response.text[-3000:]
    row = db.session.execute(sa.select(Dossier.status, Dossier.facility_id).where(Dossier.number == number)).one()
    assert row == ("AUDIT", world.brug.id)


def test_the_code_of_a_list_row_cannot_be_changed(els: Client) -> None:
    reference.code_lists()
    page = els.page("/beheer/kwalificaties/PSYCHOLOOG/bewerken")
    els.submit(page, {"code": "IETS_ANDERS", "name": "Psycholoog (m/v/x)"})
    assert db.session.get(Qualification, "IETS_ANDERS") is None
    assert db.session.get(Qualification, "PSYCHOLOOG").name == "Psycholoog (m/v/x)"


@pytest.mark.parametrize("persona", ("facility", "helpdesk", "contractor", "nobody"))
def test_only_case_managers_reach_the_work(persona: str, world: World, signed_in, client: Client) -> None:
    """5.4: a facility, the helpdesk and a contractor get 403, whoever is not signed in goes to sign-in."""
    who = {
        "facility": lambda: signed_in("EL_PRIVACY", "EL_FINANCIEEL", facility=world.brug),
        "helpdesk": lambda: signed_in("EL_HELPDESK"),
        "contractor": lambda: signed_in("EC_BEHEERDER"),
        "nobody": lambda: client,
    }[persona]()
    number = world.number("OPEN")
    expected = 302 if persona == "nobody" else 403
    for path in (
        "/beheer/dossiers/",
        f"/beheer/dossiers/{number}",
        f"/beheer/dossiers/{number}/prestaties",
        "/beheer/dossiers/export/csv/",
        "/beheer/voorzieningen/",
        f"/beheer/personeel/{world.person.reference}",
        "/beheer/logboek/",
        "/beheer/mails/",
        "/beheer/blokkeringen/nieuw",
        "/beheer/kwalificaties/nieuw",
        "/beheer/raas/",
    ):
        assert who.get(path).status_code == expected, path
    for path in (
        "/beheer/dossiers/acties",
        f"/beheer/dossiers/{number}/stap/TAKE_INTO_AUDIT",
        f"/beheer/personeel/{world.person.reference}/nummer",
    ):
        assert who.post(path, data={"reason": "x"}).status_code in {401, 403}, path


def test_a_look_at_something_forbidden_is_traced(world: World, hilde: Client) -> None:
    assert hilde.get("/beheer/dossiers/").status_code == 403
    events = db.session.execute(sa.text("SELECT event FROM audit_entry")).scalars().all()
    assert events == [AuditEvent.ACCESS_DENIED.value]
