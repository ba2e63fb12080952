"""The tab *Contactpersonengegevens* (E-045 to E-047, V-61, V-77)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from domain.permissions import Role
from models.all import db
from models.organisation import ContactPerson, ContactTheme, Facility
from services.organisations import contacts
from tests.factories import actors, organisations
from tests.factories.database import save
from tests.integration.organisation.traces import personal, trace, traces
from tests.support.sign_in import SignedIn

LIST = "/organisatie/contactpersonen"
ADD = f"{LIST}/toevoegen"
SOFIE = {"given_name": "Sofie", "family_name": "Maes", "email": "sofie@brug.example.be"}
V61 = "U kunt pas indienen als er minstens één contactpersoon aan het thema eCalcura is toegewezen."


def people(facility: Facility) -> list[ContactPerson]:
    db.session.expire_all()
    return list(db.session.scalars(select(ContactPerson).where(ContactPerson.facility_id == facility.id)))


def test_e045_v61_nobody_yet_says_what_that_blocks(signed_in: SignedIn) -> None:
    page = signed_in(Role.EL_PRIVACY, facility=organisations.facility()).page(LIST)
    assert "Er zijn nog geen contactpersonen" in page.text
    assert V61 in page.text
    assert page.links()["Contactpersoon toevoegen"] == ADD


def test_e045_adding_proposes_the_theme(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(client.page(ADD), SOFIE | {"phone": "0475 12 34 56", "job_title": "Personeelsdienst"})
    assert page.path == LIST
    assert page.table()[1][:5] == ["Sofie Maes", "Personeelsdienst", SOFIE["email"], "0475 12 34 56", "eCalcura"]
    (person,) = people(brug)
    assert [theme.theme for theme in person.themes] == ["ECALCURA"]
    event, subject, data = trace()
    assert (event, subject) == ("organisation.contact_added", person.reference)
    assert data == {"fields": ["email", "first_name", "job_title", "last_name", "phone", "themes"]}
    assert personal("after")["email"] == SOFIE["email"]


def test_e046_everybody_of_the_theme_is_told_each_address_once(database: object) -> None:
    brug = organisations.facility()
    organisations.contact_person(brug, email="b@brug.example.be")
    organisations.contact_person(brug, email="a@brug.example.be")
    organisations.contact_person(brug, email="a@brug.example.be")
    save(ContactPerson(facility_id=brug.id, last_name="Z", first_name="Z", email="c@brug.example.be"))
    organisations.contact_person(organisations.facility(), email="elsewhere@example.be")
    assert contacts.addresses_for(brug.id, "ECALCURA") == ["a@brug.example.be", "b@brug.example.be"]


def test_v77_every_wrong_field_at_once_and_nothing_typed_is_lost(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(
        client.page(ADD), {"given_name": "Sofie", "email": "sofie", "phone": "x", "job_title": "Dienst"}
    )
    assert page.status == 422
    assert page.errors == [
        "Vul de naam in.",
        "Vul een geldig e-mailadres in.",
        "Vul een geldig telefoonnummer in.",
    ]
    assert page.field("given_name").get("value") == "Sofie"
    assert page.field("job_title").get("value") == "Dienst"
    assert page.field("email").get("value") == "sofie"
    assert page.field_error("family_name")
    assert not page.field_error("given_name")
    assert people(brug) == []


def test_a_theme_that_does_not_exist_is_refused(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    _, _, data = client.page(ADD).filled(SOFIE)
    assert client.post(ADD, data=data | {"themes": ["ECALCURA", "ANDERS"]}).status_code == 422
    assert people(brug) == []


def test_too_long_is_told_at_the_field(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(client.page(ADD), SOFIE | {"family_name": "x" * 81})
    assert page.field_error("family_name").endswith("Vul hoogstens 80 tekens in.")
    assert people(brug) == []


def test_changing_keeps_the_row_and_traces_what_changed(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    person = organisations.contact_person(brug)
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    page = client.submit(client.page(f"{LIST}/{person.reference}"), {"email": "nieuw@brug.example.be"})
    assert "De contactpersoon is bewaard." in page.text
    assert [one.email for one in people(brug)] == ["nieuw@brug.example.be"]
    assert trace() == ("organisation.contact_changed", person.reference, {"fields": ["email"]})


def test_v61_unfollowing_by_the_last_one_is_allowed_and_warned(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    person = organisations.contact_person(brug)
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(client.page(f"{LIST}/{person.reference}"), {"themes": None})
    assert page.path == LIST
    assert V61 in " ".join(item.text_content() for item in page.all("//*[@data-flash]"))
    assert "Nog niemand volgt het thema eCalcura" in page.text
    assert db.session.scalars(select(ContactTheme)).all() == []
    assert trace()[2] == {"fields": ["themes"]}


def test_10_5_removing_the_last_one_asks_first_and_warns(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    person = organisations.contact_person(brug)
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    reference = person.reference
    ask = client.page(f"{LIST}/{reference}/verwijderen")
    assert "Sofie Maes verwijderen?" in ask.text
    assert len(people(brug)) == 1
    page = client.submit(ask)
    assert V61 in page.text
    assert people(brug) == []
    assert trace()[:2] == ("organisation.contact_removed", reference)
    assert personal("before")["email"] == "sofie.maes@linde.example.be"


def test_two_tabs_the_second_sees_both_versions(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    person = organisations.contact_person(brug)
    client, colleague = signed_in(Role.EL_PRIVACY, facility=brug), signed_in(Role.EL_FINANCIEEL, facility=brug)
    path = f"{LIST}/{person.reference}"
    mine, theirs = client.page(path), colleague.page(path)
    colleague.submit(theirs, {"email": "colleague@brug.example.be"})
    page = client.submit(mine, {"email": "mine@brug.example.be", "phone": "02 222 22 22"})
    assert page.status == 409
    rows = {row[0].removesuffix(" verschilt"): row[1:] for row in page.table()[1:]}
    assert rows["E-mailadres"] == ["colleague@brug.example.be", "mine@brug.example.be"]
    assert rows["Telefoonnummer"][1] == "02 222 22 22"
    assert page.links()["Open de laatste versie"] == path
    assert [one.email for one in people(brug)] == ["colleague@brug.example.be"]


def test_two_tabs_also_when_only_a_theme_changed(signed_in: SignedIn) -> None:
    """Themes are rows of their own; the counter of the person still sees them."""
    brug = organisations.facility()
    person = organisations.contact_person(brug)
    client, colleague = signed_in(Role.EL_PRIVACY, facility=brug), signed_in(Role.EL_PRIVACY, facility=brug)
    path = f"{LIST}/{person.reference}"
    mine, theirs = client.page(path), colleague.page(path)
    colleague.submit(theirs, {"themes": None})
    assert client.submit(mine, {"email": "mine@brug.example.be"}).status == 409


def test_a_double_click_has_one_effect(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    form = client.page(ADD)
    assert [client.submit(form, SOFIE).path for _ in range(2)] == [LIST, LIST]
    (person,) = people(brug)
    path = f"{LIST}/{person.reference}"
    form = client.page(path)
    assert [client.submit(form, {"email": "nieuw@brug.example.be"}).path for _ in range(2)] == [LIST, LIST]
    form = client.page(f"{path}/verwijderen")
    assert [client.submit(form).path for _ in range(2)] == [LIST, LIST]
    assert traces() == 3


def test_two_forms_make_two_people(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    first, second = client.page(ADD), client.page(ADD)
    client.submit(first, SOFIE)
    client.submit(second, SOFIE)
    assert len(people(brug)) == 2


@pytest.mark.parametrize("key", ["", "kort", "x" * 200, "../../etc/passwd", "aaaa-bbbb_cccc!!"])
def test_a_form_key_of_another_shape_is_not_used(key: str, signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    client.submit(client.page(ADD), SOFIE | {"key": key})
    (person,) = people(brug)
    assert re.fullmatch("[A-Za-z0-9]{16}", person.reference)


def test_a_form_key_that_another_facility_used_changes_nothing_there(signed_in: SignedIn) -> None:
    brug, other = organisations.facility(), organisations.facility()
    theirs = organisations.contact_person(other)
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(client.page(ADD), SOFIE | {"key": theirs.reference})
    assert page.path == LIST
    assert [one.email for one in people(other)] == [theirs.email]
    (mine,) = people(brug)
    assert mine.reference != theirs.reference


def test_foreign_and_unknown_look_the_same(signed_in: SignedIn) -> None:
    brug, other = organisations.facility(), organisations.facility()
    theirs = organisations.contact_person(other, email="geheim@other.example.be")
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    for path in ("", "/verwijderen"):
        for method in ("GET", "POST"):
            answers = [
                client.open(f"{LIST}/{reference}{path}", method=method, data=SOFIE)
                for reference in (theirs.reference, "onbestaand")
            ]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert "geheim" not in answers[0].text
    assert [one.email for one in people(other)] == ["geheim@other.example.be"]


def test_one_that_another_facility_removed_is_unknown_here(signed_in: SignedIn) -> None:
    brug, other = organisations.facility(), organisations.facility()
    theirs = organisations.contact_person(other)
    path = f"{LIST}/{theirs.reference}/verwijderen"
    clerk = signed_in(Role.EL_PRIVACY, facility=other)
    clerk.submit(clerk.page(path))
    assert signed_in(Role.EL_PRIVACY, facility=brug).post(path, data={}).status_code == 404


def test_without_a_role_no_contact_persons(signed_in: SignedIn) -> None:
    client = signed_in(actor=actors.actor(facility=organisations.facility()))
    for path in (LIST, ADD):
        assert client.get(path).status_code == 403
